"""Which holds and erasures an actor may see, and whom they may put on hold or ask to have erased."""

from sqlalchemy import ColumnElement, Uuid, and_, false, or_, select, type_coerce
from sqlmodel import col

from app.access import ties
from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import outside, outside_if_any
from app.applicants.model import Applicant
from app.cases.model import Case
from app.retention.model import Erasure, Hold
from app.retention.rules import ErasureStatus, HoldScope


def visible_holds(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``hold`` within ``reach``: on people in reach, on everything, and those the actor set.

    What somebody set for an organization that they have left is not theirs any more.
    """
    free = outside_if_any(actor, col(Hold.applicant_id))
    if reach is Reach.ALL:
        return free
    within = ties.within(actor, reach, type_coerce(Hold.applicant_id, Uuid()))
    own = and_(col(Hold.set_by_id) == actor.id, _of_own_organization(actor))
    return free & or_(col(Hold.scope) == HoldScope.EVERYTHING, own, within)


def visible_erasures(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``erasure`` within ``reach``: a partner's, and those an attorney was told of or asked for."""
    free = outside(actor, col(Erasure.applicant_id))
    if reach is Reach.ALL:
        return free
    if reach is Reach.PARTNER:
        return free & (col(Erasure.partner_id) == actor.partner_id) if actor.partner_id is not None else false()
    # What somebody was told or asked for in an organization that they have left is not theirs any more.
    own = or_(col(Erasure.notified_id) == actor.id, col(Erasure.asked_by_id) == actor.id)
    return free & own & (col(Erasure.partner_id) == actor.partner_id)


def within(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``applicant`` that the actor may put on hold or ask to have erased, erased ones never.

    Besides those tied to them also those whose end they were told of: then the tie has long ended.
    """
    there = col(Applicant.erased_at).is_(None)
    told = select(col(Erasure.applicant_id)).where(
        visible_erasures(actor, reach), col(Erasure.status).in_((ErasureStatus.NOTICED, ErasureStatus.APPROVED))
    )
    return there & or_(
        ties.within(actor, reach, col(Applicant.id)), col(Applicant.id).in_(told) & outside(actor, col(Applicant.id))
    )


def _of_own_organization(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``hold`` on people whom the actor's organization took in or had a case of; ended ones count."""
    took_in = select(col(Applicant.id)).where(col(Applicant.partner_id) == actor.partner_id)
    helped = select(col(Case.applicant_id)).where(col(Case.partner_id) == actor.partner_id)
    about = type_coerce(Hold.applicant_id, Uuid())
    return or_(about.in_(took_in), about.in_(helped))
