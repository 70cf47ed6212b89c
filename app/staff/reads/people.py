"""Who works here: the people an actor may see, one of them, and whom they may invite as what."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import col

from app.access import ties
from app.access.grants import OF_A_PARTNER, Permission, Reach, Role
from app.access.model import Account, AccountRole, AccountStatus, PasswordLink, SignInSession
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.reads.own import PartnerName
from app.staff.reads.waiting import RequestView, waiting
from app.staff.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class StaffView:
    """A person. ``seen_at`` is the last use of a session; ``link_until`` the end of an invitation that is open."""

    id: UUID
    email: str
    name: str
    roles: list[Role]
    partner: PartnerName | None
    status: AccountStatus
    seen_at: datetime | None
    link_until: datetime | None
    waiting: RequestView | None
    version: int


@dataclass(frozen=True, slots=True)
class AgreedView(StaffView):
    """A person whose change a second one agreed to; ``link`` is for somebody who never signed in."""

    link: str | None


@dataclass(frozen=True, slots=True)
class StaffList:
    items: list[StaffView]
    next: str | None


def staff(work: Work, partner_id: UUID | None = None) -> StaffList:
    """The people within the actor's reach, by name; of one organization alone when given. Machines are no people."""
    reach = work.allow(Permission.STAFF_READ)
    within = visible(work.actor, reach) & col(Account.machine).is_(False)
    if partner_id is not None:
        within &= col(Account.partner_id) == partner_id
    return StaffList(_people(work, within), None)


def staff_member(work: Work, account_id: UUID) -> StaffView:
    """One person. Raises NotFound when absent or out of the actor's scope."""
    reach = work.allow(Permission.STAFF_READ)
    found = _people(work, visible(work.actor, reach) & (col(Account.id) == account_id))
    if not found:
        raise NotFound
    return found[0]


def agreed(work: Work, account_id: UUID, link: str | None) -> AgreedView:
    """One person, and the link that is handed to whoever agreed. Raises NotFound."""
    view = staff_member(work, account_id)
    return AgreedView(**{each.name: getattr(view, each.name) for each in fields(view)}, link=link)


@dataclass(frozen=True, slots=True)
class Person:
    """What a verb needs to know of somebody before it changes them."""

    name: str
    status: AccountStatus
    roles: frozenset[Role]
    partner_id: UUID | None


def person_to_change(work: Work, account_id: UUID) -> Person:
    """Somebody whom the actor may manage, locked until the Work ends. Raises NotFound for everybody else."""
    found_for(work, Permission.STAFF_MANAGE, account_id)
    return person_as_is(work, account_id)


def person_as_is(work: Work, account_id: UUID) -> Person:
    """Somebody, locked until the Work ends; its caller has asked whether the actor may. Raises NotFound."""
    row = work.session.execute(
        select(col(Account.name), col(Account.status), col(Account.partner_id))
        .where(col(Account.id) == account_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    roles = work.session.execute(select(col(AccountRole.role)).where(col(AccountRole.account_id) == account_id))
    return Person(row.name, row.status, frozenset(roles.scalars()), row.partner_id)


def found_for(work: Work, permission: Permission, account_id: UUID) -> int:
    """The version of somebody within the reach of a permission. Raises NotFound for everybody else."""
    reach = work.allow(permission)
    version = work.session.execute(
        select(col(Account.version)).where(col(Account.id) == account_id, visible(work.actor, reach))
    ).scalar()
    if version is None:
        raise NotFound
    return int(version)


def exists(work: Work, account_id: UUID) -> None:
    """For the door: the actor may manage this person. Raises NotFound."""
    found_for(work, Permission.STAFF_MANAGE, account_id)


def changeable(work: Work, account_id: UUID) -> int:
    """For the door: the version of a person whom the actor may manage. Raises NotFound."""
    return found_for(work, Permission.STAFF_MANAGE, account_id)


def signed_in(work: Work, account_id: UUID) -> None:
    """For the door: the actor may see and end this person's sessions. Raises NotFound."""
    found_for(work, Permission.STAFF_SESSIONS, account_id)


def works_on_cases(work: Work, account_id: UUID) -> bool:
    """True when the person is tied to somebody's case now, also behind a wall: the tie works again once it is lifted.

    Its caller has asked whether the actor may know.
    """
    return ties.holds_any(work.session, account_id)


def _people(work: Work, within: ColumnElement[bool]) -> list[StaffView]:
    rows = work.session.execute(_statement(work).where(within).order_by(col(Account.name), col(Account.id))).all()
    ids = [row.id for row in rows]
    roles = _roles(work, ids)
    asked = waiting(work, ids)
    return [_view(row, roles.get(row.id, []), asked.get(row.id)) for row in rows]


def _statement(work: Work) -> Select[*tuple[Any, ...]]:
    seen = select(func.max(col(SignInSession.seen_at))).where(col(SignInSession.account_id) == col(Account.id))
    link = select(func.max(col(PasswordLink.ends_at))).where(
        col(PasswordLink.account_id) == col(Account.id),
        col(PasswordLink.used_at).is_(None),
        col(PasswordLink.ends_at) > work.now,
    )
    return select(
        col(Account.id),
        col(Account.email),
        col(Account.name),
        col(Account.status),
        col(Account.version),
        col(Account.partner_id),
        col(Partner.name).label("partner_name"),
        seen.scalar_subquery().label("seen_at"),
        link.scalar_subquery().label("link_until"),
    ).join(Partner, col(Partner.id) == col(Account.partner_id), isouter=True)


def _roles(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Role]]:
    found: dict[UUID, list[Role]] = {}
    for row in work.session.execute(
        select(col(AccountRole.account_id), col(AccountRole.role)).where(col(AccountRole.account_id).in_(ids))
    ):
        found.setdefault(row.account_id, []).append(row.role)
    return found


def _view(row: Any, roles: list[Role], asked: RequestView | None) -> StaffView:
    return StaffView(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=sorted(roles),
        partner=PartnerName(row.partner_id, row.partner_name) if row.partner_id else None,
        status=row.status,
        seen_at=row.seen_at,
        link_until=row.link_until if row.status is AccountStatus.INVITED else None,
        waiting=asked,
        version=row.version,
    )


@dataclass(frozen=True, slots=True)
class Invitable:
    """The roles that the actor may give to somebody new, and the organizations that person may work for."""

    roles: list[Role]
    partners: list[PartnerName]


def invitable(work: Work) -> Invitable:
    """What the actor may choose from when they invite somebody: a partner's administrator the own organization only."""
    reach = work.allow(Permission.STAFF_MANAGE)
    actor = work.actor
    if reach is not Reach.ALL:
        own = [] if actor.partner_id is None else [PartnerName(actor.partner_id, actor.partner_name or "")]
        return Invitable([role for role in Role if role in OF_A_PARTNER], own)
    rows = work.session.execute(select(col(Partner.id), col(Partner.name)).order_by(col(Partner.name)))
    return Invitable(list(Role), [PartnerName(row.id, row.name) for row in rows])


def partner_lets_in(work: Work, account_id: UUID) -> bool:
    """False when the person's organization is suspended. Its caller has asked whether the actor may know."""
    active = (
        select(col(Partner.active))
        .join(Account, col(Account.partner_id) == col(Partner.id))
        .where(col(Account.id) == account_id)
    )
    return work.session.execute(active).scalar() is not False
