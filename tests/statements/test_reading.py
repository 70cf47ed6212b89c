"""Every format is read to the cent, and what is no statement is refused."""

from datetime import date, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.money import Money
from app.statements.reads.table import Mapping, Said, read_table
from app.statements.rules.camt import read_camt053
from app.statements.rules.ofx import read_ofx
from app.statements.rules.parsed import Unreadable, cents_in, difference, references_in
from app.statements.rules.proposing import Ours, Theirs, proposals
from app.statements.rules.words import Basis, DayFormat, Direction, MatchKind
from tests.statements.samples import ACCOUNT, Booked, camt053, ofx

DAY = date(2026, 7, 20)
LINES = [
    Booked(DAY, "1000.00", "DEPOSIT City of Example", "DEP-1"),
    Booked(DAY + timedelta(days=1), "-437.19", "ACH <DB-7K3Q-9F2M> R&D", "T-1"),
    Booked(DAY + timedelta(days=2), "12.00", "RETURN R03 no account", "T-2"),
]


def test_ofx_is_read_as_another_library_wrote_it() -> None:
    read = read_ofx(ofx(LINES, "674.81"))
    assert (read.account, read.opening, read.closing) == (ACCOUNT, None, Money(67_481))
    assert [(each.booked_on, each.cents, each.bank_reference) for each in read.lines] == [
        (DAY, 100_000, "DEP-1"),
        (DAY + timedelta(days=1), -43_719, "T-1"),
        (DAY + timedelta(days=2), 1_200, "T-2"),
    ]
    assert read.lines[1].words == "Somebody & Son ACH <DB-7K3Q-9F2M> R&D"
    assert [each.return_code for each in read.lines] == [None, None, "R03"]
    assert difference(10_000, read.lines, 67_481) == 0


def test_camt053_is_read_as_its_official_classes_wrote_it() -> None:
    read = read_camt053(fromstring(camt053(LINES, "100.00", "674.81")))  # noqa: S314 - made by the test itself
    assert (read.account, read.bank_id) == (ACCOUNT, "STMT-1")
    assert (read.opening, read.closing) == (Money(10_000), Money(67_481))
    assert [each.cents for each in read.lines] == [100_000, -43_719, 1_200]
    assert (read.from_on, read.to_on) == (DAY, DAY + timedelta(days=2))
    assert read.lines[1].bank_reference == "T-1"


