"""A finished report: what every format shows."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import orjson
from typing_extensions import TypedDict

from app.disbursements.rules import Method
from app.funds.rules import Category
from app.money import Money
from app.reports.rules import DateBasis, Grouping


@dataclass(frozen=True, slots=True)
class Row:
    """One group. What the report is not grouped by is null. ``amount`` is net: ``reversals`` are taken off already.

    The fields stand in the order of the alphabet, here and in `Line`: the digest is over this JSON (see `digest_of`).
    """

    amount: Money
    category: Category | None
    count: int
    fund: str | None
    fund_id: UUID | None
    method: Method | None
    month: str | None
    partner: str | None
    partner_id: UUID | None
    reversals: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One payment, or what took one back: then the amount is negative and the date that on which it happened.

    ``case`` and ``disbursement`` are references. ``event`` is the step that made the line: ``settled``, ``reversed``…
    """

    amount: Money
    case: str
    category: Category
    date: date
    disbursement: str
    event: str
    fund: str
    fund_id: UUID
    method: Method
    partner: str
    partner_id: UUID

    @property
    def month(self) -> str:
        """The month of the date, like ``2026-03``."""
        return f"{self.date.year:04}-{self.date.month:02}"


@dataclass(frozen=True, slots=True)
class Totals:
    """All rows together: how many lines, what was taken back (zero or less), and the net amount."""

    amount: Money
    count: int
    reversals: Money


#: What was asked, by the names of the address; written as a call because ``from`` is no name in Python.
Parameters = TypedDict(
    "Parameters",
    {
        "from": date,
        "to": date,
        "date_basis": DateBasis,
        "group_by": tuple[Grouping, ...],
        "fund_id": UUID | None,
        "fund": str | None,
        "partner_id": UUID | None,
        "partner": str | None,
        "category": Category | None,
        "method": Method | None,
        "details": bool,
    },
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report with everything that its formats need; ``lines`` is null when they were not asked for."""

    title: str
    parameters: Parameters
    rows: tuple[Row, ...]
    totals: Totals
    lines: tuple[Line, ...] | None
    generated_at: datetime
    digest: str


#: The fields of a row that each grouping fills, from the fields of a line.
_KEYS: Final[Mapping[Grouping, tuple[str, ...]]] = MappingProxyType({
    Grouping.FUND: ("fund", "fund_id"),
    Grouping.CATEGORY: ("category",),
    Grouping.PARTNER: ("partner", "partner_id"),
    Grouping.MONTH: ("month",),
    Grouping.METHOD: ("method",),
})  # fmt: skip
_NO_KEYS: Final = dict.fromkeys(field for fields in _KEYS.values() for field in fields)


def rows_of(lines: Iterable[Line], group_by: Sequence[Grouping]) -> list[Row]:
    """The groups of these lines, in no order: the same as the database makes them."""
    fields = [field for grouping in group_by for field in _KEYS[grouping]]
    groups: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for line in lines:
        groups[tuple(getattr(line, field) for field in fields)].append(line.amount)
    return [
        Row(
            amount=Money(sum(amounts)),
            count=len(amounts),
            reversals=Money(sum(amount for amount in amounts if amount < 0)),
            **{**_NO_KEYS, **dict(zip(fields, key, strict=True))},
        )
        for key, amounts in groups.items()
    ]


def total_of(rows: Sequence[Row]) -> Totals:
    """The sum of the rows."""
    return Totals(
        amount=Money(sum(row.amount for row in rows)),
        count=sum(row.count for row in rows),
        reversals=Money(sum(row.reversals for row in rows)),
    )


def digest_of(report: Report) -> str:
    """SHA-256 over the rows and lines that the report holds, in hexadecimal.

    Canonical is the JSON of ``{"lines": …, "rows": …}`` as in the answer, keys sorted, no spaces, UTF-8: who has the
    JSON can reckon the digest again. It is the same for every format and language with the same rows and lines.
    """
    held = {"lines": report.lines, "rows": report.rows}
    return hashlib.sha256(orjson.dumps(held, default=_plain, option=orjson.OPT_PASSTHROUGH_SUBCLASS)).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, Money):
        return str(value)
    raise TypeError(f"a report holds a {type(value).__name__}")
