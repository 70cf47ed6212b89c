"""One line of an invoice against the agreement in force on its day, the case, and what was billed before it.

Pure: whoever calls it has read what it needs. The same check runs when a line is typed, shown and accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.agreements.rules.terms import Terms, expected
from app.agreements.rules.words import AMENDABLE, Gate, LineKind, Model, Reason, Stage, Verdict, WorkRole
from app.cases.rules import CaseType
from app.funds.rules import Category
from app.money import Money

#: Hours of one role on one case on one day, in hundredths.
_LONGEST_DAY = 2400
_OF_MODEL = {Model.FLAT: LineKind.STAGE, Model.HOURLY: LineKind.HOURS, Model.CASELOAD: LineKind.INSTALMENT}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a line bills, on one case. Hours are in hundredths, amounts in cents."""

    kind: LineKind
    worked_on: date
    category: Category
    amount: Money
    stage: Stage | None = None
    role: WorkRole | None = None
    hours: int | None = None
    instalment: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Another line on the same case under the same agreement that came before this one.

    ``holds`` when it counts against caps: it was accepted, or it stands before this one on the same invoice.
    """

    claim: Claim
    holds: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What the check knows of a case: its type, and the days on which the partner's attorneys worked on it."""

    case_type: CaseType | None
    assigned: Sequence[tuple[date, date | None]]


@dataclass(frozen=True, slots=True)
class Used:
    """What is used up: cents under the whole agreement, cases that billed this part, reports that came.

    ``award_left`` is what the award that would pay has left, None when there is no open one.
    """

    spent: int
    cases_billed: int
    received: frozenset[int]
    approved: frozenset[int]
    award_left: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says. ``expected`` is what the agreement gives, ``left`` what a cap or an award has left.

    ``left`` is in cents, or in hundredths of an hour when the reason is the cap of hours.
    """

    verdict: Verdict
    reason: Reason | None
    expected: Money | None
    left: int | None = None
    acceptable: bool = False


def tidy(claim: Claim) -> bool:
    """Whether a line has what its kind needs, and nothing of another kind."""
    given = {
        LineKind.STAGE: claim.stage is not None,
        LineKind.HOURS: claim.role is not None and claim.hours is not None,
        LineKind.INSTALMENT: claim.instalment is not None,
    }
    beside = (claim.stage, claim.role, claim.hours, claim.instalment)
    wanted = 2 if claim.kind is LineKind.HOURS else 1
    return given[claim.kind] and sum(each is not None for each in beside) == wanted


def check(
    claim: Claim, terms: Terms | None, case: Case, before: Sequence[Standing], used: Used, today: date
) -> Finding:
    """Check one line. ``before`` are the lines on this case that came before it, and ``used`` what is used up.

    A line that asks for less than was agreed is disputed, and may be accepted as it is.
    """
    if claim.worked_on > today:
        return _no(Reason.FUTURE_DATE)
    if terms is None:
        return _no(Reason.NO_AGREEMENT)
    agreed = expected(terms, claim.stage, claim.role, claim.hours, claim.instalment)
    reason = _refusal(claim, terms, agreed, case, before) or _gate(claim, terms, used)
    if reason is not None:
        return _no(reason, agreed)
    for reason, left, asked in _limits(claim, terms, before, used):
        if asked > left:
            return _no(reason, agreed, max(left, 0))
    if used.award_left is None:
        return _no(Reason.NO_AWARD, agreed)
    if claim.amount != agreed:
        less = agreed is not None and claim.amount < agreed
        return Finding(Verdict.DISPUTED, Reason.RATE, agreed, None, less)
    return Finding(Verdict.OK, None, agreed, None, True)


def _no(reason: Reason, agreed: Money | None = None, left: int | None = None) -> Finding:
    verdict = Verdict.DISPUTED if reason in AMENDABLE else Verdict.REFUSED
    return Finding(verdict, reason, agreed, left)


def _refusal(claim: Claim, terms: Terms, agreed: Money | None, case: Case, before: Sequence[Standing]) -> Reason | None:
    """What keeps the line from being billed at all."""
    if claim.kind is not _OF_MODEL[terms.model]:
        return Reason.OTHER_MODEL
    if agreed is None:
        return Reason.NOT_AGREED
    if claim.category not in terms.categories:
        return Reason.CATEGORY
    if terms.case_types and case.case_type not in terms.case_types:
        return Reason.CASE_TYPE
    if not any(begun <= claim.worked_on and (end is None or claim.worked_on <= end) for begun, end in case.assigned):
        return Reason.NOT_ASSIGNED
    if _billed(claim, before):
        return Reason.BILLED_ALREADY
    if any(each.claim == claim for each in before):
        return Reason.DUPLICATE
    return Reason.DAY_TOO_LONG if _hours_of_day(claim, before) > _LONGEST_DAY else None


def _billed(claim: Claim, before: Sequence[Standing]) -> bool:
    """A stage of a case is paid once, and so is each part of its rate."""
    if claim.kind is LineKind.HOURS:
        return False
    once = (claim.kind, claim.stage, claim.instalment)
    return any((each.claim.kind, each.claim.stage, each.claim.instalment) == once for each in before)


def _hours_of_day(claim: Claim, before: Sequence[Standing]) -> int:
    day = (claim.worked_on, claim.role)
    others = sum(each.claim.hours or 0 for each in before if (each.claim.worked_on, each.claim.role) == day)
    return others + (claim.hours or 0)


def _gate(claim: Claim, terms: Terms, used: Used) -> Reason | None:
    if claim.instalment is None:
        return None
    gate = next(each.gate for each in terms.tranches if each.number == claim.instalment)
    came = {Gate.REPORT_RECEIVED: used.received | used.approved, Gate.REPORT_APPROVED: used.approved}
    if gate is not Gate.OPEN and claim.instalment not in came[gate]:
        return Reason.GATE_CLOSED
    return Reason.CASELOAD_FULL if used.cases_billed >= terms.caseload else None


def _limits(claim: Claim, terms: Terms, before: Sequence[Standing], used: Used) -> list[tuple[Reason, int, int]]:
    """Each limit with what it has left and what the line asks of it, in the order in which they are told."""
    holding = [each.claim for each in before if each.holds]
    limits: list[tuple[Reason, int, int]] = []
    if terms.hours_cap is not None and claim.hours is not None:
        limits.append((Reason.HOURS_CAP, terms.hours_cap - sum(each.hours or 0 for each in holding), claim.hours))
    if terms.case_cap is not None:
        limits.append((Reason.CASE_CAP, terms.case_cap - sum(each.amount for each in holding), claim.amount))
    limits.append((Reason.CEILING, terms.ceiling - used.spent, claim.amount))
    if used.award_left is not None:
        limits.append((Reason.AWARD, used.award_left, claim.amount))
    return limits
