"""What of ours the lines of a statement may be, and what of ours the bank has not shown yet."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select
from sqlmodel import col

from app.access.grants import Permission
from app.batches.model import Batch, BatchItem
from app.batches.rules.runs import BatchStatus
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.disbursements.scope import visible
from app.funds.model import Payee
from app.statements.model import StatementMatch
from app.statements.reads.find import FoundLine
from app.statements.rules.proposing import COMES_BACK_WITHIN, SHOWS_WITHIN, Ours
from app.statements.rules.words import Basis, MatchKind
from app.work import Work

#: Payments that money is on its way for, or went out.
_GONE: Final = (DisbursementStatus.RELEASED, DisbursementStatus.SETTLED)


def shown() -> ColumnElement[bool]:
    """A payment that a statement showed going out: by itself, or in its run's one sum."""
    alone = exists().where(
        col(StatementMatch.disbursement_id) == col(Disbursement.id), col(StatementMatch.kind) == MatchKind.PAID
    )
    in_a_run = exists().where(
        col(BatchItem.disbursement_id) == col(Disbursement.id),
        col(BatchItem.active),
        col(StatementMatch.batch_id) == col(BatchItem.batch_id),
    )
    return or_(alone, in_a_run)


def candidates(work: Work, from_on: date, to_on: date) -> list[Ours]:
    """What of ours a statement of these days may show: payments and runs in the actor's reach."""
    found = [Ours(*row) for row in work.session.execute(_payments(work, from_on, to_on))]
    return found + [Ours(*row) for row in work.session.execute(_runs())]


def _payments(work: Work, from_on: date, to_on: date) -> Select[*tuple[Any, ...]]:
    reach = work.allow(Permission.DISBURSEMENT_READ)
    return (
        select(
            col(Disbursement.id),
            col(Disbursement.reference),
            col(Disbursement.amount),
            col(Disbursement.released_on),
            literal(False),
            shown(),
            col(Payee.account_end),
        )
        .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
        .where(
            visible(work.actor, reach),
            col(Disbursement.status).in_(_GONE),
            col(Disbursement.released_on) >= from_on - COMES_BACK_WITHIN,
            col(Disbursement.released_on) <= to_on,
        )
        .order_by(col(Disbursement.released_on))
    )


def _runs() -> Select[*tuple[Any, ...]]:
    matched = exists().where(col(StatementMatch.batch_id) == col(Batch.id))
    return select(
        col(Batch.id), col(Batch.reference), col(Batch.total), col(Batch.effective_on), literal(True), matched
    ).where(col(Batch.status) == BatchStatus.SENT)


def basis_of(work: Work, line: FoundLine, disbursement_id: UUID) -> Basis:
    """Why a line and a payment that a person put together belong together."""
    row = work.session.execute(
        select(col(Disbursement.reference), col(Disbursement.released_on)).where(
            col(Disbursement.id) == disbursement_id
        )
    ).one()
    if line.our_reference == row.reference:
        return Basis.EXACT
    near = row.released_on is not None and row.released_on <= line.booked_on <= row.released_on + SHOWS_WITHIN
    return Basis.LIKELY if near and line.our_reference is None else Basis.BY_HAND
