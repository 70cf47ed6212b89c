"""Which funds may pay for a case, and why the others may not: names and categories, never what they have."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, exists, select, true
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
from app.funds.reads.need import need_of
from app.funds.reads.terms import limits_of
from app.funds.rules import Category, Limits, Restriction, forbidden_by, in_term
from app.intake.model import Application, Override, Screening
from app.intake.rules import OverrideStatus
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class Payer:
    """A fund, and what an award can be asked from it for."""

    id: UUID
    name: str
    categories: list[Category]


@dataclass(frozen=True, slots=True)
class NotPaying:
    """A fund that can not pay for a case now, and everything that forbids it, in the order to tell it."""

    id: UUID
    name: str
    because: list[Restriction]


@dataclass(frozen=True, slots=True)
class PayerList:
    """Funds with the categories they have an allocation for, and those that can not pay with the reasons.

    The fund that accepted the application comes first, then those for fewer cases, then those whose term ends sooner.
    """

    items: list[Payer]
    next: str | None
    unavailable: list[NotPaying]


def payers(work: Work, case_id: UUID) -> PayerList:
    """The funds that an award for this case can be asked from, and why not from the others; none of a closed case.

    A fund whose rules did not fit when the application was screened last can pay when an exception was approved.
    Raises NotFound for a case out of the permission's reach.
    """
    case = case_for(work, Permission.AWARD_REQUEST, case_id)
    return payers_to_ask(work, case_id, case.applicant_id)


def payers_to_ask(work: Work, case_id: UUID, applicant_id: UUID | None) -> PayerList:
    """The same for the page of a case that was read already: nothing where the actor may not ask for an award."""
    reach = work.actor.reach(Permission.AWARD_REQUEST)
    if reach is None:
        return PayerList([], None, [])
    rows = work.session.connection().execute(_statement(reach), filled(work.actor, case_id=case_id)).all()
    limits = limits_of(work, [row.id for row in rows])
    funds: dict[UUID, _Fund] = {}
    for row in rows:
        of = funds.setdefault(row.id, _Fund(row.id, row.name, row.ends_on, limits.get(row.id, Limits())))
        if row.category is not None:
            of.categories.append(row.category)
        if not of.seen:
            of.seen = True
            of.because = _forbids(work, case_id, row, of.limits)
    accepting = rows[0].accepting if rows else None
    ordered = sorted(funds.values(), key=lambda of: (of.id != accepting, not of.limits.restricted, of.ends_on, of.name))
    found = [Payer(of.id, of.name, of.categories) for of in ordered if not of.reasons]
    record(
        work,
        "case.funds_listed",
        object_type="case",
        object_id=case_id,
        subject_id=applicant_id,
        count=len(found),
    )
    return PayerList(found, None, [NotPaying(of.id, of.name, of.reasons) for of in ordered if of.reasons])


@dataclass(slots=True)
class _Fund:
    """A fund while its rows are read."""

    id: UUID
    name: str
    ends_on: date
    limits: Limits
    categories: list[Category] = field(default_factory=list)
    because: list[Restriction] = field(default_factory=list)
    seen: bool = False

    @property
    def reasons(self) -> list[Restriction]:
        return self.because if self.categories else [*self.because, Restriction.CATEGORY]


def _forbids(work: Work, case_id: UUID, row: Any, limits: Limits) -> list[Restriction]:
    """What forbids this fund, but for its categories."""
    because = []
    if not in_term(row.starts_on, row.ends_on, day_in(work.now, row.time_zone)):
        because.append(Restriction.TERM)
    if row.refused and row.id != row.accepting:
        because.append(Restriction.RULES)
    if limits != Limits():
        because.extend(forbidden_by(limits, need_of(work, row.id, case_id, Money(0))))
    return because


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
            _refuses().label("refused"),
        )
        .select_from(Case)
        .join(Fund, true())
        .outerjoin(Allocation, col(Allocation.fund_id) == col(Fund.id))
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
