"""Applications over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.conflicts import reads as conflicts
from app.intake import actions, reads
from app.intake.rules import ApplicationStatus, OverrideStatus
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

door = Door("/applications")
overrides = Door("/overrides")


@door.post("", Permission.APPLICATION_CREATE, status_code=201)
def create_application(work: Work, form: actions.NewApplication) -> reads.ApplicationView:
    """Take an application in: a draft, which may miss anything, or handed in at once with ``submit``."""
    return reads.application(work, actions.create(work, form))


@door.get("", Permission.APPLICATION_READ)
def list_applications(
    work: Work,
    status: ApplicationStatus | None = None,
    partner_id: UUID | None = None,
    mine: bool = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.ApplicationList:
    """Applications of your organization, newest first; with ``mine`` those that you took."""
    return reads.applications(work, status=status, partner_id=partner_id, mine=mine, limit=limit, cursor=cursor)


@door.search("/poverty", Permission.APPLICATION_CREATE)
def poverty_level(work: Work, form: reads.Household) -> reads.PovertyView:
    """The year's sum of incomes as they are paid, and its percent of the poverty guideline. Nothing is kept."""
    return reads.poverty(work, form)


@door.get("/{application_id}", Permission.APPLICATION_READ)
def get_application(work: Work, application_id: UUID) -> reads.ApplicationView:
    """One application with its verdicts. Its answers are there until the disposition."""
    return reads.application(work, application_id)


@door.get("/{application_id}/receipt", Permission.APPLICATION_READ)
def get_receipt(work: Work, application_id: UUID) -> reads.ReceiptView:
    """What the person may carry away: a reference, a day, and whom to call. Nothing sealed is opened."""
    return reads.receipt(work, application_id)


@door.patch("/{application_id}", Permission.APPLICATION_CHANGE, finds=reads.changeable)
def change_application(work: Work, application_id: UUID, form: actions.ApplicationChange) -> reads.ApplicationView:
    """Change answers of a draft, or of an application that needs information. Null removes an answer."""
    return reads.application(work, actions.change(work, application_id, form))


@door.post("/{application_id}/submit", Permission.APPLICATION_CHANGE, finds=reads.changeable)
def submit_application(work: Work, application_id: UUID) -> reads.ApplicationView:
    """Hand the application in: it is checked for completeness and screened by every open fund."""
    return reads.application(work, actions.submit(work, application_id))


@door.post("/{application_id}/screenings", Permission.APPLICATION_CHANGE, finds=reads.changeable, status_code=201)
def screen_again(work: Work, application_id: UUID) -> reads.ApplicationView:
    """Screen again on today's rules. The old snapshot stays."""
    return reads.application(work, actions.screen_again(work, application_id))


@door.post("/{application_id}/overrides", Permission.APPLICATION_DECIDE, finds=reads.decidable, status_code=201)
def request_override(work: Work, application_id: UUID, form: actions.NewOverride) -> reads.OverrideView:
    """Ask that a rule of a fund be set aside. It is pending until another person approves it."""
    return reads.override(work, actions.request_override(work, application_id, form))


@door.post("/{application_id}/overrides/{override_id}/approve", Permission.OVERRIDE_APPROVE, finds=reads.approvable)
def approve_override(work: Work, application_id: UUID, override_id: UUID) -> reads.OverrideView:
    """Set the rule aside. Somebody else than the person who asked decides."""
    return reads.override(work, actions.approve_override(work, application_id, override_id))


@door.post("/{application_id}/overrides/{override_id}/reject", Permission.OVERRIDE_APPROVE, finds=reads.approvable)
def reject_override(work: Work, application_id: UUID, override_id: UUID) -> reads.OverrideView:
    """Leave the rule standing. Somebody else than the person who asked decides."""
    return reads.override(work, actions.reject_override(work, application_id, override_id))


@door.post("/{application_id}/conflict-checks", Permission.CONFLICT_CHECK, finds=reads.checkable, status_code=201)
def check_conflicts(work: Work, application_id: UUID) -> conflicts.Asked:
    """Compare exact identifiers with everybody's. The answer is one word: clear, or review by a second person."""
    return conflicts.asked(work, actions.check_conflicts(work, application_id))


@door.post("/{application_id}/accept", Permission.APPLICATION_DECIDE, finds=reads.decidable, status_code=201)
def accept_application(work: Work, application_id: UUID, form: actions.Acceptance) -> reads.AcceptedCase:
    """Make the application a case, offered to a partner. With ``close`` the advice was given and the case is closed."""
    return reads.accepted_case(work, actions.accept(work, application_id, form))


@door.post("/{application_id}/decline", Permission.APPLICATION_DECIDE, finds=reads.decidable)
def decline_application(work: Work, application_id: UUID, form: actions.TurningAway) -> reads.ApplicationView:
    """No fund helps."""
    return reads.application(work, actions.decline(work, application_id, form))


@door.post("/{application_id}/waitlist", Permission.APPLICATION_DECIDE, finds=reads.decidable)
def waitlist_application(work: Work, application_id: UUID, form: actions.TurningAway) -> reads.ApplicationView:
    """Help later, when there is money or an attorney."""
    return reads.application(work, actions.waitlist(work, application_id, form))


@door.post("/{application_id}/withdraw", Permission.APPLICATION_DECIDE, finds=reads.decidable)
def withdraw_application(work: Work, application_id: UUID, form: actions.TurningAway) -> reads.ApplicationView:
    """The person no longer asks for help, or a draft is discarded."""
    return reads.application(work, actions.withdraw(work, application_id, form))


@door.post("/{application_id}/needs-information", Permission.APPLICATION_DECIDE, finds=reads.decidable)
def ask_for_information(work: Work, application_id: UUID, form: actions.Asking) -> reads.ApplicationView:
    """Say which answers are still needed; the application can then be changed and handed in again."""
    return reads.application(work, actions.ask(work, application_id, form))


@overrides.get("", Permission.OVERRIDE_APPROVE)
def list_overrides(
    work: Work,
    status: OverrideStatus = OverrideStatus.PENDING,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.OverrideList:
    """Overrides to decide about, newest first; those already decided by ``status``."""
    return reads.overrides(work, status=status, limit=limit, cursor=cursor)
