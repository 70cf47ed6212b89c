"""Asking for an award on a case, deciding on it, and closing it."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import and_, insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.ties import is_tied
from app.audit.actions import record
from app.cases.reads.find import case_for
from app.cases.rules import CaseStatus, day_in
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.ledger import Amount, Place, Posting, lock, open_award, post
from app.funds.actions.limits import must_be_allowed
from app.funds.model import Allocation, Award, Fund
from app.funds.reads.awards import FoundAward, find
from app.funds.rules import OPEN_AWARDS, AccountKind, AwardStatus, Category, EntryKind, in_term
from app.once import once
from app.reference import new_reference
from app.work import Work


class NewAward(BaseModel):
    """Money asked for a case, out of a fund's allocation for a category."""

    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    fund_id: UUID
    category: Category
    amount: Amount


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


def request(work: Work, form: NewAward) -> UUID:
    """Ask for an award and give its id; nothing is set aside yet.

    Raises NotFound for a case out of reach, Conflict when the case is not open or the fund not in its term, Invalid
    for a fund that is not there or has no allocation for the category.
    """
    case = case_for(work, Permission.AWARD_REQUEST, form.case_id)

    def do(award_id: UUID) -> None:
        if case.status is not CaseStatus.OPEN:
            raise Conflict("case.not_open", "Awards are made on open cases. This case is not open.")
        allocation = _allocation(work, form)
        today = _today_in_term(work, allocation.time_zone, allocation.starts_on, allocation.ends_on)
        must_be_allowed(work, form.fund_id, form.case_id, form.amount)
        work.session.execute(
            insert(Award).values(
                id=award_id,
                reference=new_reference("AW"),
                case_id=form.case_id,
                fund_id=form.fund_id,
                allocation_id=allocation.id,
                category=form.category,
                amount=form.amount,
                status=AwardStatus.REQUESTED,
                requested_by=work.actor.id,
                requested_on=today,
                created_at=work.now,
            )
        )
        record(work, "award.requested", object_type="award", object_id=award_id, subject_id=form.case_id)

    return once(work, form, do)


def approve(work: Work, award_id: UUID, form: Nothing) -> UUID:
    """Approve an award: its amount is set aside out of the allocation, for its case.

    Raises NotFound, Denied for the person who asked or is on the case, Conflict when it was decided already, the fund
    is not in its term, or the allocation has too little.
    """
    found = find(work, Permission.AWARD_DECIDE, award_id)

    def do(_: UUID) -> None:
        _must_be_another(work, found)
        today = _today_in_term(work, found.time_zone, found.starts_on, found.ends_on)
        _move(work, award_id, {AwardStatus.REQUESTED}, AwardStatus.APPROVED, decided_by=work.actor.id, decided_on=today)
        place = Place(found.fund_id, found.allocation_id, award_id)
        must_be_allowed(work, found.fund_id, found.case_id, found.amount, deciding=True)
        open_award(work, place)
        record(work, "award.approved", object_type="award", object_id=award_id, subject_id=found.case_id)
        post(work, place, Posting(EntryKind.AWARDED, found.amount, today))

    return once(work, form, do, result_id=award_id)


