"""What a signature over a payment is a signature of: one form of bytes, and the digest that a passkey is asked to sign.

Every part follows its length, so no two different payments give the same bytes. The digest stands in the signed data
of the passkey as its challenge; who has the payment and the signature can hold one against the other without Amparo.
"""

import enum
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.disbursements.rules.moves import Method, Verb

_FORM: Final = b"disb-v1"
CURRENCY: Final = "USD"
#: Random bytes of a nonce, and how long a question stands.
NONCE_BYTES: Final = 16
QUESTION_LIFE: Final = timedelta(minutes=5)
#: Which steps can be signed.
SIGNABLE: Final = (Verb.APPROVE, Verb.RELEASE, Verb.SETTLE)


class Confirmed(enum.StrEnum):
    """How somebody showed that it was them who took a step."""

    SIGNED = "signed"  #: by a passkey, over the payment's content
    PASSWORD = "password"  # noqa: S105 - a word for how, not a secret
    DEMO = "demo"  #: nothing was asked for: a demo, or a test


@dataclass(frozen=True, slots=True)
class Content:
    """What is bound: the payment as it stands. Amounts in cents; the hashes are SHA-256 of what is stored sealed."""

    disbursement_id: UUID
    version: int
    payee_id: UUID
    account_hash: bytes
    amount: int
    method: Method
    fund_id: UUID
    case_id: UUID
    memo_hash: bytes


def digest_of(sealed: bytes) -> bytes:
    """The hash of sealed bytes as they are stored: it tells nothing of what they hold."""
    return hashlib.sha256(sealed).digest()


def challenge_of(content: Content, nonce: bytes, verb: Verb, actor_id: UUID) -> bytes:
    """The 32 bytes that a passkey signs for this step of this payment by this person."""
    parts = (
        content.disbursement_id.bytes,
        str(content.version).encode(),
        content.payee_id.bytes,
        content.account_hash,
        str(int(content.amount)).encode(),
        CURRENCY.encode(),
        content.method.value.encode(),
        content.fund_id.bytes,
        content.case_id.bytes,
        content.memo_hash,
        nonce,
        verb.value.encode(),
        actor_id.bytes,
    )
    return hashlib.sha256(_FORM + b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
