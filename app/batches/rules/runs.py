"""The life of a payment run: its statuses and moves, what keeps a payment out of it, and when the bank may pay."""

import enum
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from app.errors import Problem

#: How many payments one run takes: a person looks at each of them.
MOST_ITEMS: Final = 500
#: A cent less than a hundred million dollars: an ACH entry has ten digits for its cents.
MOST_IN_AN_ENTRY: Final = 9_999_999_999
#: How far ahead a run may be dated.
FURTHEST: Final = timedelta(days=30)
_SATURDAY: Final = 5


class BatchMethod(enum.StrEnum):
    """How money travels that goes in runs. Cards and agencies' own pages are paid one by one."""

    ACH = "ach"
    WIRE = "wire"
    CHECK = "check"


class BatchStatus(enum.StrEnum):
    """Where a run stands. In every status but ``voided`` its payments are in no other run."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SENT = "sent"
    VOIDED = "voided"


class BatchVerb(enum.StrEnum):
    """What is done to a run."""

    CONFIRM = "confirm"
    SEND = "send"
    VOID = "void"


class FileKind(enum.StrEnum):
    """What can be taken out of a run."""

    NACHA = "nacha"
    WIRES = "wires"
    REGISTER = "register"


class Hindrance(enum.StrEnum):
    """What keeps a payment out of a run."""

    NOT_RELEASED = "not_released"
    OTHER_METHOD = "other_method"
    OTHER_FUND = "other_fund"
    IN_A_RUN = "in_a_run"
    NO_ACCOUNT = "no_account"
    NOT_PAYABLE = "not_payable"
    TOO_LARGE = "too_large"
    ON_THE_CASE = "on_the_case"
    OF_THE_PAYEE = "of_the_payee"


#: Methods for which the payee's account must be known.
TO_AN_ACCOUNT: Final = frozenset({BatchMethod.ACH, BatchMethod.WIRE})
#: The file that tells the bank, or the person at the check printer, what to pay.
INSTRUCTS: Final[Mapping[BatchMethod, FileKind]] = MappingProxyType(
    {BatchMethod.ACH: FileKind.NACHA, BatchMethod.WIRE: FileKind.WIRES, BatchMethod.CHECK: FileKind.REGISTER}
)

_B = BatchStatus
#: A verb's way: from which statuses to which.
MOVES: Final[Mapping[BatchVerb, tuple[frozenset[BatchStatus], BatchStatus]]] = MappingProxyType({
    BatchVerb.CONFIRM: (frozenset({_B.DRAFT}), _B.CONFIRMED),
    BatchVerb.SEND: (frozenset({_B.CONFIRMED}), _B.SENT),
    BatchVerb.VOID: (frozenset({_B.DRAFT, _B.CONFIRMED}), _B.VOIDED),
})  # fmt: skip

STATUS_MOVES: Final = frozenset((old, new) for olds, new in MOVES.values() for old in olds)

_AT = "/disbursement_ids"


def kinds_for(method: BatchMethod) -> tuple[FileKind, ...]:
    """The files of a run of this method; the register lists any run."""
    own = INSTRUCTS[method]
    return (own,) if own is FileKind.REGISTER else (own, FileKind.REGISTER)


def hindered(hindrance: Hindrance, reference: str) -> Problem:
    """What to tell somebody who wants this payment in a run."""
    values = {"reference": reference}
    match hindrance:
        case Hindrance.NOT_RELEASED:
            return Problem(_AT, "batch.not_released", "{reference} is not released. Release it first.", values)
        case Hindrance.OTHER_METHOD:
            return Problem(_AT, "batch.other_method", "{reference} is paid in another way. Leave it out.", values)
        case Hindrance.OTHER_FUND:
            return Problem(_AT, "batch.other_fund", "{reference} is paid from another fund. Leave it out.", values)
        case Hindrance.IN_A_RUN:
            return Problem(_AT, "batch.taken", "{reference} is in another run. Leave it out, or void that run.", values)
        case Hindrance.NO_ACCOUNT:
            return Problem(
                _AT, "batch.no_account", "The payee of {reference} has no bank account here. Add one.", values
            )
        case Hindrance.NOT_PAYABLE:
            return Problem(
                _AT,
                "batch.not_payable",
                "The payee of {reference} can not be paid now. Look at the payee for the reason.",
                values,
            )
        case Hindrance.TOO_LARGE:
            return Problem(_AT, "batch.too_large", "{reference} is too large for an ACH file. Pay it by wire.", values)
        case Hindrance.ON_THE_CASE:
            return Problem(
                _AT, "segregation_of_duties", "You work on the case of {reference}. Somebody else must do this.", values
            )
        case Hindrance.OF_THE_PAYEE:
            return Problem(
                _AT,
                "segregation_of_duties",
                "You belong to the payee's organization of {reference}. Somebody else must do this.",
                values,
            )


def day_for_a_run(day: date, today: date) -> Problem | None:
    """What is wrong with the day on which the bank is to pay.

    Weekends are no banking days anywhere; a bank moves what is dated on a holiday of its own to its next day.
    """
    if day < today:
        return Problem("/effective_on", "effective_on.past", "Enter today or a day after today.")
    if day - today > FURTHEST:
        return Problem("/effective_on", "effective_on.far", "Enter a day within the next 30 days.")
    if day.weekday() >= _SATURDAY:
        return Problem("/effective_on", "effective_on.weekend", "Banks do not pay on weekends. Enter a working day.")
    return None
