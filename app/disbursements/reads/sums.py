"""The statements behind a figure: the rows that add up to it, each with its amount in cents and what it is.

A figure is the balance of some accounts of the ledger. It opens to the entries that moved these accounts, or, where
many small entries would hide the answer, to the awards, categories or payments that hold the money now. All
statements have the same columns, so that one list shows them.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.disbursements.rules import UNDER_WAY, Figure
from app.funds.model import Allocation, Award, LedgerAccount, LedgerEntry
from app.funds.rules import FLOWS, OF_FUND, AccountKind, EntryKind

_K = AccountKind


@dataclass(frozen=True, slots=True)
class Of:
    """Whose figure it is: a fund's, that of one of its allocations, or an award's."""

    fund_id: UUID
    allocation_id: UUID | None = None
    award_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """The rows of a figure. ``key`` is unique among them and puts the newest first."""

    statement: Select[*tuple[Any, ...]]
    key: ColumnElement[Any] | Mapped[UUID]
    counts: bool = False  #: whether the keys are numbers of ledger entries; else they are ids


_ACCOUNTS: Final[dict[Figure, tuple[AccountKind, ...]]] = {
    Figure.PAID: (_K.PAID, _K.BOND_RECEIVABLE, _K.FORFEITED, _K.CHARGED),
    Figure.UNALLOCATED: (_K.UNALLOCATED,),
    Figure.AVAILABLE: (_K.AVAILABLE,),
}
#: Entries between two accounts of what was paid: they change no figure.
_WITHIN_PAID: Final = frozenset(
    kind for kind, flow in FLOWS.items() if {flow.to, flow.source} <= set(_ACCOUNTS[Figure.PAID])
)
_NOT_WITHIN_PAID: Final = frozenset(EntryKind) - _WITHIN_PAID
#: What makes and shrinks the budget of a fund, and of one of its categories.
_BUDGET_OF_FUND: Final = frozenset(kind for kind, flow in FLOWS.items() if {flow.to, flow.source} <= OF_FUND)
_BUDGET_OF_CATEGORY: Final = frozenset({EntryKind.ALLOCATED, EntryKind.DEALLOCATED})


def sum_of(of: Of, figure: Figure) -> Sum:
    """What a figure is made of."""
    if of.award_id is not None:
        return _of_an_award(of, figure)
    if figure is Figure.ENCUMBERED:
        return _held_by_awards(of)
    if figure is Figure.AVAILABLE and of.allocation_id is None:
        return _left_in_categories(of)
    if figure is Figure.BUDGET:
        if of.allocation_id is None:
            return _entries(_accounts(of, _K.UNALLOCATED), _BUDGET_OF_FUND)
        return _entries(_accounts(of, _K.AVAILABLE), _BUDGET_OF_CATEGORY)
    return _entries(_accounts(of, *_ACCOUNTS[figure]), _NOT_WITHIN_PAID)


def _of_an_award(of: Of, figure: Figure) -> Sum:
    if figure is Figure.ENCUMBERED:
        return _payments_under_way(of)
    if figure is Figure.PAID:
        return _entries(_accounts(of, *_ACCOUNTS[figure]), _NOT_WITHIN_PAID)
    return _entries(_accounts(of, _K.ENCUMBERED), _NOT_WITHIN_PAID)


def _accounts(of: Of, *kinds: AccountKind) -> ColumnElement[bool]:
    """The accounts of these kinds at a place and below it."""
    places = [col(LedgerAccount.fund_id) == of.fund_id, col(LedgerAccount.kind).in_(kinds)]
    if of.allocation_id is not None:
        places.append(col(LedgerAccount.allocation_id) == of.allocation_id)
    if of.award_id is not None:
        places.append(col(LedgerAccount.award_id) == of.award_id)
    return and_(*places)


def _columns(**given: Any) -> list[Any]:
    """Every column of a part, those not given empty."""
    kinds: dict[str, Any] = {
        "key": String(), "amount": BigInteger(), "on_day": Date(), "why": String(), "category": String(),
        "award_id": Uuid(), "award": String(), "case_reference": String(), "disbursement_id": Uuid(),
        "disbursement": String(), "status": String(),
    }  # fmt: skip
    return [given.get(name, cast(null(), kind)).label(name) for name, kind in kinds.items()]


def _entries(accounts: ColumnElement[bool], kinds: frozenset[EntryKind]) -> Sum:
    """The entries that moved accounts, those that took away negative. No entry moves two of the accounts of a sum."""
    sides = []
    for account, sign in ((LedgerEntry.debit_account_id, 1), (LedgerEntry.credit_account_id, -1)):
        side: Select[*tuple[Any, ...]] = select(
            col(LedgerEntry.number).label("number"),
            (sign * type_coerce(col(LedgerEntry.amount), BigInteger)).label("signed"),
            col(LedgerAccount.allocation_id).label("allocation_id"),
        ).join(LedgerAccount, col(LedgerAccount.id) == col(account))
        sides.append(side.where(accounts, col(LedgerEntry.kind).in_(sorted(kinds))))
    moved = union_all(*sides).subquery("moved")
    statement: Select[*tuple[Any, ...]] = (
        select(
            *_columns(
                key=moved.c.number,
                amount=moved.c.signed,
                on_day=col(LedgerEntry.occurred_on),
                why=type_coerce(col(LedgerEntry.kind), String()),
                category=type_coerce(col(Allocation.category), String()),
                award_id=col(Award.id),
                award=col(Award.reference),
                case_reference=col(Case.reference),
                disbursement_id=col(Disbursement.id),
                disbursement=col(Disbursement.reference),
            )
        )
        .select_from(moved)
        .join(LedgerEntry, col(LedgerEntry.number) == moved.c.number)
        .outerjoin(Allocation, col(Allocation.id) == moved.c.allocation_id)
        .outerjoin(Award, col(Award.id) == col(LedgerEntry.award_id))
        .outerjoin(Case, col(Case.id) == col(Award.case_id))
        .outerjoin(Disbursement, col(Disbursement.id) == col(LedgerEntry.disbursement_id))
    )
    return Sum(statement, moved.c.number, counts=True)


def _held_by_awards(of: Of) -> Sum:
    """The awards that hold money: what was not asked for yet, and what payments under way have reserved."""
    held = (
        select(
            col(LedgerAccount.award_id).label("award_id"),
            func.sum(type_coerce(col(LedgerAccount.balance), BigInteger)).label("cents"),
        )
        .where(_accounts(of, _K.ENCUMBERED, _K.RESERVED))
        .group_by(col(LedgerAccount.award_id))
        .having(func.sum(type_coerce(col(LedgerAccount.balance), BigInteger)) != 0)
        .subquery("held")
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            *_columns(
                key=col(Award.id),
                amount=held.c.cents,
                on_day=col(Award.decided_on),
                category=type_coerce(col(Award.category), String()),
                award_id=col(Award.id),
                award=col(Award.reference),
                case_reference=col(Case.reference),
                status=type_coerce(col(Award.status), String()),
            )
        )
        .select_from(held)
        .join(Award, col(Award.id) == held.c.award_id)
        .join(Case, col(Case.id) == col(Award.case_id))
    )
    return Sum(statement, col(Award.id))


def _left_in_categories(of: Of) -> Sum:
    """What each category has left, and what is in the fund and not meant for a category yet."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            *_columns(
                key=col(LedgerAccount.id),
                amount=type_coerce(col(LedgerAccount.balance), BigInteger),
                category=type_coerce(col(Allocation.category), String()),
            )
        )
        .outerjoin(Allocation, col(Allocation.id) == col(LedgerAccount.allocation_id))
        .where(_accounts(of, _K.AVAILABLE, _K.UNALLOCATED))
    )
    return Sum(statement, col(LedgerAccount.id))


def _payments_under_way(of: Of) -> Sum:
    statement: Select[*tuple[Any, ...]] = (
        select(
            *_columns(
                key=col(Disbursement.id),
                amount=type_coerce(col(Disbursement.amount), BigInteger),
                on_day=col(Disbursement.requested_on),
                category=type_coerce(col(Disbursement.category), String()),
                award_id=col(Award.id),
                award=col(Award.reference),
                case_reference=col(Case.reference),
                disbursement_id=col(Disbursement.id),
                disbursement=col(Disbursement.reference),
                status=type_coerce(col(Disbursement.status), String()),
            )
        )
        .join(Award, col(Award.id) == col(Disbursement.award_id))
        .join(Case, col(Case.id) == col(Disbursement.case_id))
        .where(col(Disbursement.award_id) == of.award_id, col(Disbursement.status).in_(UNDER_WAY))
    )
    return Sum(statement, col(Disbursement.id))


def totals(found: Sum) -> Select[int, int]:
    """How many rows a figure has, and what they add up to."""
    rows = found.statement.subquery("part")
    return select(func.count(), func.coalesce(func.sum(rows.c.amount), literal(0)))
