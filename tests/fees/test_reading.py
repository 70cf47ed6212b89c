"""A schedule is read whole or not at all, and whatever is wrong with it is named by line and column."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.fees.reads.schedules import shipped
from app.fees.rules import FeeLine, on_day, price, read_schedule
from tests.fees.files import dearer, written

AN_ID = {"id": "second"}


def told(text: str) -> list[str]:
    """What a person reads of what is wrong."""
    return [each.message.format(**each.values) for each in read_schedule(text).problems]


def test_the_schedule_that_comes_with_the_program_is_right() -> None:
    read = read_schedule(shipped())
    assert read.problems == ()
    assert len(read.lines) > 40
    assert all(each.source for each in read.lines)
    assert {each.confidence for each in read.lines if each.agency == "eoir"} == {"example"}


@pytest.mark.parametrize(
    ("day", "amount", "status"),
    [
        (date(2025, 7, 21), None, None),
        (date(2025, 7, 22), "100.00", "superseded"),
        (date(2025, 10, 29), "100.00", "superseded"),
        (date(2025, 10, 30), "100.00", "stayed"),
        (date(2026, 1, 1), "102.00", "stayed"),
        (date(2026, 5, 28), "102.00", "stayed"),
        (date(2026, 5, 29), "102.00", "in_force"),
        (date(2026, 11, 23), "102.00", "in_force"),
    ],
)
def test_what_the_yearly_asylum_fee_was_on_each_day(day: date, amount: str | None, status: str | None) -> None:
    key = ("uscis", "I-589", "annual_asylum_fee", "any", "statutory")
    found = price(read_schedule(shipped()).lines, key, day)  # type: ignore[arg-type]  # words compare as text
    assert (found and str(found.amount), found and found.status) == (amount, status)


WRONG: dict[str, tuple[Mapping[str, str], str]] = {
    "agency": ({"agency": "dhs"}, "Line 2, agency: write one of these: uscis, eoir."),
    "form": ({"form": "i 90"}, "Line 2, form: write the form's number in capital letters and digits, like I-589."),
    "item": ({"item": "Green Card"}, "Line 2, item: write a code of small letters, digits and underscores"),
    "title": ({"title": ""}, "Line 2, title: this must not be empty."),
    "kind": ({"kind": "extra"}, "Line 2, kind: write one of these: base, statutory."),
    "filing": ({"filing": "mail"}, "Line 2, filing: write one of these: online, paper, any."),
    "day": ({"effective_from": "4/1/2024"}, "Line 2, effective_from: write a date like 2026-01-31."),
    "no such day": ({"effective_from": "2024-02-30"}, "Line 2, effective_from: write a date like 2026-01-31."),
    "year": ({"effective_from": "0024-04-01"}, "Line 2, effective_from: write a date like 2026-01-31."),
    "ends first": ({"effective_to": "2024-03-31"}, "Line 2, effective_to: write a day that is not before"),
    "rejects first": ({"rejects_from": "2024-03-31"}, "Line 2, rejects_from: write a day that is not before"),
    "amount": ({"amount": "$465"}, "Line 2, amount: write an amount in dollars, like 1250.00."),
    "negative": ({"amount": "-465.00"}, "Line 2, amount: write an amount in dollars, like 1250.00."),
    "too much": ({"amount": "1000000.00"}, "Line 2, amount: write an amount in dollars, like 1250.00."),
    "yes": ({"waivable": "maybe"}, "Line 2, waivable: write yes or no."),
    "due": ({"due_days": "400"}, "Line 2, due_days: write a number of days from 1 to 365, or nothing."),
    "status": ({"status": "gone"}, "Line 2, status: write one of these: in_force, superseded, stayed, enjoined"),
    "confidence": ({"confidence": "sure"}, "Line 2, confidence: write one of these: official, secondary, example."),
    "source": ({"source": " "}, "Line 2, source: this must not be empty."),
    "long": ({"note": "x" * 301}, "Line 2, note: write at most 300 letters."),
    "unseen": ({"note": "a\x07b"}, "Line 2, note: there is a sign in it that nobody can see. Type it anew."),
    "id": ({"id": "I 90"}, "Line 2, id: write a name of small letters, digits and hyphens"),
    "replaces none": ({"supersedes": "nothing"}, "Line 2, supersedes: no line has this id."),
    "replaced by none": ({"status": "superseded"}, "Line 2, status: no line supersedes it."),
}


@pytest.mark.parametrize(("line", "said"), WRONG.values(), ids=WRONG)
def test_a_bad_line_is_named_with_its_column_and_what_to_write(line: Mapping[str, str], said: str) -> None:
    read = read_schedule(written(line))
    assert read.lines == ()
    assert any(each.startswith(said) for each in told(written(line))), told(written(line))


def test_every_bad_line_is_named_and_none_of_the_good_ones_is_taken() -> None:
    text = written(
        {"amount": "x"}, {**AN_ID, "form": "I-91"}, {"id": "third", "form": "I-92", "waivable": "x", "kind": ""}
    )
    assert [each.split(":")[0] for each in told(text)] == ["Line 2, amount", "Line 4, kind", "Line 4, waivable"]
    assert read_schedule(text).lines == ()


def test_lines_that_are_wrong_together_are_named() -> None:
    later = {**AN_ID, "effective_from": "2025-01-01"}
    assert told(written({}, later)) == [
        "Line 3, effective_from: line 2 has a price for this day too. Write 2024-12-31 as the effective_to of line 2."
    ]
    assert told(written({"effective_to": "2024-12-30"}, later)) == [
        "Line 3, effective_from: days are left without a price. Write 2024-12-31, the day after line 2 ends."
    ]
    assert told(written({"effective_to": "2024-12-31"}, later)) == []
    assert "line 2 has this name already" in told(written({}, {"form": "I-91"}))[0]
    assert "line 2 has a price for any way" in told(written({}, {**AN_ID, "filing": "paper"}))[0]
    other = {**AN_ID, "form": "I-91", "effective_from": "2025-01-01", "supersedes": "uscis-i-90-2024"}
    assert "write the id of an earlier line for the same fee" in told(written({}, other))[0]


def test_numbers_of_lines_count_remarks_empty_lines_and_cells_over_several_lines() -> None:
    head, line = written({"note": '"'}).splitlines()
    bad = line.replace("465.00", "x").replace("uscis-i-90-2024", "second").replace("I-90", "I-91")
    assert told(f"# a remark\n\n{head}\n{line}\n# another\n{bad}\n") == [
        "Line 6, amount: write an amount in dollars, like 1250.00."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no fee in this file."),
        ("# only remarks\n", "There is no fee in this file."),
        (written(), "There is no fee in this file."),
        ("id,agency\nx,uscis\n", "The first line must name every column. These are missing: form, item"),
        (written({}).replace("note", "note,more", 1), "The first line names more than the 20 columns"),
        (written({}) + "a,b,c\n", "Line 3 has 3 cells and needs 20."),
        (written({}) + '"unended\n', "This is not a table in CSV."),
        ("x" * 500_001, "This is longer than any schedule of fees."),
        ("%PDF-1.7\x00\x01\x02", "The first line must name every column."),
    ],
)
def test_a_file_that_is_none_is_refused_whole(text: str, said: str) -> None:
    assert read_schedule(text).lines == ()
    assert told(text)[0].startswith(said), told(text)


def test_a_file_with_a_thousand_faults_names_the_first_fifty() -> None:
    found = told(written(*({"id": f"n{each}", "amount": "x"} for each in range(1000))))
    assert len(found) == 51
    assert found[-1].startswith("There is more to mend: 950 other places.")


def test_a_file_as_a_spreadsheet_saves_it_is_read() -> None:
    assert read_schedule("\ufeff" + written({}).replace("\n", "\r\n")).problems == ()
    assert len(read_schedule(dearer()).lines) == len(read_schedule(shipped()).lines)


def _chain(ends: list[int], prices: list[int]) -> list[dict[str, str]]:
    """One fee whose price changes after each of these numbers of days."""
    lines, first = [], date(2020, 1, 1)
    for at, length in enumerate(ends):
        last = first + timedelta(days=length - 1)
        named = {"id": f"n{at}", "amount": f"{prices[at]}.00", "effective_from": first.isoformat()}
        lines.append(named | {"effective_to": "" if at == len(ends) - 1 else last.isoformat()})
        first = last + timedelta(days=1)
    return lines


_LENGTHS = some.lists(some.integers(1, 400), min_size=1, max_size=8)


@given(
    lengths=_LENGTHS, prices=some.lists(some.integers(0, 9999), min_size=8, max_size=8), after=some.integers(0, 4000)
)
@settings(max_examples=150, deadline=None)
def test_each_fee_has_exactly_one_price_a_day(lengths: list[int], prices: list[int], after: int) -> None:
    read = read_schedule(written(*_chain(lengths, prices)))
    assert read.problems == ()
    day = date(2020, 1, 1) + timedelta(days=after)
    covering = [each for each in read.lines if each.covers(day)]
    assert len(covering) == 1
    assert price(read.lines, covering[0].key, day) is covering[0]
    assert price(read.lines, covering[0].key, date(2019, 12, 31)) is None


@given(
    lengths=some.lists(some.integers(2, 400), min_size=2, max_size=6),
    shift=some.sampled_from([-1, 1]),
    data=some.data(),
)
@settings(max_examples=150, deadline=None)
def test_a_day_too_few_or_too_many_is_refused(lengths: list[int], shift: int, data: some.DataObject) -> None:
    lines = _chain(lengths, [1] * len(lengths))
    at = data.draw(some.integers(1, len(lines) - 1))
    moved = date.fromisoformat(lines[at]["effective_from"]) + timedelta(days=shift)
    if lines[at]["effective_to"] and moved > date.fromisoformat(lines[at]["effective_to"]):
        return
    lines[at]["effective_from"] = moved.isoformat()
    codes = {each.code for each in read_schedule(written(*lines)).problems}
    assert codes == {"fees.gap" if shift > 0 else "fees.overlap"}


@given(text=some.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_schedule(written({}).splitlines()[0] + "\n" + text)
    assert bool(read.lines) != bool(read.problems)


def test_the_shipped_schedule_never_has_two_prices_on_a_day() -> None:
    lines = read_schedule(shipped()).lines
    for days in range(0, 1400, 7):
        keys = [each.key for each in on_day(lines, date(2024, 1, 1) + timedelta(days=days))]
        assert len(keys) == len(set(keys))


def test_amounts_follow_one_another_in_the_order_of_their_days() -> None:
    chains: dict[object, list[FeeLine]] = {}
    for each in read_schedule(shipped()).lines:
        if each.status.is_dated:
            chains.setdefault(each.key, []).append(each)
    for chain in chains.values():
        for earlier, later in pairwise(chain):
            assert earlier.effective_to == later.effective_from - timedelta(days=1)
