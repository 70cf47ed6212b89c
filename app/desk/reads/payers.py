"""Which funds may pay for a case: their names and categories, never what they have."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads import case_for
from app.cases.rules import CaseStatus
from app.eligibility.rules import Outcome
from app.errors import NotFound
from app.funds.reads.funds import FundChoice, choices
from app.intake.model import Application, Override, Screening
from app.intake.rules import OverrideStatus
from app.work import Work


@dataclass(frozen=True, slots=True)
class PayerList:
    """Funds with the categories they have an allocation for; the one that accepted the application comes first."""

    items: list[FundChoice]
    next: str | None


def payers(work: Work, case_id: UUID) -> PayerList:
    """The funds in their term that an award for this case can be asked from; none while the case is not open.

    Left out are funds whose rules did not fit when the application was screened last, unless an exception was
    approved. Raises NotFound for a case out of the permission's reach.
    """
    case = case_for(work, Permission.AWARD_REQUEST, case_id)
    if case.status is not CaseStatus.OPEN:
        return PayerList([], None)
    accepting = work.session.execute(select(col(Case.fund_id)).where(col(Case.id) == case_id)).scalar_one()
    refused = _refusing(work, case_id) - {accepting}
    found = [each for each in choices(work) if each.id not in refused]
    record(
        work,
        "case.funds_listed",
        object_type="case",
        object_id=case_id,
        subject_id=case.applicant_id,
        count=len(found),
    )
    return PayerList(sorted(found, key=lambda each: each.id != accepting), None)


def payers_to_ask(work: Work, case_id: UUID) -> list[FundChoice]:
    """The same for the page of a case that the actor may see: nothing where they may not ask for awards."""
    if Permission.AWARD_REQUEST not in work.actor.permissions:
        return []
    try:
        return payers(work, case_id).items
    except NotFound:  # somebody with two roles may see more cases than they may ask money for
        return []


def _refusing(work: Work, case_id: UUID) -> set[UUID]:
    """The funds whose newest verdict on the application behind a case is that it does not fit."""
    excepted = exists().where(
        col(Override.application_id) == col(Application.id),
        col(Override.fund_id) == col(Screening.fund_id),
        col(Override.status) == OverrideStatus.APPROVED,
    )
    rows = work.session.execute(
        select(col(Screening.fund_id))
        .join(
            Application,
            and_(
                col(Application.id) == col(Screening.application_id),
                col(Application.screening_run) == col(Screening.run_id),
            ),
        )
        .where(col(Application.case_id) == case_id, col(Screening.verdict) == Outcome.INELIGIBLE, ~excepted)
    ).scalars()
    return set(rows)
