"""A report as CSV (RFC 4180): one table from the first line to the last, so that any program reads it without advice.

The first column says what a record is: a group, the total, a line, or a parameter. Encoding is UTF-8 with a mark at
the beginning, without which Excel takes it for the machine's own code page and spoils every accent.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from app.money import Money
from app.reports.reads.tables import Table
from app.reports.reads.views import Line, Report
from app.reports.sheets.words import Cell, Reading, sum_cells
from app.web.i18n import N_

_BYTE_ORDER_MARK: Final = "\ufeff"
#: What makes a spreadsheet take text for a formula, also in the wide forms of East Asian keyboards (OWASP, "CSV
#: Injection"). A text that begins so gets an apostrophe; amounts and counts are never text and stay numbers.
_FORMULA_SIGNS: Final = frozenset("=+-@＝＋－＠")
_CONTROLS: Final = frozenset("\t\r\n\x00")

_COLUMNS: Final = (
    "record", "date", "case", "disbursement", "fund", "category", "partner", "month", "method", "event",
    "count", "reversals", "amount", "parameter", "value",
)  # fmt: skip
_MORE_TITLES: Final[Mapping[str, str]] = {
    "record": N_("Record"),
    "count": N_("Lines"),
    "reversals": N_("Taken back (USD)"),
    "month": N_("Month"),
    "parameter": N_("Parameter"),
    "value": N_("Value"),
}


def write(report: Report, reading: Reading) -> bytes:
    """The bytes of the file."""
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    table = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\r\n")
    titles = {column.name: column.title for column in reading.line_columns()}
    table.writerow(titles | {name: reading.say(title) for name, title in _MORE_TITLES.items()})
    table.writerows(_records(report, reading))
    return text.getvalue().encode()


def write_table(table: Table, reading: Reading) -> bytes:
    """The bytes of the file of a report of one table."""
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    columns = reading.table_columns(table)
    names = ["record", *(column.name for column in columns), "parameter", "value"]
    file = csv.DictWriter(text, names, restval="", lineterminator="\r\n")
    titles = {column.name: column.title for column in columns}
    file.writerow(titles | {name: reading.say(_MORE_TITLES[name]) for name in ("record", "parameter", "value")})
    for word, rows in ((N_("Line"), table.rows), (N_("Total"), (table.totals,))):
        for row in rows:
            cells = zip((column.name for column in columns), reading.table_cells(row, table), strict=True)
            file.writerow(_record(reading.say(word), dict(cells)))
    for name, value in (*reading.table_facts(table), (reading.say(N_("How amounts count")), table.basis)):
        file.writerow(_record(reading.say(N_("Parameter")), {"parameter": name, "value": value}))
    return text.getvalue().encode()


def _records(report: Report, reading: Reading) -> Iterator[dict[str, str]]:
    columns = reading.group_columns(report)
    group, line_word = reading.say(N_("Group")), reading.say(N_("Line"))
    for row in report.rows:
        yield _record(group, dict(zip((each.name for each in columns), reading.group_cells(row, report), strict=True)))
    yield _record(reading.say(N_("Total")), dict(zip(_SUMS, sum_cells(report.totals), strict=True)))
    names = [column.name for column in reading.line_columns()]
    for line in report.lines or ():
        yield _record(line_word, dict(zip(names, reading.line_cells(line), strict=True)) | _sums_of(line))
    for name, value in reading.facts(report):
        yield _record(reading.say(N_("Parameter")), {"parameter": name, "value": value})


_SUMS: Final = ("count", "reversals", "amount")


def _sums_of(line: Line) -> dict[str, Cell]:
    """What a line adds to each sum, so that every column of the lines adds up to the total's."""
    return {"month": line.month, "count": 1, "reversals": min(line.amount, Money(0))}


def _record(word: str, cells: Mapping[str, Cell]) -> dict[str, str]:
    return {"record": word} | {name: _written(cell) for name, cell in cells.items()}


def _written(cell: Cell) -> str:
    """A cell as text: amounts with two decimals, days as year-month-day, and words that can not be a formula."""
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else harmless(cell)


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would reckon with it."""
    if text[:1] in _CONTROLS or text.lstrip()[:1] in _FORMULA_SIGNS:
        return "'" + text
    return text
