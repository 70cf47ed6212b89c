"""A report as XLSX: a sheet of groups with their total, a sheet of lines, a sheet that says what was asked.

Texts are written as texts, never as formulas, whatever they begin with. The file is made in memory.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

from app.money import Money
from app.reports.reads.tables import Table
from app.reports.reads.views import Report
from app.reports.sheets.words import Cell, Column, Reading, sum_cells
from app.web.i18n import N_

#: A spreadsheet reckons with 15 significant digits. An amount with more is written as text: no figure is rounded.
_MOST_CENTS: Final = 10**15
_WIDTHS: Final = {"fund": 34, "partner": 34, "category": 20, "method": 24, "event": 14, "count": 9}
_WIDTH: Final = 18


@dataclass(frozen=True, slots=True)
class _Formats:
    """How cells look: each kind plain, and bold for the total."""

    title: Any
    money: Any
    day: Any
    count: Any
    text: Any
    bold_money: Any
    bold: Any


def write(report: Report, reading: Reading) -> bytes:
    """The bytes of the file."""
    file = io.BytesIO()
    book = _book(file, report.title, report.generated_at)
    formats = _formats(book)
    columns = reading.group_columns(report)
    groups = _Table(book.add_worksheet(reading.say(N_("Groups"))), columns, formats)
    groups.fill((reading.group_cells(row, report) for row in report.rows), len(report.rows))
    groups.add_total(reading.say(N_("Total")), sum_cells(report.totals))
    if report.lines is not None:
        lines = _Table(book.add_worksheet(reading.say(N_("Lines"))), reading.line_columns(), formats)
        lines.fill((reading.line_cells(line) for line in report.lines), len(report.lines))
        lines.add_total(reading.say(N_("Total")), [report.totals.amount])
    facts = [*reading.facts(report), (reading.say(N_("How amounts count")), reading.note())]
    sums = zip(reading.group_columns(report)[-3:], sum_cells(report.totals), strict=True)
    facts += [(f"{reading.say(N_('Total'))}: {column.title}", cell) for column, cell in sums]
    _about(book.add_worksheet(reading.say(N_("About this report"))), facts, formats)
    book.close()
    return file.getvalue()


def write_table(table: Table, reading: Reading) -> bytes:
    """The bytes of the file of a report of one table."""
    file = io.BytesIO()
    book = _book(file, table.title, table.generated_at)
    formats = _formats(book)
    columns = reading.table_columns(table)
    sheet = _Table(book.add_worksheet(reading.say(N_("Lines"))), columns, formats)
    sheet.fill((reading.table_cells(row, table) for row in table.rows), len(table.rows))
    if table.totals:
        sheet.add_record([reading.say(N_("Total")), *reading.table_cells(table.totals, table)[1:]])
    facts = [*reading.table_facts(table), (reading.say(N_("How amounts count")), table.basis)]
    _about(book.add_worksheet(reading.say(N_("About this report"))), facts, formats)
    book.close()
    return file.getvalue()


def _book(file: io.BytesIO, title: str, made_at: datetime) -> Any:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
    return book


def _formats(book: Any) -> _Formats:
    money = {"num_format": "#,##0.00;[Red]-#,##0.00"}
    return _Formats(
        title=book.add_format({"bold": True, "bg_color": "#EAEFF0", "bottom": 1, "text_wrap": True, "valign": "top"}),
        money=book.add_format(money),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        count=book.add_format({"num_format": "#,##0"}),
        text=book.add_format({"num_format": "@"}),
        bold_money=book.add_format(money | {"bold": True, "top": 1}),
        bold=book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
    )


class _Table:
    """A worksheet with titles in its first row, which stays in sight, and records below."""

    def __init__(self, sheet: Any, columns: Sequence[Column], formats: _Formats) -> None:
        self._sheet, self._columns, self._formats = sheet, columns, formats
        self._next = 1
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.name, _WIDTH))
            sheet.write_string(0, place, column.title, formats.title)

    def fill(self, records: Iterable[Sequence[Cell]], count: int) -> None:
        """Write the records and let the titles filter them."""
        for cells in records:
            for place, cell in enumerate(cells):
                put(self._sheet, self._next, place, cell, self._formats)
            self._next += 1
        if count:
            self._sheet.autofilter(0, 0, count, len(self._columns) - 1)

    def add_total(self, word: str, sums: Sequence[Cell]) -> None:
        """A last record with the sums under the last columns."""
        blank = len(self._columns) - len(sums)
        self.add_record([word if place == 0 else "" for place in range(blank)] + list(sums))

    def add_record(self, cells: Sequence[Cell]) -> None:
        """A last record, in bold."""
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._next, place, cell, self._formats.bold)
            else:
                put(self._sheet, self._next, place, cell, self._formats, bold=True)


def _about(sheet: Any, facts: Iterable[tuple[str, Cell]], formats: _Formats) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
    for place, (name, value) in enumerate(facts):
        sheet.write_string(place, 0, name, formats.title)
        put(sheet, place, 1, value, formats)


def put(sheet: Any, row: int, place: int, cell: Cell, formats: _Formats, *, bold: bool = False) -> None:
    """Write one cell by what it is: an amount as a number of dollars, exact to the cent."""
    if isinstance(cell, Money):
        look = formats.bold_money if bold else formats.money
        if abs(cell) < _MOST_CENTS:
            sheet.write_number(row, place, Decimal(int(cell)) / 100, look)
        else:
            sheet.write_string(row, place, str(cell), look)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell, formats.bold if bold else formats.count)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, formats.day)
    else:
        sheet.write_string(row, place, cell, formats.text)
