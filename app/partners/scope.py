"""Which partners an actor may see: everybody sees their own, the fund and intake see all."""

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.partners.model import Partner


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``partner`` within ``reach``."""
    if reach is Reach.ALL:
        return true()
    return col(Partner.id) == actor.partner_id
