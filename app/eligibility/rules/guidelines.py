"""The federal poverty guidelines of one year, and the income limit they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal, localcontext
from functools import lru_cache
from typing import TypeAlias

from app.eligibility.rules.digest import digest
from app.eligibility.rules.legal import LegalStatus
from app.eligibility.rules.places import Region

# More people than this in one household is taken for a slip of the keyboard and asked again.
LARGEST_HOUSEHOLD = 50

Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class RegionAmounts:
    """Whole dollars a year: for the first person, and for each person more."""

    first: int
    additional: int


@dataclass(frozen=True, slots=True)
class PovertyGuidelines:
    """One year's guidelines, in force from `effective_from` until the next year's are.

    `effective_confirmed` says whether that date was read in the notice itself; `effective_note` says
    what it is otherwise.
    """

    id: str
    year: int
    effective_from: date
    effective_confirmed: bool
    effective_note: str
    legal_status: LegalStatus
    source: str
    contiguous: RegionAmounts
    alaska: RegionAmounts
    hawaii: RegionAmounts

    def amounts(self, region: Region) -> RegionAmounts:
        """The two amounts that a region's guideline is made of."""
        match region:
            case Region.CONTIGUOUS:
                return self.contiguous
            case Region.ALASKA:
                return self.alaska
            case Region.HAWAII:
                return self.hawaii

    def guideline(self, size: int, region: Region) -> int:
        """The yearly guideline in cents for a household of `size`. Raises ValueError below 1 or above 50."""
        if not 1 <= size <= LARGEST_HOUSEHOLD:
            raise ValueError("household size out of range")
        amounts = self.amounts(region)
        return 100 * (amounts.first + (size - 1) * amounts.additional)

    def as_json(self) -> Json:
        """The whole content, for the digest."""
        regions = {r.value: [self.amounts(r).first, self.amounts(r).additional] for r in Region}
        return {
            "id": self.id,
            "year": self.year,
            "effective_from": self.effective_from.isoformat(),
            "effective_confirmed": self.effective_confirmed,
            "effective_note": self.effective_note,
            "legal_status": self.legal_status.value,
            "source": self.source,
            "regions": regions,
        }


def income_limit(guideline: int, percent: Decimal) -> Decimal:
    """`percent` of a guideline in cents, exact: nothing is rounded and nothing is turned into months."""
    with localcontext() as exact:
        exact.prec = 60
        return Decimal(guideline) * percent / 100


def poverty_percent(income: int, guideline: int) -> Decimal:
    """What part of a guideline an income is, both in cents: percent with one decimal, rounded up.

    Up, so that an income over a limit of at most one decimal never reads as if it were within it.
    """
    with localcontext() as exact:
        exact.prec = 60
        return (Decimal(income) * 100 / guideline).quantize(Decimal("0.1"), rounding=ROUND_CEILING)


def guidelines_in_force(years: Iterable[PovertyGuidelines], on: date) -> PovertyGuidelines | None:
    """The newest guidelines in force on a date: a year's own from its effective date, the year's before
    until then. None before the first.
    """
    begun = [year for year in years if year.effective_from <= on and year.legal_status.applies]
    return max(begun, key=lambda year: year.effective_from, default=None)


@lru_cache(maxsize=64)
def guidelines_digest(guidelines: PovertyGuidelines) -> str:
    """SHA-256 of the guidelines' content, kept in every snapshot that used them."""
    return digest(guidelines.as_json())
