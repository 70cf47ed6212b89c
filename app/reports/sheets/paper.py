"""A report on paper: a tagged PDF (PDF/UA-1) set by Typst, made smaller by pikepdf. Nothing is written to a disk.

What people typed goes to the typesetter as JSON and is never part of its markup.
"""

import io
import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pikepdf
import typst

from app.money import Money
from app.reports.reads.tables import Table
from app.reports.reads.views import Report, Row
from app.reports.rules import Grouping
from app.reports.sheets.words import Cell, Column, Reading, sum_cells
from app.web.formats import format_count, format_day, format_money
from app.web.i18n import N_

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
#: The chart shows the largest groups of the first grouping; the table has all.
_MOST_BARS: Final = 12


def write(report: Report, reading: Reading) -> bytes:
    """The bytes of the file."""
    inputs = {"report": json.dumps(_page(report, reading), ensure_ascii=False)}
    return _smaller(_set(inputs, int(report.generated_at.timestamp())))


def write_table(table: Table, reading: Reading) -> bytes:
    """The bytes of the file of a report of one table."""
    columns = reading.table_columns(table)
    total = [_written(cell, reading) for cell in reading.table_cells(table.totals, table)]
    rows = [[_written(cell, reading) for cell in reading.table_cells(row, table)] for row in table.rows]
    page = {
        "language": reading.language,
        "title": table.title,
        "facts": [[name, _written(value, reading)] for name, value in reading.table_facts(table)][1:],
        "note": table.basis,
        "chart": None,
        "empty": None if rows else reading.say(N_("There is nothing to list.")),
        "groups": _table(reading.say(N_("Lines")), columns, rows, [reading.say(N_("Total")), *total[1:]]),
        "lines": None,
        "page": reading.say(N_("Page {page} of {pages}"), page="{page}", pages="{pages}"),
    }
    inputs = {"report": json.dumps(page, ensure_ascii=False)}
    return _smaller(_set(inputs, int(table.generated_at.timestamp())))


def _set(inputs: dict[str, str], timestamp: int) -> bytes:
    """The document as PDF/UA-1; where a name has letters that no font of this machine has, tagged but without the seal.

    The standard forbids a letter without a shape; a report with an empty box is better than none.
    """
    try:
        return _compile(inputs, timestamp, strict=True)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    return _compile(inputs, timestamp, strict=False)


def _compile(inputs: dict[str, str], timestamp: int, *, strict: bool) -> bytes:
    template = (_TEMPLATES / "disbursements.typ").read_bytes()
    typesetter = typst.Compiler(template, root=_TEMPLATES, font_paths=_fonts(), sys_inputs=inputs)
    made = typesetter.compile(format="pdf", pdf_standards=["ua-1"] if strict else [], timestamp=timestamp)
    assert isinstance(made, bytes)  # a PDF is one file, however many pages it has
    return made


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts, and those of the machine for scripts that they lack; found once."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def _smaller(plain: bytes) -> bytes:
    """The same document with its objects packed: a fifth of the size."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()


def _page(report: Report, reading: Reading) -> dict[str, Any]:
    """What the template shows, every word and figure written out."""
    columns = reading.group_columns(report)
    sums = [_written(cell, reading) for cell in sum_cells(report.totals)]
    return {
        "language": reading.language,
        "title": report.title,
        "facts": [[name, _written(value, reading)] for name, value in reading.facts(report)][1:],
        "note": reading.note(),
        "chart": _chart(report, reading),
        "empty": None if report.rows else reading.say(N_("No payment counts in this period.")),
        "groups": _table(
            reading.say(N_("Groups")),
            columns,
            [_group(row, report, reading) for row in report.rows],
            _under(columns, reading.say(N_("Total")), sums),
        ),
        "lines": _lines(report, reading),
        "page": reading.say(N_("Page {page} of {pages}"), page="{page}", pages="{pages}"),
    }


def _lines(report: Report, reading: Reading) -> dict[str, Any] | None:
    if not report.lines:
        return None
    columns = reading.line_columns()
    cells = [[_written(cell, reading) for cell in reading.line_cells(line)] for line in report.lines]
    total = _under(columns, reading.say(N_("Total")), [_written(report.totals.amount, reading)])
    return _table(reading.say(N_("Lines")), columns, cells, total)


def _group(row: Row, report: Report, reading: Reading) -> list[str]:
    return reading.spoken_keys(row, report) + [_written(cell, reading) for cell in sum_cells(row)]


def _table(caption: str, columns: Sequence[Column], rows: list[list[str]], total: list[str]) -> dict[str, Any]:
    return {
        "caption": caption,
        "columns": [[column.title, column.is_number, column.name] for column in columns],
        "rows": rows,
        "total": total,
    }


def _under(columns: Sequence[Column], word: str, sums: list[str]) -> list[str]:
    """A row with its word at the beginning and the sums under the last columns."""
    blank = len(columns) - len(sums)
    return [word if place == 0 else "" for place in range(blank)] + sums


def _chart(report: Report, reading: Reading) -> dict[str, Any] | None:
    """Bars of the largest groups by the first grouping, and the same in words for who does not see them."""
    if not report.rows or not report.parameters["group_by"]:
        return None
    first = report.parameters["group_by"][0]
    sums: dict[str, int] = {}
    for row in report.rows:
        name = reading.spoken_keys(row, report)[0]
        sums[name] = sums.get(name, 0) + row.amount
    if first is Grouping.MONTH:
        shown = list(sums.items())[-_MOST_BARS:]
    else:
        shown = sorted(sums.items(), key=lambda each: -each[1])[:_MOST_BARS]
    largest = max((cents for _, cents in shown), default=0)
    bars = [
        [name, format_money(reading.language, Money(cents)), max(0.0, cents / largest) if largest > 0 else 0.0]
        for name, cents in shown
    ]
    caption = reading.say(N_("Amount by {group}"), group=reading.grouping(first).lower())
    return {
        "caption": caption,
        "bars": bars,
        "alt": f"{caption}: " + "; ".join(f"{name} {sum_}" for name, sum_, _ in bars),
    }


def _written(cell: Cell, reading: Reading) -> str:
    if isinstance(cell, Money):
        return format_money(reading.language, cell)
    if isinstance(cell, int):
        return format_count(reading.language, cell)
    return format_day(reading.language, cell) if isinstance(cell, date) else cell
