"""Hearings and deadlines by day: the calendar, and what comes next on the home page."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.applicants.model import Applicant
from app.applicants.reads import name_of, sealed_columns
from app.audit.actions import record
from app.cases.model import Case, Deadline, Hearing
from app.cases.reads.views import DeadlineView, HearingView
from app.cases.rules import SOON, CaseStatus, DeadlineKind, Standing, day_in, standing
from app.cases.scope import factual, opened, reach_of_facts, visible
from app.crypto import Cell, Group
from app.errors import Invalid, NotFound, Problem
from app.work import Work

#: A calendar shows six weeks unless asked otherwise, a year at most, and at most so many entries.
WEEKS: Final = timedelta(days=41)
LONGEST: Final = timedelta(days=366)
MOST: Final = 500


class AgendaWhat(enum.StrEnum):
    HEARING = "hearing"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """A hearing or a deadline on its day. Name and title are there for those assigned to the case."""

    what: AgendaWhat
    id: UUID
    case_id: UUID
    reference: str
    kind: str
    on: date
    held_at: datetime | None
    court: str | None
    standing: Standing | None
    title: str | None = field(repr=False)
    applicant: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Entries by day, from ``first_on`` to ``last_on`` inclusive. ``complete`` is False when there were too many."""

    first_on: date
    last_on: date
    items: list[AgendaEntry]
    complete: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next: hearings within 14 days; deadlines within 14 days and those overdue."""

    hearings: list[AgendaEntry]
    deadlines: list[AgendaEntry]


def agenda(work: Work, first_on: date | None = None, last_on: date | None = None) -> Agenda:
    """Hearings and open deadlines of the open cases within reach, by day: six weeks from today unless asked otherwise.

    Raises Invalid when the last day is before the first or more than a year after it.
    """
    reach = work.allow(Permission.CALENDAR_READ)
    first = first_on or day_in(work.now, work.actor.time_zone)
    last = last_on or _later(first, WEEKS)
    if not timedelta(0) <= last - first <= LONGEST:
        raise Invalid(Problem("/to", "to.range", "Choose a last day within a year after the first day."))
    hearings = _hearings(work, reach, first, last)
    deadlines = _deadlines(work, reach, col(Deadline.due_on).between(first, last))
    _record(work, [*hearings, *deadlines])
    items = sorted([*hearings, *deadlines], key=_order)
    return Agenda(first, last, items, complete=max(len(hearings), len(deadlines)) < MOST)


def ahead(work: Work) -> Ahead:
    """What comes next on the actor's cases, overdue deadlines first."""
    reach = work.allow(Permission.CALENDAR_READ)
    today = day_in(work.now, work.actor.time_zone)
    found = Ahead(
        hearings=_hearings(work, reach, today, today + SOON),
        # A fee on which an asylum application hangs stands here from its notice on.
        deadlines=_deadlines(
            work, reach, or_(col(Deadline.due_on) <= today + SOON, col(Deadline.kind) == DeadlineKind.ANNUAL_ASYLUM_FEE)
        ),
    )
    _record(work, [*found.hearings, *found.deadlines])
    return found


def hearing(work: Work, hearing_id: UUID) -> HearingView:
    """One hearing of a case whose facts the actor may know. Raises NotFound."""
    columns: Any = (Hearing.id, Hearing.kind, Hearing.held_on, Hearing.held_at, Hearing.court, Hearing.cancelled_at)
    statement = select(*columns).join(Case, col(Case.id) == col(Hearing.case_id))
    row = _one(work, statement.where(col(Hearing.id) == hearing_id))
    return HearingView(row.id, row.kind, row.held_on, row.held_at, row.court, row.cancelled_at)


def deadline(work: Work, deadline_id: UUID) -> DeadlineView:
    """One deadline of a case whose facts the actor may know; its title for those assigned. Raises NotFound."""
    columns: Any = (
        Deadline.id,
        Deadline.case_id,
        Deadline.kind,
        Deadline.due_on,
        Deadline.title,
        Deadline.completed_at,
    )
    statement = select(*columns, opened(work.actor, Group.NOTES).label("assigned"))
    row = _one(work, statement.join(Case, col(Case.id) == col(Deadline.case_id)).where(col(Deadline.id) == deadline_id))
    today = day_in(work.now, work.actor.time_zone)
    return DeadlineView(
        id=row.id,
        kind=row.kind,
        due_on=row.due_on,
        standing=standing(row.due_on, row.completed_at is not None, today),
        title=_title(work, row),
        completed_at=row.completed_at,
    )


