"""Which bonds an actor may see: the fund's people all, others those on the cases in their reach."""

from sqlalchemy import ColumnElement
from sqlmodel import col

from app.access import ties
from app.access.actor import Actor
from app.access.grants import Reach
from app.bonds.model import Bond


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``bond`` within ``reach``."""
    return ties.within(actor, reach, col(Bond.case_id))
