"""Money that moves without a case: one person asks, another approves, and both sides are posted at once."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import func, insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.rules import day_in
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.ledger import Amount, Place, Posting, lock, post
from app.funds.model import Allocation, Fund, FundTransfer
from app.funds.reads.funds import fund
from app.funds.reads.terms import terms_of
from app.funds.reads.transfers import FoundTransfer, find_transfer
from app.funds.rules import AccountKind, Category, EntryKind, TransferKind, TransferStatus, share_of
from app.once import once
from app.work import Work

_FROM_CATEGORY = frozenset({TransferKind.BETWEEN_CATEGORIES, TransferKind.ADMINISTRATION, TransferKind.SPENT_BEFORE})


class NewTransfer(BaseModel):
    """Money to move: how, from where, to where and how much."""

    model_config = ConfigDict(extra="forbid")

    kind: TransferKind
    fund_id: UUID
    amount: Amount
    to_fund_id: UUID | None = None
    category: Category | None = None
    to_category: Category | None = None

    @model_validator(mode="after")
    def _names_both_sides(self) -> Self:
        if (self.kind is TransferKind.BETWEEN_FUNDS) != (self.to_fund_id not in (None, self.fund_id)):
            raise PydanticCustomError("transfer.fund", "Name another fund to move money between funds.")
        if (self.kind in _FROM_CATEGORY) != (self.category is not None):
            raise PydanticCustomError("transfer.category", "Name the category that the money is taken from.")
        if (self.kind is TransferKind.BETWEEN_CATEGORIES) != (self.to_category not in (None, self.category)):
            raise PydanticCustomError("transfer.to_category", "Name another category that the money goes to.")
        return self


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


def ask(work: Work, form: NewTransfer) -> UUID:
    """Ask for money to move; nothing moves yet. Gives the id.

    Raises Invalid for a fund that is not there or has no allocation for a category.
    """
    work.allow(Permission.FUND_MANAGE)

    def do(transfer_id: UUID) -> None:
        for pointer, fund_id in (("/fund_id", form.fund_id), ("/to_fund_id", form.to_fund_id)):
            known = select(col(Fund.id)).where(col(Fund.id) == fund_id)
            if fund_id is not None and work.session.execute(known).first() is None:
                raise Invalid(Problem(pointer, "fund_id.unknown", "There is no such fund."))
        for pointer, category in (("/category", form.category), ("/to_category", form.to_category)):
            if category is not None and _allocation(work, form.fund_id, category) is None:
                raise Invalid(Problem(pointer, "category.not_funded", "This fund has no money for this category."))
        values = form.model_dump() | {
            "id": transfer_id,
            "status": TransferStatus.ASKED,
            "asked_by": work.actor.id,
            "asked_at": work.now,
        }
        work.session.execute(insert(FundTransfer).values(**values))
        record(work, "transfer.asked", object_type="transfer", object_id=transfer_id, details={"kind": form.kind})

    return once(work, form, do)


def approve(work: Work, transfer_id: UUID, form: Nothing) -> UUID:
    """Move the money. Every entry of it is posted, or none.

    Raises NotFound, Denied for the person who asked, Conflict when it was decided already, there is too little, or an
    administration share would be more than the fund's terms allow.
    """
    found = find_transfer(work, transfer_id)

    def do(_: UUID) -> None:
        _decide(work, found, TransferStatus.APPROVED)
        record(work, "transfer.approved", object_type="transfer", object_id=transfer_id, details={"kind": found.kind})
        _lock_all(work, found)
        if found.kind is TransferKind.ADMINISTRATION:
            _must_be_within_share(work, found)
        for place, kind in _postings(work, found):
            today = _today(work, place.fund_id)
            post(work, place, Posting(kind, found.amount, today, transfer_id=transfer_id))

    return once(work, form, do, result_id=transfer_id)


def reject(work: Work, transfer_id: UUID, form: Nothing) -> UUID:
    """Refuse to move the money. Raises NotFound, Denied for the person who asked, Conflict when it was decided."""
    found = find_transfer(work, transfer_id)

    def do(_: UUID) -> None:
        _decide(work, found, TransferStatus.REJECTED)
        record(work, "transfer.rejected", object_type="transfer", object_id=transfer_id, details={"kind": found.kind})

    return once(work, form, do, result_id=transfer_id)


def _decide(work: Work, found: FoundTransfer, status: TransferStatus) -> None:
    if work.actor.id == found.asked_by:
        raise Denied("segregation_of_duties", "You asked for this. Somebody else must decide on it.")
    changed = work.session.execute(
        update(FundTransfer)
        .where(col(FundTransfer.id) == found.id, col(FundTransfer.status) == TransferStatus.ASKED)
        .values(status=status, decided_by=work.actor.id, decided_at=work.now)
    )
    if changed.rowcount != 1:
        raise Conflict("transfer.status", "Somebody decided on this already. Load it again.")


def _lock_all(work: Work, found: FoundTransfer) -> None:
    """Hold what is there of every account that will change, funds by their ids and the fund's before a category's."""
    for fund_id in sorted({found.fund_id, found.to_fund_id or found.fund_id}):
        lock(work, Place(fund_id), frozenset({AccountKind.UNALLOCATED}))
    parts = (_allocation(work, found.fund_id, each) for each in (found.category, found.to_category) if each is not None)
    for allocation_id in sorted(each for each in parts if each is not None):
        lock(work, Place(found.fund_id, allocation_id), frozenset({AccountKind.AVAILABLE}))


def _postings(work: Work, found: FoundTransfer) -> Iterator[tuple[Place, EntryKind]]:
    whole, part = Place(found.fund_id), _place_of(work, found)
    match found.kind:
        case TransferKind.BETWEEN_FUNDS:
            yield whole, EntryKind.TRANSFERRED_OUT
            yield Place(found.to_fund_id or found.fund_id), EntryKind.TRANSFERRED_IN
        case TransferKind.BETWEEN_CATEGORIES:
            yield part(found.category), EntryKind.DEALLOCATED
            yield part(found.to_category), EntryKind.ALLOCATED
        case TransferKind.ADMINISTRATION | TransferKind.SPENT_BEFORE:
            yield part(found.category), EntryKind.CHARGED
        case TransferKind.INCOME:
            yield whole, EntryKind.INCOME_RECEIVED
        case TransferKind.GIVEN_BACK:
            yield whole, EntryKind.RETURNED_TO_GIVER


def _place_of(work: Work, found: FoundTransfer) -> Callable[[Category | None], Place]:
    def place(category: Category | None) -> Place:
        return Place(found.fund_id, None if category is None else _allocation(work, found.fund_id, category))

    return place


def _must_be_within_share(work: Work, found: FoundTransfer) -> None:
    """Called while the fund's account is held: two who approve a share take turns."""
    terms = terms_of(work, found.fund_id)
    if terms.administration is None:
        return
    charged = work.session.execute(
        select(func.coalesce(func.sum(col(FundTransfer.amount)), 0)).where(
            col(FundTransfer.fund_id) == found.fund_id,
            col(FundTransfer.kind) == TransferKind.ADMINISTRATION,
            col(FundTransfer.status) == TransferStatus.APPROVED,
        )
    ).scalar_one()
    if int(charged) > share_of(fund(work, found.fund_id).awarded_total, terms.administration):
        raise Conflict("fund.administration", "This is more than the share of the fund that may pay for running it.")


def _today(work: Work, fund_id: UUID) -> date:
    return day_in(work.now, fund(work, fund_id).time_zone)


def _allocation(work: Work, fund_id: UUID, category: Category) -> Any:
    known = select(col(Allocation.id)).where(col(Allocation.fund_id) == fund_id, col(Allocation.category) == category)
    return work.session.execute(known).scalar_one_or_none()
