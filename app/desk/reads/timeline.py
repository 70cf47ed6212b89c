"""The timeline of a case, derived from its rows: nothing is stored for it, and nothing sealed is opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.cases import reads as cases
from app.cases.rules import AssignmentStatus, day_in
from app.desk.reads.money import CaseAward, CaseDisbursement, CaseMoney, money_of_case
from app.desk.rules import TimelineEntry, TimelineWhat, in_order
from app.disbursements.rules import DisbursementStatus
from app.funds.rules import AwardStatus
from app.intake.model import Application
from app.work import Work

_W = TimelineWhat


@dataclass(frozen=True, slots=True)
class Timeline:
    items: list[TimelineEntry]
    next: str | None


def timeline(work: Work, case_id: UUID) -> Timeline:
    """What happened on a case and what is set for later, by day, as far as the actor may know it. Raises NotFound."""
    case = cases.case(work, case_id, opening=False)
    return Timeline(entries(work, case, money_of_case(work, case_id)), None)


def entries(work: Work, case: cases.CaseView, money: CaseMoney | None) -> list[TimelineEntry]:
    """The lines of a case that was read already."""
    writer = _Writer(work.actor.time_zone)
    found = [*_application(work, writer, case.application_id), *writer.case(case)]
    if money is not None:
        found += [each for award in money.awards for each in _award(award)]
        found += [each for paid in money.disbursements for each in _disbursement(paid)]
    return in_order(found)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Turns moments into lines on the reader's own days."""

    time_zone: str

    def at(
        self, what: TimelineWhat, moment: datetime | None, person: str | None = None, kind: str | None = None
    ) -> Iterator[TimelineEntry]:
        if moment is not None:
            yield TimelineEntry(what, day_in(moment, self.time_zone), moment, person, kind)

    def case(self, case: cases.CaseView) -> Iterator[TimelineEntry]:
        yield from self.at(_W.CASE_OFFERED, case.created_at, case.partner.name)
        for assignment in case.assignments:
            yield from self.assignment(assignment)
        for hearing in case.hearings or ():
            what = _W.HEARING if hearing.cancelled_at is None else _W.HEARING_CANCELLED
            yield TimelineEntry(what, hearing.held_on, hearing.held_at, kind=hearing.kind)
        for deadline in case.deadlines or ():
            yield TimelineEntry(_W.DEADLINE, deadline.due_on, kind=deadline.kind)
            yield from self.at(_W.DEADLINE_COMPLETED, deadline.completed_at, kind=deadline.kind)
        if case.closed_on is not None:
            yield TimelineEntry(_W.CLOSED, case.closed_on, kind=case.outcome)

    def assignment(self, assignment: cases.AssignmentView) -> Iterator[TimelineEntry]:
        person = assignment.attorney.name
        yield from self.at(_W.ATTORNEY_ASKED, assignment.offered_at, person)
        answer = _W.ATTORNEY_ACCEPTED
        if assignment.status is AssignmentStatus.DECLINED:
            answer = _W.ATTORNEY_DECLINED
        yield from self.at(answer, assignment.answered_at, person, assignment.decline_code)
        yield from self.at(_W.ASSIGNMENT_ENDED, assignment.ended_at, person)


def _application(work: Work, writer: _Writer, application_id: UUID) -> Iterator[TimelineEntry]:
    applied_at = work.session.execute(
        select(col(Application.submitted_at)).where(col(Application.id) == application_id)
    ).scalar()
    yield from writer.at(_W.APPLIED, applied_at)


def _award(award: CaseAward) -> Iterator[TimelineEntry]:
    def on(what: TimelineWhat, day: date | None) -> Iterator[TimelineEntry]:
        if day is not None:
            yield TimelineEntry(what, day, kind=award.category, reference=award.reference, amount=award.amount)

    decided = _W.AWARD_REJECTED if award.status is AwardStatus.REJECTED else _W.AWARD_APPROVED
    yield from on(_W.AWARD_REQUESTED, award.requested_on)
    yield from on(decided, award.decided_on)
    yield from on(_W.AWARD_CLOSED, award.closed_on)


def _disbursement(paid: CaseDisbursement) -> Iterator[TimelineEntry]:
    def on(what: TimelineWhat, day: date | None) -> Iterator[TimelineEntry]:
        if day is not None:
            yield TimelineEntry(what, day, kind=paid.category, reference=paid.reference, amount=paid.amount)

    came_back = _W.DISBURSEMENT_REVERSED if paid.status is DisbursementStatus.REVERSED else _W.DISBURSEMENT_RETURNED
    yield from on(_W.DISBURSEMENT_REQUESTED, paid.requested_on)
    yield from on(_W.DISBURSEMENT_APPROVED, paid.approved_on)
    yield from on(_W.DISBURSEMENT_REJECTED, paid.rejected_on)
    yield from on(_W.DISBURSEMENT_RELEASED, paid.released_on)
    yield from on(_W.DISBURSEMENT_SETTLED, paid.settled_on)
    yield from on(came_back, paid.reversed_on or paid.returned_on)
    yield from on(_W.DISBURSEMENT_EXPIRED, paid.expired_on)
