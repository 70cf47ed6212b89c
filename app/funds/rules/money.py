"""The words of the money and its pure decisions: statuses and moves, accounts and flows, balances, days."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

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


class AccountChange(enum.StrEnum):
    """How far a change of a payee's bank account has come."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class NumberFrom(enum.StrEnum):
    """Whence the number was known that was called back: never from the letter that asked for the change."""

    PARTNER_RECORD = "partner_record"  #: it stands with the partner organization here
    AGREEMENT = "agreement"
    EARLIER_INVOICE = "earlier_invoice"


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
    """Where money of a fund can stand. Other sides aside, every kind holds zero or more, and all sum to zero."""

    GIVER = "giver"  #: what came from outside, as a negative balance: the other side of it
    INCOME = "income"  #: interest and the like, the other side of it: zero or less
    TRANSFERS = "transfers"  #: the other side of money that went to other funds, or came from them: of any sign
    RETURNED = "returned"  #: given back to the giver
    UNALLOCATED = "unallocated"  #: in the fund, not yet meant for a category
    AVAILABLE = "available"  #: in an allocation, not yet set aside for a case
    CHARGED = "charged"  #: spent from an allocation without a case, like the administration share
    ENCUMBERED = "encumbered"  #: on an award, not yet asked for by a disbursement
    RESERVED = "reserved"  #: on an award, asked for by disbursements that are under way
    PAID = "paid"  #: paid from an award
    BOND_RECEIVABLE = "bond_receivable"  #: paid from an award as a bond, still to come back
    FORFEITED = "forfeited"  #: paid from an award as a bond, and lost


#: The kinds of account by the level at which they stand; all others are an award's.
OF_FUND = frozenset({
    AccountKind.GIVER, AccountKind.INCOME, AccountKind.TRANSFERS, AccountKind.RETURNED, AccountKind.UNALLOCATED,
})  # fmt: skip
OF_ALLOCATION = frozenset({AccountKind.AVAILABLE, AccountKind.CHARGED})
OF_AWARD = frozenset(AccountKind) - OF_FUND - OF_ALLOCATION
#: Kinds that are the other side of something: what stands there is not the fund's money.
OTHER_SIDES = frozenset({AccountKind.GIVER, AccountKind.INCOME, AccountKind.TRANSFERS})


class EntryKind(enum.StrEnum):
    """Why money moved."""

    GIVEN = "given"
    ALLOCATED = "allocated"
    AWARDED = "awarded"
    RESERVED = "reserved"
    RESERVED_MORE = "reserved_more"  #: a payment that is not sent yet was changed to a larger amount
    RESERVED_LESS = "reserved_less"  #: and to a smaller one
    FREED = "freed"  #: a disbursement will not be paid; its amount is free on the award again
    SETTLED = "settled"
    REVERSED = "reversed"  #: what was paid has come back to the award
    UNAWARDED = "unawarded"  #: what an award did not spend goes back to its allocation
    DEALLOCATED = "deallocated"  #: what a category did not spend is free in the fund again
    CHARGED = "charged"  #: spent without a case
    UNCHARGED = "uncharged"  #: a charge was undone
    INCOME_RECEIVED = "income_received"
    TRANSFERRED_OUT = "transferred_out"
    TRANSFERRED_IN = "transferred_in"
    RETURNED_TO_GIVER = "returned_to_giver"
    BOND_POSTED = "bond_posted"  #: what was paid is lent as a bond
    BOND_UNPOSTED = "bond_unposted"  #: the bond's payment is being reversed: what was lent is paid again first
    BOND_REFUNDED = "bond_refunded"  #: what was lent came back, and can be lent again
    BOND_FORFEITED = "bond_forfeited"
    BOND_REINSTATED = "bond_reinstated"  #: a forfeited bond is owed again


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
    EntryKind.RESERVED_MORE: Flow(to=_K.RESERVED, source=_K.ENCUMBERED),
    EntryKind.RESERVED_LESS: Flow(to=_K.ENCUMBERED, source=_K.RESERVED),
    EntryKind.FREED: Flow(to=_K.ENCUMBERED, source=_K.RESERVED),
    EntryKind.SETTLED: Flow(to=_K.PAID, source=_K.RESERVED),
    EntryKind.REVERSED: Flow(to=_K.ENCUMBERED, source=_K.PAID),
    EntryKind.UNAWARDED: Flow(to=_K.AVAILABLE, source=_K.ENCUMBERED),
    EntryKind.DEALLOCATED: Flow(to=_K.UNALLOCATED, source=_K.AVAILABLE),
    EntryKind.CHARGED: Flow(to=_K.CHARGED, source=_K.AVAILABLE),
    EntryKind.UNCHARGED: Flow(to=_K.AVAILABLE, source=_K.CHARGED),
    EntryKind.INCOME_RECEIVED: Flow(to=_K.UNALLOCATED, source=_K.INCOME),
    EntryKind.TRANSFERRED_OUT: Flow(to=_K.TRANSFERS, source=_K.UNALLOCATED),
    EntryKind.TRANSFERRED_IN: Flow(to=_K.UNALLOCATED, source=_K.TRANSFERS),
    EntryKind.RETURNED_TO_GIVER: Flow(to=_K.RETURNED, source=_K.UNALLOCATED),
    EntryKind.BOND_POSTED: Flow(to=_K.BOND_RECEIVABLE, source=_K.PAID),
    EntryKind.BOND_UNPOSTED: Flow(to=_K.PAID, source=_K.BOND_RECEIVABLE),
    EntryKind.BOND_REFUNDED: Flow(to=_K.AVAILABLE, source=_K.BOND_RECEIVABLE),
    EntryKind.BOND_FORFEITED: Flow(to=_K.FORFEITED, source=_K.BOND_RECEIVABLE),
    EntryKind.BOND_REINSTATED: Flow(to=_K.BOND_RECEIVABLE, source=_K.FORFEITED),
})  # fmt: skip

