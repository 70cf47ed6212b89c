"""Posting to the ledger: the one way in which money moves, for this room and for disbursements."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, case, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.db import new_id
from app.errors import Conflict
from app.funds.model import LedgerAccount, LedgerEntry
from app.funds.model.guards import PERIOD_IS_OPEN
from app.funds.rules import FLOWS, LOCK_RANK, OF_AWARD, OF_FUND, AccountKind, EntryKind
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class Place:
    """Whose accounts an entry moves money between: a fund's, an allocation's, an award's."""

    fund_id: UUID
    allocation_id: UUID | None = None
    award_id: UUID | None = None

    def ids(self) -> dict[str, UUID | None]:
        """The place as the parameters of a statement."""
        return {"fund_id": self.fund_id, "allocation_id": self.allocation_id, "award_id": self.award_id}


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry to come: how much, why, on which day in the fund's zone, and for which record of a room above."""

    kind: EntryKind
    amount: Money
    occurred_on: date
    disbursement_id: UUID | None = None
    bond_id: UUID | None = None
    transfer_id: UUID | None = None


#: More than any fund of this kind ever held, and far below what 64 bits can add up.
_MOST: Final = Money(100_000_000_000)


def _payable(amount: Money) -> Money:
    if amount <= 0:
        raise PydanticCustomError("money.too_small", "Enter an amount above zero.")
    if amount > _MOST:
        raise PydanticCustomError("money.too_large", "Enter at most 1000000000.00.")
    return amount


#: An amount of a form: more than nothing, at most a thousand million dollars.
Amount = Annotated[Money, AfterValidator(_payable)]

#: Accounts that are there from the beginning. All others are opened when money first goes there: few awards are bonds.
_FUND: Final = frozenset({AccountKind.GIVER, AccountKind.UNALLOCATED})
_AWARD: Final = frozenset({AccountKind.ENCUMBERED, AccountKind.RESERVED, AccountKind.PAID})
_FROM_THE_BEGINNING: Final = _FUND | _AWARD | {AccountKind.AVAILABLE}
_RANK: Final = case(dict(LOCK_RANK), value=col(LedgerAccount.kind))


def open_accounts(work: Work, place: Place, kinds: frozenset[AccountKind]) -> None:
    """Make empty accounts of these kinds at a place."""
    work.session.execute(
        insert(LedgerAccount),
        [
            {
                "id": new_id(),
                "fund_id": place.fund_id,
                "allocation_id": place.allocation_id,
                "award_id": place.award_id,
                "kind": kind,
                "balance": Money(0),
                "last_entry": 0,
            }
            for kind in sorted(kinds)
        ],
    )


def open_fund(work: Work, fund_id: UUID) -> None:
    """Make the accounts of a new fund."""
    open_accounts(work, Place(fund_id), _FUND)


def open_allocation(work: Work, place: Place) -> None:
    """Make the account of a new allocation."""
    open_accounts(work, place, frozenset({AccountKind.AVAILABLE}))


def open_award(work: Work, place: Place) -> None:
    """Make the accounts of an award that is being approved."""
    open_accounts(work, place, _AWARD)


def lock(work: Work, place: Place, kinds: frozenset[AccountKind]) -> dict[AccountKind, tuple[UUID, Money]]:
    """The ids and balances of accounts, held until the transaction ends: fund first, then allocation, then award.

    The lock leaves references to the accounts possible: entries of others, who only point at them, need not wait.
    """
    rows = work.session.execute(_locking(kinds), place.ids())
    return {kind: (account_id, balance) for kind, account_id, balance in rows}


@cache
def _locking(kinds: frozenset[AccountKind]) -> Select[*tuple[Any, ...]]:
    """The statement that locks accounts of these kinds at any place, built once."""
    return (
        select(col(LedgerAccount.kind), col(LedgerAccount.id), col(LedgerAccount.balance))
        .where(or_(*(_at(kind) for kind in sorted(kinds))))
        .order_by(_RANK)
        .with_for_update(key_share=True)
    )


