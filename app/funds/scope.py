"""Which money an actor may see: the fund's people all of it, others what belongs to the cases in their reach."""

from sqlalchemy import ColumnElement, Uuid, and_, false, or_, type_coerce
from sqlmodel import col

from app.access import ties
from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import inside, outside_if_any
from app.funds.model import Award, Payee
from app.funds.rules import PRIVATE


def visible_awards(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``award`` within ``reach``: those on cases that the actor reaches."""
    return ties.within(actor, reach, col(Award.case_id))


def unnamed(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``award`` that a fund's figures contain and do not name to this actor: a wall stands before them."""
    return inside(actor, col(Award.case_id))


def visible_payees(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``payee`` within ``reach``; never a client's whose case is behind a wall.

    A partner's people see the payees that their organization entered or that belong to it, and those that the fund
    entered for all (courts, agencies, vendors); never another partner's.
    """
    free = outside_if_any(actor, col(Payee.case_id))
    if reach is Reach.ALL:
        return free
    if actor.partner_id is None:
        return false()
    for_all = and_(
        # Nor for somebody without an organization when it is filled in later.
        type_coerce(actor.partner_id, Uuid()).is_not(None),
        col(Payee.entered_by_partner_id).is_(None),
        col(Payee.partner_id).is_(None),
        col(Payee.kind).not_in(PRIVATE),
    )
    own = or_(col(Payee.entered_by_partner_id) == actor.partner_id, col(Payee.partner_id) == actor.partner_id)
    return and_(free, or_(own, for_all))
