"""Reading a bank's CSV file by a mapping that says which column is what."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.money import Money
from app.statements.rules.parsed import LONGEST_REFERENCE, Parsed, ParsedLine, Unreadable, cents_in, checked, tidy
from app.statements.rules.words import DayFormat

#: Banks put a few lines before the columns' names.
_BEFORE: Final = 50
_DAYS: Final = {
    DayFormat.ISO: ("%Y-%m-%d", "%Y/%m/%d"),
    DayFormat.US: ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y"),
    DayFormat.EUROPEAN: ("%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y"),
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """The names of the columns. Either ``amount``, below zero for what went out, or ``out`` and ``into``."""

    day: str
    day_format: DayFormat
    amount: str | None
    out: str | None
    into: str | None
    description: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a CSV file does not say of itself."""

    account: str
    opening: Money | None
    closing: Money | None
    from_on: date | None
    to_on: date | None

    def __repr__(self) -> str:
        return "<Said>"


def read_table(data: bytes, mapping: Mapping, said: Said) -> Parsed:
    """The statement in a CSV file. Raises Unreadable."""
    lines = [line for row in _rows(data, mapping) if (line := _line(row, mapping)) is not None]
    days = [each.booked_on for each in lines]
    if not days and (said.from_on is None or said.to_on is None):
        raise Unreadable("empty")
    from_on = said.from_on or min(days)
    to_on = said.to_on or max(days)
    if days and not (from_on <= min(days) and max(days) <= to_on):
        raise Unreadable("days")
    return checked(Parsed(said.account, None, from_on, to_on, said.opening, said.closing, lines))


def _rows(data: bytes, mapping: Mapping) -> list[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    wanted = {each for each in (mapping.day, mapping.amount, mapping.out, mapping.into, mapping.description) if each}
    for delimiter in (",", ";", "\t"):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        for number, row in enumerate(rows[:_BEFORE]):
            names = [cell.strip() for cell in row]
            if wanted <= set(names):
                return [dict(zip(names, each, strict=False)) for each in rows[number + 1 :]]
    raise Unreadable("columns")


def _line(row: dict[str, str], mapping: Mapping) -> ParsedLine | None:
    """A row as a line; None for one without a day or an amount, as banks put below the table."""
    day = row.get(mapping.day, "").strip()
    cents = _cents(row, mapping)
    if not day or cents == 0:
        return None
    return ParsedLine(
        booked_on=_day(day, _DAYS[mapping.day_format]),
        cents=cents,
        bank_reference=tidy(row.get(mapping.reference) if mapping.reference else None)[:LONGEST_REFERENCE] or None,
        words=tidy(row.get(mapping.description)),
    )


def _cents(row: dict[str, str], mapping: Mapping) -> int:
    comma = mapping.day_format is DayFormat.EUROPEAN

    def amount(column: str | None) -> int:
        text = row.get(column or "", "").strip()
        return cents_in(text, decimal_comma=comma) if text else 0

    if mapping.amount is not None:
        return amount(mapping.amount)
    return abs(amount(mapping.into)) - abs(amount(mapping.out))


def _day(text: str, formats: Sequence[str]) -> date:
    for each in formats:
        try:
            return datetime.strptime(text, each).date()  # noqa: DTZ007 - a bank's day, in no zone
        except ValueError:
            continue
    raise Unreadable("days")
