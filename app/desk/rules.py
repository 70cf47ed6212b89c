"""The words of a timeline and of a case's path, what needs a person now, and their order."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from app.cases.rules import DeadlineKind
from app.money import Money


class TimelineWhat(enum.StrEnum):
    """What happened to a case, or will on the day it is written for."""

    APPLIED = "applied"
    CASE_OFFERED = "case_offered"
    ATTORNEY_ASKED = "attorney_asked"
    ATTORNEY_ACCEPTED = "attorney_accepted"
    ATTORNEY_DECLINED = "attorney_declined"
    ASSIGNMENT_ENDED = "assignment_ended"
    HEARING = "hearing"
    HEARING_CANCELLED = "hearing_cancelled"
    DEADLINE = "deadline"
    DEADLINE_COMPLETED = "deadline_completed"
    AWARD_REQUESTED = "award_requested"
    AWARD_APPROVED = "award_approved"
    AWARD_REJECTED = "award_rejected"
    AWARD_CLOSED = "award_closed"
    DISBURSEMENT_REQUESTED = "disbursement_requested"
    DISBURSEMENT_APPROVED = "disbursement_approved"
    DISBURSEMENT_REJECTED = "disbursement_rejected"
    DISBURSEMENT_RELEASED = "disbursement_released"
    DISBURSEMENT_SETTLED = "disbursement_settled"
    DISBURSEMENT_RETURNED = "disbursement_returned"
    DISBURSEMENT_REVERSED = "disbursement_reversed"
    DISBURSEMENT_EXPIRED = "disbursement_expired"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line: what, on which day, at which moment when it is known; who, which kind, which record, how much.

    ``kind`` is a code: a hearing's or deadline's kind, a decline code, an outcome, a category. Nothing was sealed.
    """

    what: TimelineWhat
    on: date
    at: datetime | None = None
    person: str | None = None
    kind: str | None = None
    reference: str | None = None
    amount: Money | None = None


_ORDER = {what: position for position, what in enumerate(TimelineWhat)}


def in_order(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """By day; on one day what has a moment by its moment, then what has none, in the order in which things happen."""
    return sorted(entries, key=_position)


def _position(entry: TimelineEntry) -> tuple[date, bool, float, int]:
    moment = entry.at.timestamp() if entry.at is not None else 0.0
    return (entry.on, entry.at is None, moment, _ORDER[entry.what])


class PathStep(enum.StrEnum):
    """The stations of a case's way, in their order."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    AWARD = "award"
    PAID = "paid"
    CLOSED = "closed"


class StepState(enum.StrEnum):
    """Where a case stands with a station."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    SKIPPED = "skipped"  #: the case was closed without it


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a case's way; ``on`` is the day it was reached, or begun when it is going on now."""

    step: PathStep
    state: StepState
    on: date | None


@dataclass(frozen=True, slots=True)
class Milestones:
    """The days that a case's way is drawn from. ``award_asked_on`` and ``paying_since`` are of what is under way."""

    offered_on: date
    accepted_on: date | None
    award_asked_on: date | None
    awarded_on: date | None
    paying_since: date | None
    paid_on: date | None
    closed_on: date | None


def path(days: Milestones) -> list[Station]:
    """The way of a case: what is behind it, where it stands, what is ahead; a closed case has nothing ahead."""
    over = days.closed_on is not None
    waiting = days.accepted_on is None and not over
    return [
        Station(PathStep.OFFERED, StepState.NOW if waiting else StepState.DONE, days.offered_on),
        _station(PathStep.ACCEPTED, days.accepted_on, None, over),
        _station(PathStep.AWARD, days.awarded_on, days.award_asked_on, over),
        _station(PathStep.PAID, days.paid_on, days.paying_since, over),
        _station(PathStep.CLOSED, days.closed_on, None, over),
    ]


def _station(step: PathStep, done_on: date | None, begun_on: date | None, over: bool) -> Station:
    if done_on is not None:
        return Station(step, StepState.DONE, done_on)
    if over:
        return Station(step, StepState.SKIPPED, None)
    return Station(step, StepState.AHEAD if begun_on is None else StepState.NOW, begun_on)


class NeedWhat(enum.StrEnum):
    """What can need a person who works on cases; on one day of one urgency in this order."""

    DEADLINE = "deadline"
    HEARING = "hearing"
    OFFER = "offer"
    WAITING = "waiting"  #: a case that nobody works on
    PAYMENT = "payment"  #: one that came back or was refused
    DRAFT = "draft"  #: a payment that was not submitted
    STEPLESS = "stepless"  #: an open case with neither a hearing nor a deadline ahead


class Urgency(enum.StrEnum):
    NOW = "now"
    SOON = "soon"
    LATER = "later"


#: A hearing or a deadline that is no further away needs a person now: tomorrow is too late to begin.
AT_HAND = timedelta(days=1)
_WHENEVER = frozenset({NeedWhat.DRAFT, NeedWhat.STEPLESS})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person. ``id`` is what its line opens: a case, an offer or a payment.

    ``kind`` is a code: a hearing's, a deadline's or a case's type, a payment's status.
    """

    what: NeedWhat
    id: UUID
    reference: str
    kind: str | None
    on: date | None = None
    at: datetime | None = None
    amount: Money | None = None
    name: str | None = field(default=None, repr=False)


def urgency(need: Need, today: date) -> Urgency:
    """How soon: dates by their distance, what waits for an answer or came back at once, tidying up whenever."""
    if need.what in _WHENEVER:
        return Urgency.LATER
    if _is_yearly_fee(need):
        return Urgency.NOW
    if need.what in (NeedWhat.HEARING, NeedWhat.DEADLINE) and need.on is not None and need.on > today + AT_HAND:
        return Urgency.SOON
    return Urgency.NOW


def by_urgency(needs: Iterable[Need], today: date) -> dict[Urgency, list[Need]]:
    """The needs under each urgency that has any, most urgent first; under it what is due first."""
    found: dict[Urgency, list[Need]] = {each: [] for each in Urgency}
    for need in needs:
        found[urgency(need, today)].append(need)
    return {each: sorted(some, key=_due) for each, some in found.items() if some}


def _is_yearly_fee(need: Need) -> bool:
    """The fee that costs an asylum application when it is late: small, easily forgotten, and never far away."""
    return need.what is NeedWhat.DEADLINE and need.kind == DeadlineKind.ANNUAL_ASYLUM_FEE


_KINDS = {what: position for position, what in enumerate(NeedWhat)}


def _due(need: Need) -> tuple[int, date, float, int, str]:
    """Deadlines and hearings by their day before what has waited longest."""
    if _is_yearly_fee(need):
        return (-1, need.on or date.max, 0.0, 0, need.reference)
    dated = need.what in (NeedWhat.HEARING, NeedWhat.DEADLINE)
    moment = need.at.timestamp() if need.at is not None else 0.0
    return (0 if dated else _KINDS[need.what], need.on or date.max, moment, _KINDS[need.what], need.reference)
