"""Taking an application in: a draft, its changes, and handing it in."""

from functools import cache
from typing import Any
from uuid import UUID

import pycountry
from sqlalchemy import func, update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants import actions as applicants
from app.audit.actions import record
from app.cases.rules import day_in
from app.crypto import Group
from app.errors import Denied, Invalid, Stale
from app.intake.actions.body import ApplicationChange, NewApplication
from app.intake.actions.screening import screen
from app.intake.model import Application
from app.intake.reads.find import GROUPS, FoundApplication, answers_of, application_for, remarks_cell
from app.intake.rules import (
    Act,
    ApplicationStatus,
    KnownCodes,
    as_groups,
    changed_pointers,
    merge,
    problems,
    refuse,
)
from app.once import once
from app.reference import new_reference
from app.work import Work

#: Remarks are sealed from the beginning and to at least this many bytes, so that their coming does not show.
REMARKS_FLOOR = 512
NO_REMARKS: dict[str, Any] = {"missing": [], "note": None, "referral": None}


def create(work: Work, form: NewApplication) -> UUID:
    """Take an application in, as a draft or handed in at once, and give its id.

    Raises Denied for somebody who belongs to no organization, Invalid when what is handed in is not complete.
    """
    work.allow(Permission.APPLICATION_CREATE)
    partner_id = work.actor.partner_id
    if partner_id is None:
        raise Denied("partner.none", "Only people of an organization take applications in.")
    body = merge({}, form.changes())

    def do(application_id: UUID) -> None:
        if form.submit:
            _refuse_incomplete(work, body)
        groups = as_groups(body)
        applicant_id = applicants.create(work, partner_id, groups)
        consents = body.get("consents", {})
        work.insert(
            Application,
            id=application_id,
            reference=new_reference("RQ"),
            applicant_id=applicant_id,
            partner_id=partner_id,
            taken_by_id=work.actor.id,
            status=ApplicationStatus.DRAFT,
            consent_store=consents.get("store"),
            consent_share=consents.get("share_with_partner"),
            remarks_sealed=seal_remarks(work, application_id, applicant_id, NO_REMARKS),
            created_at=work.now,
            version=1,
        )
        _record(work, "application.created", application_id, applicant_id)
        if form.submit:
            _hand_in(work, application_id, applicant_id, body)

    return once(work, form, do)


def change(work: Work, application_id: UUID, form: ApplicationChange) -> UUID:
    """Put changed answers into a draft, or into an application that needs information; nothing else is touched.

    Raises NotFound; Conflict when the status does not allow it; Stale when somebody was a moment faster.
    """
    found = application_for(work, Permission.APPLICATION_CHANGE, application_id)
    refuse(Act.CHANGE, found.status)
    before = answers_of(work, found)
    after = merge(before, form.changes())
    if after == before:
        return application_id
    _put(work, found, before, after)
    record(
        work,
        "application.changed",
        object_type="application",
        object_id=application_id,
        subject_id=found.applicant_id,
        groups=GROUPS,
        details={"fields": changed_pointers(before, after)},
    )
    return application_id


def submit(work: Work, application_id: UUID) -> UUID:
    """Hand a draft in, or an application whose missing answers were added: it is screened by every open fund.

    Raises NotFound; Conflict when it was handed in already; Invalid with everything that is missing or odd.
    """
    found = application_for(work, Permission.APPLICATION_CHANGE, application_id)

    def do(_: UUID) -> None:
        refuse(Act.SUBMIT, found.status)
        body = answers_of(work, found)
        _refuse_incomplete(work, body)
        _hand_in(work, application_id, found.applicant_id, body)

    return once(work, None, do, result_id=application_id)


def seal_remarks(work: Work, application_id: UUID, applicant_id: UUID, remarks: dict[str, Any]) -> bytes:
    """The remarks on an application as they are kept."""
    cell = remarks_cell(application_id, applicant_id)
    return work.vault.seal(cell, Group.CONTACT, remarks, floor=REMARKS_FLOOR)


def _put(work: Work, found: FoundApplication, before: dict[str, Any], after: dict[str, Any]) -> None:
    consents = after.get("consents", {})
    updated = work.session.execute(
        update(Application)
        .where(col(Application.id) == found.id, col(Application.version) == found.version)
        .values(
            consent_store=consents.get("store"),
            consent_share=consents.get("share_with_partner"),
            version=found.version + 1,
        )
        .returning(col(Application.version))
    )
    if updated.one_or_none() is None:
        raise Stale
    old, new = as_groups(before), as_groups(after)
    changed = {group: answers for group, answers in new.items() if answers != old[group]}
    if changed:
        applicants.change(work, found.applicant_id, changed)


def _hand_in(work: Work, application_id: UUID, applicant_id: UUID, body: dict[str, Any]) -> None:
    run_id = screen(work, application_id, applicant_id, body)
    work.session.execute(
        update(Application)
        .where(col(Application.id) == application_id)
        .values(
            status=ApplicationStatus.SUBMITTED,
            screening_run=run_id,
            submitted_at=func.coalesce(col(Application.submitted_at), work.now),
            remarks_sealed=seal_remarks(work, application_id, applicant_id, NO_REMARKS),
            version=col(Application.version) + 1,
        )
    )
    _record(work, "application.submitted", application_id, applicant_id)


def _refuse_incomplete(work: Work, body: dict[str, Any]) -> None:
    found = problems(body, day_in(work.now, work.actor.time_zone), _known_codes())
    if found:
        raise Invalid(*found)


def _record(work: Work, action: str, application_id: UUID, applicant_id: UUID) -> None:
    record(work, action, object_type="application", object_id=application_id, subject_id=applicant_id, groups=GROUPS)


@cache
def _known_codes() -> KnownCodes:
    return KnownCodes(
        countries=frozenset(country.alpha_2 for country in pycountry.countries),
        languages=frozenset(language.alpha_3 for language in pycountry.languages),
    )
