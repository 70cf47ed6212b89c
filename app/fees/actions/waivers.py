"""Fee waivers: asked for, answered, not needed. The day and the basis come from whoever works on the case."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.reads.find import case_for
from app.cases.rules import day_in
from app.errors import Conflict, Invalid, NotFound, Problem
from app.fees.model import FeeWaiver
from app.fees.reads.schedules import in_force
from app.fees.rules import DECIDED, FILED, Agency, WaiverBasis, WaiverState, refuse_move
from app.once import once
from app.work import Work

_Form = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=60)]


class NewWaiver(BaseModel):
    """Where a waiver stands when it is entered first."""

    model_config = ConfigDict(extra="forbid")

    agency: Agency
    form: _Form
    state: WaiverState = WaiverState.NOT_REQUESTED
    basis: WaiverBasis | None = None
    filed_on: Day | None = None
    decided_on: Day | None = None


class WaiverChange(BaseModel):
    """Where it stands now; what is not sent stays."""

    model_config = ConfigDict(extra="forbid")

    state: WaiverState
    basis: WaiverBasis | None = None
    filed_on: Day | None = None
    decided_on: Day | None = None


def enter(work: Work, case_id: UUID, form: NewWaiver) -> UUID:
    """Enter where a waiver stands. Raises NotFound, Invalid, Conflict when the form has one on this case already."""
    found = case_for(work, Permission.FEE_TRACK, case_id)

    def do(waiver_id: UUID) -> None:
        _must_be_waivable(work, form)
        of_form = (
            col(FeeWaiver.case_id) == case_id,
            col(FeeWaiver.agency) == form.agency,
            col(FeeWaiver.form) == form.form,
        )
        if work.session.execute(select(col(FeeWaiver.id)).where(*of_form)).first() is not None:
            raise Conflict("waiver.there", "A waiver for this form is on the case already. Change that one.")
        values = _complete(work, form.state, form.basis, form.filed_on, form.decided_on)
        row = {"id": waiver_id, "case_id": case_id, "agency": form.agency, "form": form.form, "version": 1, **values}
        work.session.execute(insert(FeeWaiver).values(**row))
        _record(work, waiver_id, found.applicant_id, form.state)

    return once(work, form, do)


def change(work: Work, case_id: UUID, waiver_id: UUID, form: WaiverChange) -> UUID:
    """Move a waiver on. Raises NotFound, Stale, Conflict for a way that is none, Invalid for days that do not fit."""
    found = case_for(work, Permission.FEE_TRACK, case_id)
    before = _one(work, case_id, waiver_id)
    work.expect(before.version)
    refuse_move(before.state, form.state)
    again = before.state is WaiverState.DENIED
    basis, filed_on = form.basis or before.basis, form.filed_on or (None if again else before.filed_on)
    values = _complete(work, form.state, basis, filed_on, form.decided_on)
    work.session.execute(
        update(FeeWaiver)
        .where(col(FeeWaiver.id) == waiver_id, col(FeeWaiver.version) == before.version)
        .values(version=before.version + 1, **values)
    )
    _record(work, waiver_id, found.applicant_id, form.state)
    return waiver_id


def _one(work: Work, case_id: UUID, waiver_id: UUID) -> Any:
    row = work.session.execute(
        select(col(FeeWaiver.state), col(FeeWaiver.basis), col(FeeWaiver.filed_on), col(FeeWaiver.version))
        .where(col(FeeWaiver.id) == waiver_id, col(FeeWaiver.case_id) == case_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _must_be_waivable(work: Work, form: NewWaiver) -> None:
    """A waiver is about a fee that can be waived: what Congress set in 2025 can not be."""
    of_form = [each for each in in_force(work).lines if (each.agency, each.form) == (form.agency, form.form)]
    if not of_form:
        raise Invalid(Problem("/form", "waiver.no_fee", "The schedule has no fee for this form. Choose another one."))
    if not any(each.waivable for each in of_form):
        raise Invalid(
            Problem("/form", "waiver.never", "No fee of this form can be waived. Ask a fund for the money instead.")
        )


def _complete(
    work: Work, state: WaiverState, basis: WaiverBasis | None, filed_on: date | None, decided_on: date | None
) -> dict[str, Any]:
    """What the row holds in this state. Raises Invalid for what is missing, and for days that do not fit."""
    problems = []
    today = day_in(work.now, work.actor.time_zone)
    if state in FILED and basis is None:
        problems.append(Problem("/basis", "waiver.basis", "Choose why the fee should be waived."))
    if state in FILED and filed_on is None:
        problems.append(Problem("/filed_on", "waiver.filed", "Enter the day on which the waiver was asked for."))
    if state in DECIDED and decided_on is None:
        problems.append(Problem("/decided_on", "waiver.decided", "Enter the day of the agency's answer."))
    if state in FILED and filed_on is not None and filed_on > today:
        problems.append(Problem("/filed_on", "waiver.filed_later", "This day has not come yet. Check the date."))
    if state in DECIDED and decided_on is not None:
        if decided_on > today:
            problems.append(
                Problem("/decided_on", "waiver.decided_later", "This day has not come yet. Check the date.")
            )
        elif filed_on is not None and decided_on < filed_on:
            problems.append(
                Problem("/decided_on", "waiver.decided_first", "The answer can not come before the request.")
            )
    if problems:
        raise Invalid(*problems)
    return {
        "state": state,
        "basis": basis if state in FILED else None,
        "filed_on": filed_on if state in FILED else None,
        "decided_on": decided_on if state in DECIDED else None,
        "changed_by_id": work.actor.id,
        "changed_at": work.now,
    }


def _record(work: Work, waiver_id: UUID, applicant_id: UUID, state: WaiverState) -> None:
    record(
        work,
        "fee_waiver.changed",
        object_type="fee_waiver",
        object_id=waiver_id,
        subject_id=applicant_id,
        details={"result": state},
    )
