"""The funds of the demo. The totals are published figures; how they are split into categories is made up.

Denver's five launch sources of March 2018, $385,000 together, are from the City's and The Denver Foundation's pages
about the Denver Immigrant Legal Services Fund and Denver7, 19 March 2018. Colorado's fund awards about $350,000 a year
(Colorado Office of New Americans, page about the fund). The filing fee fund is invented. Terms are moved to the two
years of the demo.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.demo.stories import SPAN
from app.funds.rules import Category

_C = Category


class Program(enum.StrEnum):
    """Whose rules decide; a program may have several funds."""

    DENVER = "denver-dilsf"
    COLORADO = "colorado-ildf"
    FEES = "filing-fees-example"


@dataclass(frozen=True, slots=True)
class Giving:
    """One fund: whole dollars, in all and by category."""

    program: Program
    name: str
    giver: str
    starts_on: date
    ends_on: date
    total: int
    allocations: Mapping[Category, int]


#: (what the source is called, who gives, dollars, dollars by category)
DENVER_SOURCES: Final = (
    (
        "City general fund", "City and County of Denver", 200_000,
        {
            _C.REPRESENTATION: 150_000, _C.FILING_FEES: 10_000, _C.INTERPRETER: 15_000, _C.EXPERT: 15_000,
            _C.TRAVEL: 5_000,
        },
    ),
    ("City support fund", "City and County of Denver", 50_000, {_C.REPRESENTATION: 40_000, _C.BOND: 10_000}),
    ("Vera SAFE grant", "Vera Institute of Justice", 100_000, {_C.REPRESENTATION: 90_000, _C.INTERPRETER: 10_000}),
    ("Rose Community Foundation", "Rose Community Foundation", 30_000, {_C.REPRESENTATION: 24_000, _C.EXPERT: 6_000}),
    ("The Denver Foundation", "The Denver Foundation", 5_000, {_C.FILING_FEES: 5_000}),
)  # fmt: skip
_COLORADO_A_YEAR: Final = 350_000
_COLORADO_SPLIT: Final = {
    _C.REPRESENTATION: 280_000, _C.FILING_FEES: 15_000, _C.INTERPRETER: 20_000, _C.EXPERT: 25_000, _C.TRAVEL: 10_000,
}  # fmt: skip
_FEES: Final = 60_000


def givings(today: date) -> Iterator[Giving]:
    """The funds of the two years before ``today``, each ready when its term begins."""
    first = (today - timedelta(days=SPAN + 14)).replace(day=1)
    after = first.replace(year=first.year + 4) - timedelta(days=1)
    for source, giver, total, allocations in DENVER_SOURCES:
        name = f"Denver Immigrant Legal Services Fund: {source}"
        yield Giving(Program.DENVER, name, giver, first, after, total, allocations)
    yield Giving(
        Program.FEES, "Filing Fee Fund (example)", "Example Family Foundation", first, after, _FEES,
        {_C.FILING_FEES: _FEES},
    )  # fmt: skip
    for year in range(_fiscal_year(first), _fiscal_year(today) + 1):
        yield Giving(
            Program.COLORADO,
            f"Colorado Immigration Legal Defense Fund {year}-{(year + 1) % 100:02d}",
            "State of Colorado",
            date(year, 7, 1),
            date(year + 1, 6, 30),
            _COLORADO_A_YEAR,
            _COLORADO_SPLIT,
        )


def _fiscal_year(day: date) -> int:
    """The year in which Colorado's fiscal year of this day began, on 1 July."""
    return day.year if day.month >= 7 else day.year - 1
