"""The entries of a fund's ledger: what its balances are the sums of."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, func, or_, select, true, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.audit.actions import record
from app.errors import Invalid, Problem
from app.funds.model import Allocation, Award, LedgerAccount, LedgerEntry
from app.funds.reads.funds import exists
from app.funds.rules import AccountKind, Category, EntryKind
from app.funds.scope import unnamed
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries; None is any."""

    account: AccountKind | None = None
    category: Category | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. Of one kind of account, what left it is negative; ``award`` is null behind a wall."""

    number: int
    kind: EntryKind
    amount: Money
    occurred_on: date
    to: AccountKind
    source: AccountKind
    category: Category | None
    award_id: UUID | None
    award: str | None
    transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class EntryList:
    """A page of entries. ``total`` and ``count`` are of all: for one kind of account the total is its balance."""

    total: Money
    count: int
    items: list[EntryView]
    next: str | None


_To, _Source = aliased(LedgerAccount, name="debited"), aliased(LedgerAccount, name="credited")


def entries(
    work: Work,
    fund_id: UUID,
    which: EntryFilter,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> EntryList:
    """The entries of a fund, newest first; the look is recorded. Raises NotFound, Invalid for a foreign cursor."""
    exists(work, fund_id)
    amount = type_coerce(col(LedgerEntry.amount), BigInteger)
    signed = amount if which.account is None else case((col(_To.kind) == which.account, amount), else_=-amount)
    chosen = _chosen(fund_id, which)
    count, total = work.session.execute(
        _joined(select(func.count(), func.coalesce(func.sum(signed), 0))).where(chosen)
    ).one()
    statement = _joined(_columns(work, signed)).where(chosen)
    if cursor is not None:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise Invalid(Problem("/cursor", "cursor.format", "Use the cursor from the field next of the page before."))
        statement = statement.where(col(LedgerEntry.number) < int(cursor))
    rows = work.session.execute(statement.order_by(col(LedgerEntry.number).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    record(work, "fund.entries_listed", object_type="fund", object_id=fund_id, count=len(shown))
    following = str(shown[-1].number) if len(rows) > limit else None
    return EntryList(Money(int(total)), count, [_view(row) for row in shown], following)


def _chosen(fund_id: UUID, which: EntryFilter) -> ColumnElement[bool]:
    return and_(
        col(LedgerEntry.fund_id) == fund_id,
        true() if which.as_of is None else col(LedgerEntry.occurred_on) <= which.as_of,
        true() if which.category is None else col(Allocation.category) == which.category,
        true() if which.account is None else or_(col(_To.kind) == which.account, col(_Source.kind) == which.account),
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(LedgerEntry)
        .join(_To, col(_To.id) == col(LedgerEntry.debit_account_id))
        .join(_Source, col(_Source.id) == col(LedgerEntry.credit_account_id))
        .outerjoin(Allocation, col(Allocation.id) == func.coalesce(col(_To.allocation_id), col(_Source.allocation_id)))
        .outerjoin(Award, col(Award.id) == col(LedgerEntry.award_id))
    )


def _columns(work: Work, signed: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    return select(
        col(LedgerEntry.number),
        col(LedgerEntry.kind),
        signed.label("signed"),
        col(LedgerEntry.occurred_on),
        col(_To.kind).label("to_kind"),
        col(_Source.kind).label("source_kind"),
        col(Allocation.category),
        col(LedgerEntry.award_id),
        col(Award.reference).label("award"),
        col(LedgerEntry.transfer_id),
        and_(col(Award.id).is_not(None), unnamed(work.actor)).label("walled"),
    )


def _view(row: Any) -> EntryView:
    return EntryView(
        number=row.number,
        kind=row.kind,
        amount=Money(int(row.signed)),
        occurred_on=row.occurred_on,
        to=row.to_kind,
        source=row.source_kind,
        category=row.category,
        award_id=None if row.walled else row.award_id,
        award=None if row.walled else row.award,
        transfer_id=row.transfer_id,
    )
