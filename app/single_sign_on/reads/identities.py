"""Whose account at a provider belongs to whom here, the ways that are under way, and which session stands on which."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account, AccountStatus
from app.authenticators.reads import credential_ids, has_password
from app.crypto import Cell, Group
from app.errors import NotFound
from app.single_sign_on.model import FederatedIdentity, FederatedSession, IdentityProvider, SignInAttempt
from app.single_sign_on.reads.providers import Offer, subject_of
from app.single_sign_on.rules import ATTEMPT_LIFE, Purpose
from app.single_sign_on.scope import own
from app.work import Work


@dataclass(frozen=True, slots=True)
class IdentityView:
    """An account at a provider that belongs to the actor."""

    id: UUID
    provider: Offer
    linked_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentityList:
    items: list[IdentityView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an account at a provider belongs to."""

    identity_id: UUID
    account_id: UUID
    provider_id: UUID
    partner_id: UUID | None
    active: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to a provider that came back to the browser that began it."""

    id: UUID
    provider_id: UUID
    purpose: Purpose
    account_id: UUID | None
    session_id: UUID | None
    link_id: UUID | None
    next: str
    began: datetime
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session here stands on."""

    provider_id: UUID
    signs_out_there: bool
    id_token: str | None = field(repr=False)


def identities(work: Work) -> IdentityList:
    """The actor's accounts at providers, by the provider's name."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    rows = work.session.execute(
        select(
            col(FederatedIdentity.id),
            col(FederatedIdentity.provider_id),
            col(IdentityProvider.name),
            col(FederatedIdentity.linked_at),
            col(FederatedIdentity.used_at),
        )
        .join(IdentityProvider, col(IdentityProvider.id) == col(FederatedIdentity.provider_id))
        .where(own(work.actor))
        .order_by(col(IdentityProvider.name))
    )
    return IdentityList(
        [IdentityView(row.id, Offer(row.provider_id, row.name), row.linked_at, row.used_at) for row in rows], None
    )


def identity(work: Work, identity_id: UUID) -> IdentityView:
    """One of the actor's own. Raises NotFound for anybody else's."""
    found = [each for each in identities(work).items if each.id == identity_id]
    if not found:
        raise NotFound
    return found[0]


def exists(work: Work, identity_id: UUID) -> None:
    """Raise NotFound unless this is one of the actor's own."""
    identity(work, identity_id)


def owner(work: Work, issuer: str, subject: str) -> Owner | None:
    """Whose account this issuer's subject is: nothing else that a provider says tells one person from another."""
    row = work.session.execute(
        select(
            col(FederatedIdentity.id).label("identity_id"),
            col(FederatedIdentity.provider_id),
            col(Account.id).label("account_id"),
            col(Account.partner_id),
            col(Account.status),
            col(Account.language),
        )
        .join(Account, col(Account.id) == col(FederatedIdentity.account_id))
        .where(col(FederatedIdentity.issuer) == issuer, col(FederatedIdentity.subject) == subject)
    ).one_or_none()
    if row is None:
        return None
    active = row.status is AccountStatus.ACTIVE
    return Owner(row.identity_id, row.account_id, row.provider_id, row.partner_id, active, row.language)


def links(work: Work, account_id: UUID, provider_id: UUID) -> bool:
    """Whether an account here is linked to one of this provider already."""
    found = work.session.execute(
        select(col(FederatedIdentity.id)).where(
            col(FederatedIdentity.account_id) == account_id, col(FederatedIdentity.provider_id) == provider_id
        )
    )
    return found.first() is not None


def begun_from(work: Work, network: bytes) -> int:
    """How many ways were begun from a network within the life of one."""
    since = work.now - ATTEMPT_LIFE
    return int(
        work.session.execute(
            select(func.count()).where(col(SignInAttempt.network) == network, col(SignInAttempt.created_at) > since)
        ).scalar_one()
    )


def attempt(work: Work, state_digest: bytes, browser: bytes) -> Attempt | None:
    """The way with this state, in this browser, while it is young and unused."""
    row = work.session.execute(
        select(
            col(SignInAttempt.id),
            col(SignInAttempt.provider_id),
            col(SignInAttempt.purpose),
            col(SignInAttempt.account_id),
            col(SignInAttempt.session_id),
            col(SignInAttempt.link_id),
            col(SignInAttempt.next),
            col(SignInAttempt.created_at),
            col(SignInAttempt.secrets_sealed),
        ).where(
            col(SignInAttempt.digest) == state_digest,
            col(SignInAttempt.browser) == browser,
            col(SignInAttempt.used_at).is_(None),
            col(SignInAttempt.ends_at) > work.now,
        )
    ).one_or_none()
    if row is None:
        return None
    cell = Cell("sign_in_attempt", "secrets_sealed", row.id, subject_of(work, row.provider_id))
    secrets = work.vault.open(cell, Group.STAFF, row.secrets_sealed)
    return Attempt(
        id=row.id,
        provider_id=row.provider_id,
        purpose=row.purpose,
        account_id=row.account_id,
        session_id=row.session_id,
        link_id=row.link_id,
        next=row.next,
        began=row.created_at,
        nonce=secrets["nonce"],
        verifier=secrets["verifier"],
    )


def standing(work: Work) -> Standing | None:
    """What the actor's session stands on at a provider; None when it stands on nothing there."""
    if work.actor.session_id is None:
        return None
    row = work.session.execute(
        select(
            col(FederatedSession.id),
            col(FederatedSession.provider_id),
            col(FederatedSession.id_token_sealed),
            col(IdentityProvider.signs_out_there),
            col(IdentityProvider.subject_id),
        )
        .join(IdentityProvider, col(IdentityProvider.id) == col(FederatedSession.provider_id))
        .where(col(FederatedSession.session_id) == work.actor.session_id)
    ).one_or_none()
    if row is None:
        return None
    token = None
    if row.id_token_sealed is not None:
        cell = Cell("federated_session", "id_token_sealed", row.id, row.subject_id)
        token = str(work.vault.open(cell, Group.STAFF, row.id_token_sealed))
    return Standing(row.provider_id, row.signs_out_there, token)


def standing_on(work: Work, provider_id: UUID, *, subject: str | None = None, sid: str | None = None) -> list[UUID]:
    """The sessions here that stand on a provider's, narrowed by what is given."""
    conditions = [col(FederatedSession.provider_id) == provider_id]
    if subject is not None:
        conditions.append(col(FederatedSession.subject) == subject)
    if sid is not None:
        conditions.append(col(FederatedSession.sid) == sid)
    return list(work.session.execute(select(col(FederatedSession.session_id)).where(*conditions)).scalars())


def subject_of_identity(work: Work, identity_id: UUID) -> str:
    """What the provider calls the person of one of the actor's own accounts there."""
    return str(
        work.session.execute(
            select(col(FederatedIdentity.subject)).where(col(FederatedIdentity.id) == identity_id, own(work.actor))
        ).scalar_one()
    )


def other_way_in(work: Work) -> bool:
    """Whether the actor can sign in without any provider."""
    return has_password(work, work.actor.id) or bool(credential_ids(work, work.actor.id))
