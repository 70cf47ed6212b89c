"""What was signed over payments, and the questions that were asked for it. A signature is never changed or removed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime, append_only, witnessed, words
from app.disbursements.rules import Verb


class ConfirmationQuestion(Table, table=True):
    """One step of one version of a payment that one person was asked to sign: answered once, within minutes.

    ``holder`` is a digest of the session that asked: nobody answers from another one.
    """

    __tablename__ = "confirmation_question"
    __table_args__ = (UniqueConstraint("challenge"),)

    id: UUID = Field(primary_key=True)
    disbursement_id: UUID = Field(foreign_key="disbursement.id", index=True)
    verb: Verb = Field(sa_type=words(Verb))
    version: int
    actor_id: UUID = Field(foreign_key="account.id")
    holder: bytes = Field(sa_type=LargeBinary)
    nonce: bytes = Field(sa_type=LargeBinary)
    challenge: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DisbursementSignature(Table, table=True):
    """A passkey's signature over one version of a payment, with all that is needed to check it later.

    ``public_key`` is the passkey's as it was then. ``account_hash`` and ``memo_hash`` are digests of what stood there
    sealed, so a signature can be checked after its words were erased. ``host`` and ``origin`` are whom it was made for.
    """

    __tablename__ = "disbursement_signature"
    __table_args__ = (
        UniqueConstraint("step_id"),
        UniqueConstraint("nonce"),
        CheckConstraint("version > 0", name="of_a_version"),
    )

    id: UUID = Field(primary_key=True)
    disbursement_id: UUID = Field(foreign_key="disbursement.id", index=True)
    step_id: UUID = Field(foreign_key="disbursement_step.id")
    verb: Verb = Field(sa_type=words(Verb))
    version: int
    actor_id: UUID = Field(foreign_key="account.id")
    passkey_id: UUID = Field(foreign_key="passkey.id")
    credential_id: bytes = Field(sa_type=LargeBinary)
    public_key: bytes = Field(sa_type=LargeBinary)
    client_data: bytes = Field(sa_type=LargeBinary)
    authenticator_data: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    nonce: bytes = Field(sa_type=LargeBinary)
    account_hash: bytes = Field(sa_type=LargeBinary)
    memo_hash: bytes = Field(sa_type=LargeBinary)
    host: str
    origin: str
    created_at: datetime = Field(sa_type=UtcTime)


append_only("disbursement_signature")
witnessed("disbursement_signature")
