"""One case with all that hangs on it, in two statements."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, bindparam, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.applicants.model import Applicant
from app.applicants.reads import IdentityView, open_groups, sealed_columns
from app.applicants.reads.opening import contact_view
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads import parts
from app.cases.reads.views import ApplicantView, CaseView, HearingView
from app.cases.rules import AssignmentStatus, day_in
from app.cases.scope import assigned, factual, reach_of_facts, visible
from app.crypto import Group
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.reads import PartnerName
from app.work import Work

#: What those who work on a case see at once; the other groups of the person open by the reveal call.
_AT_ONCE: Final = (Group.IDENTITY, Group.CONTACT)
_BY_REVEAL: Final = (
    Group.IDENTITY,
    Group.CONTACT,
    Group.IMMIGRATION,
    Group.FINANCES,
    Group.CRIMINAL_HISTORY,
    Group.NOTES,
)


def case(work: Work, case_id: UUID, *, opening: bool = True) -> CaseView:
    """One case, opened as far as the reader works with it; what was opened is recorded.

    Without ``opening`` everything sealed stays so, whoever asks.
    Raises NotFound when it is absent or out of scope: whoever was only offered it knows the offer, not the case.
    """
    reach, actor = work.allow(Permission.CASE_READ), work.actor
    statement = _statement(reach, reach_of_facts(actor), actor.opens(Group.NOTES) is not None)
    row = work.session.connection().execute(statement, filled(actor, case_id=case_id)).one_or_none()
    if row is None:
        raise NotFound
    opens = opening and bool(row.assigned) and bool(row.factual)
    work.vault.preload((row.id, row.applicant_id) if opens else ())
    found = parts.of_case(work, row.id, knows=bool(row.factual), opens=opens)
    groups = (*_AT_ONCE, Group.NOTES) if opens else ()
    record(work, "case.read", object_type="case", object_id=row.id, subject_id=row.applicant_id, groups=groups)
    return _view(work, row, found, opens)


@cache
def _statement(reach: Reach, facts: Reach | None, opens: bool) -> Select[*tuple[Any, ...]]:
    """The statement for everybody of these reaches, built once: building it takes longer than running it."""
    return (
        select(
            col(Case.id),
            col(Case.reference),
            col(Case.application_id),
            col(Case.applicant_id),
            col(Case.fund_id),
            col(Case.status),
            col(Case.representation),
            col(Case.case_type),
            col(Case.custody),
            col(Case.court),
            col(Case.outcome),
            col(Case.created_at),
            col(Case.opened_at),
            col(Case.closed_on),
            col(Case.version),
            col(Partner.id).label("partner_id"),
            col(Partner.name).label("partner_name"),
            col(Applicant.reference).label("applicant_reference"),
            factual(ANYBODY, reach, facts).label("factual"),
            assigned(ANYBODY, opens=opens).label("assigned"),
            *(sealed_columns(_AT_ONCE) if opens else ()),
        )
        .join(Partner, col(Partner.id) == col(Case.partner_id))
        .join(Applicant, col(Applicant.id) == col(Case.applicant_id))
        .where(col(Case.id) == bindparam("case_id", type_=Uuid()), visible(ANYBODY, reach))
    )


def _view(work: Work, row: Row[Any], found: parts.Parts, opens: bool) -> CaseView:
    knows = bool(row.factual)
    attorney = next((each.attorney for each in found.assignments if each.status is AssignmentStatus.ACCEPTED), None)
    return CaseView(
        id=row.id,
        reference=row.reference,
        status=row.status,
        representation=row.representation,
        partner=PartnerName(row.partner_id, row.partner_name),
        attorney=attorney,
        created_at=row.created_at,
        opened_at=row.opened_at,
        closed_on=row.closed_on,
        assignments=found.assignments,
        case_type=row.case_type if knows else None,
        custody=row.custody if knows else None,
        court=row.court if knows else None,
        outcome=row.outcome if knows else None,
        next_hearing=next_hearing(found.hearings, day_in(work.now, work.actor.time_zone)) if knows else None,
        hearings=found.hearings if knows else None,
        deadlines=found.deadlines if knows else None,
        notes=found.notes if opens else None,
        applicant=_applicant(work, row, opens) if knows else None,
        application_id=row.application_id,
        fund_id=row.fund_id,
        version=row.version,
    )


def next_hearing(hearings: Sequence[HearingView], today: date) -> HearingView | None:
    """The first hearing that is not cancelled, today's included; ``hearings`` are in the order of their days."""
    return next((each for each in hearings if each.cancelled_at is None and each.held_on >= today), None)


def _applicant(work: Work, row: Row[Any], opens: bool) -> ApplicantView:
    if not opens:
        return ApplicantView(row.applicant_id, row.applicant_reference, None, None, [])
    answers = open_groups(work, row.applicant_id, row, _AT_ONCE)
    return ApplicantView(
        id=row.applicant_id,
        reference=row.applicant_reference,
        identity=IdentityView(**answers[Group.IDENTITY]),
        contact=contact_view(answers[Group.CONTACT]),
        may_reveal=[group for group in _BY_REVEAL if work.actor.opens(group) is not None],
    )
