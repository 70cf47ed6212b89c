"""What a filing costs: base and statutory, payments apart, waivers, cautions; two schedules side by side."""

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Conflict, Invalid
from app.fees.reads.schedules import shipped
from app.fees.rules import (
    EOIR_CODES,
    WAIVER_MOVES,
    Agency,
    Known,
    WaiverState,
    compare,
    line_from,
    quote,
    read_schedule,
    refuse_move,
    within_income,
)
from tests.fees.files import dearer, written

LINES = read_schedule(shipped()).lines
TODAY = date(2026, 11, 23)
PERMIT, FIRST = "uscis-i-765-general-online-2024", "uscis-i-765-first-humanitarian-fy2026"
AAF = "uscis-aaf-2026"
ASKED = {(Agency.USCIS, "I-765"): WaiverState.GRANTED}


def test_base_and_statutory_are_paid_apart_and_add_up() -> None:
    quoted = quote(LINES, [PERMIT, FIRST], TODAY, {})
    assert [(str(each.amount), each.separate) for each in quoted.payments] == [("470.00", False), ("560.00", True)]
    assert str(quoted.total) == "1030.00"
    assert quoted.is_firm


def test_a_granted_waiver_drops_the_base_fee_and_never_what_congress_set() -> None:
    quoted = quote(LINES, [PERMIT, FIRST], TODAY, ASKED)
    assert [(each.line.id, each.standing, str(each.asked)) for each in quoted.lines] == [
        (PERMIT, "waived", "0.00"),
        (FIRST, "owed", "560.00"),
    ]
    assert (str(quoted.total), str(quoted.waived)) == ("560.00", "470.00")


@pytest.mark.parametrize("state", [WaiverState.PENDING, WaiverState.DENIED, WaiverState.NOT_REQUESTED])
def test_a_waiver_that_is_not_granted_drops_nothing(state: WaiverState) -> None:
    quoted = quote(LINES, [PERMIT], TODAY, {(Agency.USCIS, "I-765"): state})
    assert str(quoted.total) == "470.00"
    assert ("waiver_pending" in quoted.lines[0].cautions) is (state is WaiverState.PENDING)


def test_what_a_court_stopped_is_shown_and_not_asked_for() -> None:
    quoted = quote(LINES, ["uscis-aaf-stayed-2025"], date(2025, 11, 3), {})
    assert (quoted.lines[0].standing, quoted.total, quoted.payments) == ("stopped", 0, ())


def test_a_price_that_is_only_reported_warns() -> None:
    quoted = quote(LINES, [AAF], TODAY, {})
    assert set(quoted.lines[0].cautions) == {"secondary", "reported"}
    assert (str(quoted.total), quoted.payments[0].online_only) == ("102.00", True)
    assert "reported" not in quote(LINES, [AAF], date(2026, 10, 15), {}).lines[0].cautions


def test_an_example_is_no_amount_to_pay_by() -> None:
    quoted = quote(LINES, ["eoir-eoir-26-appeal-2025"], TODAY, {})
    assert [str(each.line.amount) for each in quoted.lines] == ["110.00", "900.00"]
    assert not quoted.is_firm


def test_before_the_day_of_rejection_a_fee_is_asked_for_and_that_is_said() -> None:
    fee = "uscis-i-589-asylum-fy2025"
    assert "not_rejected_yet" in quote(LINES, [fee], date(2025, 8, 20), {}).lines[0].cautions
    assert "not_rejected_yet" not in quote(LINES, [fee], date(2025, 8, 21), {}).lines[0].cautions


def test_a_statutory_fee_without_its_base_fee_says_so() -> None:
    assert "no_base" in quote(LINES, [FIRST], TODAY, {}).lines[0].cautions
    assert "no_base" not in quote(LINES, [FIRST, PERMIT], TODAY, {}).lines[0].cautions


def test_what_has_no_price_on_the_day_is_refused_at_its_place() -> None:
    with pytest.raises(Invalid) as refused:
        quote(LINES, [PERMIT, "uscis-i-589-asylum-fy2025", "nonsense"], TODAY, {})
    assert [each.pointer for each in refused.value.problems] == ["/fees/1", "/fees/2"]


def test_a_line_comes_back_from_its_snapshot_as_it_was() -> None:
    assert [line_from(each.as_json()) for each in LINES] == list(LINES)


def test_two_schedules_side_by_side() -> None:
    changes = compare(LINES, read_schedule(dearer()).lines)
    assert [(each.line.id, each.kind, each.columns) for each in changes] == [
        ("uscis-aaf-2026", "changed", ("effective_to", "status")),
        ("uscis-aaf-reported-2026", "changed", ("status", "confidence", "source", "supersedes")),
    ]
    one, other = read_schedule(written({})).lines, read_schedule(written({"id": "another"})).lines
    assert [(each.kind, each.line.id) for each in compare(one, other)] == [
        ("added", "another"),
        ("removed", "uscis-i-90-2024"),
    ]
    assert compare(LINES, LINES) == []


def test_a_waiver_goes_its_ways_and_no_other() -> None:
    for old in WaiverState:
        for new in WaiverState:
            if (old, new) in WAIVER_MOVES:
                refuse_move(old, new)
            else:
                with pytest.raises(Conflict):
                    refuse_move(old, new)
    assert "".join(EOIR_CODES[each] for each in WaiverState) == "NPGDO"


@pytest.mark.parametrize(
    ("percent", "answer"),
    [(None, Known.UNKNOWN), ("0", Known.YES), ("150.0", Known.YES), ("150.1", Known.NO), ("900", Known.NO)],
)
def test_an_income_at_the_limit_speaks_for_a_waiver(percent: str | None, answer: Known) -> None:
    assert within_income(None if percent is None else Decimal(percent)) is answer
