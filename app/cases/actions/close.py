"""Closing a case: its outcome is recorded, and everybody's work on it ends."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select, update
from sqlmodel import col

from app.audit.actions import record
from app.cases.actions.answer import untie
from app.cases.actions.dates import Day
from app.cases.actions.helping import end_all_help
from app.cases.model import Assignment, Case
from app.cases.reads.find import FoundCase, case_just_offered, case_to_close
from app.cases.rules import STANDING, AssignmentStatus, CaseStatus, Outcome, day_in
from app.crypto import Cell, Group
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.work import Work


class Closing(BaseModel):
    """How the case ended, since when (today unless given), and why; the reason is sealed."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    closed_on: Day | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


def close(work: Work, case_id: UUID, form: Closing) -> UUID:
    """Close the case. Assignments end with it, and with them the access of those who had them, this person's too.

    The partner's administrators keep the closed case in their caseload, with its facts and without what is sealed.
    Raises NotFound, Conflict when it is closed already, Invalid for a day after today or before the case began.
    """
    found = case_to_close(work, case_id)

    def do(_: UUID) -> None:
        if found.status is CaseStatus.CLOSED:
            raise Conflict("case.closed", "This case is closed.")
        _write(work, found, form.outcome, _closed_on(work, found, form), form.reason)
        _end_assignments(work, found)

    return once(work, form, do, result_id=case_id)


def close_at_once(work: Work, case_id: UUID, *, reason: str) -> None:
    """Close the case of an application whose advice was given while it was taken; no attorney was ever asked.

    Called by intake inside its own decision, under whose permission it stands, on the case it has just made.
    """
    found = case_just_offered(work, case_id)
    _write(work, found, Outcome.SERVICES_COMPLETED, day_in(work.now, work.actor.time_zone), reason)


def _write(work: Work, found: FoundCase, outcome: Outcome, closed_on: date, reason: str) -> None:
    sealed = work.vault.seal(Cell("case", "closing_reason", found.id, found.id), Group.NOTES, reason)
    work.session.execute(
        update(Case)
        .where(col(Case.id) == found.id)
        .values(
            status=CaseStatus.CLOSED,
            closed_at=work.now,
            closed_on=closed_on,
            closed_by=work.actor.id,
            outcome=outcome,
            closing_reason=sealed,
            version=found.version + 1,
        )
    )
    record(
        work,
        "case.closed",
        object_type="case",
        object_id=found.id,
        subject_id=found.applicant_id,
        details={"outcome": outcome},
    )


def _closed_on(work: Work, found: FoundCase, form: Closing) -> date:
    zone = work.actor.time_zone
    today = day_in(work.now, zone)
    if form.closed_on is None:
        return today
    if form.closed_on > today:
        raise Invalid(Problem("/closed_on", "closed_on.future", "Enter today or a day before today."))
    if form.closed_on < day_in(found.created_at, zone):
        raise Invalid(Problem("/closed_on", "closed_on.too_early", "Enter a day on or after the day of the offer."))
    return form.closed_on


def _end_assignments(work: Work, found: FoundCase) -> None:
    standing = col(Assignment.case_id) == found.id, col(Assignment.status).in_(STANDING)
    attorneys = work.session.execute(select(col(Assignment.attorney_id)).where(*standing)).scalars().all()
    work.session.execute(
        update(Assignment)
        .where(*standing)
        .values(status=AssignmentStatus.ENDED, ended_at=work.now, ended_by=work.actor.id)
    )
    for attorney_id in attorneys:
        untie(work, attorney_id, found.id, found.applicant_id)
    end_all_help(work, found.id)
