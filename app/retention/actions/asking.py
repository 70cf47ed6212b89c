"""The way to an erasure: the schedule or a person asks, the attorney is told, another person approves."""

from datetime import UTC, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import select, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account, AccountStatus
from app.applicants.model import Applicant
from app.audit.actions import record
from app.cases.model import Assignment, Case
from app.cases.rules import AssignmentStatus
from app.db import new_id
from app.errors import Conflict, Denied
from app.once import once
from app.retention.model import Erasure
from app.retention.reads.due import due
from app.retention.reads.find import (
    erasure_for,
    is_held,
    matters_of,
    take_turn,
    target,
)
from app.retention.reads.schedule import schedule
from app.retention.rules import (
    STANDING,
    Due,
    ErasureCause,
    ErasureStatus,
    refuse_going_on,
    refuse_held,
    refuse_same_person,
    refuse_unripe,
)
from app.work import Work


class NewErasure(BaseModel):
    """Whom to erase before the schedule would, and why. Only people whose applications and cases have ended."""

    model_config = ConfigDict(extra="forbid")

    applicant_id: UUID | None = None
    case_id: UUID | None = None
    cause: ErasureCause

    @model_validator(mode="after")
    def _asked_by_a_person(self) -> "NewErasure":
        if self.cause is ErasureCause.SCHEDULE:
            raise PydanticCustomError("erasure.cause", "Only the schedule gives this cause. Choose another one.")
        if (self.applicant_id is None) == (self.case_id is None):
            raise PydanticCustomError("erasure.target", "Name the person, or one of their cases.")
        return self


def request(work: Work, form: NewErasure) -> UUID:
    """Ask that a person be erased. Raises NotFound, and Conflict on hold, before the end, or asked for already."""
    found = target(work, Permission.ERASURE_REQUEST, applicant_id=form.applicant_id, case_id=form.case_id)

    def do(erasure_id: UUID) -> None:
        take_turn(work)
        matters = matters_of(work, [found.applicant_id])[found.applicant_id]
        refuse_going_on(matters)
        refuse_held(is_held(work, found.applicant_id))
        _refuse_second(work, found.applicant_id)
        kept = schedule().due(matters)
        if kept is None:
            raise Conflict("erasure.going_on", "This person's application or case goes on. Close it first.")
        _notice(work, erasure_id, found.applicant_id, kept, form.cause, work.actor.id)

    return once(work, form, do)


def notice_due(work: Work) -> list[UUID]:
    """Tell the attorneys of everybody who is due and not on hold. Called by the nightly run; gives the erasures."""
    work.allow(Permission.RETENTION_RUN)
    take_turn(work)
    made = []
    for each in due(work, held_too=False):
        erasure_id = new_id()
        _notice(work, erasure_id, each.applicant_id, Due(each.of, each.on), ErasureCause.SCHEDULE, None)
        made.append(erasure_id)
    return made


def approve(work: Work, erasure_id: UUID) -> UUID:
    """Say, as a second person, that this may be erased; the next run erases it.

    Raises NotFound, Denied for the one who asked, Conflict before the notice is over, on hold or when it is past that.
    """
    found = erasure_for(work, Permission.ERASURE_APPROVE, erasure_id)

    def do(_: UUID) -> None:
        if found.status is not ErasureStatus.NOTICED:
            raise Conflict("erasure.decided", "This was decided already.")
        refuse_same_person(found.asked_by_id, work.actor.id)
        refuse_unripe(work.now.astimezone(UTC).date(), found.notice_until)
        take_turn(work)
        refuse_held(is_held(work, found.applicant_id))
        work.session.execute(
            update(Erasure)
            .where(col(Erasure.id) == erasure_id)
            .values(status=ErasureStatus.APPROVED, approved_by_id=work.actor.id, approved_at=work.now)
        )
        record(work, "erasure.approved", object_type="erasure", object_id=erasure_id, subject_id=found.applicant_id)

    return once(work, None, do, result_id=erasure_id)


def withdraw(work: Work, erasure_id: UUID) -> UUID:
    """Take back an erasure that was asked for and is not done.

    Raises Conflict when it is done, or when the schedule asked: then only a hold stops it.
    """
    found = erasure_for(work, Permission.ERASURE_REQUEST, erasure_id)

    def do(_: UUID) -> None:
        if found.cause is ErasureCause.SCHEDULE:
            raise Conflict("erasure.schedule", "The schedule asked for this. Set a legal hold to stop it.")
        if found.asked_by_id != work.actor.id and Permission.ERASURE_APPROVE not in work.actor.permissions:
            raise Denied("erasure.not_yours", "Only who asked for it can take it back, or the fund.")
        if found.status not in (ErasureStatus.NOTICED, ErasureStatus.APPROVED):
            raise Conflict("erasure.decided", "This was decided already.")
        work.session.execute(
            update(Erasure).where(col(Erasure.id) == erasure_id).values(status=ErasureStatus.WITHDRAWN)
        )
        record(work, "erasure.withdrawn", object_type="erasure", object_id=erasure_id, subject_id=found.applicant_id)

    return once(work, None, do, result_id=erasure_id)


def _refuse_second(work: Work, applicant_id: UUID) -> None:
    under_way = select(col(Erasure.id)).where(
        col(Erasure.applicant_id) == applicant_id, col(Erasure.status).in_(STANDING)
    )
    if work.session.execute(under_way).first() is not None:
        raise Conflict("erasure.asked", "Somebody asked for this already.")


def _notice(
    work: Work, erasure_id: UUID, applicant_id: UUID, kept: Due, cause: ErasureCause, asked_by: UUID | None
) -> None:
    today = work.now.astimezone(UTC).date()
    attorney_id, partner_id = _addressee(work, applicant_id)
    # Nobody waits for the answer of somebody who is not there, or who asked for it.
    waits = attorney_id is not None and attorney_id != asked_by
    work.insert(
        Erasure,
        id=erasure_id,
        applicant_id=applicant_id,
        partner_id=partner_id,
        retention_class=kept.of,
        cause=cause,
        status=ErasureStatus.NOTICED,
        due_on=kept.on,
        asked_by_id=asked_by,
        noticed_at=work.now,
        notice_until=today + timedelta(days=schedule().notice_days if waits else 0),
        notified_id=attorney_id,
        keys=[],
        root_changed=False,
    )
    record(
        work,
        "erasure.noticed",
        object_type="erasure",
        object_id=erasure_id,
        subject_id=applicant_id,
        details={"class": kept.of, "cause": cause},
    )


def _addressee(work: Work, applicant_id: UUID) -> tuple[UUID | None, UUID]:
    """The attorney who had the person's last case and still works here, and the organization it lies with."""
    row = work.session.execute(
        select(col(Case.id), col(Case.partner_id))
        .where(col(Case.applicant_id) == applicant_id)
        .order_by(col(Case.id).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        own = select(col(Applicant.partner_id)).where(col(Applicant.id) == applicant_id)
        return None, work.session.execute(own).scalar_one()
    attorney: UUID | None = work.session.execute(
        select(col(Assignment.attorney_id))
        .join(Account, col(Account.id) == col(Assignment.attorney_id))
        .where(
            col(Assignment.case_id) == row.id,
            col(Assignment.status).in_((AssignmentStatus.ACCEPTED, AssignmentStatus.ENDED)),
            col(Assignment.answered_at).is_not(None),
            col(Account.status) == AccountStatus.ACTIVE,
            col(Account.partner_id) == row.partner_id,
        )
        .order_by(col(Assignment.id).desc())
        .limit(1)
    ).scalar()
    return attorney, row.partner_id
