"""Legal holds: set by one person at once, lifted by two."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.audit.actions import record
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, Invalid, Problem
from app.once import once
from app.reference import read_reference
from app.retention.model import Hold
from app.retention.reads.find import Target, hold_for, take_turn, target
from app.retention.rules import HoldReason, HoldScope, refuse_same_person
from app.work import Work


class NewHold(BaseModel):
    """What to hold (a case, a person, or any of their references; nothing for everything), and why; that is sealed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    everything: bool = False
    case_id: UUID | None = None
    applicant_id: UUID | None = None
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    reason_code: HoldReason
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

    def __repr_args__(self) -> Any:
        return []

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        named = [each for each in (self.case_id, self.applicant_id, self.reference) if each is not None]
        if len(named) + self.everything != 1:
            raise PydanticCustomError("hold.target", "Say what to hold: one case, one person, or everything.")
        return self


def set_hold(work: Work, form: NewHold) -> UUID:
    """Put something on hold, from this moment. Raises NotFound, or Denied for everything by others than the fund."""
    reach = work.allow(Permission.HOLD_SET)
    if form.everything and reach is not Reach.ALL:
        raise Denied("hold.everything", "Only the fund can hold everything. Hold your case or your client.")

    def do(hold_id: UUID) -> None:
        take_turn(work)
        found = None if form.everything else _target(work, form)
        scope = HoldScope.EVERYTHING if found is None else HoldScope.CASE if found.case_id else HoldScope.APPLICANT
        subject_id = work.vault.new_subject()
        cell = Cell("hold", "reason_sealed", hold_id, subject_id)
        work.insert(
            Hold,
            id=hold_id,
            scope=scope,
            applicant_id=found.applicant_id if found else None,
            case_id=found.case_id if found else None,
            reason_code=form.reason_code,
            subject_id=subject_id,
            reason_sealed=work.vault.seal(cell, Group.STAFF, form.reason),
            set_by_id=work.actor.id,
            set_at=work.now,
        )
        record(
            work,
            "hold.set",
            object_type="hold",
            object_id=hold_id,
            subject_id=found.applicant_id if found else None,
            details={"scope": scope, "reason": form.reason_code},
        )

    return once(work, form, do)


def lift_hold(work: Work, hold_id: UUID) -> UUID:
    """Ask to lift a hold, or lift it when another person has asked before.

    Raises NotFound, Conflict when it is lifted already, Denied for the one who asked.
    """
    found = hold_for(work, Permission.HOLD_LIFT, hold_id)

    def do(_: UUID) -> None:
        if found.lifted_at is not None:
            raise Conflict("hold.lifted", "This hold was lifted already.")
        first = found.lift_asked_by_id is None
        if not first:
            refuse_same_person(found.lift_asked_by_id, work.actor.id)
        who = {"lift_asked_by_id": work.actor.id, "lift_asked_at": work.now}
        second = {"lifted_by_id": work.actor.id, "lifted_at": work.now}
        work.session.execute(update(Hold).where(col(Hold.id) == hold_id).values(**(who if first else second)))
        about = {"object_type": "hold", "object_id": hold_id, "subject_id": found.applicant_id}
        if first:
            record(work, "hold.lift_asked", **about)
        else:
            record(work, "hold.lifted", **about)

    return once(work, None, do, result_id=hold_id)


def _target(work: Work, form: NewHold) -> Target:
    reference = None
    if form.reference is not None and (reference := read_reference(form.reference)) is None:
        raise Invalid(Problem("/reference", "reference.format", "This is not a reference. It looks like CA-7K3Q-9F2M."))
    return target(work, Permission.HOLD_SET, applicant_id=form.applicant_id, case_id=form.case_id, reference=reference)
