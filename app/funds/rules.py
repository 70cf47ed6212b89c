"""The words of the money and its pure decisions: statuses and moves, accounts and flows, balances, days."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.money import Money


class Category(enum.StrEnum):
    """What money may be spent on."""

    REPRESENTATION = "representation"
    FILING_FEES = "filing_fees"
    BOND = "bond"
    INTERPRETER = "interpreter"
    EXPERT = "expert"
    TRAVEL = "travel"
    OTHER = "other"


class PayeeKind(enum.StrEnum):
    PARTNER = "partner"
    ATTORNEY = "attorney"
    AGENCY = "agency"
    VENDOR = "vendor"
    OBLIGOR = "obligor"
    PERSON = "person"


#: Payees that belong to a partner organization, and payees who are private people: their names are sealed.
OF_A_PARTNER = frozenset({PayeeKind.PARTNER, PayeeKind.ATTORNEY})
PRIVATE = frozenset({PayeeKind.OBLIGOR, PayeeKind.PERSON})


class AwardStatus(enum.StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    ACTIVE = "active"
    CLOSED = "closed"
    REJECTED = "rejected"


#: From which status to which an award may go; the database refuses every other step.
AWARD_MOVES: frozenset[tuple[AwardStatus, AwardStatus]] = frozenset({
    (AwardStatus.REQUESTED, AwardStatus.APPROVED),
    (AwardStatus.REQUESTED, AwardStatus.REJECTED),
    (AwardStatus.APPROVED, AwardStatus.ACTIVE),
    (AwardStatus.APPROVED, AwardStatus.CLOSED),
    (AwardStatus.ACTIVE, AwardStatus.CLOSED),
})  # fmt: skip

#: Awards that still hold money for their case.
OPEN_AWARDS = frozenset({AwardStatus.APPROVED, AwardStatus.ACTIVE})


class AccountKind(enum.StrEnum):
    """Where money of a fund can stand. Every kind but the giver's holds zero or more."""

    GIVER = "giver"  #: what came from outside, as a negative balance: the sum of all accounts is zero
    UNALLOCATED = "unallocated"  #: in the fund, not yet meant for a category
    AVAILABLE = "available"  #: in an allocation, not yet set aside for a case
    ENCUMBERED = "encumbered"  #: on an award, not yet asked for by a disbursement
    RESERVED = "reserved"  #: on an award, asked for by disbursements that are under way
    PAID = "paid"  #: paid from an award


class EntryKind(enum.StrEnum):
    """Why money moved."""

    GIVEN = "given"
    ALLOCATED = "allocated"
    AWARDED = "awarded"
    RESERVED = "reserved"
    FREED = "freed"  #: a disbursement will not be paid; its amount is free on the award again
    SETTLED = "settled"
    REVERSED = "reversed"  #: what was paid has come back to the award
    UNAWARDED = "unawarded"  #: what an award did not spend goes back to its allocation


@dataclass(frozen=True, slots=True)
class Flow:
    """The accounts between which an entry of one kind moves money: ``to`` is debited, ``source`` credited."""

    to: AccountKind
    source: AccountKind


_K = AccountKind

FLOWS: Mapping[EntryKind, Flow] = MappingProxyType({
    EntryKind.GIVEN: Flow(to=_K.UNALLOCATED, source=_K.GIVER),
    EntryKind.ALLOCATED: Flow(to=_K.AVAILABLE, source=_K.UNALLOCATED),
    EntryKind.AWARDED: Flow(to=_K.ENCUMBERED, source=_K.AVAILABLE),
    EntryKind.RESERVED: Flow(to=_K.RESERVED, source=_K.ENCUMBERED),
    EntryKind.FREED: Flow(to=_K.ENCUMBERED, source=_K.RESERVED),
    EntryKind.SETTLED: Flow(to=_K.PAID, source=_K.RESERVED),
    EntryKind.REVERSED: Flow(to=_K.ENCUMBERED, source=_K.PAID),
    EntryKind.UNAWARDED: Flow(to=_K.AVAILABLE, source=_K.ENCUMBERED),
})  # fmt: skip

#: The order in which accounts are locked: fund, allocation, award. Two postings can then never wait for each other.
LOCK_RANK: Mapping[AccountKind, int] = MappingProxyType({
    _K.GIVER: 0, _K.UNALLOCATED: 1, _K.AVAILABLE: 2, _K.ENCUMBERED: 3, _K.RESERVED: 4, _K.PAID: 5,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balance:
    """How a budget stands; ``available = budget - encumbered - paid``, always."""

    budget: Money
    encumbered: Money
    paid: Money
    available: Money


Totals = Mapping[AccountKind, int]


def balance_of_fund(totals: Totals) -> Balance:
    """A fund's balance from its cents by kind of account: all that was given; encumbered is what open awards hold."""
    encumbered = totals.get(_K.ENCUMBERED, 0) + totals.get(_K.RESERVED, 0)
    available = totals.get(_K.UNALLOCATED, 0) + totals.get(_K.AVAILABLE, 0)
    return _balance(available, encumbered, totals.get(_K.PAID, 0))


def balance_of_allocation(totals: Totals) -> Balance:
    """An allocation's balance: what was allocated; encumbered is what its open awards hold."""
    encumbered = totals.get(_K.ENCUMBERED, 0) + totals.get(_K.RESERVED, 0)
    return _balance(totals.get(_K.AVAILABLE, 0), encumbered, totals.get(_K.PAID, 0))


def balance_of_award(totals: Totals) -> Balance:
    """An award's balance: encumbered is what disbursements under way have reserved, available what they may still."""
    return _balance(totals.get(_K.ENCUMBERED, 0), totals.get(_K.RESERVED, 0), totals.get(_K.PAID, 0))


def _balance(available: int, encumbered: int, paid: int) -> Balance:
    return Balance(
        budget=Money(available + encumbered + paid),
        encumbered=Money(encumbered),
        paid=Money(paid),
        available=Money(available),
    )


def in_term(starts_on: date, ends_on: date, day: date) -> bool:
    """Whether a fund may make promises on a day; both ends of its term are inside."""
    return starts_on <= day <= ends_on


def account_end(account_number: str) -> str:
    """The end of an account number: four digits, or two when four would be half of it."""
    return account_number[-4:] if len(account_number) >= 8 else account_number[-2:]


def masked_account(end: str | None) -> str | None:
    """An account as it is shown."""
    return None if end is None else f"•••• {end}"


def payee_name(kind: PayeeKind, name: str | None, reference: str, case_reference: str | None) -> str:
    """What stands for a payee on every screen of the money: never the name of a private person."""
    if kind is PayeeKind.PERSON and case_reference is not None:
        return case_reference
    return name or reference


def routing_number_holds(digits: str) -> bool:
    """Whether nine digits are a routing number by their check digit.

    Source: American Bankers Association, Routing Number Policy: 3(d1+d4+d7) + 7(d2+d5+d8) + (d3+d6+d9) is a multiple
    of ten. Nine zeros pass the sum and are no bank.
    """
    if len(digits) != 9 or not digits.isascii() or not digits.isdigit() or set(digits) == {"0"}:
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0
