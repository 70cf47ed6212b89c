"""Which programs and tokens an actor may see: the whole list for whoever manages it, everybody their own tokens."""

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Token


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:  # noqa: ARG001 - the signature of every scope
    """The rows of ``client`` within ``reach``: all of them or none."""
    return true() if reach is Reach.ALL else false()


def own_tokens(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``token`` that speak for this very person."""
    return col(Token.account_id) == actor.id
