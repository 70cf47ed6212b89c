"""The words of a timeline, and its order."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

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
    DISBURSEMENT_RELEASED = "disbursement_released"
    DISBURSEMENT_SETTLED = "disbursement_settled"
    DISBURSEMENT_RETURNED = "disbursement_returned"
    DISBURSEMENT_REVERSED = "disbursement_reversed"
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
