"""What hangs on a case: assignments, hearings, deadlines and notes, in one statement for all four.

Four statements would be four round trips to the database on the page that people open most.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    LargeBinary,
    Row,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import col

from app.access.model import Account
from app.cases.model import Assignment, CaseNote, Deadline, Hearing
from app.cases.reads.views import AssignmentView, DeadlineView, HearingView, NoteView, PersonName
from app.cases.rules import AssignmentRole, AssignmentStatus, DeadlineKind, DeclineCode, HearingKind, day_in, standing
from app.crypto import Cell, Group
from app.db import UtcTime
from app.work import Work

#: So many of the newest notes stand on the case; the others in a list of their own.
NEWEST_NOTES: Final = 20


@dataclass(slots=True)
class Parts:
    """What hangs on one case: assignments and hearings in order, deadlines as they are due, notes newest first."""

    assignments: list[AssignmentView] = field(default_factory=list)
    hearings: list[HearingView] = field(default_factory=list)
    deadlines: list[DeadlineView] = field(default_factory=list)
    notes: list[NoteView] = field(default_factory=list)


_COLUMNS: Final[dict[str, Any]] = {
    "code": String(),
    "state": String(),
    "day": Date(),
    "began_at": UtcTime(),
    "answered_at": UtcTime(),
    "done_at": UtcTime(),
    "person_id": Uuid(),
    "person": String(),
    "words": String(),
    "sealed": LargeBinary(),
}


def _what(what: str, row_id: Any, case_id: Any, **columns: Any) -> Select[*tuple[Any, ...]]:
    """One branch of the statement: the columns that this kind of part has; NULL of the right type for the others."""
    return select(
        literal(what, String).label("what"),
        col(row_id).label("id"),
        *(columns.get(name, cast(null(), kind)).label(name) for name, kind in _COLUMNS.items()),
    ).where(col(case_id) == bindparam("case_id", type_=Uuid()))


def _text(column: Any) -> ColumnElement[str]:
    return type_coerce(col(column), String())


_ASSIGNMENTS: Final = _what(
    "assignment",
    Assignment.id,
    Assignment.case_id,
    code=_text(Assignment.role),
    state=_text(Assignment.status),
    began_at=col(Assignment.offered_at),
    answered_at=col(Assignment.answered_at),
    done_at=col(Assignment.ended_at),
    person_id=col(Account.id),
    person=col(Account.name),
    words=_text(Assignment.decline_code),
    sealed=col(Assignment.decline_note),
).join(Account, col(Account.id) == col(Assignment.attorney_id))

_HEARINGS: Final = _what(
    "hearing",
    Hearing.id,
    Hearing.case_id,
    code=_text(Hearing.kind),
    day=col(Hearing.held_on),
    began_at=col(Hearing.held_at),
    done_at=col(Hearing.cancelled_at),
    words=col(Hearing.court),
)

_DEADLINES: Final = _what(
    "deadline",
    Deadline.id,
    Deadline.case_id,
    code=_text(Deadline.kind),
    day=col(Deadline.due_on),
    done_at=col(Deadline.completed_at),
    sealed=col(Deadline.title),
)

_NOTES: Final = (
    _what(
        "note",
        CaseNote.id,
        CaseNote.case_id,
        began_at=col(CaseNote.created_at),
        person_id=col(Account.id),
        person=col(Account.name),
        sealed=col(CaseNote.body),
    )
    .join(Account, col(Account.id) == col(CaseNote.author_id))
    .order_by(col(CaseNote.id).desc())
    .limit(NEWEST_NOTES)
    .subquery()
)

#: Who knows less asks for less: what a reader may not see is not even selected.
_REFERENCES: Final = _ASSIGNMENTS
_FACTS: Final = union_all(_ASSIGNMENTS, _HEARINGS, _DEADLINES)
_ALL: Final = union_all(_ASSIGNMENTS, _HEARINGS, _DEADLINES, select(_NOTES))


def of_case(work: Work, case_id: UUID, *, knows: bool, opens: bool) -> Parts:
    """The parts of a case that the actor's scope has let through.

    ``knows`` adds hearings and deadlines; ``opens`` sealed text, for those assigned to the case, and recorded.
    """
    statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] = (
        (_ALL if opens else _FACTS) if knows else _REFERENCES
    )
    found = Parts()
    reading = _Reading(work, case_id, knows, opens, day_in(work.now, work.actor.time_zone))
    for row in work.session.connection().execute(statement, {"case_id": case_id}).all():
        match row.what:
            case "assignment":
                found.assignments.append(reading.assignment(row))
            case "hearing":
                found.hearings.append(reading.hearing(row))
            case "deadline":
                found.deadlines.append(reading.deadline(row))
            case _:
                found.notes.append(reading.note(row))
    found.assignments.sort(key=lambda each: each.id)
    found.hearings.sort(key=lambda each: (each.held_on, each.id))
    found.deadlines.sort(key=lambda each: (each.completed_at is not None, each.due_on, each.id))
    found.notes.sort(key=lambda each: each.id, reverse=True)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows of one case turned into views."""

    work: Work
    case_id: UUID
    knows: bool
    opens: bool
    today: date

    def assignment(self, row: Row[Any]) -> AssignmentView:
        return AssignmentView(
            id=row.id,
            case_id=self.case_id,
            attorney=PersonName(row.person_id, row.person),
            role=AssignmentRole(row.code),
            status=AssignmentStatus(row.state),
            offered_at=row.began_at,
            answered_at=row.answered_at,
            ended_at=row.done_at,
            decline_code=DeclineCode(row.words) if row.words and self.knows else None,
            decline_note=self._open("assignment", "decline_note", row),
        )

    def hearing(self, row: Row[Any]) -> HearingView:
        return HearingView(row.id, HearingKind(row.code), row.day, row.began_at, row.words, row.done_at)

    def deadline(self, row: Row[Any]) -> DeadlineView:
        return DeadlineView(
            id=row.id,
            kind=DeadlineKind(row.code),
            due_on=row.day,
            standing=standing(row.day, row.done_at is not None, self.today),
            title=self._open("deadline", "title", row),
            completed_at=row.done_at,
        )

    def note(self, row: Row[Any]) -> NoteView:
        body = self._open("case_note", "body", row)
        assert body is not None  # every note has one, and only who may open it has the row
        return NoteView(row.id, PersonName(row.person_id, row.person), body, row.began_at)

    def _open(self, table: str, column: str, row: Row[Any]) -> str | None:
        if not self.opens or row.sealed is None:
            return None
        text = self.work.vault.open(Cell(table, column, row.id, self.case_id), Group.NOTES, row.sealed)
        return str(text)
