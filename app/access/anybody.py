"""Statements that are built once, for everybody: building one takes longer than running it."""

from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Uuid, bindparam

from app.access.actor import Actor

#: Somebody whose id and organization are filled in when a statement runs. Every scope takes it as it takes a person.
ANYBODY: Final = Actor(
    id=cast("UUID", bindparam("actor_id", type_=Uuid())),
    partner_id=cast("UUID", bindparam("actor_partner_id", type_=Uuid())),
    email="",
    name="",
    roles=frozenset(),
    partner_name=None,
    language=None,
    time_zone="UTC",
    session_id=None,
)


def filled(actor: Actor, **values: Any) -> dict[str, Any]:
    """The parameters of a statement that was built for ANYBODY, and its other ``values``."""
    return {"actor_id": actor.id, "actor_partner_id": actor.partner_id, **values}
