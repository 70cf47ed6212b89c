"""What a run pays as tables for people: the wires to enter at the bank, and the register of all payments."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_BYTE_ORDER_MARK: Final = "\ufeff"
#: What makes a spreadsheet take text for a formula, also in the wide forms of East Asian keyboards (OWASP, "CSV
#: Injection"). A text that begins so gets an apostrophe.
_FORMULA_SIGNS: Final = frozenset("=+-@＝＋－＠")
_CONTROLS: Final = frozenset("\t\r\n\x00")


@dataclass(frozen=True, slots=True)
class Paid:
    """One line: amounts with two decimals, accounts whole in the wire list and by their last digits in the register."""

    number: int
    reference: str
    case: str
    fund: str
    payee: str
    routing: str
    account: str
    amount: str

    def __repr__(self) -> str:
        return f"<Paid {self.reference}>"


def wire_list(run: str, day: str, lines: Sequence[Paid]) -> bytes:
    """One line for each wire, with whole account numbers."""
    head = ("Line", "Pay on", "Reference", "Payee", "Routing number", "Account number", "Amount (USD)", "Run")
    rows = [
        (str(each.number), day, each.reference, each.payee, each.routing, each.account, each.amount, run)
        for each in lines
    ]
    return _table(head, rows)


def register(run: str, day: str, lines: Sequence[Paid], total: str) -> bytes:
    """Every payment of a run and its total; of an account the last digits."""
    head = ("Line", "Pay on", "Reference", "Case", "Fund", "Payee", "Account", "Amount (USD)", "Run")
    rows = [
        (str(each.number), day, each.reference, each.case, each.fund, each.payee, each.account, each.amount, run)
        for each in lines
    ]
    return _table(head, [*rows, ("", "", "", "", "", "Total", "", total, run)])


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would reckon with it."""
    if text[:1] in _CONTROLS or text.lstrip()[:1] in _FORMULA_SIGNS:
        return "'" + text
    return text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(head)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
