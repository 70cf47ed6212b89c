"""The words of holds and erasures, when somebody is due, and what stands in the way."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.cases.rules import CaseStatus
from app.disbursements.rules import DisbursementStatus
from app.errors import Conflict, Denied
from app.intake.rules import ApplicationStatus


class HoldScope(enum.StrEnum):
    """What a hold keeps: one person with all their cases, one case and its person, or everything there is."""

    APPLICANT = "applicant"
    CASE = "case"
    EVERYTHING = "everything"


class HoldReason(enum.StrEnum):
    """Why nothing may be erased. The words about it are sealed."""

    LEGAL_DEMAND = "legal_demand"
    LITIGATION = "litigation"
    COMPLAINT = "complaint"
    AUDIT = "audit"
    OTHER = "other"


class RetentionClass(enum.StrEnum):
    """What is kept for a time of its own. The last two are kept without identity and end nobody."""

    DECLINED_INQUIRY = "declined_inquiry"
    WITHDRAWN_DRAFT = "withdrawn_draft"
    CLOSED_MATTER = "closed_matter"
    FINANCIAL_RECORD = "financial_record"
    AUDIT_RECORD = "audit_record"


#: The classes under which a person is erased.
OF_PEOPLE: Final = (RetentionClass.DECLINED_INQUIRY, RetentionClass.WITHDRAWN_DRAFT, RetentionClass.CLOSED_MATTER)


class ErasureStatus(enum.StrEnum):
    NOTICED = "noticed"
    APPROVED = "approved"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"


class ErasureCause(enum.StrEnum):
    """Why somebody is to be erased: the schedule says so, or somebody asked."""

    SCHEDULE = "schedule"
    PERSON_ASKED = "person_asked"
    COURT_ORDER = "court_order"
    ENTERED_IN_ERROR = "entered_in_error"


#: An erasure in one of these is under way or done: there is not a second one.
STANDING: Final = frozenset({ErasureStatus.NOTICED, ErasureStatus.APPROVED, ErasureStatus.ERASED})

#: Payments that are still on their way: who is paid must be known until they arrive or are given up.
IN_FLIGHT: Final = frozenset(
    {
        DisbursementStatus.DRAFT,
        DisbursementStatus.SUBMITTED,
        DisbursementStatus.APPROVED,
        DisbursementStatus.RELEASED,
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """How long one class is kept, and what that rests on. ``erases`` is False for what no erasure ends."""

    key: RetentionClass
    source: str
    erases: bool
    days: int = 0
    years: int = 0

    def end(self, began: date) -> date:
        """The first day on which it need no longer be kept, when it is kept from ``began``."""
        return add_years(began, self.years) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Schedule:
    """All periods of an installation. ``notice_days`` are waited after the notice; copies of keys live at most
    ``key_backup_days``."""

    effective_from: date
    notice_days: int
    key_backup_days: int
    periods: tuple[Period, ...]

    def period(self, key: RetentionClass) -> Period:
        return next(each for each in self.periods if each.key is key)

    def due(self, matters: Collection["Matter"]) -> "Due | None":
        """Which class a person is kept under, and from which day they are due: the last of all their matters.

        None while one of them goes on, or for somebody without any.
        """
        ends = [(each.of, self.period(each.of).end(each.ended_on)) for each in matters if each.of and each.ended_on]
        if not ends or len(ends) < len(matters):
            return None
        of, on = max(ends, key=lambda end: end[1])
        return Due(of, on)


@dataclass(frozen=True, slots=True)
class Matter:
    """One application or case of a person: what it is kept as once it has ended, and on which day it ended."""

    of: RetentionClass | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    of: RetentionClass
    on: date


def matter_of(
    status: ApplicationStatus, decided_on: date | None, case: CaseStatus | None, closed_on: date | None
) -> Matter:
    """What an application and its case (if it became one) are kept as."""
    if status is ApplicationStatus.DECLINED:
        return Matter(RetentionClass.DECLINED_INQUIRY, decided_on)
    if status is ApplicationStatus.WITHDRAWN:
        return Matter(RetentionClass.WITHDRAWN_DRAFT, decided_on)
    if status is ApplicationStatus.ACCEPTED and case is CaseStatus.CLOSED:
        return Matter(RetentionClass.CLOSED_MATTER, closed_on)
    return Matter(None, None)


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March in a year without it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def refuse_going_on(matters: Collection[Matter]) -> None:
    """Raises Conflict while an application or a case of this person goes on."""
    if any(each.of is None or each.ended_on is None for each in matters):
        raise Conflict("erasure.going_on", "This person's application or case goes on. Close it first.")


def refuse_held(held: bool) -> None:
    """Raises Conflict when something holds this person's data."""
    if held:
        raise Conflict("erasure.on_hold", "This is on legal hold. Nothing is erased until two people lift the hold.")


def refuse_in_flight(payments: int) -> None:
    """Raises Conflict while money for this person is on its way."""
    if payments:
        raise Conflict("erasure.payment", "A payment for this person is still on its way. Finish or reject it first.")


def refuse_unripe(today: date, notice_until: date) -> None:
    """Raises Conflict before the time of the notice is over."""
    if today < notice_until:
        raise Conflict(
            "erasure.notice",
            "The attorney was told and has time to answer until {day}. Approve it from that day on.",
            {"day": notice_until.isoformat()},
        )


def refuse_same_person(first: object, second: object) -> None:
    """Raises Denied when the second person is the first."""
    if first == second:
        raise Denied("second_person", "Another person must do this: two people decide it.")
