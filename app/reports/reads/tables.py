"""A finished report that is one table: what every format shows, with the sentence that says how its figures count."""

import enum
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from app.audit.actions import record
from app.errors import Invalid, Problem
from app.money import Money
from app.reports.rules import MOST_RECORDS, Format
from app.web.i18n import say
from app.work import Work

#: What a cell holds: a text or a code, an amount in cents, a count, a day, an id; null where it does not apply.
Value = str | int | Money | date | UUID | None


class Kind(enum.StrEnum):
    """How a column is written."""

    TEXT = "text"
    REFERENCE = "reference"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"
    CATEGORY = "category"
    CHECK = "check"


#: What the record keeps of what was asked: days and ids, never a name.
_RECORDED: Final = ("as_of", "from", "to", "fund_id", "partner_id")
NUMBERS: Final = frozenset({Kind.MONEY, Kind.COUNT})


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: the name in a row, its title in the reader's language, and how its cells are written."""

    name: str
    title: str
    kind: Kind

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Table:
    """A report of one table. ``totals`` has a value for each column that can be added up, in the same names.

    ``basis`` says on what the figures rest. The digest is SHA-256 over the JSON of ``{"rows": …, "totals": …}`` as in
    the answer, keys sorted, no spaces, UTF-8.
    """

    report: str
    title: str
    basis: str
    parameters: Mapping[str, Value]
    columns: tuple[TableColumn, ...]
    rows: tuple[Mapping[str, Value], ...]
    totals: Mapping[str, Value]
    generated_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A report as it is declared: its name in addresses, and its words as msgids."""

    report: str
    title: str
    basis: str
    columns: tuple[tuple[str, str, Kind], ...]


def finished(
    work: Work, plan: Plan, kind: Format, parameters: Mapping[str, Value], rows: Sequence[Mapping[str, Value]]
) -> Table:
    """The table with its totals and its digest. The run is put on record.

    Raises Invalid for more rows than a file of the format holds.
    """
    must_fit(kind, len(rows))
    added = [name for name, _, kind in plan.columns if kind in NUMBERS]
    totals = {name: _sum(row[name] for row in rows) for name in added}
    table = Table(
        report=plan.report,
        title=say(work.language, plan.title),
        basis=say(work.language, plan.basis),
        parameters=parameters,
        columns=tuple(TableColumn(name, say(work.language, title), kind) for name, title, kind in plan.columns),
        rows=tuple(rows),
        totals=totals,
        generated_at=work.now,
        digest="",
    )
    table = replace(table, digest=digest_of_table(table))
    record(
        work,
        "report.run",
        object_type="report",
        count=len(rows),
        details={
            "report": plan.report,
            **{name: _coded(parameters.get(name)) for name in _RECORDED if name in parameters},
            "format": str(kind),
            "digest": table.digest,
        },
    )
    return table


def _coded(value: Value) -> str | None:
    return None if value is None else str(value)


def must_fit(kind: Format, records: int) -> None:
    """Raises Invalid for more rows or lines than a file of the format holds."""
    most = MOST_RECORDS.get(kind)
    if most is not None and records > most:
        raise Invalid(
            Problem(
                "/format",
                "format.too_long",
                "A file of this kind holds at most {most} rows or lines, and this report has more. Choose a shorter "
                "period, leave the lines out with details=false, or take CSV.",
                {"most": most},
            )
        )


def _sum(values: Any) -> Value:
    """Cents stay cents and counts stay counts; what does not apply adds nothing."""
    given = [value for value in values if value is not None]
    total = sum(given)
    return Money(total) if any(isinstance(value, Money) for value in given) else total


def digest_of_table(table: Table) -> str:
    """SHA-256 over the rows and totals, in hexadecimal. The same in every language and format."""
    held = {"rows": table.rows, "totals": table.totals}
    options = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_SORT_KEYS
    return hashlib.sha256(orjson.dumps(held, default=_plain, option=options)).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, Money | enum.StrEnum):
        return str(value)
    raise TypeError(f"a report holds a {type(value).__name__}")


def record_file(work: Work, kind: Format, digest: str, count: int, body: bytes) -> None:
    """Put on record that a report went out as a file: with the file's own SHA-256 it can be told again years later."""
    details: dict[str, str | int | list[str] | None] = {
        "format": str(kind),
        "digest": digest,
        "file": hashlib.sha256(body).hexdigest(),
    }
    record(work, "report.exported", object_type="report", count=count, details=details)
