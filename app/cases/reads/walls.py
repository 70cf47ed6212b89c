"""The walls around a matter: who is kept away, why, and how far a lifting has come."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account, AccountStatus
from app.audit.actions import record
from app.cases.model import Case, Wall
from app.cases.reads.find import case_for
from app.cases.reads.views import CaseName, PersonName
from app.cases.rules import WallReason
from app.cases.scope import visible
from app.crypto import Cell, Group
from app.errors import NotFound
from app.staff.scope import visible as visible_people
from app.work import Work


@dataclass(frozen=True, slots=True)
class WallView:
    """One wall. ``text`` is None for those who may read of walls and not put them up. Two people lift one."""

    id: UUID
    case_id: UUID
    person: PersonName
    reason: WallReason
    text: str | None = field(repr=False)
    set_by: PersonName
    set_at: datetime
    lift_asked_by: PersonName | None
    lift_asked_at: datetime | None
    lifted_by: PersonName | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Walls:
    """The walls around a case's applicant and all their cases, the newest first."""

    case: CaseName
    items: list[WallView]
    next: None = None


_setter, _asker, _lifter = aliased(Account), aliased(Account), aliased(Account)
_WALLS: Select[*tuple[Any, ...]] = (
    select(
        col(Wall.id),
        col(Wall.case_id),
        col(Wall.account_id),
        col(Account.name).label("person"),
        col(Wall.reason),
        col(Wall.text_sealed),
        col(Wall.set_by),
        col(_setter.name).label("setter"),
        col(Wall.set_at),
        col(Wall.lift_asked_by),
        col(_asker.name).label("asker"),
        col(Wall.lift_asked_at),
        col(Wall.lifted_by),
        col(_lifter.name).label("lifter"),
        col(Wall.lifted_at),
    )
    .join(Account, col(Account.id) == col(Wall.account_id))
    .join(_setter, col(_setter.id) == col(Wall.set_by))
    .outerjoin(_asker, col(_asker.id) == col(Wall.lift_asked_by))
    .outerjoin(_lifter, col(_lifter.id) == col(Wall.lifted_by))
)


def walls(work: Work, case_id: UUID) -> Walls:
    """The walls around the matter of a case; the look is recorded. Raises NotFound out of scope."""
    reach = work.allow(Permission.WALL_READ)
    case = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Case.status), col(Case.applicant_id)).where(
            col(Case.id) == case_id, visible(work.actor, reach)
        )
    ).one_or_none()
    if case is None:
        raise NotFound
    opens = Permission.WALL_SET in work.actor.permissions
    rows = work.session.execute(
        _WALLS.where(col(Wall.applicant_id) == case.applicant_id).order_by(col(Wall.id).desc())
    ).all()
    record(
        work,
        "wall.listed",
        object_type="case",
        object_id=case_id,
        subject_id=case.applicant_id,
        groups=(Group.STAFF,) if opens and rows else (),
        count=len(rows),
    )
    return Walls(CaseName(case.id, case.reference, case.status), [_view(work, row, opens) for row in rows])


def wall(work: Work, wall_id: UUID) -> WallView:
    """One wall as the answer to who has just put it up or helped to lift it."""
    work.allow(Permission.WALL_SET)
    return _view(work, work.session.execute(_WALLS.where(col(Wall.id) == wall_id)).one(), opens=True)


def keepable(work: Work) -> list[PersonName]:
    """The people whom the actor may keep away from a matter, by name: their organization's, or all; never oneself."""
    reach = work.allow(Permission.WALL_SET)
    people = select(col(Account.id), col(Account.name)).where(
        visible_people(work.actor, reach), col(Account.status) == AccountStatus.ACTIVE, col(Account.id) != work.actor.id
    )
    return [PersonName(*row) for row in work.session.execute(people.order_by(col(Account.name), col(Account.id)))]


def wallable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may put up walls around this case's matter. Raises NotFound."""
    case_for(work, Permission.WALL_SET, case_id)


def liftable(work: Work, case_id: UUID, wall_id: UUID) -> None:
    """For the door: this wall stands, or stood, around this case's matter, and the actor may lift it."""
    wall_of(work, case_id, wall_id)


def wall_of(work: Work, case_id: UUID, wall_id: UUID) -> Any:
    """A wall around the matter of a case, to be lifted. Raises NotFound for every other."""
    found = case_for(work, Permission.WALL_SET, case_id)
    statement: Select[*tuple[Any, ...]] = select(
        col(Wall.id), col(Wall.account_id), col(Wall.applicant_id), col(Wall.lift_asked_by), col(Wall.lifted_at)
    ).where(col(Wall.id) == wall_id, col(Wall.applicant_id) == found.applicant_id)
    row = work.session.execute(statement.with_for_update() if work.writes else statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def _view(work: Work, row: Any, opens: bool) -> WallView:
    cell = Cell("wall", "text_sealed", row.id, row.case_id)
    return WallView(
        id=row.id,
        case_id=row.case_id,
        person=PersonName(row.account_id, row.person),
        reason=row.reason,
        text=str(work.vault.open(cell, Group.STAFF, row.text_sealed)) if opens and row.text_sealed else None,
        set_by=PersonName(row.set_by, row.setter),
        set_at=row.set_at,
        lift_asked_by=PersonName(row.lift_asked_by, row.asker) if row.lift_asked_by else None,
        lift_asked_at=row.lift_asked_at,
        lifted_by=PersonName(row.lifted_by, row.lifter) if row.lifted_by else None,
        lifted_at=row.lifted_at,
    )
