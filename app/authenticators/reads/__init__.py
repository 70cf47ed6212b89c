"""What somebody proves with who they are, as they see it; and what a proof needs to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.methods import Method
from app.access.model import Account, AccountRole, AccountStatus
from app.access.strength import OF_THE_FUND
from app.authenticators.model import AuthenticatorApp, Passkey, RecoveryCode
from app.authenticators.rules import PASSKEYS_WISHED
from app.config import Strength
from app.errors import Denied, NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey, by the name that its owner gave it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None
    backed_up: bool


@dataclass(frozen=True, slots=True)
class PasskeyList:
    items: list[PasskeyView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Ways:
    """How I can sign in, and what my roles ask of me."""

    password: bool
    passkeys: list[PasskeyView]
    app: bool
    app_since: datetime | None
    recovery_codes: int
    needs: Strength
    needs_passkey: bool
    weak: bool
    needs_code: bool
    #: So many passkeys are wished for from people of the fund: losing the only one would stop their work.
    passkeys_wished: int


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """What an answer is held against."""

    id: UUID
    account_id: UUID
    public_key: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class App:
    """A confirmed source of one-time codes; its seed stays sealed until a code is to be checked."""

    id: UUID
    subject_id: UUID
    seed_sealed: bytes
    last_step: int
    short_password: bool
    confirmed_at: datetime | None
    created_at: datetime


def ways(work: Work) -> Ways:
    """The actor's own ways to sign in."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    account_id, strength = work.actor.id, work.actor.demanded
    app = app_of(work, account_id)
    confirmed = app.confirmed_at if app else None
    return Ways(
        password=has_password(work, account_id),
        passkeys=passkeys(work).items,
        app=confirmed is not None,
        app_since=confirmed,
        recovery_codes=recovery_codes_left(work, account_id),
        needs=strength,
        needs_passkey=strength is Strength.PASSKEY,
        weak=work.actor.weak,
        needs_code=_lacks_code(work),
        passkeys_wished=PASSKEYS_WISHED if work.actor.roles & OF_THE_FUND else 1,
    )


def passkeys(work: Work) -> PasskeyList:
    """The actor's own passkeys, the oldest first."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    columns = (Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at, Passkey.backed_up)
    rows = work.session.execute(
        select(*(col(each) for each in columns))
        .where(col(Passkey.account_id) == work.actor.id, col(Passkey.ended_at).is_(None))
        .order_by(col(Passkey.id))
    )
    return PasskeyList([PasskeyView(*row) for row in rows], None)


def owned(work: Work, passkey_id: UUID) -> None:
    """Raise NotFound for a passkey that is not the actor's."""
    if passkey_id not in {each.id for each in passkeys(work).items}:
        raise NotFound


def may_change(work: Work) -> None:
    """Raise Denied where the actor's ways to sign in are not theirs to change now.

    Somebody with a passkey changes them by that passkey's word: who learned the password alone adds nothing and
    removes nothing. A token changes nothing at all.
    """
    work.allow(Permission.ACCOUNT_SIGN_IN)
    if work.actor.session_id is None:
        raise Denied("proof.session", "Only a person at a browser can do this: a token does not tell who holds it.")
    if work.actor.weak and credential_ids(work, work.actor.id):
        raise Denied("sign_in.weak", "Confirm first with a passkey that you have. Then you can change this.")
    if _lacks_code(work):
        raise Denied("sign_in.weak", "Confirm first with the code of your app. Then you can change this.")
    if work.actor.methods == {Method.FEDERATED} and has_password(work, work.actor.id):
        raise Denied("sign_in.weak", "Confirm first with your password. Then you can change this.")


def _lacks_code(work: Work) -> bool:
    """Whether an organization's sign-in showed one factor only, and the actor has an app that was not asked yet."""
    return work.actor.methods == {Method.FEDERATED} and asks_for_code(work, work.actor.id)


def credential_ids(work: Work, account_id: UUID) -> list[bytes]:
    """By what authenticators know a person's passkeys."""
    mine = select(col(Passkey.credential_id)).where(
        col(Passkey.account_id) == account_id, col(Passkey.ended_at).is_(None)
    )
    return list(work.session.execute(mine.order_by(col(Passkey.id))).scalars())


def passkey_of(work: Work, credential_id: bytes) -> KnownPasskey | None:
    """The passkey that an authenticator names, while its owner's account is active."""
    row = work.session.execute(
        select(col(Passkey.id), col(Passkey.account_id), col(Passkey.public_key), col(Passkey.counter))
        .join(Account, col(Account.id) == col(Passkey.account_id))
        .where(
            col(Passkey.credential_id) == credential_id,
            col(Passkey.ended_at).is_(None),
            col(Account.status) == AccountStatus.ACTIVE,
        )
    ).one_or_none()
    return KnownPasskey(*row) if row else None


def has_password(work: Work, account_id: UUID) -> bool:
    """Whether a person has chosen a password."""
    kept = select(col(Account.password_hash)).where(col(Account.id) == account_id)
    return bool(work.session.execute(kept).scalar())


def app_of(work: Work, account_id: UUID) -> App | None:
    """A person's authenticator app, confirmed or waiting for its first code."""
    columns: tuple[Any, ...] = (
        col(AuthenticatorApp.id),
        col(AuthenticatorApp.subject_id),
        col(AuthenticatorApp.seed_sealed),
        col(AuthenticatorApp.last_step),
        col(AuthenticatorApp.short_password),
        col(AuthenticatorApp.confirmed_at),
        col(AuthenticatorApp.created_at),
    )
    row = work.session.execute(
        select(*columns).where(col(AuthenticatorApp.account_id) == account_id, col(AuthenticatorApp.ended_at).is_(None))
    ).one_or_none()
    return App(*row) if row else None


def asks_for_code(work: Work, account_id: UUID) -> bool:
    """Whether a person's password goes with a code."""
    app = app_of(work, account_id)
    return app is not None and app.confirmed_at is not None


def recovery_codes_left(work: Work, account_id: UUID) -> int:
    """How many recovery codes a person has that were not used."""
    left = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.used_at).is_(None),
            col(RecoveryCode.ended_at).is_(None),
        )
    )
    return int(work.session.execute(left).scalar_one())


def open_recovery_digests(work: Work, account_id: UUID) -> list[bytes]:
    """What is kept of the recovery codes that still count."""
    mine = select(col(RecoveryCode.digest)).where(
        col(RecoveryCode.account_id) == account_id,
        col(RecoveryCode.used_at).is_(None),
        col(RecoveryCode.ended_at).is_(None),
    )
    return list(work.session.execute(mine).scalars())


def roles_of(work: Work, account_id: UUID) -> frozenset[Role]:
    """What somebody does here, before they have signed in."""
    held = select(col(AccountRole.role)).where(col(AccountRole.account_id) == account_id)
    return frozenset(work.session.execute(held).scalars())


def words_of(methods: frozenset[Method]) -> list[Method]:
    """How a session was proved, in the order of the enumeration."""
    return [each for each in Method if each in methods]
