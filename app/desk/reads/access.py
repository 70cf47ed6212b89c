"""Who has opened a case: its own people's part of the audit record. Looking at it is on record too."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlmodel import col

from app.access import grants
from app.access.actor import Actor
from app.access.grants import Permission, Reach, Role
from app.access.model import Account, AccountRole
from app.access.sights import NAMES
from app.access.ties import people_with_times
from app.audit.actions import record
from app.audit.model import AuditEvent
from app.audit.rules import Outcome, Purpose
from app.audit.rules.registry import ACTIONS
from app.cases.model import Case
from app.cases.scope import visible
from app.crypto import Group
from app.errors import NotFound
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.partners.model import Partner
from app.sight import OPTION
from app.staff.scope import deeds
from app.work import Work

#: What shows something of a case or of its applicant without opening a sealed group. Whatever opens one counts too.
_SEEN: Final = (
    *("application.read", "award.read", "case.access_listed", "case.closing_read", "case.read"),
    *("conflict.read", "disbursement.read", "note.listed"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who opened the case, with the roles and the organization they have now."""

    id: UUID
    name: str
    roles: list[Role]
    partner: str | None


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """One opening: what was done, which sealed groups it opened, and what for when a purpose was asked."""

    id: UUID
    at: datetime
    reader: Reader | None
    action: str
    meaning: str
    groups: list[Group]
    purpose: Purpose | None


@dataclass(frozen=True, slots=True)
class CaseReader:
    """One person's openings: how many, and when the last was."""

    reader: Reader
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CanOpen:
    """Somebody who can open the case now; ``until`` and ``help_id`` are of a colleague's help, which ends by itself."""

    person: Reader
    until: datetime | None
    help_id: UUID | None


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """Who can open the case now, everybody who opened it or its applicant's answers, and the openings, newest first."""

    id: UUID
    reference: str
    can_open: list[CanOpen]
    readers: list[CaseReader]
    items: list[CaseOpening]
    next: str | None


def access(work: Work, case_id: UUID, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> CaseAccess:
    """Who has opened a case. Raises NotFound when it is out of the actor's scope, Invalid for a cursor that is none."""
    reach = work.allow(Permission.CASE_ACCESS)
    case = _case(work, reach, case_id)
    opened = _openings(case) & _readable(work, reach, case)
    statement: Select[*tuple[Any, ...]] = select(
        col(AuditEvent.id),
        col(AuditEvent.at),
        col(AuditEvent.action),
        col(AuditEvent.actor_id),
        col(AuditEvent.groups),
        col(AuditEvent.purpose),
    ).where(opened)
    rows = work.session.execute(newest_first(statement, col(AuditEvent.id), limit=limit, cursor=cursor)).all()
    found = page(rows, limit)
    counted = work.session.execute(
        select(col(AuditEvent.actor_id), func.count().label("times"), func.max(col(AuditEvent.at)).label("last_at"))
        .where(opened, col(AuditEvent.actor_id).is_not(None))
        .group_by(col(AuditEvent.actor_id))
    ).all()
    tied = people_with_times(work.session, case_id)
    people = _people(work, {row.actor_id for row in counted} | {each.account_id for each in tied})
    readers = [CaseReader(people[row.actor_id], row.times, row.last_at) for row in counted if row.actor_id in people]
    record(
        work,
        "case.access_listed",
        object_type="case",
        object_id=case_id,
        subject_id=case.applicant_id,
        count=len(found.rows),
    )
    return CaseAccess(
        id=case_id,
        reference=case.reference,
        can_open=[CanOpen(people[each.account_id], each.ends_at, each.help_id) for each in tied],
        readers=sorted(readers, key=lambda each: (each.last_at, each.reader.id), reverse=True),
        items=[_opening(row, people) for row in found.rows],
        next=found.next,
    )


def _case(work: Work, reach: Reach, case_id: UUID) -> Any:
    row = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Case.applicant_id)).where(
            col(Case.id) == case_id, visible(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _readable(work: Work, reach: Reach, case: Any) -> ColumnElement[bool]:
    """Whose openings the actor may know: on one's own matter everybody's, else those within ``reach``.

    A partner's administrator sees what people of the own organization opened, and nobody else.
    """
    assigned = exists().where(col(Case.id) == case.id, visible(work.actor, Reach.ASSIGNED))
    own = work.session.execute(select(assigned)).scalar_one() and _works(work.actor)
    if own or reach is not Reach.PARTNER:
        return true()
    return deeds(work.actor, reach, col(AuditEvent.actor_id), col(AuditEvent.at))


def _works(actor: Actor) -> bool:
    """True when a role other than an administrator's opens the page to this person."""
    return grants.reach(actor.roles - {Role.PARTNER_ADMINISTRATOR}, Permission.CASE_ACCESS) is not None


def _openings(case: Any) -> ColumnElement[bool]:
    """Events that showed something of the case or of its applicant."""
    about = or_(col(AuditEvent.object_id) == case.id, col(AuditEvent.subject_id).in_((case.id, case.applicant_id)))
    showed = or_(col(AuditEvent.groups) != "", col(AuditEvent.action).in_(_SEEN))
    # Somebody may work on another case of the same person: that is not this case's business.
    own = or_(
        col(AuditEvent.object_type).is_(None),
        col(AuditEvent.object_type) != "case",
        col(AuditEvent.object_id) == case.id,
    )
    done: ColumnElement[bool] = col(AuditEvent.outcome) == Outcome.DONE
    return about & own & showed & done


def _people(work: Work, ids: Collection[UUID]) -> dict[UUID, Reader]:
    roles: dict[UUID, list[Role]] = defaultdict(list)
    for each in work.session.execute(
        select(col(AccountRole.account_id), col(AccountRole.role)).where(col(AccountRole.account_id).in_(ids)),
        execution_options={OPTION: NAMES},
    ):
        roles[each.account_id].append(each.role)
    rows: Sequence[Any] = work.session.execute(
        select(col(Account.id), col(Account.name), col(Partner.name).label("partner"))
        .outerjoin(Partner, col(Partner.id) == col(Account.partner_id))
        .where(col(Account.id).in_(ids)),
        execution_options={OPTION: NAMES},
    ).all()
    return {row.id: Reader(row.id, row.name, sorted(roles[row.id]), row.partner) for row in rows}


def _opening(row: Any, people: dict[UUID, Reader]) -> CaseOpening:
    return CaseOpening(
        id=row.id,
        at=row.at,
        reader=people.get(row.actor_id),
        action=row.action,
        meaning=ACTIONS.get(row.action, row.action),
        groups=[Group(each) for each in row.groups.split(",")] if row.groups else [],
        purpose=row.purpose,
    )
