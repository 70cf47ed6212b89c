"""Which conflict checks an actor may review: the fund all of them, an intake desk those of its own applications."""

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.conflicts.model import ConflictCheck


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``conflict_check`` within ``reach``."""
    if reach is Reach.ALL:
        return true()
    if reach is Reach.PARTNER and actor.partner_id is not None:
        return col(ConflictCheck.partner_id) == actor.partner_id
    return false()
