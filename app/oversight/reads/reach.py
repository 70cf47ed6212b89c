"""What somebody reaches now, as they would see it, and why: asked of the grants and scopes that decide it.

Nothing is decided here: the person's actor is made as the gate would make it, and handed to the rooms' own scopes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlmodel import col

from app.access import walls
from app.access.actor import Actor
from app.access.grants import Permission, Reach
from app.access.model import AccountStatus, Tie
from app.access.person import as_they_are
from app.access.sights import COUNTING
from app.applicants.model import Applicant
from app.applicants.scope import visible as applicants_visible
from app.audit.actions import record
from app.cases.model import Case
from app.cases.rules import CaseStatus
from app.cases.scope import visible as cases_visible
from app.crypto import Group
from app.errors import NotFound
from app.oversight.rules import Why
from app.sight import OPTION
from app.staff import reads as staff
from app.work import Work

#: So many records are named; all are counted.
NAMED: Final = 100


@dataclass(frozen=True, slots=True)
class Allowed:
    """Something that the person may do or open, and how far."""

    name: str
    reach: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A record by its reference, why it is reached, and until when if that ends by itself."""

    id: UUID
    reference: str
    why: Why
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """How many there are, and the newest of them by reference, as far as the reader may know them."""

    count: int
    items: list[Reached]


@dataclass(frozen=True, slots=True)
class TheirAccess:
    """Everything that decides what a person sees now. ``comes_in`` is False while they can not sign in at all."""

    person: staff.StaffView
    comes_in: bool
    permissions: list[Allowed]
    groups: list[Allowed]
    cases: Reachable
    applicants: Reachable
    walled: Reachable


@dataclass(frozen=True, slots=True)
class Held:
    """An open case that somebody works on."""

    id: UUID
    reference: str


def their_access(work: Work, account_id: UUID) -> TheirAccess:
    """What a person may do, open and reach now, and why. Raises NotFound when out of the reader's scope."""
    person = staff.staff_member(work, account_id)
    actor = as_they_are(work.session, account_id)
    if actor is None:
        raise NotFound
    found = TheirAccess(
        person=person,
        comes_in=person.status is AccountStatus.ACTIVE and staff.partner_lets_in(work, account_id),
        permissions=[
            Allowed(each.value, reach.name.lower()) for each in Permission if (reach := actor.reach(each)) is not None
        ],
        groups=[Allowed(each.value, reach.name.lower()) for each in Group if (reach := actor.opens(each)) is not None],
        cases=_cases(work, actor),
        applicants=_applicants(work, actor),
        walled=_walled(work, actor),
    )
    record(
        work,
        "staff.access_read",
        object_type="account",
        object_id=account_id,
        count=len(found.cases.items) + len(found.applicants.items),
    )
    return found


def held(work: Work, account_id: UUID) -> list[Held] | None:
    """The open cases that a person works on, newest first, of those that the reader reaches; None for who sees none."""
    reach = work.actor.reach(Permission.CASE_READ)
    person = as_they_are(work.session, account_id)
    if reach is None or person is None:
        return None
    mine = and_(cases_visible(person, Reach.ASSIGNED), col(Case.status) != CaseStatus.CLOSED)
    rows = work.session.execute(
        select(col(Case.id), col(Case.reference))
        .where(mine, cases_visible(work.actor, reach))
        .order_by(col(Case.id).desc())
    )
    return [Held(*row) for row in rows]


def _cases(work: Work, person: Actor) -> Reachable:
    reach = person.reach(Permission.CASE_READ)
    theirs = false() if reach is None else cases_visible(person, reach)
    mine = work.actor.reach(Permission.CASE_READ)
    named = false() if mine is None else cases_visible(work.actor, mine)
    return _reachable(work, person, reach, col(Case.id), col(Case.reference), theirs, named)


def _applicants(work: Work, person: Actor) -> Reachable:
    reach = person.reach(Permission.APPLICANT_REVEAL)
    theirs = false() if reach is None else applicants_visible(person, reach)
    return _reachable(work, person, reach, col(Applicant.id), col(Applicant.reference), theirs, _references(work))


def _walled(work: Work, person: Actor) -> Reachable:
    """Cases that a wall keeps from the person, whatever their role; for themselves none: a wall is not told of."""
    if work.actor.id == person.id:
        return Reachable(0, [])
    mine = work.actor.reach(Permission.CASE_READ)
    named = false() if mine is None else cases_visible(work.actor, mine)
    behind = walls.inside(person, col(Case.id))
    return _reachable(work, person, None, col(Case.id), col(Case.reference), behind, named)


def _references(work: Work) -> ColumnElement[bool]:
    """Who reads the record knows applicants by reference from there; a wall keeps even those."""
    if work.actor.reach(Permission.AUDIT_READ) is None:
        return false()
    return walls.outside(work.actor, col(Applicant.id))


def _reachable(
    work: Work,
    person: Actor,
    reach: Reach | None,
    key: Any,
    reference: Any,
    theirs: ColumnElement[bool],
    named: ColumnElement[bool],
) -> Reachable:
    # A number tells nobody which: it is the whole one, also for who sees none of the records.
    counted = select(func.count(key)).where(theirs)
    count = work.session.execute(counted, execution_options={OPTION: COUNTING}).scalar_one()
    rows = work.session.execute(
        select(key.label("id"), reference.label("reference")).where(theirs, named).order_by(key.desc()).limit(NAMED)
    ).all()
    tied = _ties(work, person.id, [row.id for row in rows])
    items = [Reached(row.id, row.reference, *_why(reach, tied.get(row.id))) for row in rows]
    return Reachable(count, items)


def _ties(work: Work, account_id: UUID, subjects: Sequence[UUID]) -> dict[UUID, Any]:
    """The person's own ties to these subjects; an assignment counts before a colleague's help."""
    rows = work.session.execute(
        select(col(Tie.subject_id), col(Tie.help_id), col(Tie.ends_at))
        .where(col(Tie.account_id) == account_id, col(Tie.until_at).is_(None), col(Tie.subject_id).in_(subjects))
        .where(col(Tie.ends_at).is_(None) | (col(Tie.ends_at) > work.now))
    ).all()
    return {row.subject_id: row for row in sorted(rows, key=lambda row: row.help_id is None)}


def _why(reach: Reach | None, tie: Any) -> tuple[Why, datetime | None]:
    if tie is not None:
        return (Why.ASSIGNMENT if tie.help_id is None else Why.HELP), tie.ends_at
    return (Why.ROLE if reach is Reach.ALL else Why.ORGANIZATION), None
