"""Cases as lists: mine, my partner's, those that wait for an attorney."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, Uuid, and_, bindparam, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.access.model import Account
from app.applicants.model import Applicant
from app.applicants.reads import name_of, sealed_columns
from app.audit.actions import record
from app.cases.model import Assignment, Case, Deadline, Hearing
from app.cases.reads.nearest import first_deadline, first_hearing
from app.cases.reads.views import ApplicantName, CaseItem, CaseList, HearingView, NextDeadline, PersonName
from app.cases.rules import SOON, STANDING, AssignmentStatus, CaseStatus, HearingDue, day_in, standing
from app.cases.scope import assigned, factual, reach_of_facts, visible
from app.crypto import Group
from app.db import words
from app.errors import Invalid, Problem
from app.keyset import DEFAULT_LIMIT, after, page
from app.partners.model import Partner
from app.reference import read_reference
from app.staff.reads import PartnerName
from app.work import Work


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to.

    ``waiting`` leaves those that no attorney has or has been asked to take; ``stepless`` open ones with neither a
    hearing nor a deadline ahead. ``hearing`` and ``stepless`` find nothing for who may not know dates of cases.
    """

    status: CaseStatus | None = None
    attorney_id: UUID | None = None
    waiting: bool = False
    reference: str | None = None
    hearing: HearingDue | None = None
    stepless: bool = False


EVERYTHING: Final = CaseFilter()


def cases(
    work: Work, only: CaseFilter = EVERYTHING, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> CaseList:
    """The cases within the actor's reach, newest first; names are opened for those assigned to them, and recorded.

    Raises Invalid for a reference or a cursor that is none.
    """
    reach, actor = work.allow(Permission.CASE_READ), work.actor
    today = day_in(work.now, actor.time_zone)
    values = _values(only, after(cursor), today)
    statement = _statement(reach, reach_of_facts(actor), actor.opens(Group.IDENTITY) is not None, tuple(values))
    given = filled(actor, today=today, most=limit + 1, **values)
    found = page(work.session.connection().execute(statement, given).all(), limit)
    work.vault.preload(row.applicant_id for row in found.rows if row.assigned)
    items = [_item(work, row, today) for row in found.rows]
    named = any(item.applicant is not None and item.applicant.name is not None for item in items)
    groups = (Group.IDENTITY,) if named else ()
    record(work, "case.listed", object_type="case", groups=groups, count=len(items))
    return CaseList(items, found.next)


@cache
def _statement(
    reach: Reach, facts: Reach | None, opens: bool, narrowed_by: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """The statement for everybody of these reaches, built once: building it takes longer than running it."""
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
            factual(ANYBODY, reach, facts).label("factual"),
            assigned(ANYBODY, opens=opens).label("assigned"),
            *(sealed_columns((Group.IDENTITY,)) if opens else ()),
        )
        .join(Partner, col(Partner.id) == col(Case.partner_id))
        .join(Applicant, col(Applicant.id) == col(Case.applicant_id))
        .outerjoin(Assignment, and_(col(Assignment.case_id) == col(Case.id), col(Assignment.status).in_(STANDING)))
        .outerjoin(Account, col(Account.id) == col(Assignment.attorney_id))
        .outerjoin(Hearing, first_hearing(bindparam("today", type_=Date())))
        .outerjoin(Deadline, first_deadline())
        .where(visible(ANYBODY, reach), *(_CONDITIONS[name] for name in narrowed_by))
        .where(*(factual(ANYBODY, reach, facts) for name in narrowed_by if name in _OF_FACTS))
        .order_by(col(Case.id).desc())
        .limit(bindparam("most", type_=Integer()))
    )


#: What a list can be narrowed by, each with the parameter of its name. ``after`` is the last case of the page before.
_CONDITIONS: Final[Mapping[str, ColumnElement[bool]]] = {
    "status": col(Case.status) == bindparam("status", type_=words(CaseStatus)),
    "attorney_id": and_(
        col(Assignment.attorney_id) == bindparam("attorney_id", type_=Uuid()),
        col(Assignment.status) == AssignmentStatus.ACCEPTED,
    ),
    "waiting": and_(col(Case.status) != CaseStatus.CLOSED, col(Assignment.id).is_(None)),
    "reference": col(Case.reference) == bindparam("reference"),
    "hearing_by": and_(
        col(Case.status) != CaseStatus.CLOSED, col(Hearing.held_on) <= bindparam("hearing_by", type_=Date())
    ),
    "no_hearing": and_(col(Case.status) != CaseStatus.CLOSED, col(Hearing.id).is_(None)),
    "stepless": and_(col(Case.status) == CaseStatus.OPEN, col(Hearing.id).is_(None), col(Deadline.id).is_(None)),
    "after": col(Case.id) < bindparam("after", type_=Uuid()),
}
#: Narrowings that tell something of a case's circumstances: rows whose facts are closed to the reader stay out.
_OF_FACTS: Final = frozenset({"hearing_by", "no_hearing", "stepless"})


def _values(only: CaseFilter, last: UUID | None, today: date) -> dict[str, Any]:
    """What the list is narrowed by, and the values of it."""
    values: dict[str, Any] = {
        "status": only.status,
        "attorney_id": only.attorney_id,
        "waiting": only.waiting or None,
        "reference": None if only.reference is None else _reference(only.reference),
        "hearing_by": today + SOON if only.hearing is HearingDue.SOON else None,
        "no_hearing": only.hearing is HearingDue.NONE or None,
        "stepless": only.stepless or None,
        "after": last,
    }
    return {name: value for name, value in values.items() if value is not None}


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
