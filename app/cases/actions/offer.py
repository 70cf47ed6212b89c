"""An accepted application becomes a case at a partner; the partner offers it to one of its attorneys."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access import ties, walls
from app.access.grants import Permission, Role
from app.access.model import Account, AccountRole, AccountStatus
from app.applicants.rules import Custody
from app.audit.actions import record
from app.cases.model import Assignment, Case, Hearing
from app.cases.reads.find import FoundCase, case_for
from app.cases.reads.offers import language_of
from app.cases.rules import (
    STANDING,
    AssignmentRole,
    AssignmentStatus,
    CaseStatus,
    CaseType,
    DeclineCode,
    HearingKind,
    Representation,
)
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.reference import new_reference
from app.work import Work


def open_offered(
    work: Work,
    *,
    application_id: UUID,
    applicant_id: UUID,
    partner_id: UUID,
    fund_id: UUID,
    representation: Representation,
    case_type: CaseType | None,
    custody: Custody,
    court: str | None,
    next_hearing_on: date | None,
) -> UUID:
    """Make the case of an accepted application, offered to a partner, and give its id.

    The partner is tied to the case and to the applicant from this moment. Called by intake inside its own decision,
    under whose permission it stands; an application has one case (the database refuses a second).
    """
    work.allow(Permission.APPLICATION_DECIDE)
    case_id = work.vault.new_subject()
    spoken = language_of(work, applicant_id)
    work.session.execute(
        insert(Case).values(
            id=case_id,
            reference=new_reference("CA"),
            application_id=application_id,
            applicant_id=applicant_id,
            partner_id=partner_id,
            fund_id=fund_id,
            status=CaseStatus.OFFERED,
            representation=representation,
            case_type=case_type,
            custody=custody,
            court=court,
            language=work.vault.seal(Cell("case", "language", case_id, case_id), Group.CONTACT, spoken),
            created_at=work.now,
            version=1,
        )
    )
    if next_hearing_on is not None:
        work.session.execute(
            insert(Hearing).values(
                id=new_id(),
                case_id=case_id,
                kind=HearingKind.OTHER,
                held_on=next_hearing_on,
                court=court,
                created_at=work.now,
                created_by=work.actor.id,
            )
        )
    ties.tie_partner(work.session, partner_id, (case_id, applicant_id), work.now)
    walls.extend(work.session, applicant_id, case_id)
    record(work, "case.offered", object_type="case", object_id=case_id, subject_id=applicant_id)
    return case_id


class NewAssignment(BaseModel):
    """Which attorney of the partner is to take the case."""

    model_config = ConfigDict(extra="forbid")

    attorney_id: UUID
    role: AssignmentRole = AssignmentRole.PRIMARY


def assign(work: Work, case_id: UUID, form: NewAssignment) -> UUID:
    """Offer a case to an attorney of the same partner and give the assignment's id.

    Raises NotFound; Invalid when the person is no active attorney of the partner; Conflict when the case is closed,
    somebody else has it or has been asked, or the attorney declined it for a conflict of interest.
    """
    found = case_for(work, Permission.ASSIGNMENT_OFFER, case_id)

    def do(assignment_id: UUID) -> None:
        must_be_attorney(work, found.partner_id, form.attorney_id, "/attorney_id")
        _must_be_free(work, found, form.attorney_id)
        _insert(work, assignment_id, case_id, form)
        record(
            work, "assignment.offered", object_type="assignment", object_id=assignment_id, subject_id=found.applicant_id
        )

    return once(work, form, do)


def must_be_attorney(work: Work, partner_id: UUID, account_id: UUID, pointer: str) -> None:
    """Raises Invalid at ``pointer`` unless the person is an active attorney of the partner."""
    attorney = (
        select(col(Account.id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(Account.id) == account_id,
            col(Account.partner_id) == partner_id,
            col(Account.status) == AccountStatus.ACTIVE,
            col(AccountRole.role) == Role.ATTORNEY,
        )
    )
    if work.session.execute(attorney).first() is None:
        raise Invalid(
            Problem(pointer, "attorney.unavailable", "Choose an active attorney of the partner with this case.")
        )


def _must_be_free(work: Work, found: FoundCase, attorney_id: UUID) -> None:
    if found.status is CaseStatus.CLOSED:
        raise Conflict("case.closed", "This case is closed.")
    earlier = work.session.execute(
        select(col(Assignment.status), col(Assignment.decline_code), col(Assignment.attorney_id)).where(
            col(Assignment.case_id) == found.id
        )
    ).all()
    if any(row.status in STANDING for row in earlier):
        raise _taken()
    if walls.walled_from(work.session, attorney_id, found.applicant_id):
        raise Invalid(Problem("/attorney_id", "person.walled", "This person may not work on this case."))
    if any(row.attorney_id == attorney_id and row.decline_code is DeclineCode.CONFLICT for row in earlier):
        raise Conflict(
            "attorney.conflict", "This attorney declined the case for a conflict of interest. Choose somebody else."
        )


def _insert(work: Work, assignment_id: UUID, case_id: UUID, form: NewAssignment) -> None:
    try:
        with work.session.begin_nested():
            work.session.execute(
                insert(Assignment).values(
                    id=assignment_id,
                    case_id=case_id,
                    attorney_id=form.attorney_id,
                    role=form.role,
                    status=AssignmentStatus.OFFERED,
                    offered_at=work.now,
                    offered_by=work.actor.id,
                )
            )
    except IntegrityError:  # the index that allows one standing primary: somebody was a moment faster
        raise _taken() from None


def _taken() -> Conflict:
    return Conflict("assignment.standing", "An attorney has this case or has been asked. End that assignment first.")
