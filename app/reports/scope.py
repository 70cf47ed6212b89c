"""Which payments a report may count: all for the fund's people and the auditor, the partner's own for its people."""

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.disbursements.model import Disbursement


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
