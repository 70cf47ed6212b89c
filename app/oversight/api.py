"""The audit record over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.cases.actions.dates import Day
from app.keyset import DEFAULT_LIMIT, Limit
from app.oversight import reads
from app.web.door import Door
from app.work import Work

door = Door("/audit")


@door.get("/events", Permission.AUDIT_READ)
def list_events(
    work: Work,
    actor_id: UUID | None = None,
    action: Annotated[str | None, Query(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")] = None,
    object_id: UUID | None = None,
    subject_id: UUID | None = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.EventList:
    """Who did and saw what, newest first; ``from`` and ``to`` are whole days in your time zone. Reading is recorded."""
    only = reads.EventFilter(actor_id, action, object_id, subject_id, since, until)
    return reads.events(work, only, limit=limit, cursor=cursor)


@door.get("/checkpoints", Permission.AUDIT_READ)
def list_checkpoints(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.SealList:
    """The seals over the record, newest first, with the public keys to check them with."""
    return reads.seals(work, limit=limit, cursor=cursor)
