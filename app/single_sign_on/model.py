"""Identity providers, whom they know, and the ways to them that are under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime, witnessed, words
from app.single_sign_on.rules import Purpose, SecondFactor


class IdentityProvider(Table, table=True):
    """A provider whose word counts, for the people of one partner organization, or of the fund (``partner_id`` null).

    Addresses are only ever taken from here. ``subject_id`` names the key under which its secrets are sealed.
    """

    __tablename__ = "identity_provider"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id"),
        UniqueConstraint("name"),
        CheckConstraint("length(algorithms) > 0", name="algorithms"),
        CheckConstraint("max_age_minutes IS NULL OR max_age_minutes > 0", name="max_age"),
    )

    id: UUID = Field(primary_key=True)
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id", index=True)
    subject_id: UUID
    name: str
    issuer: str
    client_id: str
    client_secret_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    #: Words with spaces between: signatures that are taken, and words that show a second factor.
    algorithms: str
    accepted_acr: str = ""
    accepted_amr: str = ""
    second_factor: SecondFactor = Field(sa_type=words(SecondFactor))
    max_age_minutes: int | None = None
    hosted_domain: str | None = None
    assume_pkce: bool = False
    signs_out_there: bool = True
    active: bool = True
    #: Who entered it: an account, or the machine's operator, who has none.
    made_by: UUID
    created_at: datetime = Field(sa_type=UtcTime)
    version: int = 1


class FederatedIdentity(Table, table=True):
    """An account at a provider that belongs to an account here: known by issuer and subject, and by nothing else."""

    __tablename__ = "federated_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "provider_id"))

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    provider_id: UUID = Field(foreign_key="identity_provider.id", index=True)
    issuer: str
    subject: str
    linked_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SignInAttempt(Table, table=True):
    """A way to a provider, from the click until the return: found by its state, bound to a browser, used once.

    State and cookie are kept as digests, nonce and PKCE verifier sealed.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("ix_sign_in_attempt_network_created_at", "network", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    browser: bytes = Field(sa_type=LargeBinary)
    network: bytes = Field(sa_type=LargeBinary)
    provider_id: UUID = Field(foreign_key="identity_provider.id", index=True)
    purpose: Purpose = Field(sa_type=words(Purpose))
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    session_id: UUID | None = None
    link_id: UUID | None = Field(default=None, foreign_key="password_link.id")
    next: str
    secrets_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class FederatedSession(Table, table=True):
    """Which session here stands on which session there, so that either can end the other."""

    __tablename__ = "federated_session"
    __table_args__ = (
        UniqueConstraint("session_id"),
        Index("ix_federated_session_provider_id_sid", "provider_id", "sid"),
        Index("ix_federated_session_provider_id_subject", "provider_id", "subject"),
    )

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(foreign_key="sign_in_session.id")
    provider_id: UUID = Field(foreign_key="identity_provider.id")
    subject: str
    sid: str | None = None
    id_token_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class LogoutNotice(Table, table=True):
    """A provider's notice that a session ended there, by the digest of its id: the same notice is taken once."""

    __tablename__ = "logout_notice"
    __table_args__ = (UniqueConstraint("provider_id", "digest"),)

    id: UUID = Field(primary_key=True)
    provider_id: UUID = Field(foreign_key="identity_provider.id")
    digest: bytes = Field(sa_type=LargeBinary)
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


witnessed("identity_provider")
witnessed("federated_identity")
