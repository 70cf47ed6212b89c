"""Programs as they are shown to whoever manages them. A secret is never shown again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access import machines
from app.access.grants import OF_A_PARTNER, Permission, Role
from app.access.identify import scopes_of
from app.access.model import Account, AccountRole
from app.clients.model import Client, ClientSecret
from app.clients.rules import LIVE_SECRETS, ROLES
from app.clients.scope import visible
from app.errors import NotFound
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class SecretView:
    """One live secret, by its dates."""

    id: UUID
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ClientView:
    """One program: whose rights it has, which part of them, and its live secrets."""

    id: UUID
    name: str
    role: Role
    partner_id: UUID | None
    partner: str | None
    scopes: list[Permission]
    secrets: list[SecretView]
    may_have_another: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientList:
    items: list[ClientView]
    next: str | None


@dataclass(frozen=True, slots=True)
class RoleOffer:
    """A role that a program may have, whether it belongs to a partner, and the scopes to choose from."""

    role: Role
    of_a_partner: bool
    scopes: list[Permission]


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Client.id),
            col(Account.name),
            col(AccountRole.role),
            col(Account.partner_id),
            col(Partner.name).label("partner"),
            col(Client.scopes),
            col(Client.created_at),
            col(Client.ended_at),
        )
        .join(Account, col(Account.id) == col(Client.id))
        .join(AccountRole, col(AccountRole.account_id) == col(Client.id))
        .join(Partner, col(Partner.id) == col(Account.partner_id), isouter=True)
    )


def clients(work: Work) -> ClientList:
    """Every program the actor may see, those that still work first, each by name. An installation has a handful."""
    reach = work.allow(Permission.CLIENT_MANAGE)
    ordered = (col(Client.ended_at).is_not(None), col(Account.name), col(Client.id))
    rows = work.session.execute(_columns().where(visible(work.actor, reach)).order_by(*ordered)).all()
    return ClientList(_views(work, rows), None)


def client(work: Work, client_id: UUID) -> ClientView:
    """One program. Raises NotFound when it is absent or out of the actor's scope."""
    reach = work.allow(Permission.CLIENT_MANAGE)
    rows = work.session.execute(_columns().where(col(Client.id) == client_id, visible(work.actor, reach))).all()
    if not rows:
        raise NotFound
    return _views(work, rows)[0]


def exists(work: Work, client_id: UUID, **_more: UUID) -> None:
    """Raise NotFound when the program is absent or out of the actor's scope."""
    client(work, client_id)


def secret_exists(work: Work, client_id: UUID, secret_id: UUID) -> None:
    """Raise NotFound when the program has no such live secret."""
    if secret_id not in {each.id for each in client(work, client_id).secrets}:
        raise NotFound


def offers() -> list[RoleOffer]:
    """What a new program may be given."""
    return [RoleOffer(role, role in OF_A_PARTNER, sorted(machines.offered(role))) for role in ROLES]


def _views(work: Work, rows: Sequence[Any]) -> list[ClientView]:
    secrets = _live_secrets(work, (row.id for row in rows))
    return [
        ClientView(
            id=row.id,
            name=row.name,
            role=row.role,
            partner_id=row.partner_id,
            partner=row.partner,
            scopes=sorted(scopes_of(row.scopes)),
            secrets=(own := secrets.get(row.id, [])),
            may_have_another=row.ended_at is None and len(own) < LIVE_SECRETS,
            created_at=row.created_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def _live_secrets(work: Work, client_ids: Iterable[UUID]) -> dict[UUID, list[SecretView]]:
    rows = work.session.execute(
        select(
            col(ClientSecret.client_id), col(ClientSecret.id), col(ClientSecret.created_at), col(ClientSecret.ends_at)
        )
        .where(
            col(ClientSecret.client_id).in_(list(client_ids)),
            col(ClientSecret.ended_at).is_(None),
            col(ClientSecret.ends_at) > work.now,
        )
        .order_by(col(ClientSecret.id))
    )
    found: dict[UUID, list[SecretView]] = {}
    for row in rows:
        found.setdefault(row.client_id, []).append(SecretView(row.id, row.created_at, row.ends_at))
    return found
