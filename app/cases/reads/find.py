"""Finding one record through its scope, for the verbs that change it and for the door that asks before them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.cases.model import Assignment, Case, Deadline, Hearing
from app.cases.rules import AssignmentStatus, CaseStatus
from app.cases.scope import answerable, closable, endable, visible
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundCase:
    """What a verb needs to know of a case before it changes it."""

    id: UUID
    applicant_id: UUID
    partner_id: UUID
    status: CaseStatus
    created_at: datetime
    version: int
    reference: str


@dataclass(frozen=True, slots=True)
class FoundAssignment:
    """An assignment with what its verbs need of the case."""

    id: UUID
    case_id: UUID
    attorney_id: UUID
    status: AssignmentStatus
    applicant_id: UUID
    case_status: CaseStatus


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A hearing or a deadline of a case, and whether it is already cancelled or completed."""

    id: UUID
    case_id: UUID
    applicant_id: UUID
    done: bool


_CASE: Select[*tuple[Any, ...]] = select(
    col(Case.id),
    col(Case.applicant_id),
    col(Case.partner_id),
    col(Case.status),
    col(Case.created_at),
    col(Case.version),
    col(Case.reference),
)
_ASSIGNMENT: Select[*tuple[Any, ...]] = select(
    col(Assignment.id),
    col(Assignment.case_id),
    col(Assignment.attorney_id),
    col(Assignment.status),
    col(Case.applicant_id),
    col(Case.status),
).join(Case, col(Case.id) == col(Assignment.case_id))
_HEARING: Select[*tuple[Any, ...]] = select(
    col(Hearing.id), col(Hearing.case_id), col(Case.applicant_id), col(Hearing.cancelled_at).is_not(None)
).join(Case, col(Case.id) == col(Hearing.case_id))
_DEADLINE: Select[*tuple[Any, ...]] = select(
    col(Deadline.id), col(Deadline.case_id), col(Case.applicant_id), col(Deadline.completed_at).is_not(None)
).join(Case, col(Case.id) == col(Deadline.case_id))


def case_for(work: Work, permission: Permission, case_id: UUID) -> FoundCase:
    """A case the actor may use this permission on; where the Work writes, the row is locked until it ends.

    Raises NotFound when the case is absent, out of the permission's reach, or of somebody who was erased.
    """
    reach = work.allow(permission)
    there = col(Case.erased_at).is_(None), visible(work.actor, reach)
    return FoundCase(*_one(work, _CASE.where(col(Case.id) == case_id, *there)))


def case_to_close(work: Work, case_id: UUID) -> FoundCase:
    """A case the actor may close, or has closed. Raises NotFound for every other."""
    reach = work.allow(Permission.CASE_CHANGE)
    return FoundCase(*_one(work, _CASE.where(col(Case.id) == case_id, closable(work.actor, reach))))


def case_just_offered(work: Work, case_id: UUID) -> FoundCase:
    """A case that intake has made in this very Work. Raises NotFound for one made at any other moment."""
    work.allow(Permission.APPLICATION_DECIDE)
    just_made = col(Case.status) == CaseStatus.OFFERED, col(Case.created_at) == work.now
    return FoundCase(*_one(work, _CASE.where(col(Case.id) == case_id, *just_made)))


def assignment_to_answer(work: Work, assignment_id: UUID) -> FoundAssignment:
    """An assignment that was offered to the actor, whatever became of it. Raises NotFound for every other."""
    work.allow(Permission.ASSIGNMENT_ANSWER)
    return _assignment(work, assignment_id, answerable(work.actor))


def assignment_to_end(work: Work, assignment_id: UUID) -> FoundAssignment:
    """An assignment the actor may end. Raises NotFound for every other."""
    reach = work.allow(Permission.ASSIGNMENT_END)
    return _assignment(work, assignment_id, endable(work.actor, reach))


def hearing_to_change(work: Work, hearing_id: UUID) -> FoundDate:
    """A hearing of a case the actor works on. Raises NotFound for every other."""
    reach = work.allow(Permission.CASE_CHANGE)
    return FoundDate(*_one(work, _HEARING.where(col(Hearing.id) == hearing_id, visible(work.actor, reach))))


def deadline_to_change(work: Work, deadline_id: UUID) -> FoundDate:
    """A deadline of a case the actor works on. Raises NotFound for every other."""
    reach = work.allow(Permission.CASE_CHANGE)
    return FoundDate(*_one(work, _DEADLINE.where(col(Deadline.id) == deadline_id, visible(work.actor, reach))))


def changeable(work: Work, case_id: UUID) -> int:
    """For the door: the version of a case whose facts the actor may change. Raises NotFound."""
    return case_for(work, Permission.CASE_CHANGE, case_id).version


def offerable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may offer this case to an attorney. Raises NotFound."""
    case_for(work, Permission.ASSIGNMENT_OFFER, case_id)


def worked_on(work: Work, case_id: UUID) -> None:
    """For the door: the actor may add hearings and deadlines to this case. Raises NotFound."""
    case_for(work, Permission.CASE_CHANGE, case_id)


def noted_on(work: Work, case_id: UUID) -> None:
    """For the door: the actor may write notes on this case. Raises NotFound."""
    case_for(work, Permission.CASE_NOTES, case_id)


def closing(work: Work, case_id: UUID) -> None:
    """For the door: the actor may close this case, or closed it. Raises NotFound."""
    case_to_close(work, case_id)


def answering(work: Work, assignment_id: UUID) -> None:
    """For the door: this assignment was offered to the actor. Raises NotFound."""
    assignment_to_answer(work, assignment_id)


def ending(work: Work, assignment_id: UUID) -> None:
    """For the door: the actor may end this assignment. Raises NotFound."""
    assignment_to_end(work, assignment_id)


def cancelling(work: Work, hearing_id: UUID) -> None:
    """For the door: the actor works on this hearing's case. Raises NotFound."""
    hearing_to_change(work, hearing_id)


def completing(work: Work, deadline_id: UUID) -> None:
    """For the door: the actor works on this deadline's case. Raises NotFound."""
    deadline_to_change(work, deadline_id)


def _assignment(work: Work, assignment_id: UUID, condition: ColumnElement[bool]) -> FoundAssignment:
    return FoundAssignment(*_one(work, _ASSIGNMENT.where(col(Assignment.id) == assignment_id, condition)))


def _one(work: Work, statement: Select[*tuple[Any, ...]]) -> Any:
    """The row. Verbs on one case take turns from here on: PostgreSQL locks the rows, SQLite has one writer."""
    row = work.session.execute(statement.with_for_update() if work.writes else statement).one_or_none()
    if row is None:
        raise NotFound
    return row
