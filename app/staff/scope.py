"""Which accounts an actor may see or manage."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Account


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``account`` within ``reach``: one's own, one's organization's, or all. Programs are no people."""
    person = col(Account.machine).is_(False)
    if reach is Reach.ALL:
        return person
    if reach is Reach.PARTNER and actor.partner_id is not None:
        return and_(person, col(Account.partner_id) == actor.partner_id)
    return and_(person, col(Account.id) == actor.id)
