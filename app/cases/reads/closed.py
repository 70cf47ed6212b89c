"""A closed case, for the person who closed it: by name as the answer to closing it, and why it was closed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads.views import ClosedCase
from app.cases.rules import CaseStatus, Outcome
from app.cases.scope import closable, closed_by
from app.crypto import Cell, Group
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class ClosingView:
    """How a case was closed, and why, in the words of the person who closed it and reads it now."""

    id: UUID
    reference: str
    status: CaseStatus
    outcome: Outcome
    opened_at: datetime | None
    closed_on: date
    reason: str = field(repr=False)


def closed_case(work: Work, case_id: UUID) -> ClosedCase:
    """A closed case as the answer to the person who closed it. Raises NotFound for everybody else."""
    reach = work.allow(Permission.CASE_CHANGE)
    row = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Case.status), col(Case.outcome), col(Case.closed_on)).where(
            col(Case.id) == case_id, col(Case.status) == CaseStatus.CLOSED, closable(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return ClosedCase(*row)


def closing_of(work: Work, case_id: UUID) -> ClosingView:
    """Why a case was closed: opened for its author alone, and recorded. Raises NotFound for everybody else."""
    work.allow(Permission.CASE_CHANGE)
    row = work.session.execute(
        select(
            col(Case.id),
            col(Case.reference),
            col(Case.status),
            col(Case.outcome),
            col(Case.opened_at),
            col(Case.closed_on),
            col(Case.applicant_id),
            col(Case.closing_reason),
        ).where(col(Case.id) == case_id, col(Case.status) == CaseStatus.CLOSED, closed_by(work.actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    reason = work.vault.open(Cell("case", "closing_reason", case_id, case_id), Group.NOTES, row.closing_reason)
    record(
        work,
        "case.closing_read",
        object_type="case",
        object_id=case_id,
        subject_id=row.applicant_id,
        groups=(Group.NOTES,),
    )
    return ClosingView(row.id, row.reference, row.status, row.outcome, row.opened_at, row.closed_on, str(reason))
