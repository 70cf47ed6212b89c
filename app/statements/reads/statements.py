"""Bank statements as they are shown: their sums, their lines with what each is or may be, and the reconciliation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.cases.reads import PersonName
from app.errors import NotFound
from app.funds.rules import masked_account
from app.money import Money
from app.statements.model import BankStatement, StatementMapping, StatementMatch
from app.statements.rules.words import (
    DayFormat,
    StatementFormat,
    StatementStatus,
)
from app.statements.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement; ``matched`` of its ``lines`` are explained. Of the account its last digits."""

    id: UUID
    format: StatementFormat
    account: str | None
    from_on: date
    to_on: date
    opening: Money
    closing: Money
    lines: int
    matched: int
    status: StatementStatus
    created_at: datetime
    created_by: PersonName
    closed_at: datetime | None
    closed_by: PersonName | None


@dataclass(frozen=True, slots=True)
class StatementList:
    items: list[StatementView]
    next: str | None


@dataclass(frozen=True, slots=True)
class MappingView:
    """How a bank's CSV file is read."""

    id: UUID
    name: str
    day_column: str
    day_format: DayFormat
    amount_column: str | None
    out_column: str | None
    in_column: str | None
    description_column: str
    reference_column: str | None


@dataclass(frozen=True, slots=True)
class MappingList:
    items: list[MappingView]


_TAKER, _CLOSER = aliased(Account), aliased(Account)
_MATCHED = (
    select(func.count())
    .where(col(StatementMatch.statement_id) == col(BankStatement.id))
    .correlate(BankStatement)
    .scalar_subquery()
)
_SELECT: Select[*tuple[Any, ...]] = (
    select(
        col(BankStatement.id),
        col(BankStatement.format),
        col(BankStatement.account_end),
        col(BankStatement.from_on),
        col(BankStatement.to_on),
        col(BankStatement.opening),
        col(BankStatement.closing),
        col(BankStatement.lines),
        _MATCHED.label("matched"),
        col(BankStatement.status),
        col(BankStatement.created_at),
        col(BankStatement.created_by),
        col(_TAKER.name).label("taker"),
        col(BankStatement.closed_at),
        col(BankStatement.closed_by),
        col(_CLOSER.name).label("closer"),
        col(BankStatement.subject_id),
    )
    .join(_TAKER, col(_TAKER.id) == col(BankStatement.created_by))
    .outerjoin(_CLOSER, col(_CLOSER.id) == col(BankStatement.closed_by))
)


def statements(work: Work, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> StatementList:
    """The statements, newest first; the look is recorded."""
    asked = _SELECT.where(visible(work.allow(Permission.STATEMENT_READ)))
    rows = work.session.execute(keyset.newest_first(asked, col(BankStatement.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "statement.listed", object_type="statement", count=len(page.rows))
    return StatementList([_view(row) for row in page.rows], page.next)


def statement(work: Work, statement_id: UUID, *, answering: bool = False) -> StatementView:
    """One statement; the look is recorded unless it answers a verb. Raises NotFound."""
    view = _view(row_of(work, statement_id))
    if not answering:
        record(work, "statement.read", object_type="statement", object_id=statement_id)
    return view


def mappings(work: Work) -> MappingList:
    """How banks' CSV files are read, by name."""
    work.allow(Permission.STATEMENT_MATCH)
    table = StatementMapping
    columns = (table.id, table.name, table.day_column, table.day_format, table.amount_column, table.out_column)
    more = (table.in_column, table.description_column, table.reference_column)
    rows = work.session.execute(select(*(col(each) for each in (*columns, *more))).order_by(col(table.name)))
    return MappingList([MappingView(*row) for row in rows])


def row_of(work: Work, statement_id: UUID) -> Any:
    reach = work.allow(Permission.STATEMENT_READ)
    row = work.session.execute(_SELECT.where(col(BankStatement.id) == statement_id, visible(reach))).one_or_none()
    if row is None:
        raise NotFound
    return row


def _view(row: Any) -> StatementView:
    return StatementView(
        id=row.id,
        format=row.format,
        account=masked_account(row.account_end),
        from_on=row.from_on,
        to_on=row.to_on,
        opening=row.opening,
        closing=row.closing,
        lines=row.lines,
        matched=row.matched,
        status=row.status,
        created_at=row.created_at,
        created_by=PersonName(row.created_by, row.taker),
        closed_at=row.closed_at,
        closed_by=None if row.closed_by is None else PersonName(row.closed_by, row.closer),
    )
