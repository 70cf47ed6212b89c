"""Who I am, and where I am signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Permission, Role
from app.access.methods import Method, from_words
from app.access.model import SignInSession
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
class SessionView:
    """One place where I am signed in."""

    id: UUID
    browser: str
    created_at: datetime
    seen_at: datetime
    #: How it was shown who this is; none for a session of before this was kept.
    methods: list[Method]
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


def sessions(work: Work) -> SessionList:
    """The places where the actor is signed in now, last used first."""
    work.allow(Permission.ACCOUNT_OWN)
    return open_sessions(work, work.actor.id)


def open_sessions(work: Work, account_id: UUID) -> SessionList:
    """The sessions of a person that still stand. Its caller has asked whether the actor may see them."""
    rows = work.session.execute(
        select(
            col(SignInSession.id),
            col(SignInSession.browser),
            col(SignInSession.created_at),
            col(SignInSession.seen_at),
            col(SignInSession.methods),
        )
        .where(
            col(SignInSession.account_id) == account_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > work.now,
        )
        .order_by(col(SignInSession.seen_at).desc())
    )
    return SessionList([_view(work, row) for row in rows], None)


def _view(work: Work, row: Row[Any]) -> SessionView:
    known = from_words(row.methods)
    return SessionView(
        id=row.id,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
        methods=[each for each in Method if each in known],
        this_one=row.id == work.actor.session_id,
    )