#: The order in which accounts are locked: fund, allocation, award. Two postings can then never wait for each other.
LOCK_RANK: Mapping[AccountKind, int] = MappingProxyType({kind: rank for rank, kind in enumerate(AccountKind)})


@dataclass(frozen=True, slots=True)
class Balance:
    """How a budget stands; ``available = budget - encumbered - paid``, always. ``paid`` is all that went out."""

    budget: Money
    encumbered: Money
    paid: Money
    available: Money


Totals = Mapping[AccountKind, int]
#: What went out: spent, lent or lost.
_OUT: Final = (_K.PAID, _K.BOND_RECEIVABLE, _K.FORFEITED, _K.CHARGED)


def bonds_out(totals: Totals) -> Money:
    """The part of what was paid that was lent as bonds and is still to come back."""
    return Money(totals.get(_K.BOND_RECEIVABLE, 0))


def balance_of_fund(totals: Totals) -> Balance:
    """A fund's balance from its cents by kind of account: all it got and kept; encumbered is what open awards hold."""
    return _balance(totals, (_K.UNALLOCATED, _K.AVAILABLE), (_K.ENCUMBERED, _K.RESERVED))


def balance_of_allocation(totals: Totals) -> Balance:
    """An allocation's balance: what was allocated; encumbered is what its open awards hold."""
    return _balance(totals, (_K.AVAILABLE,), (_K.ENCUMBERED, _K.RESERVED))


def balance_of_award(totals: Totals) -> Balance:
    """An award's balance: encumbered is what disbursements under way have reserved, available what they may still.

    A bond that came back is the allocation's again: the award's budget shrinks by it.
    """
    return _balance(totals, (_K.ENCUMBERED,), (_K.RESERVED,))


def _balance(totals: Totals, free: tuple[AccountKind, ...], held: tuple[AccountKind, ...]) -> Balance:
    available, encumbered, paid = (sum(totals.get(kind, 0) for kind in kinds) for kinds in (free, held, _OUT))
    return Balance(
        budget=Money(available + encumbered + paid),
        encumbered=Money(encumbered),
        paid=Money(paid),
        available=Money(available),
    )


def sum_of_balances(balances: Iterable[Balance]) -> Balance:
    """Several budgets as one."""
    parts = [(each.budget, each.encumbered, each.paid, each.available) for each in balances]
    budget, encumbered, paid, available = (
        (Money(sum(column)) for column in zip(*parts, strict=True))
        if parts
        else (Money(0), Money(0), Money(0), Money(0))
    )
    return Balance(budget=budget, encumbered=encumbered, paid=paid, available=available)


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