def _one(work: Work, statement: Select[*tuple[Any, ...]]) -> Any:
    reach = work.allow(Permission.CASE_READ)
    row = work.session.execute(
        statement.where(visible(work.actor, reach), factual(work.actor, reach, reach_of_facts(work.actor)))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _hearings(work: Work, reach: Reach, first: date, last: date) -> list[AgendaEntry]:
    statement = (
        _of_cases(work, reach, Hearing)
        .add_columns(col(Hearing.kind), col(Hearing.held_on), col(Hearing.held_at), col(Hearing.court))
        .where(col(Hearing.held_on).between(first, last), col(Hearing.cancelled_at).is_(None))
        .order_by(col(Hearing.held_on), col(Hearing.id))
    )
    return [
        AgendaEntry(
            what=AgendaWhat.HEARING,
            id=row.id,
            case_id=row.case_id,
            reference=row.reference,
            kind=row.kind,
            on=row.held_on,
            held_at=row.held_at,
            court=row.court,
            standing=None,
            title=None,
            applicant=_name(work, row),
        )
        for row in _rows(work, statement)
    ]


def _deadlines(work: Work, reach: Reach, due: ColumnElement[bool]) -> list[AgendaEntry]:
    today = day_in(work.now, work.actor.time_zone)
    statement = (
        _of_cases(work, reach, Deadline)
        .add_columns(col(Deadline.kind), col(Deadline.due_on), col(Deadline.title))
        .where(due, col(Deadline.completed_at).is_(None))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    )
    return [
        AgendaEntry(
            what=AgendaWhat.DEADLINE,
            id=row.id,
            case_id=row.case_id,
            reference=row.reference,
            kind=row.kind,
            on=row.due_on,
            held_at=None,
            court=None,
            standing=standing(row.due_on, False, today),
            title=_title(work, row),
            applicant=_name(work, row),
        )
        for row in _rows(work, statement)
    ]


def _of_cases(work: Work, reach: Reach, table: type[Hearing] | type[Deadline]) -> Select[*tuple[Any, ...]]:
    opens = work.actor.opens(Group.IDENTITY) is not None
    return (
        select(
            col(table.id),
            col(Case.id).label("case_id"),
            col(Case.reference),
            col(Case.applicant_id),
            opened(work.actor, Group.IDENTITY).label("assigned"),
            *(sealed_columns((Group.IDENTITY,)) if opens else ()),
        )
        .join(Case, col(Case.id) == col(table.case_id))
        .join(Applicant, col(Applicant.id) == col(Case.applicant_id))
        .where(
            col(Case.status) != CaseStatus.CLOSED,
            visible(work.actor, reach),
            factual(work.actor, reach, reach_of_facts(work.actor)),
        )
    )


def _rows(work: Work, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    rows: Sequence[Any] = work.session.execute(statement.limit(MOST)).all()
    work.vault.preload(each for row in rows if row.assigned for each in (row.case_id, row.applicant_id))
    return rows


def _name(work: Work, row: Row[Any]) -> str | None:
    return name_of(work, row.applicant_id, row) if row.assigned else None


def _title(work: Work, row: Row[Any]) -> str | None:
    if not row.assigned:
        return None
    return str(work.vault.open(Cell("deadline", "title", row.id, row.case_id), Group.NOTES, row.title))


def _record(work: Work, shown: Sequence[AgendaEntry]) -> None:
    named = any(entry.applicant is not None for entry in shown)
    groups = (Group.IDENTITY, Group.NOTES) if named else ()
    record(work, "calendar.read", object_type="case", groups=groups, count=len(shown))


def _order(entry: AgendaEntry) -> tuple[date, bool, bool, float, UUID]:
    """By day; on a day the yearly fee first, then what has an hour in the order of the hours, then what has none."""
    hour = entry.held_at.timestamp() if entry.held_at is not None else 0.0
    return (entry.on, entry.kind != DeadlineKind.ANNUAL_ASYLUM_FEE, entry.held_at is None, hour, entry.id)


def _later(day: date, by: timedelta) -> date:
    """``day + by``, or the last day there is."""
    return day + min(by, date.max - day)
