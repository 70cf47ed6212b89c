"""Which accounts an actor may see or manage, and whose deeds they may read of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Account

_Doer = aliased(Account)


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``account`` within ``reach``: one's own, one's organization's, or all. Programs are no people."""
    person = col(Account.machine).is_(False)
    if reach is Reach.ALL:
        return person
    if reach is Reach.PARTNER and actor.partner_id is not None:
        return and_(person, col(Account.partner_id) == actor.partner_id)
    return and_(person, col(Account.id) == actor.id)


def deeds(actor: Actor, reach: Reach, who: Mapped[UUID | None], at: Mapped[datetime]) -> ColumnElement[bool]:
    """What people within ``reach`` did: ``who`` and ``at`` are the columns that say so.

    PARTNER is what somebody of the actor's organization did while they worked for it: what they did for another one
    before is that one's business.
    """
    if reach is Reach.ALL:
        return true()
    if reach is not Reach.PARTNER:
        return who == actor.id
    if actor.partner_id is None:
        return false()
    colleague = col(_Doer.partner_id) == actor.partner_id
    since = or_(col(_Doer.partner_since).is_(None), col(_Doer.partner_since) <= at)
    ids = select(col(_Doer.id)).where(colleague)
    return and_(who.in_(ids), exists().where(col(_Doer.id) == who, colleague, since))
