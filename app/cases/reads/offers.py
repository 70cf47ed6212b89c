"""Offers as the attorney sees them before accepting, assignments as they are answered, and who could be asked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.model import Account, AccountRole, AccountStatus
from app.applicants.model import Applicant
from app.applicants.reads import open_groups, sealed_columns
from app.applicants.rules import Custody
from app.applicants.scope import opened as applicant_opened
from app.audit.actions import record
from app.cases.model import Assignment, Case, Hearing
from app.cases.reads.nearest import first_hearing
from app.cases.reads.views import AssignmentView, HearingView, PersonName
from app.cases.rules import (
    STANDING,
    AssignmentRole,
    AssignmentStatus,
    CaseType,
    DeclineCode,
    Representation,
    day_in,
)
from app.cases.scope import answerable, concerning
from app.crypto import Cell, Group
from app.errors import NotFound
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.work import Work

#: What an attorney is told of the person before accepting, besides the facts of the case.
_SPOKEN: Final = ("preferred_language", "interpreter_needed")


@dataclass(frozen=True, slots=True)
class OfferView:
    """One's own assignment: while it is offered or accepted with the facts of the case, afterwards without them.

    There is nothing in it that says who the applicant is.
    """

    id: UUID
    case_id: UUID
    reference: str
    role: AssignmentRole
    status: AssignmentStatus
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    decline_code: DeclineCode | None
    representation: Representation
    case_type: CaseType | None
    custody: Custody | None
    court: str | None
    next_hearing: HearingView | None
    preferred_language: str | None = field(repr=False)
    interpreter_needed: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfferList:
    items: list[OfferView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Attorney:
    """An attorney who could be asked, with the number of cases they have or were asked to take."""

    id: UUID
    name: str
    cases: int


def offers(
    work: Work, status: AssignmentStatus | None = None, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> OfferList:
    """The actor's own assignments, newest first. An offer is less than the case and opens no identity."""
    work.allow(Permission.ASSIGNMENT_ANSWER)
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(Assignment.id),
            col(Assignment.case_id),
            col(Assignment.role),
            col(Assignment.status),
            col(Assignment.offered_at),
            col(Assignment.answered_at),
            col(Assignment.ended_at),
            col(Assignment.decline_code),
            col(Case.reference),
            col(Case.representation),
            col(Case.case_type),
            col(Case.custody),
            col(Case.court),
            col(Case.language),
            col(Hearing.id).label("hearing_id"),
            col(Hearing.kind).label("hearing_kind"),
            col(Hearing.held_on),
            col(Hearing.held_at),
            col(Hearing.court).label("hearing_court"),
        )
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .outerjoin(Hearing, first_hearing(day_in(work.now, work.actor.time_zone)))
        .where(answerable(work.actor))
    )
    if status is not None:
        statement = statement.where(col(Assignment.status) == status)
    found = page(
        work.session.execute(newest_first(statement, col(Assignment.id), limit=limit, cursor=cursor)).all(), limit
    )
    work.vault.preload(row.case_id for row in found.rows)
    items = [_offer(work, row) for row in found.rows]
    record(work, "assignment.listed", object_type="assignment", groups=(Group.CONTACT,), count=len(items))
    return OfferList(items, found.next)


def assignment(work: Work, assignment_id: UUID) -> AssignmentView:
    """An assignment as the answer to a verb on it. Raises NotFound when it is neither one's own nor one's partner's."""
    row = work.session.execute(
        select(
            col(Assignment.id),
            col(Assignment.case_id),
            col(Assignment.role),
            col(Assignment.status),
            col(Assignment.offered_at),
            col(Assignment.answered_at),
            col(Assignment.ended_at),
            col(Assignment.decline_code),
            col(Account.id).label("attorney_id"),
            col(Account.name),
        )
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(Account, col(Account.id) == col(Assignment.attorney_id))
        .where(col(Assignment.id) == assignment_id, concerning(work.actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return AssignmentView(
        id=row.id,
        case_id=row.case_id,
        attorney=PersonName(row.attorney_id, row.name),
        role=row.role,
        status=row.status,
        offered_at=row.offered_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        decline_code=row.decline_code,
        decline_note=None,
    )


def attorneys(work: Work) -> list[Attorney]:
    """The active attorneys of the actor's organization by name, to choose one for a case."""
    work.allow(Permission.ASSIGNMENT_OFFER)
    rows = work.session.execute(
        select(col(Account.id), col(Account.name), func.count(col(Assignment.id)))
        .join(AccountRole, and_(col(AccountRole.account_id) == col(Account.id), col(AccountRole.role) == Role.ATTORNEY))
        .outerjoin(
            Assignment, and_(col(Assignment.attorney_id) == col(Account.id), col(Assignment.status).in_(STANDING))
        )
        .where(col(Account.partner_id) == work.actor.partner_id, col(Account.status) == AccountStatus.ACTIVE)
        .group_by(col(Account.id), col(Account.name))
        .order_by(col(Account.name), col(Account.id))
    )
    return [Attorney(*row) for row in rows]


def language_of(work: Work, applicant_id: UUID) -> dict[str, Any]:
    """The language of an applicant that the actor may still open, to be sealed again under the key of their case."""
    groups = (Group.CONTACT,)
    row = work.session.execute(
        select(*sealed_columns(groups)).where(col(Applicant.id) == applicant_id, applicant_opened(work.actor, groups))
    ).one_or_none()
    answers = open_groups(work, applicant_id, row, groups)[Group.CONTACT] if row is not None else {}
    return {name: answers.get(name) for name in _SPOKEN}


def _offer(work: Work, row: Row[Any]) -> OfferView:
    current = row.status in STANDING
    spoken = work.vault.open(Cell("case", "language", row.case_id, row.case_id), Group.CONTACT, row.language)
    hearing = HearingView(row.hearing_id, row.hearing_kind, row.held_on, row.held_at, row.hearing_court, None)
    return OfferView(
        id=row.id,
        case_id=row.case_id,
        reference=row.reference,
        role=row.role,
        status=row.status,
        offered_at=row.offered_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        decline_code=row.decline_code,
        representation=row.representation,
        case_type=row.case_type if current else None,
        custody=row.custody if current else None,
        court=row.court if current else None,
        next_hearing=hearing if current and row.hearing_id is not None else None,
        preferred_language=spoken["preferred_language"] if current else None,
        interpreter_needed=spoken["interpreter_needed"] if current else None,
    )
