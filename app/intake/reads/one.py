"""One application as it is shown: its answers to those who work with it, its verdicts, and what became of it."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, exists, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.access.model import Account
from app.applicants import reads as applicants
from app.applicants.model import Applicant
from app.applicants.scope import opened_within, reaches_of
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads.views import CaseName
from app.cases.rules import day_in
from app.conflicts import reads as conflicts
from app.conflicts.model import ConflictCheck
from app.crypto import Group
from app.errors import NotFound
from app.funds.model import Fund
from app.intake.model import Application, Override
from app.intake.reads.find import GROUPS, Consents, remarks_of
from app.intake.reads.overrides import overrides_of
from app.intake.reads.verdicts import screenings
from app.intake.reads.views import (
    AcceptedCase,
    ApplicantAnswers,
    ApplicationView,
    ContactAnswers,
    HouseholdAnswers,
    ImmigrationAnswers,
    NotesAnswers,
    ReceiptView,
)
from app.intake.rules import ENDED, OverrideStatus, acts_on, next_step
from app.intake.scope import visible
from app.partners.model import Partner
from app.staff.reads import PartnerName
from app.work import Work

_NEWEST_CHECK = (
    select(col(ConflictCheck.id))
    .where(col(ConflictCheck.application_id) == col(Application.id))
    .order_by(col(ConflictCheck.id).desc())
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
#: One statement for all that every application has: each more would be another round trip.
_ONE: Select[*tuple[Any, ...]] = (
    select(
        col(Application.id),
        col(Application.applicant_id),
        col(Application.reference),
        col(Application.status),
        col(Application.partner_id),
        col(Partner.name).label("partner"),
        col(Account.name).label("taken_by"),
        col(Application.created_at),
        col(Application.submitted_at),
        col(Application.decided_at),
        col(Application.consent_store),
        col(Application.consent_share),
        col(Application.remarks_sealed),
        col(Application.screening_run),
        col(Application.reason),
        col(Application.case_id),
        col(Case.reference).label("case_reference"),
        col(Case.status).label("case_status"),
        col(Application.version),
        col(ConflictCheck.id).label("check_id"),
        col(ConflictCheck.result).label("check_result"),
        col(ConflictCheck.resolution).label("check_resolution"),
        col(ConflictCheck.checked_at).label("checked_at"),
        exists().where(col(Override.application_id) == col(Application.id)).label("has_overrides"),
        *applicants.sealed_columns(GROUPS),
    )
    .join(Applicant, col(Applicant.id) == col(Application.applicant_id))
    .join(Partner, col(Partner.id) == col(Application.partner_id))
    .join(Account, col(Account.id) == col(Application.taken_by_id))
    .join(Case, col(Case.id) == col(Application.case_id), isouter=True)
    .join(ConflictCheck, col(ConflictCheck.id) == _NEWEST_CHECK, isouter=True)
)


def application(work: Work, application_id: UUID) -> ApplicationView:
    """One application. Raises NotFound when it is absent or out of the actor's scope."""
    statement = _statement(work.allow(Permission.APPLICATION_READ), reaches_of(work.actor, GROUPS))
    row = work.session.execute(statement, filled(work.actor, application_id=application_id)).one_or_none()
    if row is None:
        raise NotFound
    view = _view(work, row)
    record(
        work,
        "application.read",
        object_type="application",
        object_id=application_id,
        subject_id=row.applicant_id,
        groups=(*GROUPS, *((Group.STAFF,) if view.overrides else ())) if row.may_open else (),
    )
    return view


@cache
def _statement(reach: Reach, opening: tuple[Reach, ...] | None) -> Select[*tuple[Any, ...]]:
    """The statement for everybody of these reaches, built once."""
    return _ONE.add_columns(opened_within(ANYBODY, opening).label("may_open")).where(
        col(Application.id) == bindparam("application_id", type_=Uuid()), visible(ANYBODY, reach)
    )


