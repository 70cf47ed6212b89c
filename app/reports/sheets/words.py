"""What stands on a sheet, in the reader's words: columns, the cells of a row and of a line, and what was asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from markupsafe import Markup

from app.money import Money
from app.reports.reads.tables import Kind, Table, Value
from app.reports.reads.views import Line, Report, Row, Totals
from app.reports.rules import DateBasis, Grouping, months_between
from app.web.charts import columns
from app.web.formats import format_moment, format_money, format_month
from app.web.i18n import N_, say
from app.web.labels import VALUES
from app.web.statuses import label

#: A cell before it is written: text of a person's or of a catalogue, a day, an amount in cents, or a count.
Cell = str | date | Money | int

_LINE_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "date": N_("Date"),
    "case": N_("Case"),
    "disbursement": N_("Disbursement"),
    "fund": N_("Fund"),
    "category": N_("Category"),
    "partner": N_("Partner"),
    "method": N_("Method"),
    "event": N_("Event"),
    "amount": N_("Amount (USD)"),
})  # fmt: skip
_SUM_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({
    "count": N_("Lines"),
    "reversals": N_("Taken back (USD)"),
    "amount": N_("Amount (USD)"),
})  # fmt: skip
#: The days that a report of one table was asked for.
_ASKED: Final[Mapping[str, str]] = MappingProxyType({
    "as_of": N_("At the end of"),
    "from": N_("First day"),
    "to": N_("Last day"),
})  # fmt: skip
#: Columns of amounts and counts: written to the right.
NUMBERS: Final = frozenset({"count", "reversals", "amount"})


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: str
    is_sum: bool = False

    @property
    def is_number(self) -> bool:
        return self.is_sum or self.name in NUMBERS


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a course of time, its caption, and the words under its ends."""

    caption: str
    picture: Markup
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads: the language, and the zone for the moment at which the report was made."""

    language: str
    time_zone: str

    def say(self, msgid: str, **values: object) -> str:
        return say(self.language, msgid, values)

    def group_columns(self, report: Report) -> list[Column]:
        """The columns of the groups: what is grouped by, in its order, then the sums."""
        names = [Column(each, self.grouping(each)) for each in report.parameters["group_by"]]
        return names + [Column(name, self.say(title)) for name, title in _SUM_COLUMNS.items()]

    def line_columns(self) -> list[Column]:
        return [Column(name, self.say(title)) for name, title in _LINE_COLUMNS.items()]

    def grouping(self, grouping: Grouping) -> str:
        return self.say(VALUES["group_by"][grouping].text)

    def key(self, row: Row, grouping: Grouping) -> str:
        """What a row stands for by one grouping: a name, a month as ``2026-03``, or the word for a value."""
        value = str(getattr(row, grouping))
        return value if grouping not in VALUES else self.say(VALUES[grouping][value].text)

    def spoken_keys(self, row: Row, report: Report) -> list[str]:
        """What a row stands for, as people say it: months in words."""
        return [
            format_month(self.language, date.fromisoformat(f"{row.month}-01"))
            if each is Grouping.MONTH
            else self.key(row, each)
            for each in report.parameters["group_by"]
        ]

    def group_cells(self, row: Row, report: Report) -> list[Cell]:
        return [*(self.key(row, each) for each in report.parameters["group_by"]), *sum_cells(row)]

    def line_cells(self, line: Line) -> list[Cell]:
        return [
            line.date,
            line.case,
            line.disbursement,
            line.fund,
            self.say(VALUES["category"][line.category].text),
            line.partner,
            self.say(VALUES["method"][line.method].text),
            self.event(line.event),
            line.amount,
        ]

    def event(self, event: str) -> str:
        """The word for what made a line: the step that was asked about, or the status that took a payment back."""
        kind = "date_basis" if event in set(DateBasis) else "disbursement"
        return self.say(label(kind, event).text)

    def value(self, kind: str, value: str | None, otherwise: str) -> str:
        """The word for a value of an enumeration, and what is said where there is none."""
        return self.say(otherwise if value is None else VALUES[kind][value].text)

    def months(self, report: Report) -> Chart | None:
        """The course of a report by month, from its rows; None when it is not grouped by month or has one month."""
        sums: dict[str, int] = {}
        for row in report.rows:
            if row.month is not None:
                sums[row.month] = sums.get(row.month, 0) + row.amount
        if len(sums) < 2:
            return None
        months = months_between(min(sums), max(sums))
        names = [format_month(self.language, date.fromisoformat(f"{month}-01")) for month in months]
        amounts = [Money(sums.get(month, 0)) for month in months]
        told = zip(names, (format_money(self.language, each) for each in amounts), strict=True)
        caption = self.say(N_("Amount by {group}"), group=self.grouping(Grouping.MONTH).lower())
        text = f"{caption}: " + "; ".join(f"{name} {amount}" for name, amount in told)
        return Chart(caption, columns(amounts, text), names[0], names[-1])

    def facts(self, report: Report) -> Iterator[tuple[str, Cell]]:
        """What was asked, when it was answered, and the digest."""
        asked = report.parameters
        grouped = ", ".join(self.grouping(each) for each in asked["group_by"])
        yield self.say(N_("Report")), report.title
        yield self.say(N_("First day")), asked["from"]
        yield self.say(N_("Last day")), asked["to"]
        yield self.say(N_("Counted on the day of")), self.event(asked["date_basis"])
        yield self.say(N_("Fund")), asked["fund"] or self.say(N_("All funds"))
        yield self.say(N_("Partner")), asked["partner"] or self.say(N_("All partners"))
        yield self.say(N_("Category")), self.value("category", asked["category"], N_("All categories"))
        yield self.say(N_("Method")), self.value("method", asked["method"], N_("All methods"))
        yield self.say(N_("Grouped by")), grouped or self.say(N_("Nothing"))
        yield self.say(N_("Made at")), format_moment(self.language, self.time_zone, report.generated_at)
        yield self.say(N_("Digest (SHA-256)")), report.digest

    def table_columns(self, table: Table) -> list[Column]:
        """The columns of a report of one table."""
        return [Column(each.name, each.title, each.is_number) for each in table.columns]

    def table_cells(self, row: Mapping[str, Value], table: Table) -> list[Cell]:
        """A row as cells: codes become words, and what does not apply stays empty."""
        return [self._cell(row.get(column.name), column.kind) for column in table.columns]

    def _cell(self, value: Value, kind: Kind) -> Cell:
        if value is None:
            return ""
        if kind is Kind.CATEGORY:
            return self.say(VALUES["category"][str(value)].text)
        if kind is Kind.CHECK:
            return self.say(VALUES["answer"][str(value)].text)
        return str(value) if isinstance(value, UUID) else value

    def table_facts(self, table: Table) -> Iterator[tuple[str, Cell]]:
        """What was asked, when it was answered, on what the figures rest, and the digest."""
        asked = table.parameters
        yield self.say(N_("Report")), table.title
        for name, title in _ASKED.items():
            if asked.get(name) is not None:
                yield self.say(title), self._cell(asked[name], Kind.DAY)
        yield self.say(N_("Fund")), str(asked["fund"] or self.say(N_("All funds")))
        if asked.get("partner") is not None:
            yield self.say(N_("Partner")), str(asked["partner"])
        yield self.say(N_("Made at")), format_moment(self.language, self.time_zone, table.generated_at)
        yield self.say(N_("Digest (SHA-256)")), table.digest

    def note(self) -> str:
        """How amounts count, and what stands for people."""
        return self.say(
            N_(
                "Amounts are net: a payment that was taken back is a negative line on the day on which that happened. "
                "Cases appear by reference only."
            )
        )


def sum_cells(sums: Row | Totals) -> list[Cell]:
    """Count, what was taken back, and the net amount, in the order of their columns."""
    return [sums.count, sums.reversals, sums.amount]
