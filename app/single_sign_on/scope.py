"""Which identity providers and which linked accounts an actor may see."""

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.single_sign_on.model import FederatedIdentity, IdentityProvider


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``identity_provider`` within ``reach``."""
    return true() if reach is Reach.ALL else for_people_of(actor)


def for_people_of(actor: Actor) -> ColumnElement[bool]:
    """The providers whose word counts for the actor: the own organization's, or the fund's for its own people."""
    return and_(col(IdentityProvider.partner_id).is_not_distinct_from(actor.partner_id), col(IdentityProvider.active))


def own(actor: Actor) -> ColumnElement[bool]:
    """The rows of ``federated_identity`` that belong to the actor."""
    return col(FederatedIdentity.account_id) == actor.id
