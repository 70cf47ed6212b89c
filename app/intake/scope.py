"""Which applications an actor may see: the intake desk its own, whatever became of them."""

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import outside
from app.intake.model import Application


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``application`` within ``reach``. Those of people who were erased are there for nobody."""
    free = and_(col(Application.erased_at).is_(None), outside(actor, col(Application.applicant_id)))
    if reach is Reach.ALL:
        return free
    if reach is Reach.PARTNER:
        return false() if actor.partner_id is None else and_(col(Application.partner_id) == actor.partner_id, free)
    return and_(col(Application.taken_by_id) == actor.id, free)
