"""Reading OFX, versions 1 (SGML) and 2 (XML), as banks give it: one bank account's statement in dollars.

Source: Open Financial Exchange Specification 2.3, sections 2.4 (elements), 3.2.8 (dates) and 11.4.2 (STMTRS). The
file is never given to an XML parser: it is a row of tags with values, and what declares an entity is refused.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.money import Money
from app.statements.rules.parsed import LONGEST_REFERENCE, Parsed, ParsedLine, Unreadable, cents_in, checked, tidy

_TAG: Final = re.compile(r"<(/?)([A-Za-z0-9.]{1,32})>([^<]*)")
_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass
class _Found:
    """What was read so far: values of the statement by their aggregate and name, and of each transaction by name."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    transactions: list[dict[str, str]] = field(default_factory=list)
    statements: int = 0


def read_ofx(data: bytes) -> Parsed:
    """The statement in an OFX file. Raises Unreadable."""
    text = _text(data)
    begin = text.find("<OFX>")
    if begin < 0 or "<!" in text:
        raise Unreadable("ofx")
    found = _found(text[begin:])
    if found.statements != 1:
        raise Unreadable("one_account")
    if found.values.get(("STMTRS", "CURDEF"), "USD").upper() != "USD":
        raise Unreadable("currency")
    lines = [_line(each) for each in found.transactions]
    closing = found.values.get(("LEDGERBAL", "BALAMT"))
    begins, ends = (found.values.get(("BANKTRANLIST", name)) for name in ("DTSTART", "DTEND"))
    days = [each.booked_on for each in lines]
    if begins is None and not days:
        raise Unreadable("days")
    from_on = min(days) if begins is None else _day(begins)
    return checked(
        Parsed(
            account=found.values.get(("BANKACCTFROM", "ACCTID"), ""),
            bank_id=None,
            from_on=from_on,
            to_on=_day(ends) if ends is not None else max(days, default=from_on),
            opening=None,
            closing=None if closing is None else Money(cents_in(closing, decimal_comma="," in closing)),
            lines=lines,
        )
    )


def _text(data: bytes) -> str:
    """OFX 2 is UTF-8; what banks in the United States call OFX 1 is mostly Windows' Latin."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _tags(text: str) -> Iterator[tuple[bool, str, str]]:
    for match in _TAG.finditer(text):
        yield match[1] == "/", match[2].upper(), html.unescape(match[3]).strip()


def _found(text: str) -> _Found:
    """Tags in their order: a leaf may have no end, so an aggregate's end ends all that stands open in it."""
    found = _Found()
    open_ones: list[str] = []
    transaction: dict[str, str] | None = None
    for ends, name, value in _tags(text):
        if ends:
            if name == "STMTTRN":
                transaction = None
            if name in open_ones:
                del open_ones[len(open_ones) - 1 - open_ones[::-1].index(name) :]
        elif value:
            if transaction is not None:
                transaction.setdefault(name, value)
            elif open_ones:
                found.values.setdefault((open_ones[-1], name), value)
        else:
            open_ones.append(name)
            found.statements += name in ("STMTRS", "CCSTMTRS", "INVSTMTRS")
            if name == "STMTTRN":
                transaction = {}
                found.transactions.append(transaction)
    return found


def _line(values: dict[str, str]) -> ParsedLine:
    if "DTPOSTED" not in values or "TRNAMT" not in values:
        raise Unreadable("line")
    amount = values["TRNAMT"]
    cents = cents_in(amount, decimal_comma="," in amount and "." not in amount)
    if cents == 0:
        raise Unreadable("amount")
    reference = values.get("REFNUM") or values.get("CHECKNUM") or values.get("FITID")
    return ParsedLine(
        booked_on=_day(values["DTPOSTED"]),
        cents=cents,
        bank_reference=tidy(reference)[:LONGEST_REFERENCE] or None,
        words=tidy(values.get("NAME"), values.get("MEMO"), values.get("CHECKNUM")),
    )


def _day(text: str) -> date:
    match = _DAY.match(text)
    if match is None:
        raise Unreadable("days")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Unreadable("days") from None
