"""Who I am, who works here, and what a sign-in needs to know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import OF_A_PARTNER, Permission, Reach, Role
from app.access.identify import digest
from app.access.model import Account, AccountRole, AccountStatus, PasswordLink, SignInSession
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.model import SignInFailure
from app.staff.rules import WINDOW
from app.staff.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class PartnerName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who I am: what ``GET /session`` says."""

    id: UUID
    email: str
    name: str
    roles: list[Role]
    permissions: list[Permission]
    partner: PartnerName | None
    language: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class StaffView:
    id: UUID
    email: str
    name: str
    roles: list[Role]
    partner: PartnerName | None
    status: AccountStatus


@dataclass(frozen=True, slots=True)
class StaffList:
    items: list[StaffView]
    next: str | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """One place where I am signed in."""

    id: UUID
    browser: str
    created_at: datetime
    seen_at: datetime
    this_one: bool


@dataclass(frozen=True, slots=True)
class SessionList:
    items: list[SessionView]
    next: str | None


def me(actor: Actor) -> Me:
    """The signed-in person with everything their roles allow."""
    partner = None
    if actor.partner_id is not None:
        partner = PartnerName(actor.partner_id, actor.partner_name or "")
    return Me(
        id=actor.id,
        email=actor.email,
        name=actor.name,
        roles=sorted(actor.roles),
        permissions=sorted(actor.permissions),
        partner=partner,
        language=actor.language,
        time_zone=actor.time_zone,
    )


def staff(work: Work) -> StaffList:
    """The people within the actor's reach, by name."""
    reach = work.allow(Permission.STAFF_READ)
    rows = work.session.execute(
        select(
            col(Account.id),
            col(Account.email),
            col(Account.name),
            col(Account.status),
            col(Account.partner_id),
            col(Partner.name).label("partner_name"),
            col(AccountRole.role),
        )
        .join(Partner, col(Partner.id) == col(Account.partner_id), isouter=True)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id), isouter=True)
        .where(visible(work.actor, reach))
        .order_by(col(Account.name), col(Account.id))
    ).all()
    people: dict[UUID, StaffView] = {}
    for row in rows:
        known = people.get(row.id) or _view(row)
        people[row.id] = known
        if row.role is not None:
            known.roles.append(row.role)
    return StaffList(list(people.values()), None)


def staff_member(work: Work, account_id: UUID) -> StaffView:
    """One person. Raises NotFound when absent or out of the actor's scope."""
    found = [person for person in staff(work).items if person.id == account_id]
    if not found:
        raise NotFound
    return found[0]


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


def exists(work: Work, account_id: UUID) -> None:
    """Raise NotFound when the person is absent or out of the actor's scope."""
    staff_member(work, account_id)


def sessions(work: Work) -> SessionList:
    """The places where the actor is signed in now, last used first."""
    work.allow(Permission.ACCOUNT_OWN)
    rows = work.session.execute(
        select(
            col(SignInSession.id), col(SignInSession.browser), col(SignInSession.created_at), col(SignInSession.seen_at)
        )
        .where(
            col(SignInSession.account_id) == work.actor.id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > work.now,
        )
        .order_by(col(SignInSession.seen_at).desc())
    )
    return SessionList(
        [
            SessionView(row.id, row.browser, row.created_at, row.seen_at, row.id == work.actor.session_id)
            for row in rows
        ],
        None,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who an e-mail address belongs to, for a sign-in that may fail."""

    id: UUID
    password_hash: str


def candidate(work: Work, email: str) -> Candidate | None:
    """The active account of an e-mail address with its password hash; None when there is none."""
    row = work.session.execute(
        select(col(Account.id), col(Account.password_hash)).where(
            col(Account.email) == email, col(Account.status) == AccountStatus.ACTIVE
        )
    ).one_or_none()
    return Candidate(row.id, row.password_hash) if row is not None and row.password_hash else None


def failures(work: Work, who: bytes, network: bytes) -> tuple[tuple[int, datetime | None], tuple[int, datetime | None]]:
    """Failures of this person at this place, and of this network, within the window: how many, and when the last."""
    since = work.now - WINDOW

    def count(condition: ColumnElement[bool]) -> tuple[int, datetime | None]:
        row = work.session.execute(
            select(func.count(), func.max(col(SignInFailure.at))).where(condition, col(SignInFailure.at) > since)
        ).one()
        return int(row[0]), row[1]

    return count(col(SignInFailure.who) == who), count(col(SignInFailure.network) == network)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose password a link sets."""

    link_id: UUID
    account_id: UUID
    email: str
    name: str


def invitation(work: Work, secret: str) -> Invitation:
    """The person whose password this link may set. Raises NotFound when it is unknown, used or too old."""
    row = work.session.execute(
        select(col(PasswordLink.id).label("link_id"), col(Account.id), col(Account.email), col(Account.name))
        .join(Account, col(Account.id) == col(PasswordLink.account_id))
        .where(
            col(PasswordLink.digest) == digest(secret),
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.ends_at) > work.now,
            col(Account.status) != AccountStatus.SUSPENDED,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return Invitation(*row)


def _view(row: Row[tuple[object, ...]]) -> StaffView:
    partner = PartnerName(row.partner_id, row.partner_name) if row.partner_id else None
    return StaffView(row.id, row.email, row.name, [], partner, row.status)
