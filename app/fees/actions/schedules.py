"""Loading a schedule of fees: one person hands it in, another one puts it in force."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.db import new_id
from app.errors import Conflict, Denied, Invalid
from app.fees.model import FeeSchedule
from app.fees.reads.schedules import changes_by, found, in_force
from app.fees.rules import MOST_TEXT, Change, FeeLine, ScheduleStatus, digest_of, read_schedule
from app.once import once
from app.work import Work


class NewSchedule(BaseModel):
    """A schedule as text in CSV; docs/operating/fees.md tells how it is written."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that can be taken: how many fees it has, and what it would change."""

    fees: int
    digest: str
    changes: list[Change]


def check(work: Work, form: NewSchedule) -> Checked:
    """Look at a schedule and change nothing. Raises Invalid, which names every line that can not be taken."""
    work.allow(Permission.FEE_MANAGE)
    lines = read_lines(form.content)
    return Checked(len(lines), digest_of(form.content), changes_by(work, lines))


def propose(work: Work, form: NewSchedule) -> UUID:
    """Hand a schedule in; it waits for a second person. Raises Invalid, which names every line that is wrong."""
    work.allow(Permission.FEE_MANAGE)
    return once(work, form, lambda schedule_id: _propose(work, form.content, schedule_id, work.actor.id))


def propose_at_the_machine(work: Work, content: str) -> UUID:
    """The same for who runs the machine: nobody's name stands behind it until somebody of the fund confirms it."""
    schedule_id = new_id()
    _propose(work, content, schedule_id, None)
    return schedule_id


def confirm(work: Work, schedule_id: UUID) -> UUID:
    """Put a schedule in force, as a second person; the one before ends and stays on record.

    Raises NotFound, Denied for who handed it in, Conflict when it does not wait.
    """
    schedule = found(work, schedule_id)

    def do(_: UUID) -> None:
        _must_wait(schedule.status)
        if schedule.loaded_by_id == work.actor.id:
            raise Denied("fees.second_person", "Another person must put this schedule in force.")
        work.session.execute(
            update(FeeSchedule)
            .where(col(FeeSchedule.status) == ScheduleStatus.IN_FORCE)
            .values(status=ScheduleStatus.ENDED, ended_at=work.now)
        )
        _move(work, schedule_id, status=ScheduleStatus.IN_FORCE, confirmed_by_id=work.actor.id, confirmed_at=work.now)
        record(work, "fee_schedule.confirmed", object_type="fee_schedule", object_id=schedule_id)

    return once(work, None, do, result_id=schedule_id)


def withdraw(work: Work, schedule_id: UUID) -> UUID:
    """Take back a schedule that waits. Raises NotFound, Conflict when it does not wait."""
    schedule = found(work, schedule_id)

    def do(_: UUID) -> None:
        _must_wait(schedule.status)
        _move(work, schedule_id, status=ScheduleStatus.WITHDRAWN, ended_at=work.now)
        record(work, "fee_schedule.withdrawn", object_type="fee_schedule", object_id=schedule_id)

    return once(work, None, do, result_id=schedule_id)


def read_lines(content: str) -> tuple[FeeLine, ...]:
    """The lines of a schedule. Raises Invalid, which names every line that can not be taken."""
    read = read_schedule(content)
    if read.problems:
        raise Invalid(*read.problems)
    return read.lines


def _propose(work: Work, content: str, schedule_id: UUID, by: UUID | None) -> None:
    lines = read_lines(content)
    digest = digest_of(content)
    if in_force(work).digest == digest:
        raise Conflict("fees.same", "This is the schedule that is in force. Nothing would change.")
    number = work.session.execute(select(func.coalesce(func.max(col(FeeSchedule.number)), 0))).scalar_one() + 1
    work.insert(
        FeeSchedule,
        id=schedule_id,
        number=number,
        content=content,
        digest=digest,
        fees=len(lines),
        status=ScheduleStatus.PROPOSED,
        loaded_by_id=by,
        loaded_at=work.now,
        confirmed_by_id=None,
        confirmed_at=None,
        ended_at=None,
    )
    record(work, "fee_schedule.proposed", object_type="fee_schedule", object_id=schedule_id, count=len(lines))


def _must_wait(status: ScheduleStatus) -> None:
    if status is not ScheduleStatus.PROPOSED:
        raise Conflict("fees.decided", "This schedule does not wait any more. Load the page again.")


def _move(work: Work, schedule_id: UUID, **values: object) -> None:
    moved = (
        update(FeeSchedule)
        .where(col(FeeSchedule.id) == schedule_id, col(FeeSchedule.status) == ScheduleStatus.PROPOSED)
        .values(**values)
    )
    if work.session.execute(moved).rowcount != 1:
        _must_wait(ScheduleStatus.ENDED)
