"""Who is due: everything of theirs has ended, and the longest of its periods is over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select, true
from sqlmodel import col

from app.access.grants import Permission
from app.access.walls import outside
from app.applicants.model import Applicant
from app.audit.actions import record
from app.cases.model import Case
from app.cases.rules import CaseStatus
from app.intake.model import Application
from app.intake.rules import ApplicationStatus
from app.retention.model import Erasure
from app.retention.reads.find import held, matters_of
from app.retention.reads.schedule import schedule
from app.retention.rules import STANDING, RetentionClass
from app.work import Work

#: So many people at most are looked at by one run, or shown; the next look finds the others.
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class DuePerson:
    """Somebody whose period is over, by reference, and whether a hold keeps them all the same."""

    applicant_id: UUID
    reference: str
    of: RetentionClass
    on: date
    on_hold: bool


def due(work: Work, *, held_too: bool = True) -> list[DuePerson]:
    """Everybody who is due today and for whom nothing was begun yet, the longest due first. The caller has asked."""
    today = work.now.astimezone(UTC).date()
    under_way = exists().where(col(Erasure.applicant_id) == col(Applicant.id), col(Erasure.status).in_(STANDING))
    kept_back = true() if held_too else ~held(col(Applicant.id))
    rows = work.session.execute(
        select(col(Applicant.id), col(Applicant.reference), held(col(Applicant.id)).label("on_hold"))
        .where(col(Applicant.erased_at).is_(None), col(Applicant.id).in_(_ended(today)), ~under_way, kept_back)
        .where(outside(work.actor, col(Applicant.id)))
        .order_by(col(Applicant.id))
        .limit(MOST)
    ).all()
    matters = matters_of(work, (row.id for row in rows))
    found = [
        DuePerson(row.id, row.reference, kept.of, kept.on, bool(row.on_hold))
        for row in rows
        if (kept := schedule().due(matters[row.id])) is not None and kept.on <= today
    ]
    return sorted(found, key=lambda each: (each.on, each.reference))


def due_people(work: Work) -> list[DuePerson]:
    """The list for those who decide about erasures; the look is recorded."""
    work.allow(Permission.ERASURE_APPROVE)
    found = due(work)
    record(work, "erasure.due_listed", count=len(found))
    return found


def _ended(today: date) -> Select[UUID]:
    """Applicants who have something whose own period is over, and nothing that goes on."""
    ripe = []
    for of, condition in (
        (RetentionClass.DECLINED_INQUIRY, col(Application.status) == ApplicationStatus.DECLINED),
        (RetentionClass.WITHDRAWN_DRAFT, col(Application.status) == ApplicationStatus.WITHDRAWN),
    ):
        ripe.append(and_(condition, col(Application.decided_at) < _before(of, today)))
    closed = and_(
        col(Application.status) == ApplicationStatus.ACCEPTED,
        col(Case.status) == CaseStatus.CLOSED,
        col(Case.closed_on) <= _before(RetentionClass.CLOSED_MATTER, today).date(),
    )
    return (
        select(col(Application.applicant_id))
        .outerjoin(Case, col(Case.id) == col(Application.case_id))
        .where(or_(*ripe, closed))
    )


def _before(of: RetentionClass, today: date) -> datetime:
    """What ended before this moment may be due; a little too much, which the exact count of days then leaves out."""
    period = schedule().period(of)
    day = today - timedelta(days=period.days + 365 * period.years - 1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