def post(work: Work, place: Place, posting: Posting) -> None:
    """Move money as the posting's kind says. Call it last: from here on, others wait for these accounts.

    Raises Conflict ``fund.insufficient``, ``allocation.insufficient``, ``award.insufficient``, ``bond.insufficient``
    and the like when the database refuses the posting because an account would go below zero.
    """
    flow = FLOWS[posting.kind]
    accounts = _both(work, place, frozenset({flow.to, flow.source}))
    try:
        work.insert(
            LedgerEntry,
            kind=posting.kind,
            fund_id=place.fund_id,
            debit_account_id=accounts[flow.to][0],
            credit_account_id=accounts[flow.source][0],
            amount=posting.amount,
            award_id=place.award_id,
            disbursement_id=posting.disbursement_id,
            bond_id=posting.bond_id,
            transfer_id=posting.transfer_id,
            occurred_on=posting.occurred_on,
            created_at=work.now,
            actor_id=work.actor.id,
        )
    except IntegrityError as error:
        short = _run_out(broken_constraint(error))
        if short is None:
            raise
        raise short from None


def _both(work: Work, place: Place, kinds: frozenset[AccountKind]) -> dict[AccountKind, tuple[UUID, Money]]:
    """The two accounts of an entry, locked; one that was never used is opened."""
    if kinds <= _FROM_THE_BEGINNING:
        return lock(work, place, kinds)
    # One that is there from the beginning is held meanwhile: two who open the same account take turns.
    accounts = lock(work, place, kinds | {_first_at(kind) for kind in kinds})
    missing = kinds - set(accounts)
    for kind in sorted(missing):
        open_accounts(work, _level_of(kind, place), frozenset({kind}))
    return accounts if not missing else lock(work, place, kinds)


def _first_at(kind: AccountKind) -> AccountKind:
    """The account that is there from the beginning at this kind's level."""
    if kind in OF_AWARD:
        return AccountKind.PAID
    return AccountKind.UNALLOCATED if kind in OF_FUND else AccountKind.AVAILABLE


def _level_of(kind: AccountKind, place: Place) -> Place:
    if kind in OF_AWARD:
        return place
    return Place(place.fund_id, None if kind in OF_FUND else place.allocation_id)


#: What has run out when an account would go below zero, by the name of the CHECK that refuses it.
_SHORT: Final = {
    "unallocated": Conflict("fund.insufficient", "The fund has less than this that is not allocated yet."),
    "available": Conflict("allocation.insufficient", "The allocation has less than this available."),
    "encumbered": Conflict("award.insufficient", "The award has less than this left."),
    "charged": Conflict("charge.insufficient", "Less than this was charged to the allocation."),
    "bond_receivable": Conflict("bond.insufficient", "Less than this is still to come back from bonds of this award."),
    "forfeited": Conflict("bond.insufficient", "Less than this was forfeited on this award."),
    "paid": Conflict("award.lent_as_bond", "What was paid stands out as a bond. Undo the bond first."),
}


def _run_out(constraint: str) -> Conflict | None:
    if constraint == PERIOD_IS_OPEN:
        return Conflict("fund.period_closed", "The fund's books are closed for this day. Choose a later day.")
    kind = constraint.removeprefix("ck_ledger_account_").removesuffix("_not_overdrawn")
    short = _SHORT.get(kind)
    return None if short is None else Conflict(short.code, short.message)


def broken_constraint(error: IntegrityError) -> str:
    """The name of the constraint that refused a statement; on SQLite the columns of a unique index instead."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    return str(error.orig).partition(" constraint failed: ")[2]


def _at(kind: AccountKind) -> ColumnElement[bool]:
    """The account of a kind at its own level of a place, whose ``ids`` are the parameters."""
    fund_id, allocation_id, award_id = (
        bindparam(name, type_=Uuid()) for name in ("fund_id", "allocation_id", "award_id")
    )
    if kind in OF_AWARD:
        level = col(LedgerAccount.award_id) == award_id
    elif kind in OF_FUND:
        level = and_(col(LedgerAccount.fund_id) == fund_id, col(LedgerAccount.allocation_id).is_(None))
    else:
        level = and_(col(LedgerAccount.allocation_id) == allocation_id, col(LedgerAccount.award_id).is_(None))
    return and_(level, col(LedgerAccount.kind) == kind)
