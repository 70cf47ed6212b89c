"""Which conflict checks an actor may review: the fund all of them, an intake desk those of its own applications."""

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import outside
from app.conflicts.model import ConflictCheck


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``conflict_check`` within ``reach``."""
    if reach is Reach.ALL:
        return outside(actor, col(ConflictCheck.applicant_id))
    if reach is Reach.PARTNER and actor.partner_id is not None:
        own = col(ConflictCheck.partner_id) == actor.partner_id
        return and_(own, outside(actor, col(ConflictCheck.applicant_id)))
    return false()
