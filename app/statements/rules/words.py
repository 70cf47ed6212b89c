"""The words of bank statements and of what is said about their lines."""

import enum


class StatementFormat(enum.StrEnum):
    """In what form a bank gave its statement."""

    CSV = "csv"
    OFX = "ofx"
    CAMT053 = "camt053"


class StatementStatus(enum.StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Direction(enum.StrEnum):
    """Which way money went, as the account's holder sees it."""

    IN = "in"
    OUT = "out"


class MatchKind(enum.StrEnum):
    """What a line of the bank's is to us."""

    PAID = "paid"  #: one of our payments went out
    RUN = "run"  #: a whole payment run went out in one sum
    RETURNED = "returned"  #: one of our payments came back
    OTHER = "other"  #: no payment of ours: a reason says what it is


class OtherReason(enum.StrEnum):
    """What a line is that is no payment of ours."""

    DEPOSIT = "deposit"
    BANK_FEE = "bank_fee"
    INTEREST = "interest"
    TRANSFER = "transfer"
    OTHER = "other"


class Basis(enum.StrEnum):
    """Why a line and a payment belong together."""

    EXACT = "exact"  #: the bank repeats our reference
    LIKELY = "likely"  #: amount and day fit, or the last digits of the account
    BY_HAND = "by_hand"  #: a person says so


class DayFormat(enum.StrEnum):
    """How a bank writes days in its CSV files."""

    ISO = "iso"  #: 2026-07-22
    US = "us"  #: 07/22/2026
    EUROPEAN = "european"  #: 22.07.2026 or 22/07/2026
