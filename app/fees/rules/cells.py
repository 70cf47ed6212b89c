"""The cells of a schedule: how each column is written, and what to write instead of what can not be read."""

import enum
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from app.errors import Problem
from app.fees.rules.words import Agency, Confidence, FeeKind, FeeStatus, Filing
from app.money import Money

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORM: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_ITEM: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
#: The first and the last year in which a date of a schedule can lie.
_YEARS: Final = range(1990, 2101)
_LARGEST: Final = Money(10_000_000)
_LONGEST_DUE: Final = 365


class BadCell(ValueError):
    """A cell that can not be read. ``kind`` says what is wrong with it."""

    def __init__(self, kind: str, choices: str = "", most: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.choices = choices
        self.most = most

    def problem(self, pointer: str, line: int, column: str) -> Problem:
        """What to tell the person who wrote it: the line, the column and what to write."""
        values: dict[str, str | int] = {"line": line, "column": column, "choices": self.choices, "most": self.most}
        return _PROBLEMS[self.kind](pointer, values)


_Told = Callable[[str, Mapping[str, str | int]], Problem]

_PROBLEMS: Final[Mapping[str, _Told]] = {
    "choice": lambda place, values: Problem(
        place, "fees.choice", "Line {line}, {column}: write one of these: {choices}.", values
    ),
    "day": lambda place, values: Problem(
        place, "fees.day", "Line {line}, {column}: write a date like 2026-01-31.", values
    ),
    "amount": lambda place, values: Problem(
        place, "fees.amount", "Line {line}, {column}: write an amount in dollars, like 1250.00.", values
    ),
    "yes_no": lambda place, values: Problem(place, "fees.yes_no", "Line {line}, {column}: write yes or no.", values),
    "needed": lambda place, values: Problem(
        place, "fees.needed", "Line {line}, {column}: this must not be empty.", values
    ),
    "days": lambda place, values: Problem(
        place, "fees.days", "Line {line}, {column}: write a number of days from 1 to {most}, or nothing.", values
    ),
    "long": lambda place, values: Problem(
        place, "fees.long_cell", "Line {line}, {column}: write at most {most} letters.", values
    ),
    "line_id": lambda place, values: Problem(
        place,
        "fees.line_id",
        "Line {line}, {column}: write a name of small letters, digits and hyphens, like uscis-i-90-2024.",
        values,
    ),
    "form": lambda place, values: Problem(
        place,
        "fees.form",
        "Line {line}, {column}: write the form's number in capital letters and digits, like I-589.",
        values,
    ),
    "item": lambda place, values: Problem(
        place,
        "fees.item",
        "Line {line}, {column}: write a code of small letters, digits and underscores, like first_permit.",
        values,
    ),
    "odd": lambda place, values: Problem(
        place, "fees.odd", "Line {line}, {column}: there is a sign in it that nobody can see. Type it anew.", values
    ),
}


def _word(values: type[enum.StrEnum], text: str) -> enum.StrEnum:
    try:
        return values(text)
    except ValueError:
        raise BadCell("choice", choices=", ".join(values)) from None


def _words(most: int, text: str) -> str:
    if not text:
        raise BadCell("needed")
    return _perhaps(most, text)


def _perhaps(most: int, text: str) -> str:
    if len(text) > most:
        raise BadCell("long", most=most)
    return text


def _like(pattern: re.Pattern[str], kind: str, text: str) -> str:
    if not pattern.fullmatch(text):
        raise BadCell(kind)
    return _perhaps(60, text)


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise BadCell("day")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadCell("day") from None
    if day.year not in _YEARS:
        raise BadCell("day")
    return day


def _perhaps_day(text: str) -> date | None:
    return _day(text) if text else None


def _amount(text: str) -> Money:
    try:
        amount = Money.parse(text)
    except ValueError:
        raise BadCell("amount") from None
    if not 0 <= amount <= _LARGEST:
        raise BadCell("amount")
    return amount


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise BadCell("yes_no")
    return text == "yes"


def _due(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= _LONGEST_DUE:
        raise BadCell("days", most=_LONGEST_DUE)
    return int(text)


def _replaces(text: str) -> str:
    return _like(_LINE_ID, "line_id", text) if text else ""


#: How each column is read. Raises BadCell.
READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "id": partial(_like, _LINE_ID, "line_id"),
    "agency": partial(_word, Agency),
    "form": partial(_like, _FORM, "form"),
    "item": partial(_like, _ITEM, "item"),
    "title": partial(_words, 120),
    "kind": partial(_word, FeeKind),
    "filing": partial(_word, Filing),
    "effective_from": _day,
    "rejects_from": _perhaps_day,
    "effective_to": _perhaps_day,
    "amount": _amount,
    "waivable": _yes_no,
    "separate": _yes_no,
    "online_only": _yes_no,
    "due_days": _due,
    "status": partial(_word, FeeStatus),
    "confidence": partial(_word, Confidence),
    "source": partial(_words, 300),
    "supersedes": _replaces,
    "note": partial(_perhaps, 300),
}
