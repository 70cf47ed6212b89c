"""Which payments a report may count, and which kept questions a person may use.

All payments for the fund's people and the auditor, the partner's own for its people.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Account
from app.access.walls import inside
from app.disbursements.model import Disbursement
from app.reports.model import SavedQuestion


def countable(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``disbursement`` that a report of this actor counts.

    A partner's part is what was paid on its cases, also on those it no longer works on: figures of a past quarter do
    not change when a case closes. So it hangs on the disbursement's own partner, not on today's ties.
    """
    if reach is Reach.ALL:
        return true()
    if reach is Reach.PARTNER and actor.partner_id is not None:
        return col(Disbursement.partner_id) == actor.partner_id
    return false()


def unnamed(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``disbursement`` that a report counts and does not name to this actor: a wall stands before them.

    A fund's figures are the same for everybody who may see them; whose payment it was is not told.
    """
    return inside(actor, col(Disbursement.case_id))


def own(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``saved_question`` that the actor kept."""
    return col(SavedQuestion.owner_id) == actor.id


def kept(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``saved_question`` that the actor may use: their own, and what colleagues share.

    Colleagues are people of the same partner; people of the fund, who belong to none, are colleagues of each other.
    """
    partner = col(Account.partner_id)
    same = partner.is_(None) if actor.partner_id is None else partner == actor.partner_id
    colleagues = select(col(Account.id)).where(same)
    return or_(own(actor), and_(col(SavedQuestion.shared), col(SavedQuestion.owner_id).in_(colleagues)))