def receipt(work: Work, application_id: UUID) -> ReceiptView:
    """The receipt of an application. No sealed field is opened for it. Raises NotFound."""
    reach = work.allow(Permission.APPLICATION_READ)
    row = work.session.execute(
        select(
            col(Application.reference),
            col(Application.applicant_id),
            col(Application.status),
            col(Application.created_at),
            col(Application.submitted_at),
            col(Partner.phone),
        )
        .join(Partner, col(Partner.id) == col(Application.partner_id))
        .where(col(Application.id) == application_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    record(
        work,
        "application.read",
        object_type="application",
        object_id=application_id,
        subject_id=row.applicant_id,
    )
    day = day_in(row.submitted_at or row.created_at, work.actor.time_zone)
    return ReceiptView(application_id, row.reference, day, row.status in ENDED, row.phone)


def accepted_case(work: Work, application_id: UUID) -> AcceptedCase:
    """The case that an application became. Raises NotFound when there is none, or it is out of the actor's scope."""
    reach = work.allow(Permission.APPLICATION_DECIDE)
    row = work.session.execute(
        select(
            col(Case.id),
            col(Case.reference),
            col(Case.status),
            col(Case.representation),
            col(Case.case_type),
            col(Case.partner_id),
            col(Partner.name).label("partner"),
            col(Case.fund_id),
            col(Fund.name).label("fund"),
        )
        .join(Application, col(Application.case_id) == col(Case.id))
        .join(Partner, col(Partner.id) == col(Case.partner_id))
        .join(Fund, col(Fund.id) == col(Case.fund_id))
        .where(col(Application.id) == application_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return AcceptedCase(
        id=row.id,
        reference=row.reference,
        status=row.status,
        representation=row.representation,
        case_type=row.case_type,
        partner=PartnerName(row.partner_id, row.partner),
        fund_id=row.fund_id,
        fund=row.fund,
        application_id=application_id,
    )


def _view(work: Work, row: Any) -> ApplicationView:
    remarks = remarks_of(work, row.id, row.applicant_id, row.remarks_sealed) if row.may_open else {}
    run = row.screening_run
    exceptions = overrides_of(work, row.id, may_open=row.may_open) if row.has_overrides else []
    excepted = any(each.status is OverrideStatus.APPROVED for each in exceptions)
    screened = screenings(work, row.applicant_id, run, may_open=row.may_open, excepted=excepted) if run else []
    verdicts = {each.effective_verdict for each in screened}
    return ApplicationView(
        id=row.id,
        applicant_id=row.applicant_id,
        reference=row.reference,
        status=row.status,
        partner=PartnerName(row.partner_id, row.partner),
        taken_by=row.taken_by,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        **_sections(work, row),
        consents=Consents(row.consent_store, row.consent_share),
        missing=remarks.get("missing"),
        note=remarks.get("note"),
        screenings=screened,
        overrides=exceptions,
        conflict_check=(
            conflicts.Asked(row.check_id, row.check_result, row.check_resolution, row.checked_at)
            if row.check_id
            else None
        ),
        reason=row.reason,
        referral=remarks.get("referral"),
        case=CaseName(row.case_id, row.case_reference, row.case_status) if row.case_id else None,
        acts=sorted(acts_on(row.status)),
        next_step=next_step(row.status, verdicts, row.check_result, row.check_resolution),
        version=row.version,
    )


def _sections(work: Work, row: Any) -> dict[str, Any]:
    if not row.may_open:
        return dict.fromkeys(("applicant", "contact", "household", "immigration", "notes"))
    groups = applicants.open_groups(work, row.applicant_id, row, GROUPS)
    identity, contact = groups[Group.IDENTITY], groups[Group.CONTACT]
    immigration, finances = groups[Group.IMMIGRATION], groups[Group.FINANCES]
    address = contact["address"]
    return {
        "applicant": ApplicantAnswers(
            **identity,
            country_of_birth=immigration["country_of_birth"],
            a_number=immigration["a_number"],
            preferred_language=contact["preferred_language"],
            interpreter_needed=contact["interpreter_needed"],
        ),
        "contact": ContactAnswers(
            phone=contact["phone"],
            phone_safe=contact["phone_safe"],
            email=contact["email"],
            address=applicants.Address(**address) if address else None,
        ),
        "household": HouseholdAnswers(**{**finances, "incomes": applicants.incomes_of(finances)}),
        "immigration": ImmigrationAnswers(
            status=immigration["status"],
            in_removal_proceedings=immigration["in_removal_proceedings"],
            custody=immigration["custody"],
            facility=immigration["facility"],
            court=immigration["court"],
            next_hearing_on=immigration["next_hearing_on"],
            entered_on=immigration["entered_on"],
            has_counsel=immigration["has_counsel"],
        ),
        "notes": NotesAnswers(**groups[Group.NOTES]),
    }