class Rejection(BaseModel):
    """Why not, for those who asked; it is sealed under the case's key."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None


def reject(work: Work, award_id: UUID, form: Rejection) -> UUID:
    """Refuse an award. Raises NotFound, Denied for the person who asked, Conflict when it was decided already."""
    found = find(work, Permission.AWARD_DECIDE, award_id)

    def do(_: UUID) -> None:
        _must_be_another(work, found)
        cell = Cell("award", "rejection", award_id, found.case_id)
        _move(
            work,
            award_id,
            {AwardStatus.REQUESTED},
            AwardStatus.REJECTED,
            decided_by=work.actor.id,
            decided_on=day_in(work.now, found.time_zone),
            rejection=work.vault.seal(cell, Group.NOTES, form.reason),
        )
        record(work, "award.rejected", object_type="award", object_id=award_id, subject_id=found.case_id)

    return once(work, form, do, result_id=award_id)


def close(work: Work, award_id: UUID, form: Nothing) -> UUID:
    """Close an award: what it did not spend goes back to its allocation.

    Raises NotFound, or Conflict when it is not open or disbursements of it are under way.
    """
    found = find(work, Permission.AWARD_DECIDE, award_id)

    def do(_: UUID) -> None:
        today = day_in(work.now, found.time_zone)
        _move(work, award_id, OPEN_AWARDS, AwardStatus.CLOSED, closed_on=today)
        record(work, "award.closed", object_type="award", object_id=award_id, subject_id=found.case_id)
        place = Place(found.fund_id, found.allocation_id, award_id)
        accounts = lock(work, place, frozenset({AccountKind.AVAILABLE, AccountKind.ENCUMBERED, AccountKind.RESERVED}))
        if accounts[AccountKind.RESERVED][1] > 0:
            raise Conflict(
                "award.in_use", "Disbursements from this award are under way. Let them be settled or rejected first."
            )
        left = accounts[AccountKind.ENCUMBERED][1]
        if left > 0:
            post(work, place, Posting(EntryKind.UNAWARDED, left, today))

    return once(work, form, do, result_id=award_id)


def begin_paying(work: Work, award_id: UUID) -> None:
    """Payments from the award have begun. For disbursements, whose action has checked everything."""
    work.session.execute(
        update(Award)
        .where(col(Award.id) == award_id, col(Award.status) == AwardStatus.APPROVED)
        .values(status=AwardStatus.ACTIVE)
    )


def take_back(work: Work, place: Place, posting: Posting) -> None:
    """What was paid has come back to the award, or to its allocation when the award was closed meanwhile."""
    lock(work, place, frozenset({AccountKind.AVAILABLE, AccountKind.ENCUMBERED, AccountKind.PAID}))
    # Asked for after the lock: an award that is being closed right now holds the same accounts.
    status = work.session.execute(select(col(Award.status)).where(col(Award.id) == place.award_id)).scalar_one()
    post(work, place, posting)
    if status is AwardStatus.CLOSED:
        post(work, place, Posting(EntryKind.UNAWARDED, posting.amount, posting.occurred_on))


def _must_be_another(work: Work, found: FoundAward) -> None:
    """Who asked for money, or works on the case, does not decide on it."""
    if work.actor.id == found.requested_by or is_tied(work.session, work.actor.id, found.case_id):
        raise Denied(
            "segregation_of_duties", "You asked for this award or work on its case. Somebody else must decide on it."
        )


def _move(work: Work, award_id: UUID, old: Collection[AwardStatus], new: AwardStatus, **values: Any) -> None:
    """Change the status, unless somebody did meanwhile. Raises Conflict."""
    changed = work.session.execute(
        update(Award).where(col(Award.id) == award_id, col(Award.status).in_(old)).values(status=new, **values)
    )
    if changed.rowcount != 1:
        raise Conflict("award.status", "The award is not in a status that allows this. Load it again.")


def _today_in_term(work: Work, time_zone: str, starts_on: date, ends_on: date) -> date:
    """Today in the fund's zone. Raises Conflict when the fund makes no awards today."""
    today = day_in(work.now, time_zone)
    if not in_term(starts_on, ends_on, today):
        raise Conflict("fund.not_open", "Today is outside the fund's term: it makes no awards.")
    return today


def _allocation(work: Work, form: NewAward) -> Any:
    """The allocation that the form means, with its fund's term. Raises Invalid."""
    fund = work.session.execute(
        select(col(Fund.time_zone), col(Fund.starts_on), col(Fund.ends_on), col(Allocation.id))
        .outerjoin(Allocation, and_(col(Allocation.fund_id) == col(Fund.id), col(Allocation.category) == form.category))
        .where(col(Fund.id) == form.fund_id)
    ).one_or_none()
    if fund is None:
        raise Invalid(Problem("/fund_id", "fund_id.unknown", "There is no such fund."))
    if fund.id is None:
        raise Invalid(Problem("/category", "category.not_funded", "This fund has no money for this category."))
    return fund
