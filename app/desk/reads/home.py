"""The home page: for each role what needs this person now, and nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.access.grants import Permission
from app.access.model import AccountStatus
from app.audit import reads as audit
from app.audit.rules.seals import Seal
from app.break_glass import reads as break_glass
from app.cases.rules import day_in
from app.conflicts import reads as conflicts
from app.desk.reads.needs import Needs, needs
from app.disbursements.reads import disbursements as payments
from app.disbursements.reads.filter import DisbursementFilter
from app.disbursements.rules import DisbursementStatus
from app.fees.reads import UrgentFee, urgent_fees
from app.funds.reads import awards
from app.funds.rules import AwardStatus, Category
from app.intake import reads as intake
from app.intake.rules import ApplicationStatus
from app.retention.reads import erasures
from app.staff import reads as staff
from app.work import Work

#: A list on the home page is its beginning; the whole stands on the page it links to.
BEGINNING = 10

#: What the intake desk does something about, in the order of doing it.
DESK = (
    ApplicationStatus.DRAFT,
    ApplicationStatus.NEEDS_INFORMATION,
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.WAITLISTED,
)
#: What another person must do something about, in the order of a payment's way.
PAYMENTS = (DisbursementStatus.SUBMITTED, DisbursementStatus.APPROVED, DisbursementStatus.RELEASED)


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far the record of who did what is sealed: the newest seal, None before the first."""

    last: Seal | None


@dataclass(frozen=True, slots=True)
class Home:
    """Each part is None for people whose roles it does not concern, and empty when there is nothing to do.

    ``calm`` says that there is not a line in any of it.
    """

    today: date
    calm: bool
    applications: dict[ApplicationStatus, list[intake.ApplicationItem]] | None
    checks: list[conflicts.CheckView] | None
    overrides: list[intake.OverrideView] | None
    needs: Needs | None
    awards: list[awards.AwardView] | None
    urgent: dict[UUID, UrgentFee]
    disbursements: dict[DisbursementStatus, list[payments.DisbursementView]] | None
    emergencies: list[break_glass.OpeningView] | None
    notices: list[erasures.ErasureView] | None
    erasures: list[erasures.ErasureView] | None
    sealing: Sealing | None
    invited: list[staff.StaffView] | None


def home(work: Work) -> Home:
    """What needs the actor now, by their permissions. Every list that is looked at is recorded by its own room."""
    work.allow(Permission.ACCOUNT_OWN)
    may = work.actor.permissions
    parts: dict[str, Any] = {
        "applications": _applications(work) if Permission.APPLICATION_CHANGE in may else None,
        "checks": conflicts.checks(work, limit=BEGINNING).items if Permission.CONFLICT_RESOLVE in may else None,
        "overrides": intake.overrides(work, limit=BEGINNING).items if Permission.OVERRIDE_APPROVE in may else None,
        "needs": needs(work) if Permission.CALENDAR_READ in may else None,
        "awards": _awards(work) if Permission.AWARD_DECIDE in may else None,
        "disbursements": _disbursements(work) if Permission.DISBURSEMENT_APPROVE in may else None,
        "emergencies": break_glass.news(work) if Permission.BREAK_GLASS_READ in may else None,
        "notices": erasures.told(work, limit=BEGINNING) if Permission.CALENDAR_READ in may else None,
        "erasures": erasures.to_approve(work, limit=BEGINNING) if Permission.ERASURE_APPROVE in may else None,
        "sealing": _sealing(work) if Permission.AUDIT_EXPORT in may else None,
        "invited": _invited(work) if Permission.STAFF_MANAGE in may else None,
    }
    today = day_in(work.now, work.actor.time_zone)
    calm = not any(_lines(part) for part in parts.values())
    urgent = _urgent_first(work, parts)
    return Home(today=today, calm=calm, urgent=urgent, **parts)


def _urgent_first(work: Work, parts: dict[str, Any]) -> dict[UUID, UrgentFee]:
    """Fees that run out, by the award or payment that pays for them; those stand first in their lists from here on."""
    lists = [parts["awards"] or [], *(parts["disbursements"] or {}).values()]
    paying = [each for items in lists for each in items if each.category is Category.FILING_FEES]
    by_case = urgent_fees(work, {each.case_id for each in paying})
    found = {each.id: by_case[each.case_id] for each in paying if each.case_id in by_case}
    for items in lists:
        items.sort(key=lambda each: found[each.id].due_on if each.id in found else date.max)
    return found


def _lines(part: Any) -> bool:
    """Whether a part of the page has a line in it."""
    if isinstance(part, Needs):
        return bool(part.lines)
    return any(part.values()) if isinstance(part, dict) else bool(part)


def _applications(work: Work) -> dict[ApplicationStatus, list[intake.ApplicationItem]]:
    return {status: intake.applications(work, status=status, limit=BEGINNING).items for status in DESK}


def _awards(work: Work) -> list[awards.AwardView]:
    return awards.awards(work, awards.AwardFilter(status=AwardStatus.REQUESTED), limit=BEGINNING).items


def _disbursements(work: Work) -> dict[DisbursementStatus, list[payments.DisbursementView]]:
    return {
        status: payments.disbursements(work, DisbursementFilter(status=status), limit=BEGINNING).items
        for status in PAYMENTS
    }


def _sealing(work: Work) -> Sealing:
    work.allow(Permission.AUDIT_EXPORT)
    return Sealing(audit.last_seal(work.session.connection()))


def _invited(work: Work) -> list[staff.StaffView]:
    return [person for person in staff.staff(work).items if person.status is AccountStatus.INVITED]
