"""Whether the income of a case's household speaks for a fee waiver: yes, no or not known, for who may know."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.model import Applicant
from app.applicants.reads import open_groups, sealed_columns
from app.applicants.scope import opened
from app.audit.actions import record
from app.cases.reads import case_for
from app.cases.rules import day_in
from app.crypto import Group
from app.eligibility.reads import guidelines
from app.eligibility.rules import LARGEST_HOUSEHOLD, poverty_percent, region_of, state_code
from app.fees.rules import INCOME_PERCENT, Known, within_income
from app.money import Money
from app.work import Work

_GROUPS = (Group.FINANCES, Group.CONTACT)


@dataclass(frozen=True, slots=True)
class IncomeView:
    """``within`` says whether the income is at or below ``percent`` of today's poverty guideline."""

    within: Known
    percent: str


def income_speaks(work: Work, case_id: UUID) -> IncomeView:
    """Whether the household's income is low enough; not known to who may not open it.

    Nothing of the income itself is told. Raises NotFound.
    """
    found = case_for(work, Permission.FEE_TRACK, case_id)
    row = work.session.execute(
        select(*sealed_columns(_GROUPS)).where(col(Applicant.id) == found.applicant_id, opened(work.actor, _GROUPS))
    ).one_or_none()
    if row is None:
        return _view(None)
    answers = open_groups(work, found.applicant_id, row, _GROUPS)
    record(
        work,
        "fee_waiver.income_compared",
        object_type="case",
        object_id=case_id,
        subject_id=found.applicant_id,
        groups=_GROUPS,
    )
    return _view(_percent(work, answers[Group.FINANCES], answers[Group.CONTACT]["address"]))


def _view(percent: Decimal | None) -> IncomeView:
    return IncomeView(within_income(percent), str(INCOME_PERCENT))


def _percent(work: Work, finances: Any, address: Any) -> Decimal | None:
    """The household's part of the guideline of its state; None while an answer that it needs is missing."""
    size, state = finances["size"], (address or {}).get("state")
    code = state_code(state) if state else None
    region = region_of(code) if code else None
    year = guidelines(day_in(work.now, work.actor.time_zone))
    try:
        income = Money.parse(finances["annual_income"] or "")
    except ValueError:
        return None
    if not isinstance(size, int) or not 1 <= size <= LARGEST_HOUSEHOLD or region is None or year is None:
        return None
    return poverty_percent(income, year.guideline(size, region))
