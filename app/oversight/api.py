"""The audit record, reviews of access, and what somebody reaches, over REST."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.access.grants import Permission
from app.cases.actions.dates import Day
from app.keyset import DEFAULT_LIMIT, Limit
from app.oversight import actions, reads
from app.oversight.rules import Format
from app.web.answers import Answer, Bytes
from app.web.door import Door
from app.work import Work

door = Door("/audit")
reviews = Door("/access-reviews")
staff = Door("/staff")

#: What an export gives beside JSON, for its description.
_FILES: dict[str, dict[str, Any]] = {"text/csv": {}}

ActionName = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")]


class Wanted(BaseModel):
    """Which events: by who did it, what, to what, about whom, what for, how it came out, and on which days."""

    model_config = ConfigDict(extra="forbid")

    actor_id: UUID | None = None
    action: ActionName | None = None
    object_id: UUID | None = None
    subject_id: UUID | None = None
    about_id: UUID | None = None
    purpose: reads.Purpose | None = None
    outcome: reads.Outcome | None = None
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")

    def read(self) -> reads.EventFilter:
        """The filter that is meant."""
        return reads.EventFilter(**{name: getattr(self, name) for name in reads.EventFilter.__slots__})


class Export(Wanted):
    """Which events are taken out, and as what."""

    format: Format = Format.CSV


@door.get("/events", Permission.AUDIT_READ)
def list_events(
    work: Work,
    actor_id: UUID | None = None,
    action: Annotated[str | None, Query(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")] = None,
    object_id: UUID | None = None,
    subject_id: UUID | None = None,
    about_id: UUID | None = None,
    purpose: reads.Purpose | None = None,
    outcome: reads.Outcome | None = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.EventList:
    """Who did and saw what, newest first; ``from`` and ``to`` are whole days in your time zone. Reading is recorded.

    A partner's administrator reads what people of the own organization did while they worked for it.
    """
    only = reads.EventFilter(actor_id, action, object_id, subject_id, about_id, purpose, outcome, since, until)
    return reads.events(work, only, limit=limit, cursor=cursor)


@door.get("/events/{event_id}/proof", Permission.AUDIT_PROVE, steps_up=True, responses={409: {}})
def prove_event(work: Work, event_id: UUID) -> Bytes:
    """One event as a file that anybody can check without Amparo and without a secret: for a court. On record."""
    made = reads.proof(work, event_id)
    return Bytes(made.text.encode(), "application/json", made.filename)


@door.search("/subjects", Permission.AUDIT_READ)
def find_subject(work: Work, form: reads.Asked) -> reads.Subject:
    """From a reference to the id that events are asked for by: ``about_id``."""
    return reads.subject(work, form)


@door.post("/export", Permission.AUDIT_EXPORT, writes=False, steps_up=True, responses={200: {"content": _FILES}})
def export_events(work: Work, form: Export) -> Any:
    """Sealed events as a file with its own digest and the seal it ends at; on record, five times a day."""
    file = reads.exported(work, form.read(), form.format)
    headers = {"Amparo-Digest": f"sha-256={file.digest}", "Amparo-Events": str(file.count)}
    return Answer(Bytes(file.body, file.media_type, file.filename), headers)


@door.get("/checkpoints", Permission.AUDIT_SEALS)
def list_checkpoints(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.SealList:
    """The seals over the record, newest first, the newest checkpoint, and the public keys to check them with."""
    return reads.seals(work, limit=limit, cursor=cursor)


@reviews.get("", Permission.ACCESS_REVIEW)
def review_access(work: Work) -> reads.AccessList:
    """Who has access, what a reviewer should ask about, and the last reviews."""
    return reads.access_review(work)


@reviews.get("/export", Permission.ACCESS_REVIEW, steps_up=True)
def export_access(work: Work) -> Bytes:
    """The same as CSV, on record."""
    return Bytes(reads.access_as_csv(work), "text/csv; charset=utf-8", f"amparo-access-{work.now:%Y-%m-%d}.csv")


@reviews.post("", Permission.ACCESS_REVIEW, status_code=201)
def confirm_review(work: Work, form: actions.Confirmation) -> Answer:
    """Confirm that you reviewed who has access: the list with this digest."""
    return Answer({"id": actions.confirm_review(work, form)})


@staff.get("/{account_id}/access", Permission.STAFF_READ)
def get_their_access(work: Work, account_id: UUID) -> reads.TheirAccess:
    """What a person may do, which sealed groups they may open, and which cases and applicants they reach now."""
    return reads.their_access(work, account_id)
