"""What a fund may be used for, and how its money moves without a case."""

import enum
from dataclasses import dataclass, field
from typing import Final

from app.money import Money


class FundStatus(enum.StrEnum):
    """Whether a fund still makes promises."""

    OPEN = "open"
    CLOSING = "closing"  #: its term is ending: no new awards, open ones are paid out
    CLOSED = "closed"  #: nothing is left; money that comes back goes to the giver or to another fund


class TransferKind(enum.StrEnum):
    """How money moves without a case. Each needs two people."""

    BETWEEN_FUNDS = "between_funds"
    BETWEEN_CATEGORIES = "between_categories"
    ADMINISTRATION = "administration"  #: the share of a fund that pays for running it
    SPENT_BEFORE = "spent_before"  #: paid before this program was used
    INCOME = "income"  #: interest and the like
    GIVEN_BACK = "given_back"  #: to the giver, at the end


class TransferStatus(enum.StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"


#: Days after a federal award's end until what was promised is paid: the recipient's, and its subrecipients'.
#: Source: 2 CFR 200.344(b) and (c), in force since 2020-11-12.
CLOSE_OUT_DAYS: Final = (120, 90)


def share_of(whole: Money, share: int) -> Money:
    """A share in hundredths of a percent of an amount, rounded down to the cent: never more than the share."""
    return Money(whole * share // 10_000)


class Restriction(enum.StrEnum):
    """What can keep a fund from paying for a case, in the order in which people are told."""

    TERM = "term"
    STATUS = "status"
    RULES = "rules"  #: its eligibility rules did not fit when the application was screened
    PARTNER = "partner"
    CASE_TYPE = "case_type"
    CUSTODY = "custody"
    CATEGORY = "category"
    PER_CASE = "per_case"
    PER_PERSON = "per_person"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fund may be used for. Empty sets and None allow everything; the share is in hundredths of a percent."""

    status: FundStatus = FundStatus.OPEN
    partners: frozenset[str] = frozenset()
    case_types: frozenset[str] = frozenset()
    custodies: frozenset[str] = frozenset()
    per_case: Money | None = None
    per_person: Money | None = None
    administration: int | None = None
    reserve: Money = field(default_factory=lambda: Money(0))

    @property
    def restricted(self) -> bool:
        """Whether it helps some cases only."""
        return bool(self.partners or self.case_types or self.custodies)


@dataclass(frozen=True, slots=True)
class Need:
    """A case that needs money: whose, of which kind, how much was promised before, and how much more is asked."""

    partner: str
    case_type: str | None
    custody: str
    promised_case: int = 0
    promised_person: int = 0
    cents: int = 0


def forbidden_by(limits: Limits, need: Need) -> list[Restriction]:
    """The restrictions of a fund that keep it from paying for a need; none of term, rules, category or money."""
    said = {
        Restriction.STATUS: limits.status is not FundStatus.OPEN,
        Restriction.PARTNER: bool(limits.partners) and need.partner not in limits.partners,
        Restriction.CASE_TYPE: bool(limits.case_types) and need.case_type not in limits.case_types,
        Restriction.CUSTODY: bool(limits.custodies) and need.custody not in limits.custodies,
        Restriction.PER_CASE: _over(limits.per_case, need.promised_case, need.cents),
        Restriction.PER_PERSON: _over(limits.per_person, need.promised_person, need.cents),
    }
    return [restriction for restriction, forbids in said.items() if forbids]


def _over(cap: int | None, promised: int, more: int) -> bool:
    """Whether a cap is passed, or reached already where no amount is asked yet."""
    return cap is not None and (promised + more > cap if more else promised >= cap)
