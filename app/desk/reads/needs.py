"""What needs a person who works on cases: their dates, offers, payments and cases, by urgency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases import reads as cases
from app.cases.model import Case
from app.cases.rules import AssignmentStatus, CaseStatus, DeadlineKind, day_in
from app.desk.rules import Need, NeedWhat, Urgency, by_urgency
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus, Verb
from app.disbursements.scope import visible
from app.work import Work

#: So many lines of one kind stand on the home page; the others on the page of their kind.
MOST: Final = 10
#: A payment that came back is news for so long, unless another one to the same payee has taken its place.
_NEWS: Final = timedelta(days=30)
_CAME_BACK: Final = (
    *(DisbursementStatus.REJECTED, DisbursementStatus.RETURNED),
    *(DisbursementStatus.REVERSED, DisbursementStatus.EXPIRED),
)


@dataclass(frozen=True, slots=True)
class Needs:
    """Lines by urgency, and how many hearings and deadlines stand in the calendar besides."""

    lines: dict[Urgency, list[Need]]
    more_dates: int


def needs(work: Work) -> Needs:
    """What needs the actor on the cases they work on or assign. Every list is recorded by its own room."""
    ahead = cases.ahead(work)
    may = work.actor.permissions
    found = [*_dates(ahead), *_payments(work), *_stepless(work)]
    if Permission.ASSIGNMENT_ANSWER in may:
        found += _offers(work)
    if Permission.ASSIGNMENT_OFFER in may:
        found += _waiting(work)
    beyond = sum(max(0, len(each) - MOST) for each in (ahead.hearings, ahead.deadlines))
    return Needs(by_urgency(found, day_in(work.now, work.actor.time_zone)), beyond)


def _dates(ahead: cases.Ahead) -> Iterator[Need]:
    deadlines = sorted(ahead.deadlines, key=lambda each: each.kind != DeadlineKind.ANNUAL_ASYLUM_FEE)
    for entry in (*deadlines[:MOST], *ahead.hearings[:MOST]):
        what = NeedWhat(entry.what.value)
        yield Need(what, entry.case_id, entry.reference, entry.kind, entry.on, entry.held_at, name=entry.applicant)


def _offers(work: Work) -> list[Need]:
    found = cases.offers(work, AssignmentStatus.OFFERED, limit=MOST).items
    zone = work.actor.time_zone
    return [
        Need(NeedWhat.OFFER, each.id, each.reference, each.case_type, day_in(each.offered_at, zone)) for each in found
    ]


def _waiting(work: Work) -> list[Need]:
    found = cases.cases(work, cases.CaseFilter(waiting=True), limit=MOST).items
    zone = work.actor.time_zone
    return [
        Need(NeedWhat.WAITING, each.id, each.reference, each.case_type, day_in(each.created_at, zone)) for each in found
    ]


def _stepless(work: Work) -> list[Need]:
    found = cases.cases(work, cases.CaseFilter(stepless=True), limit=MOST).items
    return [Need(NeedWhat.STEPLESS, each.id, each.reference, each.case_type, name=_name(each)) for each in found]


def _name(case: cases.CaseItem) -> str | None:
    return case.applicant.name if case.applicant is not None else None


def _payments(work: Work) -> list[Need]:
    """Payments that came back or were refused and have no successor, and the actor's own drafts."""
    reach = work.allow(Permission.DISBURSEMENT_CREATE)
    rows = work.session.execute(
        select(
            col(Disbursement.id),
            col(Disbursement.reference),
            col(Disbursement.status),
            col(Disbursement.amount),
            _last_step().label("on_day"),
        )
        .join(Case, col(Case.id) == col(Disbursement.case_id))
        .where(
            col(Case.status) != CaseStatus.CLOSED,
            visible(work.actor, reach),
            or_(_is_news(work), _is_own_draft(work.actor.id)),
        )
        .order_by(col(Disbursement.id).desc())
        .limit(MOST)
    ).all()
    record(work, "disbursement.listed", object_type="disbursement", count=len(rows))
    return [_payment(row) for row in rows]


def _payment(row: Any) -> Need:
    what = NeedWhat.DRAFT if row.status is DisbursementStatus.DRAFT else NeedWhat.PAYMENT
    return Need(what, row.id, row.reference, row.status, row.on_day, amount=row.amount)


def _last_step() -> ColumnElement[Any]:
    return (
        select(func.max(col(DisbursementStep.on_day)))
        .where(col(DisbursementStep.disbursement_id) == col(Disbursement.id))
        .correlate(Disbursement)
        .scalar_subquery()
    )


def _is_news(work: Work) -> ColumnElement[bool]:
    later = aliased(Disbursement)
    followed = exists().where(
        col(later.award_id) == col(Disbursement.award_id),
        col(later.payee_id) == col(Disbursement.payee_id),
        col(later.id) > col(Disbursement.id),
    )
    since = day_in(work.now, work.actor.time_zone) - _NEWS
    return col(Disbursement.status).in_(_CAME_BACK) & (_last_step() >= since) & ~followed


def _is_own_draft(actor_id: UUID) -> ColumnElement[bool]:
    own = exists().where(
        col(DisbursementStep.disbursement_id) == col(Disbursement.id),
        col(DisbursementStep.verb) == Verb.CREATE,
        col(DisbursementStep.actor_id) == actor_id,
    )
    return (col(Disbursement.status) == DisbursementStatus.DRAFT) & own
