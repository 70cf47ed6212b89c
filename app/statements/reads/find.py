"""Finding one statement through its scope, and one line of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.errors import Invalid, NotFound, Problem
from app.money import Money
from app.statements.model import BankStatement, StatementLine
from app.statements.rules.words import Direction, StatementStatus
from app.statements.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """What a verb needs to know of a statement."""

    id: UUID
    status: StatementStatus
    lines: int
    created_by: UUID
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class FoundLine:
    """What a verb needs to know of a line."""

    id: UUID
    booked_on: date
    amount: Money
    direction: Direction
    bank_reference: str | None
    our_reference: str | None
    return_code: str | None


def find(work: Work, permission: Permission, statement_id: UUID) -> FoundStatement:
    """A statement that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    row = work.session.execute(
        select(
            col(BankStatement.id),
            col(BankStatement.status),
            col(BankStatement.lines),
            col(BankStatement.created_by),
            col(BankStatement.subject_id),
        ).where(col(BankStatement.id) == statement_id, visible(reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return FoundStatement(*row)


def readable(work: Work, statement_id: UUID) -> None:
    """For the door: the actor may see this statement. Raises NotFound."""
    find(work, Permission.STATEMENT_READ, statement_id)


def find_line(work: Work, statement_id: UUID, line_id: UUID) -> FoundLine:
    """A line of a statement that was found. Raises Invalid for one of another."""
    row = work.session.execute(
        select(
            col(StatementLine.id),
            col(StatementLine.booked_on),
            col(StatementLine.amount),
            col(StatementLine.direction),
            col(StatementLine.bank_reference),
            col(StatementLine.our_reference),
            col(StatementLine.return_code),
        ).where(col(StatementLine.id) == line_id, col(StatementLine.statement_id) == statement_id)
    ).one_or_none()
    if row is None:
        raise Invalid(Problem("/line_id", "line_id.unknown", "This statement has no such line."))
    return FoundLine(*row)
