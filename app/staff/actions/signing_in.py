"""Signing in and out. Every attempt is on record; failures make the next one wait, and never lock anybody out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import insert, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import new_secret
from app.access.methods import Method
from app.access.model import SignInSession
from app.access.networks import network_of
from app.audit.actions import record
from app.authenticators.actions.codes import Code, checked
from app.authenticators.actions.passkeys import Assertion, used
from app.authenticators.actions.sessions import begin_session, end_sessions
from app.authenticators.reads import asks_for_code
from app.authenticators.rules import Purpose, Site
from app.crypto import MacPurpose
from app.db import new_id
from app.errors import CodeNeeded, NotFound, NotSignedIn, TooSoon
from app.staff import reads
from app.staff.actions.passwords import matches
from app.staff.model import SignInFailure
from app.staff.rules import FREE, FREE_NETWORK, wait
from app.work import Work

__all__ = ["begin_session", "end_sessions"]  # from here too: how a session is proved stands in this file

_INSERT_FAILURE = insert(SignInFailure)


class SignIn(BaseModel):
    """E-mail and password, and the code of an app (or a recovery code) for whoever has one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=254)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    code: Code | None = None


class PasskeySignIn(BaseModel):
    """What a passkey signed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    credential: Assertion


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the secret for the cookie."""

    account_id: UUID
    secret: str


def sign_in(work: Work, form: SignIn, *, address: str, browser: str, life: timedelta) -> SignedIn:
    """Begin a session. The Work reads (hashing takes 150 ms and must hold no lock); its rows are written at its end.

    Raises NotSignedIn, CodeNeeded when all but a code was right, or TooSoon when failures came too fast; all are on
    record. Who does not know the password is told the same whether a code is asked for or not.
    """
    attempt = throttled(work, form.email, address)
    person = reads.candidate(work, form.email)
    if not matches(work.vault, person.password_hash if person else None, form.password) or person is None:
        attempt.failed()
        raise NotSignedIn
    methods = frozenset({Method.PASSWORD}) | second_factor(work, person.id, form.code, attempt)
    return _begun(work, person.id, browser, life, methods)


def second_factor(work: Work, account_id: UUID, code: str | None, attempt: "Attempt") -> frozenset[Method]:
    """What a code adds; nothing for somebody without an app.

    Raises CodeNeeded without one, NotSignedIn when it is wrong, TooSoon when wrong ones came too fast from anywhere.
    """
    if not asks_for_code(work, account_id):
        return frozenset()
    if code is None:
        raise CodeNeeded
    guess = code_throttled(work, account_id)
    method = checked(work, account_id, code)
    if method is None:
        attempt.failed()
        guess.failed()
        raise NotSignedIn
    return frozenset({method})


def sign_in_with_passkey(
    work: Work, form: PasskeySignIn, site: Site, holder: bytes, *, address: str, browser: str, life: timedelta
) -> SignedIn:
    """Begin a session of whoever's passkey answered. Raises NotSignedIn, or TooSoon."""
    attempt = throttled(work, "passkey", address)
    account_id = used(work, form.credential, site, Purpose.SIGN_IN, holder)
    if account_id is None:
        attempt.failed()
        raise NotSignedIn("passkey.wrong", "This passkey could not be used here. Try again, or use another way.")
    return _begun(work, account_id, browser, life, frozenset({Method.PASSKEY}))


def _begun(work: Work, account_id: UUID, browser: str, life: timedelta, methods: frozenset[Method]) -> SignedIn:
    secret = new_secret()
    session_id = begin_session(work, account_id, secret, browser, life, methods)
    details = {"methods": [str(each) for each in sorted(methods)]}
    record(work, "session.started", object_type="session", object_id=session_id, subject_id=account_id, details=details)
    return SignedIn(account_id, secret)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove who one is: by whom and from where, as keyed digests."""

    work: Work
    who: bytes
    network: bytes

    def failed(self) -> None:
        """Count it when the request is refused; the next tries then have to wait."""
        row: dict[str, bytes | UUID | datetime] = {"id": new_id(), "at": self.work.now}
        self.work.on_refusal.append((_INSERT_FAILURE, [row | {"who": self.who, "network": self.network}]))


def throttled(work: Work, email: str, address: str) -> Attempt:
    """Begin a try. Raises TooSoon when failures of this person at this place, or of this network, came too fast."""
    place = network_of(address)
    who = work.vault.mac(MacPurpose.THROTTLE, f"who\0{email}\0{place}".encode())
    network = work.vault.mac(MacPurpose.THROTTLE, f"network\0{place}".encode())
    (own, own_last), (near, near_last) = reads.failures(work, who, network)
    delay = max(wait(own, FREE, own_last, work.now), wait(near, FREE_NETWORK, near_last, work.now))
    if delay:
        raise TooSoon(round(delay.total_seconds()))
    return Attempt(work, who, network)


def code_throttled(work: Work, account_id: UUID) -> Attempt:
    """Begin a try of a code, counted wherever it comes from. Raises TooSoon when wrong ones came too fast.

    Only who has got past the first factor comes here, so nobody else can make the owner wait.
    """
    whose = work.vault.mac(MacPurpose.THROTTLE, f"code\0{account_id}".encode())
    (wrong, last), _ = reads.failures(work, whose, whose)
    delay = wait(wrong, FREE, last, work.now)
    if delay:
        raise TooSoon(round(delay.total_seconds()))
    return Attempt(work, whose, whose)


def sign_out(work: Work) -> None:
    """End this very session; a bearer token has none and is left alone."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    if work.actor.session_id is not None:
        _end(work, work.actor.session_id)
    record(work, "session.ended", object_type="session", object_id=work.actor.session_id)


def sign_out_one(work: Work, session_id: UUID) -> None:
    """End one of one's own sessions. Raises NotFound for anybody else's."""
    if session_id not in {each.id for each in reads.sessions(work).items}:
        raise NotFound
    _end(work, session_id)
    record(work, "session.ended", object_type="session", object_id=session_id)


def sign_out_everywhere(work: Work) -> None:
    """End every session of the actor, this one too."""
    work.allow(Permission.ACCOUNT_OWN)
    end_sessions(work, work.actor.id)
    record(work, "session.ended_everywhere", object_type="account", object_id=work.actor.id)


def _end(work: Work, session_id: UUID) -> None:
    work.session.execute(
        update(SignInSession)
        .where(col(SignInSession.id) == session_id, col(SignInSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )
