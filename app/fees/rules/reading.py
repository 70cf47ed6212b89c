"""Reading a schedule out of its text. What is wrong is named by line and column; half a schedule is none."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.errors import Problem
from app.fees.rules.cells import READERS, BadCell
from app.fees.rules.lines import COLUMNS, FeeLine
from app.fees.rules.standing import NumberedLine, wrong_together

#: More lines than this are no schedule of fees, and a text longer than this is not read.
MOST_LINES: Final = 5000
MOST_TEXT: Final = 500_000
#: So many faults are named; who mends them sees the others next time.
MOST_FAULTS: Final = 50

#: A field without content would hide what stands behind it in a log or a spreadsheet.
_ODD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PLACE: Final = "/content"


@dataclass(frozen=True, slots=True)
class ReadSchedule:
    """The lines of a file, or what is wrong with it: never both."""

    lines: tuple[FeeLine, ...]
    problems: tuple[Problem, ...]


def digest_of(text: str) -> str:
    """The SHA-256 of a schedule as it was handed in, by which a quote names it."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_schedule(text: str) -> ReadSchedule:
    """The lines of a schedule in CSV: the first line names the columns, lines that begin with # are remarks."""
    if len(text) > MOST_TEXT:
        return _refused(Problem(_PLACE, "fees.long", "This is longer than any schedule of fees. Check the file."))
    rows = _rows(text.removeprefix("\ufeff"))
    try:
        header = next(rows, None)
        if header is None:
            return _refused(
                Problem(_PLACE, "fees.empty", "There is no fee in this file. Check that it is the right one.")
            )
        wrong = _wrong_header(header[1])
        if wrong is not None:
            return _refused(wrong)
        return _lines(list(rows), [name.strip() for name in header[1]])
    except csv.Error:
        return _refused(Problem(_PLACE, "fees.csv", "This is not a table in CSV. Save the table as CSV (UTF-8)."))


def _lines(rows: list[tuple[int, list[str]]], columns: list[str]) -> ReadSchedule:
    if not rows:
        return _refused(Problem(_PLACE, "fees.empty", "There is no fee in this file. Check that it is the right one."))
    if len(rows) > MOST_LINES:
        return _refused(Problem(_PLACE, "fees.long", "This is longer than any schedule of fees. Check the file."))
    problems: list[Problem] = []
    lines: list[NumberedLine] = []
    for number, row in rows:
        found = _line(number, row, columns)
        if isinstance(found, FeeLine):
            lines.append(NumberedLine(number, found))
        else:
            problems += found
    problems += wrong_together(lines)
    if problems:
        return ReadSchedule((), _first_of(sorted(problems, key=lambda each: int(each.values.get("line", 0)))))
    return ReadSchedule(tuple(each.line for each in lines), ())


def _first_of(problems: list[Problem]) -> tuple[Problem, ...]:
    if len(problems) <= MOST_FAULTS:
        return tuple(problems)
    more = len(problems) - MOST_FAULTS
    rest = Problem(
        _PLACE, "fees.more", "There is more to mend: {count} other places. Mend these first.", {"count": more}
    )
    return (*problems[:MOST_FAULTS], rest)


def _refused(problem: Problem) -> ReadSchedule:
    return ReadSchedule((), (problem,))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that says something, with the number of the line it begins on."""
    plain = "".join(_without_remark(each) for each in text.splitlines(keepends=True))
    reader = csv.reader((f"{each}\n" for each in plain.removesuffix("\n").split("\n")), strict=True)
    begun = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begun, row
        begun = reader.line_num + 1


def _without_remark(line: str) -> str:
    return "\n" if line.startswith("#") else line


def _wrong_header(header: list[str]) -> Problem | None:
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        return Problem(
            _PLACE,
            "fees.columns",
            "The first line must name every column. These are missing: {columns}.",
            {"columns": ", ".join(missing)},
        )
    if len(names) > len(COLUMNS):
        return Problem(
            _PLACE,
            "fees.columns",
            "The first line names more than the {count} columns of a schedule. Take the others away.",
            {"count": len(COLUMNS)},
        )
    return None


def _line(number: int, row: list[str], columns: list[str]) -> FeeLine | list[Problem]:
    if len(row) != len(columns):
        values = {"line": number, "found": len(row), "expected": len(columns)}
        return [
            Problem(
                _PLACE,
                "fees.cells",
                "Line {line} has {found} cells and needs {expected}. Look for a missing comma or quotation mark.",
                values,
            )
        ]
    cells = dict(zip(columns, (cell.strip() for cell in row), strict=True))
    problems, read = [], {}
    for name in COLUMNS:
        try:
            read[name] = _cell(name, cells[name])
        except BadCell as bad:
            problems.append(bad.problem(_PLACE, number, name))
    return problems or _whole(read)


def _cell(name: str, text: str) -> Any:
    if _ODD.search(text):
        raise BadCell("odd")
    return READERS[name](text)


def _whole(read: Mapping[str, Any]) -> FeeLine:
    return FeeLine(**read)


@lru_cache(maxsize=8)
def known_lines(text: str) -> tuple[FeeLine, ...]:
    """The lines of a schedule that was found right before. Raises ValueError when it is not right any more."""
    found = read_schedule(text)
    if found.problems:
        raise ValueError("this schedule can not be read")
    return found.lines
