"""The queue of applications: references, statuses and verdicts; names for those who work with them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.applicants import reads as applicants
from app.applicants.model import Applicant
from app.applicants.scope import opened
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads.views import CaseName
from app.crypto import Group
from app.intake.model import Application
from app.intake.reads.verdicts import FundVerdict, verdicts_of_runs
from app.intake.rules import ApplicationStatus, TurnedAway
from app.intake.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class ApplicationItem:
    """An application in the queue. ``name`` is None for who does not work with it, and while nobody entered one."""

    id: UUID
    applicant_id: UUID
    reference: str
    status: ApplicationStatus
    name: str | None = field(repr=False)
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    verdicts: list[FundVerdict]
    reason: TurnedAway | None
    case: CaseName | None


@dataclass(frozen=True, slots=True)
class ApplicationList:
    items: list[ApplicationItem]
    next: str | None


_QUEUE: Select[*tuple[Any, ...]] = (
    select(
        col(Application.id),
        col(Application.applicant_id),
        col(Application.reference),
        col(Application.status),
        col(Application.created_at),
        col(Application.submitted_at),
        col(Application.decided_at),
        col(Application.screening_run),
        col(Application.reason),
        col(Application.case_id),
        col(Case.reference).label("case_reference"),
        col(Case.status).label("case_status"),
        *applicants.sealed_columns((Group.IDENTITY,)),
    )
    .join(Applicant, col(Applicant.id) == col(Application.applicant_id))
    .join(Case, col(Case.id) == col(Application.case_id), isouter=True)
)


def applications(
    work: Work,
    *,
    status: ApplicationStatus | None = None,
    partner_id: UUID | None = None,
    mine: bool = False,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> ApplicationList:
    """Applications in the actor's reach, newest first, of one status and one partner where asked.

    ``mine`` leaves those that the actor took.
    """
    reach = work.allow(Permission.APPLICATION_READ)
    statement = _QUEUE.add_columns(opened(work.actor, (Group.IDENTITY,)).label("may_open")).where(
        visible(work.actor, reach)
    )
    if status is not None:
        statement = statement.where(col(Application.status) == status)
    if partner_id is not None:
        statement = statement.where(col(Application.partner_id) == partner_id)
    if mine:
        statement = statement.where(col(Application.taken_by_id) == work.actor.id)
    rows = work.session.execute(keyset.newest_first(statement, col(Application.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    open_rows = [row for row in page.rows if row.may_open]
    work.vault.preload(row.applicant_id for row in open_rows)
    verdicts = verdicts_of_runs(work, [row.screening_run for row in page.rows if row.screening_run])
    record(work, "application.listed", groups=(Group.IDENTITY,) if open_rows else (), count=len(page.rows))
    return ApplicationList([_item(work, row, verdicts) for row in page.rows], page.next)


def _item(work: Work, row: Any, verdicts: dict[UUID, list[FundVerdict]]) -> ApplicationItem:
    return ApplicationItem(
        id=row.id,
        applicant_id=row.applicant_id,
        reference=row.reference,
        status=row.status,
        name=(applicants.name_of(work, row.applicant_id, row) or None) if row.may_open else None,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        verdicts=verdicts.get(row.screening_run, []),
        reason=row.reason,
        case=CaseName(row.case_id, row.case_reference, row.case_status) if row.case_id else None,
    )
