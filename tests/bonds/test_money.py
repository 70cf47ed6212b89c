"""The money of a bond by itself: whatever happens to it, every dollar is back, lost or still out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bonds.rules import MOVES, BondKind, BondStatus, ObligorKind, Paper, Verb, minimum, missing_papers
from app.bonds.rules.dues import ADDRESS_HOLDS, Dates, Due, dues
from app.bonds.rules.money import AGES, EFFECTS, Stand, age_of, holds, postings, stand_of
from app.funds.rules import EntryKind
from app.money import Money

#: Verbs that may be tried, each with a share of what is out and some interest.
_TRIED = st.lists(
    st.tuples(st.sampled_from(Verb), st.integers(0, 100), st.integers(0, 50_000)), min_size=1, max_size=40
)


def _amount(verb: Verb, stand: Stand, amount: int, share: int) -> int:
    """What the verb says: the whole bond, or a share of what is out."""
    if verb is Verb.POST:
        return amount
    if verb is Verb.RECEIVE:
        return max(1, stand.outstanding * share // 100)
    return max(1, min(stand.outstanding - 1, stand.outstanding * share // 100))


@given(amount=st.integers(150_000, 10_000_000), tried=_TRIED)
def test_every_dollar_is_back_lost_or_out_after_every_step(amount: int, tried: list[tuple[Verb, int, int]]) -> None:
    status, entries = BondStatus.REQUESTED, list[tuple[EntryKind, int]]()
    interest_received = 0
    for verb, share, interest in tried:
        move = MOVES.get(verb)
        if move is None or status not in move.old:
            continue
        stand = stand_of(entries)
        with_interest = interest if verb in (Verb.RECEIVE, Verb.INTEREST) else 0
        entries += postings(verb, stand, _amount(verb, stand, amount, share), with_interest)
        if verb is Verb.REINSTATE and status is BondStatus.BREACHED:
            assert stand_of(entries) == stand  # nothing was forfeited yet, so nothing comes back
        interest_received += with_interest
        status = move.new or status
        after = stand_of(entries)
        assert after.posted == after.refunded + after.forfeited + after.outstanding
        assert min(after.posted, after.refunded, after.forfeited, after.outstanding) >= 0
        assert after.posted in (0, amount)
        assert after.interest == interest_received
        assert holds(status, after, amount), (verb, status, after)


@given(
    out=st.integers(1, 10_000_000), wrong=st.integers(1, 1_000_000), verb=st.sampled_from([Verb.RECEIVE, Verb.MITIGATE])
)
def test_more_than_is_out_never_comes_back(out: int, wrong: int, verb: Verb) -> None:
    with pytest.raises(ValueError, match="more than"):
        postings(verb, Stand(posted=out), out + wrong)


@given(out=st.integers(2, 10_000_000), data=st.data())
def test_a_refund_and_what_it_loses_are_the_bond(out: int, data: st.DataObject) -> None:
    came = data.draw(st.integers(1, out))
    found = dict(postings(Verb.RECEIVE, Stand(posted=out), came, 7))
    assert found[EntryKind.BOND_REFUNDED] + found.get(EntryKind.BOND_FORFEITED, Money(0)) == out
    assert found[EntryKind.INCOME_RECEIVED] == 7
    assert all(cents > 0 for cents in found.values())


@given(status=st.sampled_from(BondStatus), posted=st.integers(1, 100))
def test_a_status_does_not_hold_with_other_money(status: BondStatus, posted: int) -> None:
    amount = 200_000
    assert not holds(status, Stand(posted=amount + posted), amount)
    assert not holds(status, Stand(posted=amount, refunded=posted, forfeited=amount), amount)
    assert holds(status, Stand(), amount) == (
        status in (BondStatus.REQUESTED, BondStatus.APPROVED, BondStatus.REJECTED, BondStatus.WITHDRAWN)
    )


@given(days=st.integers(0, 20_000))
def test_every_age_has_its_place(days: int) -> None:
    place = age_of(days)
    assert AGES[place] <= days
    assert place + 1 == len(AGES) or days < AGES[place + 1]


def test_every_kind_of_entry_of_a_bond_has_its_effect() -> None:
    assert {kind for kind in EntryKind if kind.value.startswith("bond_")} == set(EFFECTS) - {EntryKind.INCOME_RECEIVED}


def test_a_delivery_bond_has_a_minimum_from_a_day_on() -> None:
    least = minimum(BondKind.DELIVERY, date(2026, 11, 23))
    assert least is not None
    assert (least.amount, least.since) == (Money(150_000), date(1997, 4, 1))
    assert minimum(BondKind.DELIVERY, date(1997, 3, 31)) is None
    assert minimum(BondKind.SUPERVISION, date(2026, 11, 23)) is None


def test_papers_are_missing_until_all_were_seen() -> None:
    assert missing_papers(ObligorKind.NONPROFIT, ()) == (
        *(Paper.IRS_LETTER_947, Paper.SS_4, Paper.AUTHORIZATION_LETTER, Paper.REPRESENTATIVE_ID),
    )
    assert missing_papers(ObligorKind.CITIZEN, [Paper.PHOTO_ID]) == (Paper.STATUS_PROOF,)
    assert missing_papers(ObligorKind.LAW_FIRM, list(Paper)) == ()


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            Dates(BondStatus.CANCELLED, cancelled_on=date(2026, 1, 2), address_confirmed_on=DAY),
            {Due.CLAIM: date(2026, 1, 2)},
        ),
        (Dates(BondStatus.REFUND_CLAIMED, claimed_on=DAY, address_confirmed_on=DAY), {Due.MONEY: DAY}),
        (Dates(BondStatus.BREACHED, breached_on=DAY, address_confirmed_on=DAY), {Due.CONTEST: DAY}),
        (Dates(BondStatus.BREACHED, breached_on=DAY, contested_on=DAY, address_confirmed_on=DAY), {}),
        (Dates(BondStatus.POSTED, address_confirmed_on=DAY), {}),
        (Dates(BondStatus.POSTED, case_closed_on=DAY, address_confirmed_on=DAY), {Due.CANCELLATION: DAY}),
        (
            Dates(BondStatus.POSTED, redelivered_on=date(2026, 3, 1), case_closed_on=DAY, address_confirmed_on=DAY),
            {Due.CANCELLATION: date(2026, 3, 1)},
        ),
        (Dates(BondStatus.POSTED, approved_on=date(2026, 5, 5)), {Due.ADDRESS: date(2026, 5, 5)}),
        (Dates(BondStatus.POSTED, address_confirmed_on=DAY - ADDRESS_HOLDS), {Due.ADDRESS: DAY}),
        (Dates(BondStatus.POSTED, address_confirmed_on=DAY - ADDRESS_HOLDS + timedelta(days=1)), {}),
        (Dates(BondStatus.APPROVED, approved_on=date(2026, 5, 5)), {}),
        (Dates(BondStatus.REFUNDED, cancelled_on=DAY, claimed_on=DAY), {}),
    ],
)  # fmt: skip
def test_what_is_due(dates: Dates, expected: dict[Due, date]) -> None:
    assert dues(dates, DAY) == expected
