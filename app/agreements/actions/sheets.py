"""Lines out of a spreadsheet: all, or none and every bad one named by its number, field and what to write."""

import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from app.access.grants import Permission
from app.agreements.actions.invoices import MOST_LINES, NewLine, put_lines
from app.agreements.reads.find import invoice_for
from app.errors import Invalid, Problem
from app.once import once
from app.work import Work

T = TypeVar("T")

#: A sheet of 500 lines with long words is far below this.
MOST_BYTES: Final = 2_000_000
COLUMNS: Final = ("case", "worked_on", "category", "stage", "role", "hours", "instalment", "amount", "narrative")
_NEEDED: Final = frozenset({"case", "worked_on"})
#: What to write instead, by column.
_WRITE: Final = {
    "case": Problem("", "sheet.case", "Line {line}, case: write the reference of a case of yours, like CA-7K3Q-9F2M."),
    "worked_on": Problem("", "sheet.worked_on", "Line {line}, worked_on: write a date like 2026-03-14."),
    "category": Problem("", "sheet.category", "Line {line}, category: write a category, like representation."),
    "stage": Problem(
        "", "sheet.stage", "Line {line}, stage: write a stage, or a role with its hours, or the number of a part."
    ),
    "role": Problem("", "sheet.role", "Line {line}, role: write whose hours they are, like staff_attorney."),
    "hours": Problem("", "sheet.hours", "Line {line}, hours: write hours like 2.5, at most 24."),
    "instalment": Problem("", "sheet.instalment", "Line {line}, instalment: write the number of the part, like 1."),
    "amount": Problem("", "sheet.amount", "Line {line}, amount: write an amount in dollars, like 1250.00."),
    "narrative": Problem("", "sheet.narrative", "Line {line}, narrative: write at most 2000 letters."),
}


class Turns(Protocol):
    """Opens a Work for one step and commits it."""

    def __call__(self, do: Callable[[Work], T], /) -> T: ...


class Incoming(Protocol):
    """A form with one file, while it comes."""

    def pieces(self) -> Generator[bytes, None, None]: ...


class Sheet(BaseModel):
    """The lines of a file as they were read; what a repeated request is compared by."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    lines: list[dict[str, str]]


class _Numbered(NewLine):
    """A line with its number in the file."""

    number: int


def add_sheet(turns: Turns, invoice_id: UUID, incoming: Incoming) -> UUID:
    """Add the lines of a CSV file with a row of column names. Gives the invoice's id.

    Raises NotFound, Conflict, and Invalid that names every bad line; then nothing is added.
    """
    turns(lambda work: invoice_for(work, Permission.INVOICE_CREATE, invoice_id))
    rows = list(_rows(_whole(incoming)))
    return turns(lambda work: _add(work, invoice_id, rows))


def _add(work: Work, invoice_id: UUID, rows: list[dict[str, str]]) -> UUID:
    found = invoice_for(work, Permission.INVOICE_CREATE, invoice_id, lock=True)

    def do(_: UUID) -> None:
        forms, problems = _read(rows)
        # All that is wrong is said at once: lines that can be read are looked at even when others can not.
        problems += [_in_sheet(each, forms) for each in put_lines(work, found, forms, keep=not problems)]
        if problems:
            raise Invalid(*problems)

    return once(work, Sheet(lines=rows), do, result_id=invoice_id)


def _whole(incoming: Incoming) -> str:
    whole = bytearray()
    too_large = False
    for piece in incoming.pieces():  # to its end: a browser that is still sending would not see the answer
        too_large = too_large or len(whole) + len(piece) > MOST_BYTES
        if not too_large:
            whole += piece
    if too_large:
        raise Invalid(Problem("/file", "sheet.too_large", "The file is too large. Send fewer lines at a time."))
    try:
        return whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            Problem("/file", "sheet.encoding", "Save the file as CSV in UTF-8, then send it again.")
        ) from None


def _rows(text: str) -> Iterator[dict[str, str]]:
    """The rows by column; empty cells and empty rows are left out. Raises Invalid for columns that are not known."""
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise Invalid(
            Problem("/file", "sheet.csv", "This is no CSV file. Save it as CSV, then send it again.")
        ) from None
    names = [name.strip().casefold() for name in found[0]] if found else []
    if not _NEEDED <= set(names) <= set(COLUMNS) or len(names) != len(set(names)):
        raise Invalid(
            Problem(
                "/file",
                "sheet.columns",
                "The first line must name these columns: {columns}. Others can not be read.",
                {"columns": ", ".join(COLUMNS)},
            )
        )
    if len(found) - 1 > MOST_LINES:
        raise Invalid(Problem("/file", "sheet.too_large", "The file is too large. Send fewer lines at a time."))
    for number, row in enumerate(found[1:], start=2):
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if cell.strip()}
        if len(row) > len(names):
            cells["line"] = "more"
        if cells:
            yield cells | {"number": str(number)}


def _read(rows: list[dict[str, str]]) -> tuple[list[_Numbered], list[Problem]]:
    forms: list[_Numbered] = []
    problems: list[Problem] = []
    for row in rows:
        number = int(row["number"])
        given: dict[str, Any] = {name: value for name, value in row.items() if name in COLUMNS}
        if "instalment" in given and given["instalment"].isascii() and given["instalment"].isdigit():
            given["instalment"] = int(given["instalment"])
        if "line" in row:
            problems.append(
                Problem(
                    f"/lines/{number}",
                    "sheet.cells",
                    "Line {line} has more cells than the first line. Put words with commas in quotes.",
                    {"line": number},
                )
            )
            continue
        try:
            forms.append(_Numbered(number=number, **given))
        except ValidationError as error:
            fields = dict.fromkeys(str(each["loc"][0]) for each in error.errors(include_url=False, include_input=False))
            problems += [_problem(number, field) for field in fields]
    return forms, problems


def _problem(number: int, column: str) -> Problem:
    return replace(_WRITE[column], pointer=f"/lines/{number}/{column}", values={"line": number})


def _in_sheet(problem: Problem, forms: Sequence[_Numbered]) -> Problem:
    """What is wrong with a line, by its number in the file."""
    _, _, place, column = problem.pointer.split("/")
    return _problem(forms[int(place)].number, column)
