"""The disposition of an application. With it the reach of the intake desk ends, except from the waiting list."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints
from sqlalchemy import select, update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants import actions as applicants
from app.applicants.rules import NO_ANSWER, Custody, plain_date
from app.audit.actions import record
from app.cases import actions as cases
from app.cases.rules import CaseType, Representation
from app.conflicts import reads as conflicts
from app.crypto import Group
from app.eligibility.rules import Outcome
from app.errors import Conflict, Invalid, Problem
from app.intake.actions.body import Private, Text
from app.intake.actions.taking import NO_REMARKS, seal_remarks
from app.intake.model import Application
from app.intake.reads.find import GROUPS, FoundApplication, answers_of, application_for
from app.intake.reads.verdicts import effective_verdict
from app.intake.rules import ENDED, POINTERS, Act, ApplicationStatus, TurnedAway, refuse
from app.once import once
from app.partners.model import Partner
from app.work import Work

#: What can be given in full at the intake desk, so that the case may be closed at once.
GIVEN_AT_ONCE = frozenset({Representation.CONSULTATION, Representation.BRIEF_ADVICE})


class Acceptance(Private):
    """Which fund pays, which partner takes the case, and how far the work goes.

    ``close`` closes the case at once: the consultation or advice was given. ``summary`` then says what it was; it is
    sealed with the case's notes.
    """

    fund_id: UUID
    partner_id: UUID
    representation: Representation
    case_type: CaseType | None = None
    close: StrictBool = False
    summary: Text = None


class TurningAway(Private):
    """Why no help is given, or not now; and where the person was sent instead, which is sealed."""

    reason: TurnedAway
    referral: Text = None


class Asking(Private):
    """Pointers to the answers that are still needed, like ``/household/annual_income``; and a note, which is sealed."""

    missing: Annotated[
        list[Annotated[str, StringConstraints(max_length=60)]], Field(min_length=1, max_length=len(POINTERS))
    ]
    note: Text = None


def accept(work: Work, application_id: UUID, form: Acceptance) -> UUID:
    """Make the application a case, offered to a partner; the answers go with it, and the intake desk's reach ends.

    Raises NotFound; Invalid for a fund or partner that can not be chosen; Conflict when the status, the verdict, the
    conflict check or the consent does not allow it.
    """
    found = application_for(work, Permission.APPLICATION_DECIDE, application_id)

    def do(_: UUID) -> None:
        _refuse_form(work, form)
        refuse(Act.ACCEPT, found.status)
        _refuse_verdict(work, found, form.fund_id)
        conflicts.require_clear(work, application_id, found.applicant_id)
        if found.consents.share_with_partner is not True and form.partner_id != found.partner_id:
            raise Conflict(
                "consent.share", "The person has not agreed that their answers are shared with a partner organization."
            )
        case_id = _open_case(work, found, form)
        _end(work, found, ApplicationStatus.ACCEPTED, "application.accepted", case_id=case_id)

    return once(work, form, do, result_id=application_id)


def decline(work: Work, application_id: UUID, form: TurningAway) -> UUID:
    """No fund helps. Raises NotFound, Conflict when the status does not allow it."""
    return _turn_away(work, application_id, form, Act.DECLINE, ApplicationStatus.DECLINED)


def waitlist(work: Work, application_id: UUID, form: TurningAway) -> UUID:
    """Help later, when there is money or an attorney. Raises NotFound, Conflict when the status does not allow it."""
    return _turn_away(work, application_id, form, Act.WAITLIST, ApplicationStatus.WAITLISTED)


def withdraw(work: Work, application_id: UUID, form: TurningAway) -> UUID:
    """The person no longer asks, or a draft is discarded. Raises NotFound, Conflict when it was decided."""
    return _turn_away(work, application_id, form, Act.WITHDRAW, ApplicationStatus.WITHDRAWN)


def ask(work: Work, application_id: UUID, form: Asking) -> UUID:
    """Say which answers are still needed; until it is handed in again the application can be changed.

    Raises NotFound; Invalid for a pointer that names no answer; Conflict when the status does not allow it.
    """
    found = application_for(work, Permission.APPLICATION_DECIDE, application_id)

    def do(_: UUID) -> None:
        _refuse_pointers(form.missing)
        refuse(Act.ASK, found.status)
        remarks = {**NO_REMARKS, "missing": list(dict.fromkeys(form.missing)), "note": form.note}
        _set(work, found, status=ApplicationStatus.NEEDS_INFORMATION, remarks=remarks, reason=None)
        _record(work, found, "application.needs_information", {"missing": sorted(form.missing)})

    return once(work, form, do, result_id=application_id)


def _turn_away(work: Work, application_id: UUID, form: TurningAway, act: Act, status: ApplicationStatus) -> UUID:
    found = application_for(work, Permission.APPLICATION_DECIDE, application_id)

    def do(_: UUID) -> None:
        refuse(act, found.status)
        remarks = {**NO_REMARKS, "referral": form.referral}
        _end(work, found, status, f"application.{status.value}", reason=form.reason, remarks=remarks)

    return once(work, form, do, result_id=application_id)


def _refuse_form(work: Work, form: Acceptance) -> None:
    problems = []
    if form.close and form.representation not in GIVEN_AT_ONCE:
        problems.append(
            Problem("/close", "close.representation", "Only a consultation or brief advice is closed at once.")
        )
    active = select(col(Partner.id)).where(col(Partner.id) == form.partner_id, col(Partner.active))
    if work.session.execute(active).first() is None:
        problems.append(Problem("/partner_id", "partner.unknown", "Choose an active partner organization."))
    if problems:
        raise Invalid(*problems)


def _refuse_verdict(work: Work, found: FoundApplication, fund_id: UUID) -> None:
    run = found.screening_run
    verdict = effective_verdict(work, found.applicant_id, run, fund_id) if run else None
    if verdict is None:
        raise Invalid(Problem("/fund_id", "fund.not_screened", "Choose a fund that this application was screened for."))
    if verdict is not Outcome.ELIGIBLE:
        raise Conflict(
            "verdict.not_eligible", "This fund's verdict is not eligible. An approved override can set a rule aside."
        )


def _refuse_pointers(missing: Sequence[str]) -> None:
    problems = [
        Problem(f"/missing/{at}", "missing.unknown", "Name an answer of the application, like /household/size.")
        for at, pointer in enumerate(missing)
        if pointer not in POINTERS
    ]
    if problems:
        raise Invalid(*problems)


def _open_case(work: Work, found: FoundApplication, form: Acceptance) -> UUID:
    immigration = answers_of(work, found).get("immigration", {})
    court = immigration.get("court")
    case_id = cases.open_offered(
        work,
        application_id=found.id,
        applicant_id=found.applicant_id,
        partner_id=form.partner_id,
        fund_id=form.fund_id,
        representation=form.representation,
        case_type=form.case_type,
        custody=Custody(immigration.get("custody", Custody.NOT_ASKED)),
        court=None if court in NO_ANSWER else court,
        next_hearing_on=plain_date(immigration.get("next_hearing_on")),
    )
    if form.close:
        cases.close_at_once(work, case_id, reason=form.summary or "")
    return case_id


def _end(
    work: Work,
    found: FoundApplication,
    status: ApplicationStatus,
    action: str,
    *,
    reason: TurnedAway | None = None,
    case_id: UUID | None = None,
    remarks: dict[str, Any] = NO_REMARKS,
) -> None:
    _set(
        work,
        found,
        status=status,
        remarks=remarks,
        reason=reason,
        case_id=case_id,
        decided_at=work.now,
        decided_by_id=work.actor.id,
    )
    if status in ENDED:
        applicants.close_intake(work, found.applicant_id)
    # Accepting opens the answers to hand the facts of the court over to the case.
    _record(work, found, action, {"reason": reason}, GROUPS if case_id else ())


def _set(work: Work, found: FoundApplication, *, remarks: dict[str, Any], **columns: Any) -> None:
    sealed = seal_remarks(work, found.id, found.applicant_id, remarks)
    work.session.execute(
        update(Application)
        .where(col(Application.id) == found.id)
        .values(remarks_sealed=sealed, version=found.version + 1, **columns)
    )


def _record(
    work: Work,
    found: FoundApplication,
    action: str,
    details: dict[str, str | int | list[str] | None],
    groups: Sequence[Group] = (),
) -> None:
    record(
        work,
        action,
        object_type="application",
        object_id=found.id,
        subject_id=found.applicant_id,
        groups=groups,
        details=details,
    )
