"""An attorney accepts or declines an offer; an assignment ends. Access begins with the one and ends with the other."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import select, update
from sqlmodel import col

from app.access import ties
from app.audit.actions import record
from app.cases.actions.helping import end_all_help
from app.cases.model import Assignment, Case
from app.cases.reads.find import FoundAssignment, assignment_to_answer, assignment_to_end
from app.cases.rules import AssignmentStatus, CaseStatus, DeclineCode
from app.crypto import Cell, Group
from app.errors import Conflict
from app.once import once
from app.work import Work


def _attested(value: bool) -> bool:
    if not value:
        raise PydanticCustomError(
            "no_conflict.attest", "Confirm that you have no conflict of interest, or decline the offer."
        )
    return value


class Acceptance(BaseModel):
    """The attorney's word that nothing stands between them and this client; without it the details stay closed."""

    model_config = ConfigDict(extra="forbid")

    no_conflict: Annotated[StrictBool, AfterValidator(_attested)]


class Declining(BaseModel):
    """Why not; a note is sealed."""

    model_config = ConfigDict(extra="forbid")

    code: DeclineCode
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None


def accept(work: Work, assignment_id: UUID, form: Acceptance) -> UUID:
    """Take the case: the attorney is tied to case and applicant, and the case is open.

    Raises NotFound for somebody else's offer, Conflict when it was answered or withdrawn.
    """
    found = assignment_to_answer(work, assignment_id)

    def do(_: UUID) -> None:
        _must_be_offered(found)
        _set(work, assignment_id, status=AssignmentStatus.ACCEPTED, answered_at=work.now)
        if found.case_status is CaseStatus.OFFERED:
            work.session.execute(
                update(Case)
                .where(col(Case.id) == found.case_id)
                .values(status=CaseStatus.OPEN, opened_at=work.now, version=col(Case.version) + 1)
            )
        ties.tie_person(work.session, work.actor.id, (found.case_id, found.applicant_id), work.now)
        _record(work, "assignment.accepted", found)

    return once(work, form, do, result_id=assignment_id)


def decline(work: Work, assignment_id: UUID, form: Declining) -> UUID:
    """Give the offer back; the case waits for another attorney.

    Raises NotFound for somebody else's offer, Conflict when it was answered or withdrawn.
    """
    found = assignment_to_answer(work, assignment_id)

    def do(_: UUID) -> None:
        _must_be_offered(found)
        note = None
        if form.note is not None:
            cell = Cell("assignment", "decline_note", assignment_id, found.case_id)
            note = work.vault.seal(cell, Group.NOTES, form.note)
        _set(
            work,
            assignment_id,
            status=AssignmentStatus.DECLINED,
            answered_at=work.now,
            decline_code=form.code,
            decline_note=note,
        )
        _record(work, "assignment.declined", found, code=form.code)

    return once(work, form, do, result_id=assignment_id)


def end(work: Work, assignment_id: UUID) -> UUID:
    """End an assignment, accepted or (by the partner) only offered; the attorney's access ends in the same moment.

    Raises NotFound, or Conflict when it has ended or was declined, or an attorney should decline instead.
    """
    found = assignment_to_end(work, assignment_id)

    def do(_: UUID) -> None:
        if found.status not in (AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED):
            raise Conflict("assignment.over", "This assignment has ended or was declined.")
        if found.status is AssignmentStatus.OFFERED and found.attorney_id == work.actor.id:
            raise Conflict("assignment.decline", "Decline the offer, with the reason, instead of ending it.")
        _set(work, assignment_id, status=AssignmentStatus.ENDED, ended_at=work.now, ended_by=work.actor.id)
        untie(work, found.attorney_id, found.case_id, found.applicant_id)
        end_all_help(work, found.case_id, given_by=found.attorney_id)
        _record(work, "assignment.ended", found)

    return once(work, None, do, result_id=assignment_id)


def untie(work: Work, attorney_id: UUID, case_id: UUID, applicant_id: UUID) -> None:
    """End a person's ties to a case whose assignment has ended.

    The tie to the applicant stays as long as the same person works on another case of that applicant.
    """
    another = (
        select(col(Assignment.id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .where(
            col(Assignment.attorney_id) == attorney_id,
            col(Assignment.status) == AssignmentStatus.ACCEPTED,
            col(Case.applicant_id) == applicant_id,
            col(Case.id) != case_id,
        )
    )
    stays = work.session.execute(another).first() is not None
    ties.untie_person(work.session, attorney_id, (case_id,) if stays else (case_id, applicant_id), work.now)


def _must_be_offered(found: FoundAssignment) -> None:
    if found.status is not AssignmentStatus.OFFERED:
        raise Conflict("assignment.answered", "This offer was already answered or withdrawn.")


def _set(work: Work, assignment_id: UUID, **values: object) -> None:
    work.session.execute(update(Assignment).where(col(Assignment.id) == assignment_id).values(**values))


def _record(work: Work, action: str, found: FoundAssignment, **details: str) -> None:
    record(work, action, object_type="assignment", object_id=found.id, subject_id=found.applicant_id, details=details)
