"""Schedules of fees: the one in force, those before it, those that wait for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.cases.reads import PersonName
from app.cases.rules import day_in
from app.errors import NotFound
from app.fees.model import FeeSchedule
from app.fees.rules import (
    Change,
    FeeLine,
    ScheduleStatus,
    compare,
    digest_of,
    known_lines,
    matching,
    on_day,
)
from app.work import Work

#: The number of the schedule that comes with the program, in force until somebody loads another one.
SHIPPED: Final = 0


@dataclass(frozen=True, slots=True)
class InForce:
    """The schedule that counts now: which one it is, and its lines."""

    id: UUID | None
    number: int
    digest: str
    lines: tuple[FeeLine, ...]
    content: str


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule and who stands behind it. Number 0 comes with the program and has nobody behind it."""

    id: UUID | None
    number: int
    digest: str
    fees: int
    status: ScheduleStatus
    loaded_by: PersonName | None
    loaded_at: datetime | None
    confirmed_by: PersonName | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class ScheduleList:
    """Newest first; the last one is the schedule that comes with the program."""

    items: list[ScheduleView]
    next: str | None


@dataclass(frozen=True, slots=True)
class ComparedSchedule:
    """A schedule beside the one in force: every line that differs."""

    id: UUID
    schedule: ScheduleView
    in_force: int
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class FeesOnDay:
    """What applied on a day by one schedule: each fee once, what is only reported beside it, and how that is known."""

    as_of: date
    schedule: int
    digest: str
    items: list[FeeLine]
    reported: list[FeeLine]


@cache
def shipped() -> str:
    """The schedule that comes with the program, as text."""
    return (files("app.fees") / "data" / "schedule.csv").read_text(encoding="utf-8")


def in_force(work: Work) -> InForce:
    """The schedule that counts now. For rooms and verbs that have asked for a permission of their own."""
    row = work.session.execute(
        select(col(FeeSchedule.id), col(FeeSchedule.number), col(FeeSchedule.digest), col(FeeSchedule.content)).where(
            col(FeeSchedule.status) == ScheduleStatus.IN_FORCE
        )
    ).one_or_none()
    if row is None:
        return InForce(None, SHIPPED, digest_of(shipped()), known_lines(shipped()), shipped())
    return InForce(row.id, row.number, row.digest, known_lines(row.content), row.content)


def fees(work: Work, as_of: date | None = None, words: str = "", schedule_id: UUID | None = None) -> FeesOnDay:
    """What applied on a day, today unless asked otherwise; only fees in which all words stand.

    By the schedule in force, or by another one to see what was known then. Raises NotFound.
    """
    work.allow(Permission.FEE_READ)
    by = in_force(work) if schedule_id is None else _one(work, schedule_id)
    day = as_of or day_in(work.now, work.actor.time_zone)
    asked = [each for each in by.lines if not each.status.is_dated and each.covers(day)]
    return FeesOnDay(day, by.number, by.digest, matching(on_day(by.lines, day), words), matching(asked, words))


def content(work: Work, schedule_id: UUID | None) -> str:
    """The text of a schedule, to be changed and handed in again. Raises NotFound."""
    work.allow(Permission.FEE_READ)
    return in_force(work).content if schedule_id is None else _one(work, schedule_id).content


def schedules(work: Work) -> ScheduleList:
    """Every schedule there ever was."""
    work.allow(Permission.FEE_READ)
    rows = work.session.execute(_listed().order_by(col(FeeSchedule.number).desc())).all()
    names = _names(work, rows)
    views = [_view(work, row, names) for row in rows]
    return ScheduleList([*views, _shipped_view(any(each.status is ScheduleStatus.IN_FORCE for each in views))], None)


def schedule(work: Work, schedule_id: UUID) -> ComparedSchedule:
    """One schedule, and what differs from the one in force. Raises NotFound."""
    work.allow(Permission.FEE_READ)
    row = work.session.execute(_listed().where(col(FeeSchedule.id) == schedule_id)).one_or_none()
    if row is None:
        raise NotFound
    now = in_force(work)
    changes = compare(now.lines, known_lines(_text(work, schedule_id)))
    return ComparedSchedule(schedule_id, _view(work, row, _names(work, [row])), now.number, changes)


def changes_by(work: Work, lines: Sequence[FeeLine]) -> list[Change]:
    """What these lines would change in the schedule in force."""
    work.allow(Permission.FEE_MANAGE)
    return compare(in_force(work).lines, lines)


def found(work: Work, schedule_id: UUID) -> Any:
    """A schedule that somebody decides about, locked until the Work ends. Raises NotFound."""
    work.allow(Permission.FEE_MANAGE)
    row = work.session.execute(
        select(col(FeeSchedule.id), col(FeeSchedule.status), col(FeeSchedule.loaded_by_id), col(FeeSchedule.number))
        .where(col(FeeSchedule.id) == schedule_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def decidable(work: Work, schedule_id: UUID) -> None:
    """For the door: the schedule is there. Raises NotFound."""
    found(work, schedule_id)


def _one(work: Work, schedule_id: UUID) -> InForce:
    row = work.session.execute(
        select(col(FeeSchedule.number), col(FeeSchedule.digest), col(FeeSchedule.content)).where(
            col(FeeSchedule.id) == schedule_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return InForce(schedule_id, row.number, row.digest, known_lines(row.content), row.content)


def _text(work: Work, schedule_id: UUID) -> str:
    return _one(work, schedule_id).content


def _listed() -> Any:
    columns: Any = (
        FeeSchedule.id,
        FeeSchedule.number,
        FeeSchedule.digest,
        FeeSchedule.fees,
        FeeSchedule.status,
        FeeSchedule.loaded_by_id,
        FeeSchedule.loaded_at,
        FeeSchedule.confirmed_by_id,
        FeeSchedule.confirmed_at,
        FeeSchedule.ended_at,
    )
    return select(*columns)


def _names(work: Work, rows: Sequence[Any]) -> dict[UUID, PersonName]:
    ids = {each for row in rows for each in (row.loaded_by_id, row.confirmed_by_id) if each is not None}
    if not ids:
        return {}
    people = work.session.execute(select(col(Account.id), col(Account.name)).where(col(Account.id).in_(ids)))
    return {row.id: PersonName(row.id, row.name) for row in people}


def _view(work: Work, row: Any, names: dict[UUID, PersonName]) -> ScheduleView:
    mine = row.loaded_by_id == work.actor.id
    waits = row.status is ScheduleStatus.PROPOSED
    return ScheduleView(
        id=row.id,
        number=row.number,
        digest=row.digest,
        fees=row.fees,
        status=row.status,
        loaded_by=names.get(row.loaded_by_id),
        loaded_at=row.loaded_at,
        confirmed_by=names.get(row.confirmed_by_id),
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        may_confirm=waits and not mine and Permission.FEE_MANAGE in work.actor.permissions,
    )


def _shipped_view(replaced: bool) -> ScheduleView:
    text = shipped()
    return ScheduleView(
        id=None,
        number=SHIPPED,
        digest=digest_of(text),
        fees=len(known_lines(text)),
        status=ScheduleStatus.ENDED if replaced else ScheduleStatus.IN_FORCE,
        loaded_by=None,
        loaded_at=None,
        confirmed_by=None,
        confirmed_at=None,
        ended_at=None,
        may_confirm=False,
    )
