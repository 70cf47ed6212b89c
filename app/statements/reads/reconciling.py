"""The bank's side of a statement and ours, to the cent."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import col

from app.access.grants import Permission
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.disbursements.scope import visible as visible_payments
from app.funds.model import Fund, Payee
from app.money import Money
from app.statements.model import StatementLine, StatementMatch
from app.statements.reads.proposals import shown
from app.statements.reads.statements import StatementView, statement
from app.statements.rules.words import (
    Direction,
    MatchKind,
)
from app.work import Work


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A payment of ours that was released by the statement's last day, and that no statement has shown."""

    disbursement_id: UUID
    reference: str
    fund: str
    amount: Money
    released_on: date
    days: int
    status: DisbursementStatus


@dataclass(frozen=True, slots=True)
class KindSum:
    """What the lines of one kind come to; ``kind`` is null for those that nobody explained yet."""

    kind: MatchKind | None
    direction: Direction
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The bank's side and ours. ``difference`` is what opening balance and lines are off the closing balance.

    ``unexplained`` is what the lines that nobody explained come to, in less out; ``outstanding_total`` what the
    bank has not shown yet of ours.
    """

    statement: StatementView
    money_in: Money
    money_out: Money
    difference: Money
    unexplained: Money
    sums: list[KindSum]
    outstanding: list[Outstanding]
    outstanding_total: Money


def reconciliation(work: Work, statement_id: UUID) -> Reconciliation:
    """The bank's side of a statement and ours, to the cent; the look is recorded. Raises NotFound."""
    view = statement(work, statement_id)
    sums = _sums(work, statement_id)
    money_in, money_out = (
        Money(sum(each.amount for each in sums if each.direction is way)) for way in (Direction.IN, Direction.OUT)
    )
    unexplained = sum(
        each.amount if each.direction is Direction.IN else -each.amount for each in sums if each.kind is None
    )
    outstanding = _outstanding(work, view.to_on)
    return Reconciliation(
        statement=view,
        money_in=money_in,
        money_out=money_out,
        difference=Money(view.closing - view.opening - money_in + money_out),
        unexplained=Money(unexplained),
        sums=sums,
        outstanding=outstanding,
        outstanding_total=Money(sum(each.amount for each in outstanding)),
    )


def _sums(work: Work, statement_id: UUID) -> list[KindSum]:
    rows = work.session.execute(
        select(
            col(StatementMatch.kind), col(StatementLine.direction), func.count(), func.sum(col(StatementLine.amount))
        )
        .select_from(StatementLine)
        .outerjoin(StatementMatch, col(StatementMatch.line_id) == col(StatementLine.id))
        .where(col(StatementLine.statement_id) == statement_id)
        .group_by(col(StatementMatch.kind), col(StatementLine.direction))
        .order_by(case((col(StatementMatch.kind).is_(None), 0), else_=1), col(StatementMatch.kind))
    )
    return [KindSum(kind, direction, count, Money(int(cents))) for kind, direction, count, cents in rows]


def _outstanding(work: Work, until: date) -> list[Outstanding]:
    reach = work.allow(Permission.DISBURSEMENT_READ)
    rows = work.session.execute(
        select(
            col(Disbursement.id),
            col(Disbursement.reference),
            col(Fund.name),
            col(Disbursement.amount),
            col(Disbursement.released_on),
            col(Disbursement.status),
        )
        .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
        .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
        .where(
            visible_payments(work.actor, reach),
            col(Disbursement.status) == DisbursementStatus.RELEASED,
            col(Disbursement.released_on) <= until,
            ~shown(),
        )
        .order_by(col(Disbursement.released_on), col(Disbursement.id))
        .limit(500)
    ).all()
    return [
        Outstanding(row.id, row.reference, row.name, row.amount, row.released_on, days, row.status)
        for row in rows
        for days in [(until - row.released_on).days]
    ]
