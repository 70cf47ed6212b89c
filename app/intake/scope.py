"""Which applications an actor may see: the intake desk its own, whatever became of them."""

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.intake.model import Application


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``application`` within ``reach``."""
    if reach is Reach.ALL:
        return true()
    if reach is Reach.PARTNER:
        return false() if actor.partner_id is None else col(Application.partner_id) == actor.partner_id
    return col(Application.taken_by_id) == actor.id
