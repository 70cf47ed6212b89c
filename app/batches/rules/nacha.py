"""An ACH file of credits, as a bank takes it: records of 94 characters in blocks of ten.

Layout: Nacha Operating Rules and Guidelines, Appendix Three, "ACH Record Format Specifications": file header (1),
company/batch header (5), entry detail of PPD and CCD (6), batch control (8), file control (9). Names travel in ASCII
capitals; what a field can not hold is cut at its end. Nothing here looks at a clock.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

LENGTH: Final = 94
_BLOCK: Final = 10
_CREDITS_ONLY: Final = "220"
#: A credit to a checking account; a live payment, without a prenote before it.
_TO_CHECKING: Final = "22"
#: Hash totals keep their last ten digits.
_HASH: Final = 10**10
#: Names a file among those of one day: the bank takes a second file with the same letter for a repetition.
MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#: To private people, and to organizations.
PERSONAL: Final = "PPD"
CORPORATE: Final = "CCD"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sends: the bank that takes the file, and the company as that bank knows it (ten characters)."""

    bank_routing: str
    bank_name: str
    company_id: str
    company_name: str


@dataclass(frozen=True, slots=True)
class Credit:
    """One payment. ``entry_class`` is PPD or CCD; ``identification`` is ours and comes back with a returned one."""

    entry_class: str
    routing: str
    account: str
    cents: int
    identification: str
    name: str

    def __repr__(self) -> str:
        return f"<Credit {self.identification}>"


@dataclass(frozen=True, slots=True)
class Head:
    """What names the file: when it was made, which of the day's files it is, and the day of the payment."""

    made_at: datetime
    modifier: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class _Sums:
    count: int
    hash: int
    cents: int


def folded(text: str) -> str:
    """The text in ASCII capitals: letters lose their accents, and what ASCII has no letter for is left out."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(each if each.isprintable() else " " for each in plain).upper().split())


def nacha_file(origin: Origin, head: Head, payments: Sequence[Credit]) -> bytes:
    """The file. Entries of one class make one batch, and are numbered as they come.

    Raises ValueError for a number that its field can not hold: nothing is cut that would change who gets how much.
    """
    ordered = sorted(payments, key=lambda each: each.entry_class)
    lines, number = [_file_header(origin, head)], 0
    sums: list[_Sums] = []
    for number, (entry_class, members) in enumerate(groupby(ordered, key=lambda each: each.entry_class), start=1):
        batch = list(members)
        first = sum(each.count for each in sums) + 1
        lines.append(_batch_header(origin, head, entry_class, number))
        lines += [_entry(origin, each, trace) for trace, each in enumerate(batch, start=first)]
        sums.append(_sums(batch))
        lines.append(_batch_control(origin, sums[-1], number))
    blocks = -(-(len(lines) + 1) // _BLOCK)
    lines.append(_file_control(sums, number, blocks))
    lines += ["9" * LENGTH] * (blocks * _BLOCK - len(lines))
    assert all(len(line) == LENGTH for line in lines)
    return ("\n".join(lines) + "\n").encode("ascii")


def _sums(batch: Sequence[Credit]) -> _Sums:
    return _Sums(len(batch), sum(int(each.routing[:8]) for each in batch), sum(each.cents for each in batch))


def _file_header(origin: Origin, head: Head) -> str:
    return "".join((
        "1", "01", " ", _digits(origin.bank_routing, 9), _text(origin.company_id, 10).strip().rjust(10),
        f"{head.made_at:%y%m%d%H%M}", head.modifier, "094", "10", "1", _text(origin.bank_name, 23),
        _text(origin.company_name, 23), " " * 8,
    ))  # fmt: skip


def _batch_header(origin: Origin, head: Head, entry_class: str, number: int) -> str:
    return "".join((
        "5", _CREDITS_ONLY, _text(origin.company_name, 16), " " * 20, _text(origin.company_id, 10), entry_class,
        _text("PAYMENT", 10), " " * 6, f"{head.effective_on:%y%m%d}", " " * 3, "1", origin.bank_routing[:8],
        _digits(number, 7),
    ))  # fmt: skip


def _entry(origin: Origin, credit: Credit, trace: int) -> str:
    account = credit.account
    if not (account.isascii() and account.isdigit() and len(account) <= 17):
        raise ValueError("an account number that an entry can not hold")
    name = _text(folded(credit.name) or credit.identification, 22)
    return "".join((
        "6", _TO_CHECKING, _digits(credit.routing, 9), account.ljust(17), _digits(credit.cents, 10),
        _text(credit.identification, 15), name, "  ", "0", origin.bank_routing[:8], _digits(trace, 7),
    ))  # fmt: skip


def _batch_control(origin: Origin, sums: _Sums, number: int) -> str:
    return "".join((
        "8", _CREDITS_ONLY, _digits(sums.count, 6), _digits(sums.hash % _HASH, 10), _digits(0, 12),
        _digits(sums.cents, 12), _text(origin.company_id, 10), " " * 19, " " * 6, origin.bank_routing[:8],
        _digits(number, 7),
    ))  # fmt: skip


def _file_control(sums: Sequence[_Sums], batches: int, blocks: int) -> str:
    return "".join((
        "9", _digits(batches, 6), _digits(blocks, 6), _digits(sum(each.count for each in sums), 8),
        _digits(sum(each.hash for each in sums) % _HASH, 10), _digits(0, 12),
        _digits(sum(each.cents for each in sums), 12), " " * 39,
    ))  # fmt: skip


def _text(text: str, length: int) -> str:
    return folded(text)[:length].ljust(length)


def _digits(value: int | str, length: int) -> str:
    written = str(value)
    if not (written.isascii() and written.isdigit()) or len(written) > length:
        raise ValueError("a number that its field can not hold")
    return written.rjust(length, "0")
