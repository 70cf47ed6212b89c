"""The events of the record, newest first, with names for the ids that have one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import col

from app.access.actor import OPERATOR_ID
from app.access.grants import Permission, Reach
from app.access.model import Account
from app.audit.actions import record
from app.audit.model import AuditEvent, AuditLeaf
from app.audit.rules import ROWS, Outcome, Purpose, first_id_at
from app.audit.rules.registry import ACTIONS
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.oversight.reads.names import Named, labels
from app.oversight.scope import open_to
from app.staff.scope import deeds
from app.work import Work


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the record is narrowed to; days are whole days in the reader's time zone, both inside.

    ``about_id`` is either of what something was done to and whom it was about.
    """

    actor_id: UUID | None = None
    action: str | None = None
    object_id: UUID | None = None
    subject_id: UUID | None = None
    about_id: UUID | None = None
    purpose: Purpose | None = None
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None

    def given(self) -> list[str]:
        """The names of what is narrowed."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return sorted(name for name, value in values.items() if value is not None)

    def told(self) -> list[str]:
        """What is narrowed and to what, for the record: ids, codes and days."""
        return [f"{name}={getattr(self, name)}" for name in self.given()]


@dataclass(frozen=True, slots=True)
class EventView:
    """One event: who did what to what, when. ``position`` is its place among the sealed, None until it is sealed."""

    id: UUID
    at: datetime
    action: str
    meaning: str
    outcome: Outcome
    actor: Named | None
    object: Named | None
    object_type: str | None
    subject: Named | None
    groups: list[str]
    purpose: Purpose | None
    count: int | None
    details: dict[str, Any]
    session_id: UUID | None
    request_id: str
    position: int | None


@dataclass(frozen=True, slots=True)
class EventList:
    items: list[EventView]
    next: str | None


EVERYTHING: Final = EventFilter()


def events(
    work: Work, only: EventFilter = EVERYTHING, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> EventList:
    """The events, newest first. Raises Invalid for a cursor that is none."""
    reach = work.allow(Permission.AUDIT_READ)
    wanted = statement().where(within(work, reach, only))
    found = page(
        work.session.execute(newest_first(wanted, col(AuditEvent.id), limit=limit, cursor=cursor)).all(), limit
    )
    items = views(work, found.rows)
    record(
        work,
        "audit.listed",
        object_type="audit_event",
        object_id=only.object_id,
        subject_id=only.subject_id or only.about_id,
        count=len(items),
        details={"narrowed": only.given()} if only.given() else None,
    )
    return EventList(items, found.next)


def within(work: Work, reach: Reach, only: EventFilter) -> ColumnElement[bool]:
    """The events that fit the filter and that the actor may read at ``reach``: no wall, and whose deeds they are."""
    of_whom = deeds(work.actor, reach, col(AuditEvent.actor_id), col(AuditEvent.at))
    return and_(open_to(work), of_whom, *_conditions(only, ZoneInfo(work.actor.time_zone)))


def statement() -> Select[*tuple[Any, ...]]:
    """Events with the name of who did it and their position among the sealed."""
    return (
        select(
            col(AuditEvent.id),
            col(AuditEvent.at),
            col(AuditEvent.action),
            col(AuditEvent.outcome),
            col(AuditEvent.actor_id),
            col(Account.name).label("actor_name"),
            col(AuditEvent.session_id),
            col(AuditEvent.object_type),
            col(AuditEvent.object_id),
            col(AuditEvent.subject_id),
            col(AuditEvent.groups),
            col(AuditEvent.purpose),
            col(AuditEvent.count).label("seen"),
            col(AuditEvent.request_id),
            col(AuditEvent.details),
            col(AuditLeaf.position),
        )
        .join(Account, col(Account.id) == col(AuditEvent.actor_id), isouter=True)
        .join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id), isouter=True)
    )


def _conditions(only: EventFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    exact = {
        AuditEvent.actor_id: only.actor_id,
        AuditEvent.action: only.action,
        AuditEvent.object_id: only.object_id,
        AuditEvent.subject_id: only.subject_id,
        AuditEvent.purpose: only.purpose,
        AuditEvent.outcome: only.outcome,
    }
    conditions = [col(column) == value for column, value in exact.items() if value is not None]
    if only.about_id is not None:
        conditions.append(or_(col(AuditEvent.object_id) == only.about_id, col(AuditEvent.subject_id) == only.about_id))
    if only.since is not None:
        start = datetime.combine(only.since, time.min, zone)
        # An event's id is made after the moment it tells of, so the key's index leads to the first of them.
        conditions += [col(AuditEvent.at) >= start, col(AuditEvent.id) >= first_id_at(start)]
    if only.until is not None:
        conditions.append(col(AuditEvent.at) < datetime.combine(only.until + timedelta(days=1), time.min, zone))
    return conditions


def views(work: Work, rows: Sequence[Any]) -> list[EventView]:
    """Rows of ``statement`` as they are shown, with a name or a reference for each id that has one."""
    objects = [(row.object_type, row.object_id) for row in rows if row.object_id is not None]
    known = labels(work, objects, [row.subject_id for row in rows if row.subject_id is not None])
    return [_view(row, known) for row in rows]


def _actor(row: Any) -> Named | None:
    """The account, or the machine's operator, who has none; None when nobody was signed in."""
    if row.actor_id == OPERATOR_ID:
        return Named("operator", OPERATOR_ID, None)
    return None if row.actor_name is None else Named("account", row.actor_id, row.actor_name)


def _view(row: Any, known: dict[UUID, Named]) -> EventView:
    return EventView(
        id=row.id,
        at=row.at,
        action=row.action,
        meaning=ACTIONS.get(row.action, row.action),
        outcome=row.outcome,
        actor=_actor(row),
        object=None if row.object_id is None else known.get(row.object_id, Named(row.object_type, row.object_id, None)),
        object_type=row.object_type,
        subject=None if row.subject_id is None else known.get(row.subject_id, Named(None, row.subject_id, None)),
        groups=row.groups.split(",") if row.groups else [],
        purpose=row.purpose,
        count=row.seen,
        details={name: value for name, value in json.loads(row.details).items() if name != ROWS},
        session_id=row.session_id,
        request_id=row.request_id,
        position=row.position,
    )
