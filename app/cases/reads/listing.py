"""Cases as lists: mine, my partner's, those that wait for an attorney."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.access.model import Account
from app.applicants.model import Applicant
from app.applicants.reads import name_of, sealed_columns
from app.audit.actions import record
from app.cases.model import Assignment, Case, Deadline, Hearing
from app.cases.reads.nearest import first_deadline, first_hearing
from app.cases.reads.views import ApplicantName, CaseItem, CaseList, HearingView, NextDeadline, PersonName
from app.cases.rules import STANDING, AssignmentStatus, CaseStatus, day_in, standing
from app.cases.scope import factual, opened, visible
from app.crypto import Group
from app.errors import Invalid, Problem
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.partners.model import Partner
from app.reference import read_reference
from app.staff.reads import PartnerName
from app.work import Work


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to. ``waiting`` leaves those that no attorney has or has been asked to take."""

    status: CaseStatus | None = None
    attorney_id: UUID | None = None
    waiting: bool = False
    reference: str | None = None


EVERYTHING: Final = CaseFilter()


def cases(
    work: Work, only: CaseFilter = EVERYTHING, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> CaseList:
    """The cases within the actor's reach, newest first; names are opened for those assigned to them, and recorded.

    Raises Invalid for a reference or a cursor that is none.
    """
    reach = work.allow(Permission.CASE_READ)
    today = day_in(work.now, work.actor.time_zone)
    statement = _narrowed(_statement(work, reach, today), only)
    found = page(work.session.execute(newest_first(statement, col(Case.id), limit=limit, cursor=cursor)).all(), limit)
    work.vault.preload(row.applicant_id for row in found.rows if row.assigned)
    items = [_item(work, row, today) for row in found.rows]
    named = any(item.applicant is not None and item.applicant.name is not None for item in items)
    groups = (Group.IDENTITY,) if named else ()
    record(work, "case.listed", object_type="case", groups=groups, count=len(items))
    return CaseList(items, found.next)


def _statement(work: Work, reach: Reach, today: date) -> Select[*tuple[Any, ...]]:
    opens = work.actor.opens(Group.IDENTITY) is not None
    return (
        select(
            col(Case.id),
            col(Case.reference),
            col(Case.status),
            col(Case.representation),
            col(Case.case_type),
            col(Case.custody),
            col(Case.court),
            col(Case.outcome),
            col(Case.created_at),
            col(Case.opened_at),
            col(Case.closed_on),
            col(Case.applicant_id),
            col(Applicant.reference).label("applicant_reference"),
            col(Partner.id).label("partner_id"),
            col(Partner.name).label("partner_name"),
            col(Account.id).label("attorney_id"),
            col(Account.name).label("attorney_name"),
            col(Assignment.status).label("assignment_status"),
            col(Hearing.id).label("hearing_id"),
            col(Hearing.kind).label("hearing_kind"),
            col(Hearing.held_on),
            col(Hearing.held_at),
            col(Hearing.court).label("hearing_court"),
            col(Deadline.id).label("deadline_id"),
            col(Deadline.kind).label("deadline_kind"),
            col(Deadline.due_on),
            factual(work.actor, reach).label("factual"),
            opened(work.actor, Group.IDENTITY).label("assigned"),
            *(sealed_columns((Group.IDENTITY,)) if opens else ()),
        )
        .join(Partner, col(Partner.id) == col(Case.partner_id))
        .join(Applicant, col(Applicant.id) == col(Case.applicant_id))
        .outerjoin(Assignment, and_(col(Assignment.case_id) == col(Case.id), col(Assignment.status).in_(STANDING)))
        .outerjoin(Account, col(Account.id) == col(Assignment.attorney_id))
        .outerjoin(Hearing, first_hearing(today))
        .outerjoin(Deadline, first_deadline())
        .where(visible(work.actor, reach))
    )


def _narrowed(statement: Select[*tuple[Any, ...]], only: CaseFilter) -> Select[*tuple[Any, ...]]:
    if only.status is not None:
        statement = statement.where(col(Case.status) == only.status)
    if only.attorney_id is not None:
        statement = statement.where(
            col(Assignment.attorney_id) == only.attorney_id, col(Assignment.status) == AssignmentStatus.ACCEPTED
        )
    if only.waiting:
        statement = statement.where(col(Case.status) != CaseStatus.CLOSED, col(Assignment.id).is_(None))
    if only.reference is not None:
        statement = statement.where(col(Case.reference) == _reference(only.reference))
    return statement


def _reference(text: str) -> str:
    written = read_reference(text)
    if written is None:
        raise Invalid(Problem("/reference", "reference.format", "Enter a reference like CA-7K3Q-9F2M."))
    return written


def _item(work: Work, row: Row[Any], today: date) -> CaseItem:
    knows = bool(row.factual)
    attorney = PersonName(row.attorney_id, row.attorney_name) if row.attorney_id else None
    accepted = row.assignment_status is AssignmentStatus.ACCEPTED
    return CaseItem(
        id=row.id,
        reference=row.reference,
        status=row.status,
        representation=row.representation,
        partner=PartnerName(row.partner_id, row.partner_name),
        attorney=attorney if accepted else None,
        offered_to=None if accepted else attorney,
        created_at=row.created_at,
        opened_at=row.opened_at,
        closed_on=row.closed_on,
        case_type=row.case_type if knows else None,
        custody=row.custody if knows else None,
        court=row.court if knows else None,
        outcome=row.outcome if knows else None,
        next_hearing=_hearing(row) if knows else None,
        next_deadline=_deadline(row, today) if knows and row.status is not CaseStatus.CLOSED else None,
        applicant=_applicant(work, row) if knows else None,
    )


def _hearing(row: Row[Any]) -> HearingView | None:
    if row.hearing_id is None:
        return None
    return HearingView(row.hearing_id, row.hearing_kind, row.held_on, row.held_at, row.hearing_court, None)


def _deadline(row: Row[Any], today: date) -> NextDeadline | None:
    if row.deadline_id is None:
        return None
    return NextDeadline(row.deadline_id, row.deadline_kind, row.due_on, standing(row.due_on, False, today))


def _applicant(work: Work, row: Row[Any]) -> ApplicantName:
    name = name_of(work, row.applicant_id, row) if row.assigned else None
    return ApplicantName(row.applicant_id, row.applicant_reference, name)
