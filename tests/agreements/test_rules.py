"""The check of a line, by example and by property: whatever order lines come in, no cap is exceeded."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules import (
    Case,
    Claim,
    Finding,
    Gate,
    InvoiceStatus,
    LineKind,
    LineStatus,
    Model,
    Reason,
    Stage,
    Standing,
    Terms,
    Tranche,
    Used,
    Verdict,
    WorkRole,
    check,
    in_force,
    invoice_status,
    part,
    schedule_fault,
    tidy,
)
from app.cases.rules import CaseType
from app.funds.rules import Category
from app.money import Money

DAY = date(2026, 3, 2)
REPRESENTATION = frozenset({Category.REPRESENTATION})
FLAT = Terms(
    id=UUID(int=1),
    number=1,
    model=Model.FLAT,
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    effective_on=date(2026, 1, 1),
    ceiling=Money(200_000),
    stage_rates={Stage.CASE_OPENED: Money(40_000), Stage.MASTER_HEARING: Money(25_000)},
    categories=REPRESENTATION,
)
HOURLY = replace(
    FLAT,
    model=Model.HOURLY,
    stage_rates={},
    hour_rates={WorkRole.PARALEGAL: Money(4_001), WorkRole.STAFF_ATTORNEY: Money(7_500)},
    case_cap=Money(60_000),
    hours_cap=1_500,
)
PARTS = (Tranche(1, 50, Gate.OPEN), Tranche(2, 40, Gate.REPORT_RECEIVED), Tranche(3, 10, Gate.REPORT_APPROVED))
CASELOAD = replace(
    FLAT, model=Model.CASELOAD, stage_rates={}, case_rate=Money(100_001), carry_over=1, projected=1, tranches=PARTS
)
CASE = Case(CaseType.ASYLUM, [(date(2026, 1, 10), None)])
FREE = Used(spent=0, cases_billed=0, received=frozenset(), approved=frozenset(), award_left=1_000_000)


def stage(what: Stage = Stage.CASE_OPENED, amount: int = 40_000, day: date = DAY) -> Claim:
    return Claim(LineKind.STAGE, day, Category.REPRESENTATION, Money(amount), stage=what)


def hours(hundredths: int, amount: int, role: WorkRole = WorkRole.STAFF_ATTORNEY) -> Claim:
    return Claim(LineKind.HOURS, DAY, Category.REPRESENTATION, Money(amount), role=role, hours=hundredths)


def instalment(number: int, amount: int) -> Claim:
    return Claim(LineKind.INSTALMENT, DAY, Category.REPRESENTATION, Money(amount), instalment=number)


def verdict(claim: Claim, terms: Terms | None = FLAT, **more: Any) -> Finding:
    given: dict[str, Any] = {"case": CASE, "before": (), "used": FREE, "today": date(2026, 3, 31)} | more
    return check(claim, terms, **given)


def held(claim: Claim) -> Standing:
    return Standing(claim, True)


REFUSED = {
    Reason.FUTURE_DATE: verdict(stage(day=date(2026, 4, 1))),
    Reason.NO_AGREEMENT: verdict(stage(), None),
    Reason.OTHER_MODEL: verdict(hours(100, 7_500)),
    Reason.NOT_AGREED: verdict(stage(Stage.APPEAL_FILED)),
    Reason.CATEGORY: verdict(replace(stage(), category=Category.TRAVEL)),
    Reason.CASE_TYPE: verdict(stage(), replace(FLAT, case_types=frozenset({CaseType.DACA}))),
    Reason.NOT_ASSIGNED: verdict(stage(day=date(2026, 1, 9))),
    Reason.BILLED_ALREADY: verdict(stage(), before=[held(stage(day=DAY - timedelta(days=9)))]),
    Reason.DUPLICATE: verdict(hours(100, 7_500), HOURLY, before=[Standing(hours(100, 7_500), False)]),
    Reason.DAY_TOO_LONG: verdict(
        hours(1_300, 97_500), replace(HOURLY, case_cap=None, hours_cap=None), before=[held(hours(1_200, 90_000))]
    ),
    Reason.GATE_CLOSED: verdict(instalment(2, 40_000), CASELOAD),
    Reason.CASELOAD_FULL: verdict(instalment(1, 50_000), CASELOAD, used=replace(FREE, cases_billed=2)),
}
DISPUTED = {
    Reason.HOURS_CAP: (verdict(hours(200, 15_000), HOURLY, before=[held(hours(1_400, 9))]), 100),
    Reason.CASE_CAP: (verdict(hours(200, 15_000), HOURLY, before=[held(hours(100, 50_000))]), 10_000),
    Reason.CEILING: (verdict(stage(), used=replace(FREE, spent=180_000)), 20_000),
    Reason.AWARD: (verdict(stage(), used=replace(FREE, award_left=39_999)), 39_999),
    Reason.NO_AWARD: (verdict(stage(), used=replace(FREE, award_left=None)), None),
    Reason.RATE: (verdict(stage(amount=40_001)), None),
}


def test_every_reason_can_be_met() -> None:
    assert set(REFUSED) | set(DISPUTED) == set(Reason)
    for reason, found in REFUSED.items():
        assert (found.verdict, found.reason, found.acceptable) == (Verdict.REFUSED, reason, False)
    for reason, (found, left) in DISPUTED.items():
        assert (found.verdict, found.reason, found.left, found.acceptable) == (Verdict.DISPUTED, reason, left, False)


def test_what_fits_is_ok_and_less_than_agreed_may_be_accepted() -> None:
    assert verdict(stage()) == Finding(Verdict.OK, None, Money(40_000), None, True)
    assert verdict(hours(250, 10_003, WorkRole.PARALEGAL), HOURLY).expected == 10_003  # 2.5 × 40.01, a half cent up
    assert verdict(stage(amount=39_999)) == Finding(Verdict.DISPUTED, Reason.RATE, Money(40_000), None, True)
    came = replace(FREE, received=frozenset({2}), approved=frozenset())
    assert verdict(instalment(2, 40_000), CASELOAD, used=came).verdict is Verdict.OK
    assert verdict(instalment(3, 10_001), CASELOAD, used=replace(came, received=frozenset({3}))).reason is (
        Reason.GATE_CLOSED
    )


def test_the_version_of_the_day_holds() -> None:
    later = replace(FLAT, id=UUID(int=2), number=2, effective_on=date(2026, 6, 1), ends_on=date(2026, 9, 30))
    days = (date(2025, 12, 31), DAY, date(2026, 6, 1), date(2026, 10, 1))
    assert [in_force([later, FLAT], day) for day in days] == [None, FLAT, later, None]


@pytest.mark.parametrize(
    ("shares", "gates", "fault"),
    [
        ((100,), (Gate.OPEN,), None),
        ((50, 40, 10), (Gate.OPEN, Gate.REPORT_RECEIVED, Gate.REPORT_APPROVED), None),
        ((51, 49), (Gate.OPEN, Gate.REPORT_APPROVED), "up_front"),
        ((50, 49), (Gate.OPEN, Gate.REPORT_APPROVED), "sum"),
        ((), (), "sum"),
    ],
)
def test_at_most_half_is_paid_before_a_report(shares: Any, gates: Any, fault: str | None) -> None:
    assert schedule_fault(shares, gates) == fault


@given(st.integers(1, 10**9), st.lists(st.integers(1, 100), min_size=1, max_size=24))
def test_the_parts_of_a_rate_are_the_rate(cents: int, weights: list[int]) -> None:
    shares = [weight * 100 // sum(weights) for weight in weights]
    shares[0] += 100 - sum(shares)
    tranches = [Tranche(number, share, Gate.OPEN) for number, share in enumerate(shares, start=1)]
    parts = [part(Money(cents), tranches, each.number) for each in tranches]
    assert sum(each or 0 for each in parts) == cents
    assert all(each is not None and each >= 0 for each in parts)


def test_a_line_bills_one_thing() -> None:
    assert all(tidy(each) for each in (stage(), hours(100, 1), instalment(1, 1)))
    assert not tidy(replace(stage(), role=WorkRole.PARALEGAL))
    assert not tidy(replace(hours(100, 1), hours=None))


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("o", InvoiceStatus.SUBMITTED),
        ("ao", InvoiceStatus.PARTLY_ACCEPTED),
        ("ad", InvoiceStatus.DISPUTED),
        ("n", InvoiceStatus.SUBMITTED),
        ("aa", InvoiceStatus.ACCEPTED),
        ("aw", InvoiceStatus.ACCEPTED),
        ("ar", InvoiceStatus.PARTLY_ACCEPTED),
        ("rw", InvoiceStatus.REJECTED),
        ("w", InvoiceStatus.REJECTED),
    ],
)
def test_an_invoice_is_what_its_lines_are(lines: str, status: InvoiceStatus) -> None:
    letters: dict[str, LineStatus] = {each.value[0]: each for each in LineStatus if each is not LineStatus.ANSWERED}
    letters["n"] = LineStatus.ANSWERED
    assert invoice_status([letters[each] for each in lines]) is status


_CASES = st.integers(0, 3)
_LINE = st.one_of(
    st.builds(
        stage,
        st.sampled_from([Stage.CASE_OPENED, Stage.MASTER_HEARING, Stage.APPEAL_FILED]),
        st.sampled_from([25_000, 40_000, 39_999, 1]),
        st.dates(date(2026, 1, 1), date(2026, 4, 30)),
    ),
    st.builds(hours, st.integers(1, 2_400), st.integers(1, 90_000)),
    st.builds(lambda many: hours(many, (7_500 * many + 50) // 100), st.integers(1, 900)),
    st.builds(instalment, st.integers(1, 4), st.sampled_from([50_000, 40_000, 10_001, 7])),
)


@given(
    st.sampled_from([FLAT, HOURLY, CASELOAD]),
    st.lists(st.tuples(_CASES, _LINE), max_size=40),
    st.integers(0, 150_000),
    st.sets(st.integers(2, 3)),
)
def test_whatever_comes_no_cap_is_exceeded(
    terms: Terms, lines: list[tuple[int, Claim]], award: int, came: set[int]
) -> None:
    """Every line that may be accepted is; then all of them are held against every limit at once."""
    taken: list[tuple[int, Claim]] = []
    for case_id, claim in lines:
        mine = [held(each) for other, each in taken if other == case_id]
        billed = {other for other, each in taken if each.instalment == claim.instalment and other != case_id}
        used = Used(
            spent=sum(each.amount for _, each in taken),
            cases_billed=len(billed),
            received=frozenset(came),
            approved=frozenset(came),
            award_left=award - sum(each.claim.amount for each in mine),
        )
        if check(claim, terms, CASE, mine, used, date(2026, 3, 31)).acceptable:
            taken.append((case_id, claim))
    assert sum(each.amount for _, each in taken) <= terms.ceiling
    once = [(case_id, each.stage, each.instalment) for case_id, each in taken if each.kind is not LineKind.HOURS]
    assert len(once) == len(set(once))
    for case_id in range(4):
        own = [each for other, each in taken if other == case_id]
        assert sum(each.amount for each in own) <= min(award, terms.case_cap or award)
        assert terms.hours_cap is None or sum(each.hours or 0 for each in own) <= terms.hours_cap
        assert terms.case_rate is None or sum(each.amount for each in own) <= terms.case_rate
    if terms.model is Model.CASELOAD:
        assert len({case_id for case_id, _ in taken}) <= terms.caseload
    assert all(each.amount <= (40_000 if each.stage is Stage.CASE_OPENED else 90_000) for _, each in taken)
