"""A bank's statement once it is read: days, whole cents, words. Every format ends here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from app.money import Money
from app.reference import read_reference
from app.statements.rules.returns import return_code_in
from app.statements.rules.words import Direction

#: Lines of one statement, and characters of one line's words.
MOST_LINES: Final = 20_000
LONGEST_WORDS: Final = 2_000
LONGEST_REFERENCE: Final = 100
_OURS: Final = re.compile(r"(?<![A-Z0-9])(?:DB|PR)[- ]?[0-9A-Z]{4}[- ]?[0-9A-Z]{4}(?![A-Z0-9])")
#: Cents of the largest amount that is taken for one: a hundred thousand million dollars.
_LARGEST: Final = 10**13


class Unreadable(ValueError):
    """The file is not the statement it should be. ``code`` says why; nothing of the file stands in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One booked line; ``cents`` is above zero for money that came in, below for money that went out."""

    booked_on: date
    cents: int
    bank_reference: str | None
    words: str

    def __repr__(self) -> str:
        return f"<ParsedLine of {self.booked_on}>"

    @property
    def direction(self) -> Direction:
        return Direction.IN if self.cents > 0 else Direction.OUT

    @property
    def amount(self) -> Money:
        return Money(abs(self.cents))

    @property
    def our_reference(self) -> str | None:
        """The first reference of ours in the bank's words."""
        return next(iter(references_in(f"{self.words} {self.bank_reference or ''}")), None)

    @property
    def return_code(self) -> str | None:
        """Why a payment came back, where the bank says so."""
        return return_code_in(self.words)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement. A balance is None where the format has none; the account's number is never kept as it is."""

    account: str
    bank_id: str | None
    from_on: date
    to_on: date
    opening: Money | None
    closing: Money | None
    lines: Sequence[ParsedLine]

    def __repr__(self) -> str:
        return f"<Parsed {self.from_on}/{self.to_on}>"


def references_in(text: str) -> list[str]:
    """The references of payments and runs that stand in a text, as they are stored."""
    found = (read_reference(match) for match in _OURS.findall(text.upper()))
    return [each for each in found if each is not None]


def difference(opening: int, lines: Sequence[ParsedLine], closing: int) -> int:
    """By how many cents the closing balance is off what the lines make of the opening one."""
    return closing - opening - sum(each.cents for each in lines)


def cents_in(text: str, *, decimal_comma: bool = False) -> int:
    """Cents in an amount as banks write it: separators, a currency sign, a minus on either side, or in parentheses.

    Raises Unreadable for fractions of a cent and for what is no amount.
    """
    plain = text.strip().replace("$", "").replace("\u00a0", "").replace(" ", "").replace("'", "")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()")
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    plain = plain.replace(".", "").replace(",", ".") if decimal_comma else plain.replace(",", "")
    if not re.fullmatch(r"[-+]?[0-9]{1,13}(\.[0-9]{0,6})?", plain):
        raise Unreadable("amount")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        raise Unreadable("amount") from None
    if cents != cents.to_integral_value() or abs(cents) > _LARGEST:
        raise Unreadable("amount")
    return -int(cents) if negative else int(cents)


def tidy(*parts: str | None) -> str:
    """The bank's words as one line, without what can not be seen."""
    joined = " ".join(part for part in parts if part)
    return " ".join("".join(each if each.isprintable() else " " for each in joined).split())[:LONGEST_WORDS]


def checked(parsed: Parsed) -> Parsed:
    """The statement, if it can be one. Raises Unreadable."""
    if not parsed.account.strip():
        raise Unreadable("account")
    if len(parsed.lines) > MOST_LINES:
        raise Unreadable("too_long")
    if parsed.to_on < parsed.from_on:
        raise Unreadable("days")
    return parsed
