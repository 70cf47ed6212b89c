"""What settings are made of: the words that some of them take, and what several of them say together."""

import enum
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """Where documents lie, how much of them is taken, and who looks whether they do harm."""

    folder: Path
    #: Bytes of one document, and documents of one case or application.
    most_bytes: int
    most: int
    #: The address of ClamAV's daemon; empty where there is none.
    scanner: str


@dataclass(frozen=True, slots=True)
class Originator:
    """As whom ACH files are sent: the bank that takes them, and the company as that bank knows it."""

    bank_routing: str
    bank_name: str
    company_id: str
    company_name: str


#: As whom the demo and the tests send: no bank has this number.
FICTIONAL_ORIGINATOR = Originator("990000000", "EXAMPLE BANK", "1990000000", "EXAMPLE FUND")


class Environment(enum.StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Strength(enum.StrEnum):
    """How strongly somebody must prove who they are (`app.access.strength` says what each takes)."""

    PASSWORD = "password"  # noqa: S105 - a word of the setting, not a secret
    TWO_FACTORS = "two_factors"
    PASSKEY = "passkey"


class PaymentConfirmation(enum.StrEnum):
    """How people confirm that they approve, release or settle a payment."""

    PASSKEY = "passkey"  #: by a passkey's signature, always
    USUAL = "usual"  #: the same, but by a password where nobody of the fund has signed yet
    OPTIONAL = "optional"  #: a signature is taken and kept, and none is asked for: the demo


class UnsafeSettings(Exception):
    """A setting is missing or unsafe; the message says which and what to do."""
