"""Whose lost authenticators an actor may deal with."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Account


def manageable(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``account`` within ``reach``, one's own never: nobody resets themselves."""
    other = col(Account.id) != actor.id
    return other if reach is Reach.ALL else and_(other, col(Account.partner_id) == actor.partner_id)
