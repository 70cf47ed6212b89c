"""Disbursements that nobody finished give their money back when the award's money is asked for again."""

from datetime import date
from typing import Final

from sqlalchemy import Date, Uuid, bindparam, select, update
from sqlmodel import col

from app.disbursements.actions.advance import keep_step
from app.disbursements.model import Disbursement
from app.disbursements.rules import HOLDS_FOR, MOVES, Verb
from app.funds.actions.ledger import Place, Posting, post
from app.funds.reads.awards import FoundAward
from app.funds.rules import EntryKind
from app.work import Work

_OVERDUE: Final = select(col(Disbursement.id), col(Disbursement.amount), col(Disbursement.status)).where(
    col(Disbursement.award_id) == bindparam("award", type_=Uuid()),
    col(Disbursement.status).in_(MOVES[Verb.EXPIRE].old),
    col(Disbursement.requested_on) < bindparam("before", type_=Date()),
)


def expire_overdue(work: Work, award: FoundAward, today: date) -> None:
    """End the disbursements of an award that were requested more than 14 days ago and never released.

    Called by whoever asks for money from the same award; the step is nobody's, the entry in the ledger is theirs.
    """
    move = MOVES[Verb.EXPIRE]
    overdue = work.session.execute(_OVERDUE, {"award": award.id, "before": today - HOLDS_FOR}).all()
    place = Place(award.fund_id, award.allocation_id, award.id)
    for disbursement_id, amount, status in overdue:
        changed = work.session.execute(
            update(Disbursement)
            .where(col(Disbursement.id) == disbursement_id, col(Disbursement.status) == status)
            .values(status=move.new)
        )
        if changed.rowcount != 1:
            continue  # somebody moved it in this very moment: it is being finished after all
        keep_step(work, disbursement_id, award.case_id, Verb.EXPIRE, today, None)
        post(work, place, Posting(EntryKind.FREED, amount, today, disbursement_id))
