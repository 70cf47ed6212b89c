"""Pure decisions of the money."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.funds.rules import (
    AWARD_MOVES,
    FLOWS,
    LOCK_RANK,
    OPEN_AWARDS,
    OTHER_SIDES,
    AccountKind,
    AwardStatus,
    EntryKind,
    PayeeKind,
    account_end,
    balance_of_allocation,
    balance_of_award,
    balance_of_fund,
    bonds_out,
    in_term,
    masked_account,
    payee_name,
    routing_number_holds,
)

CENTS = st.integers(min_value=0, max_value=10**13)
TOTALS = st.dictionaries(st.sampled_from(sorted(AccountKind)), CENTS)


@given(TOTALS)
def test_available_is_what_is_neither_encumbered_nor_paid(totals: dict[AccountKind, int]) -> None:
    for balance in (balance_of_fund(totals), balance_of_allocation(totals), balance_of_award(totals)):
        assert balance.available == balance.budget - balance.encumbered - balance.paid


@given(TOTALS)
def test_a_fund_holds_all_its_money(totals: dict[AccountKind, int]) -> None:
    elsewhere = OTHER_SIDES | {AccountKind.RETURNED}
    assert balance_of_fund(totals).budget == sum(cents for kind, cents in totals.items() if kind not in elsewhere)
    assert bonds_out(totals) <= balance_of_fund(totals).paid


def test_every_flow_has_an_opposite_but_the_giver_only_gives() -> None:
    ways = {(flow.to, flow.source) for flow in FLOWS.values()}
    one_way = {way for way in ways if (way[1], way[0]) not in ways and way not in _UNDONE_ELSEWHERE}
    assert one_way == {
        (AccountKind.UNALLOCATED, AccountKind.GIVER),
        (AccountKind.UNALLOCATED, AccountKind.INCOME),
        (AccountKind.RETURNED, AccountKind.UNALLOCATED),
        (AccountKind.PAID, AccountKind.RESERVED),
    }
    assert set(FLOWS) == set(EntryKind)
    assert set(LOCK_RANK) == set(AccountKind)


#: A settlement is undone past the reservation, straight back to what the award holds; a bond comes back for others.
_UNDONE_ELSEWHERE = {
    (AccountKind.ENCUMBERED, AccountKind.PAID),
    (AccountKind.AVAILABLE, AccountKind.BOND_RECEIVABLE),
}


def test_an_award_that_ended_stays_as_it_is() -> None:
    beginnings = {old for old, _ in AWARD_MOVES}
    assert beginnings == {AwardStatus.REQUESTED} | OPEN_AWARDS
    assert all((status, status) not in AWARD_MOVES for status in AwardStatus)


def test_both_ends_of_a_term_are_inside() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert in_term(first, last, first)
    assert in_term(first, last, last)
    assert not in_term(first, last, date(2025, 12, 31))
    assert not in_term(first, last, date(2027, 1, 1))


@pytest.mark.parametrize(("number", "end"), [("900055501427", "1427"), ("12345678", "5678"), ("1234567", "67")])
def test_an_account_is_masked(number: str, end: str) -> None:
    assert account_end(number) == end
    assert masked_account(end) == f"•••• {end}"
    assert masked_account(None) is None


def test_a_private_person_is_shown_by_reference() -> None:
    assert payee_name(PayeeKind.PERSON, None, "PY-1", "CS-1") == "CS-1"
    assert payee_name(PayeeKind.PERSON, None, "PY-1", None) == "PY-1"
    assert payee_name(PayeeKind.OBLIGOR, None, "PY-1", None) == "PY-1"
    assert payee_name(PayeeKind.VENDOR, "Paper and Ink", "PY-1", None) == "Paper and Ink"


def test_routing_numbers() -> None:
    assert routing_number_holds("102000995")
    # Published example of the American Bankers Association's check: the Federal Reserve Bank of Boston.
    assert routing_number_holds("011000015")
    for wrong in ("", "000000000", "01100001", "0110000155", "011000016", "01100001a", "٠١١٠٠٠٠١٥"):
        assert not routing_number_holds(wrong)


@given(st.integers(min_value=0, max_value=10**8 - 1), st.integers(min_value=0, max_value=8), st.integers(1, 9))
def test_a_wrong_digit_shows_in_a_routing_number(first_eight: int, place: int, change: int) -> None:
    digits = f"{first_eight:08}"
    number = next(digits + str(last) for last in range(10) if _sum_holds(digits + str(last)))
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert not routing_number_holds(wrong)


def _sum_holds(digits: str) -> bool:
    return sum(int(d) * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0
