"""What stands where in a camt.053: the statement's elements once the XML is open, whatever its version.

Source: ISO 20022, BankToCustomerStatementV02 to V12 (camt.053.001.02 to .12): names of elements are the same in all,
but for ``Sts``, which holds a code of its own since V03. Elements are any that give ``tag``, ``text``, ``attrib`` and
their children: no parser is known here.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, Protocol

from app.money import Money
from app.statements.rules.parsed import LONGEST_REFERENCE, Parsed, ParsedLine, Unreadable, cents_in, checked, tidy

_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)


class Element(Protocol):
    """One element of the tree."""

    tag: str
    text: str | None

    def __iter__(self) -> Iterator["Element"]: ...

    def get(self, key: str, /) -> str | None: ...


def read_camt053(document: Element) -> Parsed:
    """The statement in a document. Raises Unreadable."""
    statements = [each for message in _all(document, "BkToCstmrStmt") for each in _all(message, "Stmt")]
    if len(statements) != 1:
        raise Unreadable("one_account" if statements else "camt053")
    found = statements[0]
    lines = [_line(each) for each in _all(found, "Ntry") if _status(each) == "BOOK"]
    days = [each.booked_on for each in lines]
    begins, ends = (_text(found, "FrToDt", name) for name in ("FrDtTm", "ToDtTm"))
    balance_days = [_day(text) for each in _all(found, "Bal") if (text := _dated(each, "Dt"))]
    all_days = days + balance_days
    if not all_days and (begins is None or ends is None):
        raise Unreadable("days")
    return checked(
        Parsed(
            account=_text(found, "Acct", "Id", "IBAN") or _text(found, "Acct", "Id", "Othr", "Id") or "",
            bank_id=tidy(_text(found, "Id"))[:LONGEST_REFERENCE] or None,
            from_on=_day(begins) if begins else min(all_days),
            to_on=_day(ends) if ends else max(all_days),
            opening=_balance(found, _OPENING),
            closing=_balance(found, _CLOSING),
            lines=lines,
        )
    )


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> list[Element]:
    return [each for each in element if _local(each) == name]


def _at(element: Element, *path: str) -> Element | None:
    for name in path:
        found = _all(element, name)
        if not found:
            return None
        element = found[0]
    return element


def _text(element: Element, *path: str) -> str | None:
    found = _at(element, *path)
    return None if found is None or found.text is None else found.text.strip() or None


def _below(element: Element, name: str) -> Iterator[str]:
    """The texts of all elements of this name, however deep."""
    for each in element:
        if _local(each) == name and each.text:
            yield each.text.strip()
        yield from _below(each, name)


def _status(entry: Element) -> str:
    return _text(entry, "Sts", "Cd") or _text(entry, "Sts") or "BOOK"


def _signed(element: Element) -> int:
    amount = _at(element, "Amt")
    if amount is None or amount.text is None:
        raise Unreadable("amount")
    if amount.get("Ccy") != "USD":
        raise Unreadable("currency")
    cents = cents_in(amount.text)
    way = _text(element, "CdtDbtInd")
    if way not in ("CRDT", "DBIT"):
        raise Unreadable("amount")
    return cents if way == "CRDT" else -cents


def _balance(statement: Element, kinds: tuple[str, ...]) -> Money | None:
    found = {_text(each, "Tp", "CdOrPrtry", "Cd"): each for each in _all(statement, "Bal")}
    first = next((found[kind] for kind in kinds if kind in found), None)
    return None if first is None else Money(_signed(first))


def _dated(element: Element, name: str) -> str | None:
    return _text(element, name, "Dt") or _text(element, name, "DtTm")


def _line(entry: Element) -> ParsedLine:
    day = _dated(entry, "BookgDt") or _dated(entry, "ValDt")
    cents = _signed(entry)
    if day is None or cents == 0:
        raise Unreadable("line")
    ends = [each for each in _below(entry, "EndToEndId") if each != "NOTPROVIDED"]
    returned = [code for each in _all_below(entry, "RtrInf") for code in _below(each, "Cd")]
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef") or next(iter(ends), None)
    return ParsedLine(
        booked_on=_day(day),
        cents=cents,
        bank_reference=tidy(reference)[:LONGEST_REFERENCE] or None,
        words=tidy(*returned, *ends, *_below(entry, "Ustrd"), _text(entry, "AddtlNtryInf"), *_below(entry, "Nm")),
    )


def _all_below(element: Element, name: str) -> Iterator[Element]:
    for each in element:
        if _local(each) == name:
            yield each
        yield from _all_below(each, name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable("days") from None
