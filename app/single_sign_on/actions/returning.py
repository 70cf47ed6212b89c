"""Coming back from a provider: the way is taken once, its answer judged, and only then is anybody signed in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import insert, update
from sqlmodel import col

from app.access.identify import digest, new_secret
from app.access.methods import Method
from app.audit.actions import record
from app.authenticators.reads import may_change
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import NotFound
from app.single_sign_on.actions import refusals
from app.single_sign_on.model import FederatedIdentity, FederatedSession, SignInAttempt
from app.single_sign_on.provider.exchange import identify
from app.single_sign_on.reads import identities, providers
from app.single_sign_on.rules import (
    Declined,
    Expected,
    Identity,
    Provider,
    Purpose,
    SecondFactor,
    Unreachable,
    Unsound,
)
from app.staff.actions.federated import accept_invitation
from app.staff.actions.proving import renew
from app.staff.actions.signing_in import begin_session
from app.work import Work

log = structlog.get_logger()
_INSERT_IDENTITY: Final = insert(FederatedIdentity)
_INSERT_SESSION: Final = insert(FederatedSession)


class Return(BaseModel):
    """What stood in the address with which the provider sent the browser back."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=8000)] | None = None
    iss: Annotated[str, StringConstraints(max_length=500)] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A way that can not be gone again, with everything its answer is held against."""

    attempt: identities.Attempt
    provider: Provider
    expected: Expected
    now: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """Where to go now, and the secret of the session that began (None when one stood already)."""

    go_to: str
    secret: str | None = field(repr=False)


def take(work: Work, form: Return, cookie: str) -> Taken:
    """Take the way with this state, in this browser; from now on it is used, whatever comes of it.

    Raises Denied when there is none: unknown, used, too old, begun in another browser or in another session.
    """
    attempt = identities.attempt(work, digest(form.state), digest(cookie))
    if attempt is None:
        raise refusals.start_again()
    if attempt.account_id is not None and (attempt.account_id, attempt.session_id) != (
        work.actor.id,
        work.actor.session_id,
    ):
        raise refusals.start_again()
    try:
        provider = providers.ready(work, attempt.provider_id)
    except NotFound:
        raise refusals.start_again() from None
    taken = work.session.execute(
        update(SignInAttempt)
        .where(col(SignInAttempt.id) == attempt.id, col(SignInAttempt.used_at).is_(None))
        .values(used_at=work.now)
    )
    if taken.rowcount != 1:
        raise refusals.start_again()
    record(work, "sign_in.returned", object_type="identity_provider", object_id=provider.id)
    anew = attempt.purpose is Purpose.PROVE
    expected = Expected(form.state, attempt.nonce, attempt.verifier, provider.max_age, anew)
    return Taken(attempt, provider, expected, work.now)


def ask(taken: Taken, form: Return, redirect_uri: str, *, loopback: bool) -> Identity | Exception:
    """Ask the provider who came back. Outside every transaction; gives the refusal instead of raising it."""
    try:
        return identify(
            taken.provider,
            taken.expected,
            redirect_uri,
            code=form.code,
            issuer=form.iss,
            began=taken.attempt.began,
            now=taken.now,
            loopback=loopback,
        )
    except (Unreachable, Unsound, Declined) as refused:
        return refused


def arrive(work: Work, taken: Taken, said: Identity | Exception, *, browser: str, life: timedelta) -> Arrived:
    """Do what the way was for. Raises Denied, Conflict or Unavailable, each on record with its reason."""
    if isinstance(said, Exception):
        refusals.refuse(work, taken.provider, said)
    attempt, provider = taken.attempt, taken.provider
    if not said.second_factor and not _is_asked_here(provider, attempt.purpose):
        raise refusals.refused(work, provider, "second_factor", refusals.second_factor())
    if attempt.purpose is Purpose.LINK:
        may_change(work)
        _link(work, provider, said, work.actor.id, work.actor.partner_id)
        return Arrived(attempt.next, None)
    if attempt.purpose is Purpose.INVITATION:
        _accept(work, taken, said)
    person = identities.owner(work, said.issuer, said.subject)
    if person is None or person.provider_id != provider.id:
        raise refusals.refused(work, provider, "not_linked", refusals.not_linked())
    if not person.active or person.partner_id != provider.partner_id:
        raise refusals.refused(work, provider, "not_open", refusals.not_open())
    if attempt.purpose is Purpose.PROVE:
        return _prove(work, taken, said, person)
    return _sign_in(work, taken, said, person, browser, life)


def _is_asked_here(provider: Provider, purpose: Purpose) -> bool:
    """Whether Amparo asks for a second factor of its own where the provider's word shows none.

    The session that begins can then do nothing but prove it (`app.access.strength`). One factor proves nothing anew.
    """
    return provider.second_factor is SecondFactor.HERE and purpose is not Purpose.PROVE


def _sign_in(
    work: Work, taken: Taken, said: Identity, person: identities.Owner, browser: str, life: timedelta
) -> Arrived:
    secret = new_secret()
    method = Method.FEDERATED_MFA if said.second_factor else Method.FEDERATED
    session_id = begin_session(
        work, person.account_id, secret, browser, life, frozenset({method}), proved_at=said.shown_at
    )
    row_id = new_id()
    cell = Cell("federated_session", "id_token_sealed", row_id, providers.subject_of(work, taken.provider.id))
    row: dict[str, Any] = {
        "id": row_id,
        "session_id": session_id,
        "provider_id": taken.provider.id,
        "subject": said.subject,
        "sid": said.sid,
        "id_token_sealed": work.vault.seal(cell, Group.STAFF, said.id_token),
    }
    work.defer(_INSERT_SESSION, row)
    work.session.execute(
        update(FederatedIdentity).where(col(FederatedIdentity.id) == person.identity_id).values(used_at=work.now)
    )
    record(
        work,
        "session.started",
        object_type="session",
        object_id=session_id,
        subject_id=person.account_id,
        details={"methods": [method], "provider": str(taken.provider.id)},
    )
    return Arrived(taken.attempt.next, secret)


def _prove(work: Work, taken: Taken, said: Identity, person: identities.Owner) -> Arrived:
    """The same person as the session's, by a fresh proof; anybody else's proves nothing."""
    if person.account_id != work.actor.id:
        raise refusals.refused(work, taken.provider, "other_person", refusals.not_linked())
    method = Method.FEDERATED_MFA if said.second_factor else Method.FEDERATED
    return Arrived(taken.attempt.next, renew(work, frozenset({method}), said.shown_at))


def _accept(work: Work, taken: Taken, said: Identity) -> None:
    """The first sign-in of somebody who was invited: the link they hold says whose account this becomes."""
    assert taken.attempt.link_id is not None
    try:
        accepted = accept_invitation(work, taken.attempt.link_id)
    except NotFound:
        raise refusals.refused(work, taken.provider, "invitation", refusals.invitation_over()) from None
    _link(work, taken.provider, said, accepted.account_id, accepted.partner_id)


def _link(work: Work, provider: Provider, said: Identity, account_id: UUID, partner_id: UUID | None) -> None:
    if partner_id != provider.partner_id:
        raise refusals.refused(work, provider, "other_organization", refusals.not_open())
    if identities.owner(work, said.issuer, said.subject) is not None:
        raise refusals.refused(work, provider, "taken", refusals.taken())
    if identities.links(work, account_id, provider.id):
        raise refusals.refused(work, provider, "linked", refusals.linked())
    identity_id = new_id()
    work.session.execute(
        _INSERT_IDENTITY.values(
            id=identity_id,
            account_id=account_id,
            provider_id=provider.id,
            issuer=said.issuer,
            subject=said.subject,
            linked_at=work.now,
        )
    )
    record(
        work,
        "identity.linked",
        object_type="federated_identity",
        object_id=identity_id,
        subject_id=account_id,
        details={"provider": str(provider.id)},
    )
