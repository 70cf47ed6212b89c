"""Passkeys, seeds of one-time codes, recovery codes, challenges, and resets. No secret stands here in clear."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.authenticators.rules import Purpose
from app.db import Table, UtcTime, witnessed, words

_OPEN_APP = text("ended_at IS NULL")
_OPEN_RESET = text("ended_at IS NULL")


class Passkey(Table, table=True):
    """One authenticator of a person. The public key opens nothing: it only tells whether an answer is this one's."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"), CheckConstraint("counter >= 0", name="counted"))

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str
    credential_id: bytes = Field(sa_type=LargeBinary)
    public_key: bytes = Field(sa_type=LargeBinary)
    counter: int
    #: How it talks to the browser (usb, internal, hybrid …), with spaces between; a hint for the browser.
    transports: str = ""
    #: Copied to other devices of the person by their maker.
    backed_up: bool
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Challenge(Table, table=True):
    """A question that one browser may answer once, for one purpose, within minutes; kept as a digest."""

    __tablename__ = "challenge"
    __table_args__ = (UniqueConstraint("digest"),)

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    purpose: Purpose = Field(sa_type=words(Purpose))
    #: Who may answer: a digest of the session, of the browser's cookie, or of the invitation's secret.
    holder: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AuthenticatorApp(Table, table=True):
    """The seed of a person's one-time codes, sealed; ``last_step`` is the last one taken, so that none is twice."""

    __tablename__ = "authenticator_app"
    __table_args__ = (
        Index(
            "ix_authenticator_app_open",
            "account_id",
            unique=True,
            sqlite_where=_OPEN_APP,
            postgresql_where=_OPEN_APP,
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    subject_id: UUID
    seed_sealed: bytes = Field(sa_type=LargeBinary)
    last_step: int = 0
    #: The password was chosen while codes were asked for, and is too short to stand alone.
    short_password: bool = False
    created_at: datetime = Field(sa_type=UtcTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RecoveryCode(Table, table=True):
    """One code for the day on which the telephone is lost; kept as a keyed digest, used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("digest"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class FactorReset(Table, table=True):
    """Somebody lost their ways to sign in: one administrator asks, another approves, and each holds half of a code."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        CheckConstraint("asked_by <> account_id AND approved_by <> account_id", name="not_oneself"),
        CheckConstraint("approved_by <> asked_by", name="two_people"),
        CheckConstraint("used_at IS NULL OR approved_at IS NOT NULL", name="approved_first"),
        Index(
            "ix_factor_reset_open",
            "account_id",
            unique=True,
            sqlite_where=_OPEN_RESET,
            postgresql_where=_OPEN_RESET,
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    first_half: bytes = Field(sa_type=LargeBinary)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    second_half: bytes | None = Field(default=None, sa_type=LargeBinary)
    ends_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


for _name in ("passkey", "authenticator_app", "recovery_code", "factor_reset"):
    witnessed(_name)
