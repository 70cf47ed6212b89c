"""Which applicants an actor may see: intake its own desk's until the disposition, an attorney those tied to them."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from app.access import ties
from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import outside
from app.applicants.model import Applicant
from app.crypto import Group


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``applicant`` within ``reach``. PARTNER is the intake desk's own open work, and what ties reach.

    Who was erased is there for nobody.
    """
    there = col(Applicant.erased_at).is_(None)
    if reach is not Reach.PARTNER:
        return and_(there, ties.within(actor, reach, col(Applicant.id)))
    tied = ties.within(actor, Reach.ASSIGNED, col(Applicant.id))
    at_the_desk = and_(col(Applicant.partner_id) == actor.partner_id, col(Applicant.intake_open))
    return and_(there, or_(and_(at_the_desk, outside(actor, col(Applicant.id))), tied))


def opened(actor: Actor, groups: Iterable[Group]) -> ColumnElement[bool]:
    """The rows of ``applicant`` whose given sealed groups the actor may open, every one of them."""
    return opened_within(actor, reaches_of(actor, groups))


def reaches_of(actor: Actor, groups: Iterable[Group]) -> tuple[Reach, ...] | None:
    """How far the actor may open these groups, each of them; None when there is one they may not open at all."""
    reaches = {actor.opens(group) for group in groups}
    return None if None in reaches else tuple(sorted(filter(None, reaches)))


def opened_within(actor: Actor, reaches: tuple[Reach, ...] | None) -> ColumnElement[bool]:
    """The rows of ``applicant`` that lie within every one of the reaches that ``reaches_of`` found."""
    return false() if reaches is None else and_(true(), *(visible(actor, reach) for reach in reaches))