@given(st.lists(st.integers(-10_000_000, 10_000_000).filter(bool), min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_both_read_any_amounts_to_the_cent(cents: list[int]) -> None:
    lines = [Booked(DAY, str(Money(each)), "x") for each in cents]
    closing = str(Money(sum(cents)))
    read = read_camt053(fromstring(camt053(lines, "0.00", closing)))  # noqa: S314 - made by the test itself
    for found in (read_ofx(ofx(lines, closing)), read):
        assert [each.cents for each in found.lines] == cents
        assert found.closing == sum(cents)


def test_ofx_2_and_leaves_without_an_end() -> None:
    text = """<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>12</ACCTID></BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260701</DTSTART><DTEND>20260731235959.000[-6:MDT]</DTEND>
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260705120000<TRNAMT>-1,5<CHECKNUM>77<MEMO></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>+10.5</BALAMT></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""
    read = read_ofx(text.encode())
    assert (read.from_on, read.to_on, read.closing) == (date(2026, 7, 1), date(2026, 7, 31), Money(1_050))
    assert [(each.cents, each.bank_reference) for each in read.lines] == [(-150, "77")]


def test_a_table_is_read_by_its_mapping() -> None:
    text = "Account;9000\n\nDay;Out;In;Words;Ref\n01/02/2026;$1,234.50;;A;7\n02/02/2026;;(3.00);B;\n;;;Total;"
    mapping = Mapping("Day", DayFormat.US, None, "Out", "In", "Words", "Ref")
    said = Said("9000", Money(0), Money(0), None, None)
    read = read_table(text.encode("cp1252"), mapping, said)
    assert [(each.booked_on, each.cents, each.bank_reference) for each in read.lines] == [
        (date(2026, 1, 2), -123_450, "7"),
        (date(2026, 2, 2), 300, None),
    ]
    with pytest.raises(Unreadable, match="columns"):
        read_table(text.encode(), Mapping("Tag", DayFormat.US, None, "Out", "In", "Words", "Ref"), said)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("1,234.5", 123_450), ("$ 7", 700), ("(12.30)", -1_230), ("5.00-", -500), ("+0.10", 10), ("1'000.00", 100_000)],
)
def test_amounts_as_banks_write_them(text: str, cents: int) -> None:
    assert cents_in(text) == cents


@pytest.mark.parametrize("text", ["", "1.234", "x", "1e5", "--1", "99999999999999"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Unreadable):
        cents_in(text)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nothing", "ofx"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><OFX></OFX>', "ofx"),
        (b"<OFX></OFX>", "one_account"),
        (ofx(LINES, "1.00") + ofx(LINES, "1.00"), "one_account"),
        (ofx(LINES, "1.00").replace(b"USD", b"EUR"), "currency"),
        (ofx(LINES, "1.00").replace(ACCOUNT.encode(), b""), "account"),
    ],
    ids=("text", "entities", "empty", "two", "euro", "nameless"),
)
def test_what_is_no_ofx_statement(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_ofx(data)
    assert refused.value.code == code


def test_euros_are_refused_in_camt053() -> None:
    with pytest.raises(Unreadable, match="currency"):
        read_camt053(fromstring(camt053(LINES, "0.00", "1.00", currency="EUR")))  # noqa: S314 - made by the test


def test_our_references_are_found_in_any_words() -> None:
    assert references_in("ach db7k3q9f2m x") == references_in("(DB-7K3Q-9F2M)")
    assert references_in("RANDOMDB-7K3Q-9F2MX") == []


def _ours(**more: Any) -> Ours:
    from_ = {"id": None, "reference": "DB-1", "cents": 500, "since": DAY, "is_run": False, "shown": False}
    return Ours(**(from_ | more))


@pytest.mark.parametrize(
    ("line", "ours", "found"),
    [
        (Theirs(DAY, 500, Direction.OUT, "DB-1", ""), {}, (MatchKind.PAID, Basis.EXACT)),
        (Theirs(DAY, 500, Direction.OUT, None, ""), {}, (MatchKind.PAID, Basis.LIKELY)),
        (Theirs(DAY, 500, Direction.OUT, "DB-2", ""), {}, None),
        (Theirs(DAY, 501, Direction.OUT, "DB-1", ""), {}, None),
        (Theirs(DAY + timedelta(days=11), 500, Direction.OUT, None, ""), {}, None),
        (Theirs(DAY - timedelta(days=1), 500, Direction.OUT, None, ""), {}, None),
        (Theirs(DAY, 500, Direction.OUT, None, ""), {"shown": True}, None),
        (
            Theirs(DAY + timedelta(days=60), 500, Direction.IN, None, ""),
            {"shown": True},
            (MatchKind.RETURNED, Basis.LIKELY),
        ),
        (Theirs(DAY, 500, Direction.OUT, None, ""), {"is_run": True}, (MatchKind.RUN, Basis.LIKELY)),
        (Theirs(DAY, 500, Direction.IN, None, ""), {"is_run": True}, None),
    ],
)
def test_what_is_proposed(line: Theirs, ours: dict[str, Any], found: tuple[MatchKind, Basis] | None) -> None:
    proposed = proposals(line, [_ours(**ours)])
    assert [(each.kind, each.basis) for each in proposed] == ([found] if found else [])


def test_the_last_digits_of_the_account_come_first() -> None:
    line = Theirs(DAY, 500, Direction.OUT, None, "to account ending 4321")
    other, right = _ours(reference="DB-1", account_end="9999"), _ours(reference="DB-2", account_end="4321")
    assert [each.ours.reference for each in proposals(line, [other, right])] == ["DB-2", "DB-1"]
