"""Which funds may pay for a case: their names and categories, never what they have."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, exists, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads import case_for
from app.cases.rules import CaseStatus, day_in
from app.cases.scope import visible
from app.eligibility.rules import Outcome
from app.funds.model import Allocation, Fund
from app.funds.rules import Category, in_term
from app.intake.model import Application, Override, Screening
from app.intake.rules import OverrideStatus
from app.work import Work


@dataclass(frozen=True, slots=True)
class Payer:
    """A fund, and what an award can be asked from it for."""

    id: UUID
    name: str
    categories: list[Category]


@dataclass(frozen=True, slots=True)
class PayerList:
    """Funds with the categories they have an allocation for; the one that accepted the application comes first."""

    items: list[Payer]
    next: str | None


def payers(work: Work, case_id: UUID) -> PayerList:
    """The funds in their term that an award for this case can be asked from; none while the case is not open.

    Left out are funds whose rules did not fit when the application was screened last, unless an exception was
    approved. Raises NotFound for a case out of the permission's reach.
    """
    case = case_for(work, Permission.AWARD_REQUEST, case_id)
    return PayerList(payers_to_ask(work, case_id, case.applicant_id), None)


def payers_to_ask(work: Work, case_id: UUID, applicant_id: UUID | None) -> list[Payer]:
    """The same for the page of a case that was read already: nothing where the actor may not ask for an award."""
    reach = work.actor.reach(Permission.AWARD_REQUEST)
    if reach is None:
        return []
    rows = work.session.connection().execute(_statement(reach), filled(work.actor, case_id=case_id)).all()
    choices: dict[UUID, Payer] = {}
    for row in rows:
        if in_term(row.starts_on, row.ends_on, day_in(work.now, row.time_zone)):
            choices.setdefault(row.id, Payer(row.id, row.name, [])).categories.append(row.category)
    accepting = rows[0].accepting if rows else None
    found = sorted(choices.values(), key=lambda each: (each.id != accepting, each.name))
    record(
        work,
        "case.funds_listed",
        object_type="case",
        object_id=case_id,
        subject_id=applicant_id,
        count=len(found),
    )
    return found


@cache
def _statement(reach: Reach) -> Select[*tuple[Any, ...]]:
    """Allocations of funds beside an open case within reach, for everybody of this reach; built once."""
    return (
        select(
            col(Fund.id),
            col(Fund.name),
            col(Fund.time_zone),
            col(Fund.starts_on),
            col(Fund.ends_on),
            col(Allocation.category),
            col(Case.fund_id).label("accepting"),
        )
        .select_from(Case)
        .join(Fund, (col(Fund.id) == col(Case.fund_id)) | ~_refuses())
        .join(Allocation, col(Allocation.fund_id) == col(Fund.id))
        .where(
            col(Case.id) == bindparam("case_id", type_=Uuid()),
            col(Case.status) == CaseStatus.OPEN,
            visible(ANYBODY, reach),
        )
        .order_by(col(Allocation.id))
    )


def _refuses() -> Any:
    """The fund's newest verdict on the application behind the case is that it does not fit, with no exception."""
    excepted = exists().where(
        col(Override.application_id) == col(Application.id),
        col(Override.fund_id) == col(Screening.fund_id),
        col(Override.status) == OverrideStatus.APPROVED,
    )
    screened = and_(
        col(Application.id) == col(Screening.application_id),
        col(Application.screening_run) == col(Screening.run_id),
    )
    return (
        select(col(Screening.id))
        .join(Application, screened)
        .where(
            col(Application.case_id) == col(Case.id),
            col(Screening.fund_id) == col(Fund.id),
            col(Screening.verdict) == Outcome.INELIGIBLE,
            ~excepted,
        )
        .correlate(Case, Fund)
        .exists()
    )
