"""Hearings and deadlines, entered by hand; a hearing can be cancelled, a deadline completed, neither is deleted."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.change import Court
from app.cases.model import Deadline, Hearing
from app.cases.reads.find import FoundCase, case_for, deadline_to_change, hearing_to_change
from app.cases.rules import DeadlineKind, HearingKind, day_in, is_plausible, moment_in
from app.crypto import Cell, Group
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.work import Work

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _written_day(value: Any) -> Any:
    """A bare number would be read as seconds since 1970."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("date.format", "Enter a date as year-month-day, like 2026-03-14.")
    return value


def _written_moment(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.match(value):
        raise PydanticCustomError("moment.format", "Enter a time with its zone, like 2026-03-14T15:00:00Z.")
    return value


def _hour(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise PydanticCustomError("time.format", "Enter an hour like 14:30.")
    return text


def _near(moment: datetime) -> datetime:
    """The first and the last day of the calendar have no UTC: refused before anything is reckoned with them."""
    if not 1900 <= moment.year <= 2200:
        raise _implausible()
    return moment


#: An hour as ``14:30``.
Clock = Annotated[str, AfterValidator(_hour)]
#: A day as ``2026-03-14``, a moment as ``2026-03-14T15:00:00Z`` or with another zone, and nothing else.
Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_near)]


class NewHearing(BaseModel):
    """A hearing by its moment; or by its day, and once it is known the hour in the zone of the person who enters it."""

    model_config = ConfigDict(extra="forbid")

    held_at: Moment | None = None
    held_on: Day | None = Field(default=None, validate_default=True)
    time: Clock | None = None
    court: Court | None = None
    kind: HearingKind

    @field_validator("held_on")
    @classmethod
    def _one_of_two(cls, held_on: date | None, info: ValidationInfo) -> date | None:
        if "held_at" in info.data and (held_on is None) == (info.data["held_at"] is None):
            raise PydanticCustomError("held_on.one_of_two", "Enter the day, or the day and hour, of the hearing.")
        return held_on

    @field_validator("time")
    @classmethod
    def _with_a_day(cls, time: str | None, info: ValidationInfo) -> str | None:
        if time is not None and info.data.get("held_at") is not None:
            raise PydanticCustomError("time.twice", "Leave the hour out: held_at has it already.")
        return time


class NewDeadline(BaseModel):
    """What must be done by when. The title is sealed."""

    model_config = ConfigDict(extra="forbid")

    due_on: Day
    kind: DeadlineKind
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def add_hearing(work: Work, case_id: UUID, form: NewHearing) -> UUID:
    """Enter a hearing and give its id. Its day is that of the person who enters it: hearings are in their courts.

    Raises NotFound, or Invalid for a day out of all likelihood.
    """
    found = case_for(work, Permission.CASE_CHANGE, case_id)
    held_on, held_at = _when(form, work.actor.time_zone)
    _must_be_plausible(work, held_on, "/held_on" if form.held_at is None else "/held_at")

    def do(hearing_id: UUID) -> None:
        work.session.execute(
            insert(Hearing).values(
                id=hearing_id,
                case_id=case_id,
                kind=form.kind,
                held_on=held_on,
                held_at=held_at,
                court=form.court,
                created_at=work.now,
                created_by=work.actor.id,
            )
        )
        record(work, "hearing.added", object_type="hearing", object_id=hearing_id, subject_id=found.applicant_id)

    return once(work, form, do)


def cancel_hearing(work: Work, hearing_id: UUID) -> UUID:
    """A hearing that will not be held, or was entered in error. Raises NotFound, or Conflict when it is cancelled."""
    found = hearing_to_change(work, hearing_id)

    def do(_: UUID) -> None:
        if found.done:
            raise Conflict("hearing.cancelled", "This hearing is already cancelled.")
        work.session.execute(update(Hearing).where(col(Hearing.id) == hearing_id).values(cancelled_at=work.now))
        record(work, "hearing.cancelled", object_type="hearing", object_id=hearing_id, subject_id=found.applicant_id)

    return once(work, None, do, result_id=hearing_id)


def add_deadline(work: Work, case_id: UUID, form: NewDeadline) -> UUID:
    """Enter a deadline and give its id. Raises NotFound, or Invalid for a day out of all likelihood."""
    found = case_for(work, Permission.CASE_CHANGE, case_id)
    _must_be_plausible(work, form.due_on, "/due_on")
    return once(work, form, lambda deadline_id: open_deadline(work, found, deadline_id, form))


def open_deadline(work: Work, case: FoundCase, deadline_id: UUID, form: NewDeadline) -> None:
    """Enter a deadline under this id, for a verb that has found the case and answers repeated requests itself."""
    work.session.execute(
        insert(Deadline).values(
            id=deadline_id,
            case_id=case.id,
            kind=form.kind,
            due_on=form.due_on,
            title=work.vault.seal(Cell("deadline", "title", deadline_id, case.id), Group.NOTES, form.title),
            created_at=work.now,
            created_by=work.actor.id,
        )
    )
    record(work, "deadline.added", object_type="deadline", object_id=deadline_id, subject_id=case.applicant_id)


def complete_deadline(work: Work, deadline_id: UUID) -> UUID:
    """What a deadline asks for is done. Raises NotFound, or Conflict when it was completed before."""
    found = deadline_to_change(work, deadline_id)

    def do(_: UUID) -> None:
        if found.done:
            raise Conflict("deadline.completed", "This deadline was already completed.")
        work.session.execute(
            update(Deadline)
            .where(col(Deadline.id) == deadline_id)
            .values(completed_at=work.now, completed_by=work.actor.id)
        )
        record(work, "deadline.completed", object_type="deadline", object_id=deadline_id, subject_id=found.applicant_id)

    return once(work, None, do, result_id=deadline_id)


def _when(form: NewHearing, time_zone: str) -> tuple[date, datetime | None]:
    if form.held_at is not None:
        return day_in(form.held_at, time_zone), form.held_at
    assert form.held_on is not None  # the form has one of the two
    if form.time is None:
        return form.held_on, None
    return form.held_on, moment_in(form.held_on, form.time, time_zone)


def _must_be_plausible(work: Work, day: date, pointer: str) -> None:
    if not is_plausible(day, day_in(work.now, work.actor.time_zone)):
        raise Invalid(Problem(pointer, "date.range", "Check the year."))


def _implausible() -> PydanticCustomError:
    return PydanticCustomError("date.range", "Check the year.")
