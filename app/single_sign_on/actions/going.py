"""Going to a provider: what is remembered until the browser comes back."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import delete, insert
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import digest, new_secret
from app.access.networks import network_of
from app.audit.actions import record
from app.authenticators.reads import may_change
from app.crypto import Cell, Group, MacPurpose
from app.db import new_id
from app.errors import Denied, NotFound, TooSoon
from app.single_sign_on.actions.refusals import refuse
from app.single_sign_on.model import LogoutNotice, SignInAttempt
from app.single_sign_on.provider.exchange import way_to
from app.single_sign_on.reads import identities, providers
from app.single_sign_on.rules import (
    ATTEMPT_LIFE,
    KEPT,
    MOST_ATTEMPTS,
    Expected,
    Provider,
    Purpose,
    Unreachable,
    Unsound,
    local_path,
)
from app.staff.reads import invitation
from app.work import Work

_INSERT: Final = insert(SignInAttempt)


class Begin(BaseModel):
    """Which provider to sign in with, and where to go afterwards; the first time, the secret of an invitation link."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    provider_id: UUID
    next: Annotated[str, StringConstraints(max_length=500)] = "/"
    secret: Annotated[str, StringConstraints(min_length=20, max_length=100)] | None = None


class BeginHere(BaseModel):
    """Which provider to go to, for somebody who is signed in, and where to go afterwards."""

    model_config = ConfigDict(extra="forbid")

    provider_id: UUID
    next: Annotated[str, StringConstraints(max_length=500)] = "/account"


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is about to be gone: who is asked what, and which browser must come back."""

    provider: Provider
    expected: Expected
    purpose: Purpose
    next: str
    link_id: UUID | None = None
    cookie: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes now, and the secret it keeps until it comes back."""

    go_to: str
    cookie: str = field(repr=False)


def prepare(work: Work, form: Begin, address: str) -> Way:
    """A way for somebody who is not signed in. Raises NotFound, TooSoon for too many from one place."""
    _throttle(work, address)
    link_id = invitation(work, form.secret).link_id if form.secret is not None else None
    purpose = Purpose.SIGN_IN if link_id is None else Purpose.INVITATION
    return _way(providers.ready(work, form.provider_id), purpose, form.next, link_id)


def prepare_here(work: Work, form: BeginHere, purpose: Purpose, address: str) -> Way:
    """A way for somebody who is signed in at a browser: to link an account, or to prove who they are.

    Raises Denied for a token, and for a link in a session too weak to change ways to sign in; NotFound for a provider
    of other people; TooSoon for too many from one place.
    """
    work.allow(Permission.ACCOUNT_SIGN_IN)
    if work.actor.session_id is None:
        raise Denied("proof.session", "Only a person at a browser can do this: a token does not tell who holds it.")
    if purpose is Purpose.LINK:
        may_change(work)
    if form.provider_id not in {each.id for each in providers.linkable(work)}:
        raise NotFound
    _throttle(work, address)
    return _way(providers.ready(work, form.provider_id), purpose, form.next, None)


def ask(way: Way, redirect_uri: str, *, loopback: bool) -> Begun | Exception:
    """Ask the provider where one signs in. Outside every transaction; gives the refusal instead of raising it."""
    try:
        return Begun(way_to(way.provider, way.expected, redirect_uri, loopback=loopback), way.cookie)
    except (Unreachable, Unsound) as refused:
        return refused


def go(work: Work, way: Way, begun: Begun | Exception, address: str) -> Begun:
    """Keep what the return is held against, and give where the browser goes.

    Raises Denied or Conflict, on record with the reason, when the provider could not be asked.
    """
    if isinstance(begun, Exception):
        refuse(work, way.provider, begun)
    _remember(work, way, address)
    return begun


def _remember(work: Work, way: Way, address: str) -> None:
    """Digests of what the browser holds, and the rest sealed: nothing that could be used by who reads the table."""
    attempt_id = new_id()
    provider_id = way.provider.id
    cell = Cell("sign_in_attempt", "secrets_sealed", attempt_id, providers.subject_of(work, provider_id))
    secrets = {"nonce": way.expected.nonce, "verifier": way.expected.verifier}
    here = None
    if way.purpose in (Purpose.LINK, Purpose.PROVE):
        work.allow(Permission.ACCOUNT_SIGN_IN)
        here = work.actor
    row = {
        "id": attempt_id,
        "digest": digest(way.expected.state),
        "browser": digest(way.cookie),
        "network": _network(work, address),
        "provider_id": provider_id,
        "purpose": way.purpose,
        "account_id": here.id if here else None,
        "session_id": here.session_id if here else None,
        "link_id": way.link_id,
        "next": way.next,
        "secrets_sealed": work.vault.seal(cell, Group.STAFF, secrets),
        "created_at": work.now,
        "ends_at": work.now + ATTEMPT_LIFE,
        "used_at": None,
    }
    work.defer(_INSERT, row)
    _sweep(work)
    record(work, "sign_in.begun", object_type="identity_provider", object_id=provider_id, details={"for": way.purpose})


def _way(provider: Provider, purpose: Purpose, path: str, link_id: UUID | None) -> Way:
    anew = purpose is Purpose.PROVE
    expected = Expected(new_secret(), new_secret(), new_secret(), provider.max_age, anew)
    return Way(provider, expected, purpose, local_path(path), link_id, new_secret())


def _throttle(work: Work, address: str) -> None:
    if identities.begun_from(work, _network(work, address)) >= MOST_ATTEMPTS:
        raise TooSoon(round(ATTEMPT_LIFE.total_seconds()))


def _network(work: Work, address: str) -> bytes:
    return work.vault.mac(MacPurpose.THROTTLE, f"provider\0{network_of(address)}".encode())


def _sweep(work: Work) -> None:
    """Delete what is over for a day: nobody can use it, and nobody has to keep it."""
    for table, life in ((SignInAttempt, KEPT), (LogoutNotice, timedelta(0))):
        work.session.execute(delete(table).where(col(table.ends_at) < work.now - life))
