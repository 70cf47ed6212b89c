"""Programs: taken on with a part of one role's rights, given secrets, ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select, update
from sqlmodel import col

from app.access import machines
from app.access.grants import OF_A_PARTNER, Permission, Role
from app.access.identify import digest, new_secret
from app.access.model import Account, AccountRole, AccountStatus, Token
from app.audit.actions import record
from app.clients.model import Client, ClientSecret
from app.clients.reads.clients import client, secret_exists
from app.clients.rules import LONGEST_SECRET_DAYS, ROLES
from app.db import new_id
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.partners.model import Partner
from app.work import Work

Days = Annotated[int, Field(ge=1, le=LONGEST_SECRET_DAYS, strict=True)]


class NewClient(BaseModel):
    """A program: its name, whose rights it has a part of, and which part. Good for ``days``."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    role: Role
    partner_id: UUID | None = None
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=60)]
    days: Days = 180


class NewSecret(BaseModel):
    """How many days the new secret is good for."""

    model_config = ConfigDict(extra="forbid")

    days: Days = 180


@dataclass(frozen=True, slots=True)
class Made:
    """The program's id, and the secret that is shown this once (None on a repetition)."""

    client_id: UUID
    secret: str | None


def create(work: Work, form: NewClient) -> Made:
    """Take a program on. Raises Invalid for a role, an organization or a scope that it can not have."""
    work.allow(Permission.CLIENT_MANAGE)
    problems = _problems(work, form)
    if problems:
        raise Invalid(*problems)
    secrets: list[str] = []

    def do(client_id: UUID) -> None:
        scopes = sorted(set(form.scopes))
        work.insert(
            Account,
            id=client_id,
            # No person can have this address (RFC 2606, section 2): it is never written to and nobody signs in with it.
            email=f"{client_id.hex}@client.invalid",
            name=form.name,
            partner_id=form.partner_id,
            status=AccountStatus.ACTIVE,
            machine=True,
            time_zone="UTC",
            created_at=work.now,
        )
        work.insert(AccountRole, account_id=client_id, role=form.role)
        work.insert(
            Client, id=client_id, scopes=" ".join(scopes), created_at=work.now, created_by=work.actor.id, ended_at=None
        )
        secrets.append(_add_secret(work, client_id, form.days))
        details: dict[str, str | int | list[str] | None] = {"role": form.role, "scopes": list(scopes)}
        record(work, "client.created", object_type="client", object_id=client_id, details=details)

    client_id = once(work, form, do)
    return Made(client_id, secrets[0] if secrets else None)


def renew(work: Work, client_id: UUID, form: NewSecret) -> Made:
    """One more secret for a program. Raises NotFound, and Conflict when it has two already or is ended."""
    found = client(work, client_id)
    secrets: list[str] = []

    def do(_: UUID) -> None:
        if not found.may_have_another:
            raise Conflict("client.secrets", "This program can have no further secret now. End one first.")
        secrets.append(_add_secret(work, client_id, form.days))
        record(work, "client.secret_made", object_type="client", object_id=client_id)

    once(work, form, do, result_id=client_id)
    return Made(client_id, secrets[0] if secrets else None)


def end_secret(work: Work, client_id: UUID, secret_id: UUID) -> None:
    """End one secret at once, and every token, because any of them may be its. Raises NotFound for no such secret."""
    secret_exists(work, client_id, secret_id)
    work.session.execute(update(ClientSecret).where(col(ClientSecret.id) == secret_id).values(ended_at=work.now))
    _end_tokens(work, client_id)
    record(work, "client.secret_ended", object_type="client", object_id=client_id)


def end(work: Work, client_id: UUID) -> None:
    """End a program for good: its account, secrets and tokens. Raises NotFound, Conflict when it is ended already."""
    if client(work, client_id).ended_at is not None:
        raise Conflict("client.ended", "This program has ended already.")
    work.session.execute(update(Client).where(col(Client.id) == client_id).values(ended_at=work.now))
    work.session.execute(update(Account).where(col(Account.id) == client_id).values(status=AccountStatus.SUSPENDED))
    work.session.execute(
        update(ClientSecret)
        .where(col(ClientSecret.client_id) == client_id, col(ClientSecret.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    _end_tokens(work, client_id)
    record(work, "client.ended", object_type="client", object_id=client_id)


def _add_secret(work: Work, client_id: UUID, days: int) -> str:
    secret = new_secret()
    work.insert(
        ClientSecret,
        id=new_id(),
        client_id=client_id,
        digest=digest(secret),
        created_at=work.now,
        ends_at=work.now + timedelta(days=days),
        ended_at=None,
    )
    return secret


def _end_tokens(work: Work, client_id: UUID) -> None:
    work.session.execute(
        update(Token).where(col(Token.account_id) == client_id, col(Token.ended_at).is_(None)).values(ended_at=work.now)
    )


def _problems(work: Work, form: NewClient) -> list[Problem]:
    if form.role not in ROLES:
        return [Problem("/role", "role.unfit", "A program can not have this role. Choose another one.")]
    problems = []
    if not set(form.scopes) <= machines.offered(form.role):
        problems.append(Problem("/scopes", "scopes.unfit", "A program with this role can not do all of this."))
    if form.role in OF_A_PARTNER and form.partner_id is None:
        problems.append(
            Problem("/partner_id", "partner_id.required", "Choose the organization that this program works for.")
        )
    if form.partner_id is not None:
        if form.role not in OF_A_PARTNER:
            problems.append(Problem("/partner_id", "partner_id.unfit", "Programs of the fund belong to no partner."))
        known = select(col(Partner.id)).where(col(Partner.id) == form.partner_id)
        if work.session.execute(known).first() is None:
            problems.append(Problem("/partner_id", "partner_id.unknown", "There is no such partner. Choose one."))
    return problems
