"""Which cases and assignments an actor may see, and which of them they may look into.

A case is tied to its partner from the offer on and to a person from the moment they accept until their assignment
ends. An offer alone ties nobody: who has not accepted knows the offer and not the case.
"""

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from app.access import grants, ties
from app.access.actor import Actor
from app.access.grants import Permission, Reach
from app.access.walls import outside
from app.cases.model import Assignment, Case
from app.crypto import Group


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``case`` within ``reach``."""
    return ties.within(actor, reach, col(Case.id))


def reach_of_facts(actor: Actor) -> Reach | None:
    """How far the actor may know the circumstances of cases: type, court, custody, dates, outcome.

    Money roles see references only. Somebody who also has another role knows what that other role reaches.
    """
    return grants.reach(actor.roles - grants.REFERENCES_ONLY, Permission.CASE_READ)


def factual(actor: Actor, reach: Reach, facts: Reach | None) -> ColumnElement[bool]:
    """Of the cases visible at ``reach``, those within the reach of facts."""
    if facts is None:
        return false()
    return true() if facts == reach else visible(actor, facts)


def opened(actor: Actor, group: Group) -> ColumnElement[bool]:
    """Of the visible cases, those in which the actor may open a sealed group."""
    return assigned(actor, opens=actor.opens(group) is not None)


def assigned(actor: Actor, *, opens: bool) -> ColumnElement[bool]:
    """Of the visible cases, those that open to the actor, when a role of theirs ``opens`` the group at all.

    A case's groups open to those assigned to it, whatever wider reach a role of intake had before there was a case.
    """
    return visible(actor, Reach.ASSIGNED) if opens else false()


def closable(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """Visible cases, and those this person closed: a repeated close must find what the first one did."""
    return or_(visible(actor, reach), and_(col(Case.closed_by) == actor.id, outside(actor, col(Case.id))))


def closed_by(actor: Actor) -> ColumnElement[bool]:
    """Cases that this person closed, for the organization they still work for: they may read again what they wrote.

    Nothing else of the case opens by it, and to nobody who has no role that opens notes.
    """
    if actor.opens(Group.NOTES) is None:
        return false()
    own = col(Case.closed_by) == actor.id, col(Case.partner_id) == actor.partner_id
    return and_(*own, outside(actor, col(Case.id)))


def answerable(actor: Actor) -> ColumnElement[bool]:
    """Assignments offered to this very person, by the organization they still work for. Join ``case``."""
    own = col(Assignment.attorney_id) == actor.id, col(Case.partner_id) == actor.partner_id
    return and_(*own, _there(actor))


def endable(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """Assignments this person may end: their own, or all of their organization's. Join ``case``."""
    if reach is Reach.PARTNER:
        return and_(col(Case.partner_id) == actor.partner_id, _there(actor))
    return answerable(actor)


def concerning(actor: Actor) -> ColumnElement[bool]:
    """Assignments that name this person or lie in their organization. Join ``case``.

    For the answer to a verb that has already asked for its own, narrower scope.
    """
    concerned = or_(col(Assignment.attorney_id) == actor.id, col(Case.partner_id) == actor.partner_id)
    return and_(concerned, _there(actor))


def _there(actor: Actor) -> ColumnElement[bool]:
    """Cases that no wall keeps from the actor, and whose person was not erased."""
    return and_(col(Case.erased_at).is_(None), outside(actor, col(Case.id)))
