from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eligibility.reads import library
from app.eligibility.rules import (
    LARGEST_HOUSEHOLD,
    IncomeAtMost,
    IncomeSteps,
    Message,
    Missing,
    Parameters,
    PovertyGuidelines,
    Region,
    RuleVerdict,
    income_limit,
)
from app.eligibility.rules import messages as m
from tests.eligibility.people import person, result

YEARS = library().guidelines
HOME = {Region.CONTIGUOUS: "CO", Region.ALASKA: "AK", Region.HAWAII: "HI"}
NOT_A_VERDICT = RuleVerdict.UNKNOWN


def at_most(percent: str | int, region: Region | None = None) -> IncomeAtMost:
    return IncomeAtMost(Decimal(percent), region)


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_at_the_limit_passes_and_one_cent_over_fails(year: PovertyGuidelines, region: Region) -> None:
    for size in range(1, 13):
        for percent in (100, 125, 150, 200, 350):
            limit = year.guideline(size, region) // 100 * percent
            exactly = person(household_size=size, annual_income=limit, state=HOME[region])
            over = person(household_size=size, annual_income=limit + 1, state=HOME[region])
            assert result(at_most(percent), exactly, year).verdict is RuleVerdict.PASSED
            assert result(at_most(percent), over, year).verdict is RuleVerdict.FAILED


@settings(deadline=None)  # a busy machine is no finding
@given(
    year=st.sampled_from(YEARS),
    region=st.sampled_from(list(Region)),
    size=st.integers(1, LARGEST_HOUSEHOLD),
    percent=st.decimals(1, 1000, places=4),
)
def test_the_highest_whole_cent_within_the_limit_passes_and_the_next_fails(
    year: PovertyGuidelines, region: Region, size: int, percent: Decimal
) -> None:
    limit = int(income_limit(year.guideline(size, region), percent).to_integral_value(ROUND_FLOOR))
    rule = IncomeAtMost(percent, None)
    within = person(household_size=size, annual_income=limit, state=HOME[region])
    over = person(household_size=size, annual_income=limit + 1, state=HOME[region])
    assert result(rule, within, year).verdict is RuleVerdict.PASSED
    assert result(rule, over, year).verdict is RuleVerdict.FAILED


RANK = {RuleVerdict.FAILED: 0, RuleVerdict.PASSED: 1}


@settings(deadline=None)  # a busy machine is no finding
@given(
    income=st.integers(0, 40_000_000),
    more=st.integers(0, 10_000_000),
    size=st.integers(1, LARGEST_HOUSEHOLD - 1),
    percent=st.integers(1, 1000),
)
def test_more_income_never_helps_and_a_larger_household_never_hurts(
    income: int, more: int, size: int, percent: int
) -> None:
    rule = at_most(percent)
    here = RANK[result(rule, person(household_size=size, annual_income=income)).verdict]
    richer = RANK[result(rule, person(household_size=size, annual_income=income + more)).verdict]
    larger = RANK[result(rule, person(household_size=size + 1, annual_income=income)).verdict]
    assert richer <= here <= larger


@pytest.mark.parametrize("missing", Missing)
@pytest.mark.parametrize("rule", [at_most(200), IncomeSteps((Decimal(200), Decimal(350)), None)])
def test_missing_income_or_size_is_never_a_verdict(missing: Missing, rule: Parameters) -> None:
    income = result(rule, person(annual_income=missing))
    size = result(rule, person(household_size=missing, annual_income=0))
    both = result(rule, person(household_size=missing, annual_income=missing))
    assert {income.verdict, size.verdict, both.verdict} == {NOT_A_VERDICT}
    assert income.missing == ("/household/annual_income",)
    assert size.missing == ("/household/size",)
    assert both.missing == ("/household/annual_income", "/household/size")
    assert [each.explanation.msgid for each in (income, size, both)] == [
        m.INCOME_MISSING,
        m.SIZE_MISSING,
        m.INCOME_AND_SIZE_MISSING,
    ]


def test_no_income_is_an_answer() -> None:
    assert result(at_most(200), person(annual_income=0)).verdict is RuleVerdict.PASSED


@pytest.mark.parametrize("size", [-4, 0, LARGEST_HOUSEHOLD + 1, 10**40])
def test_an_absurd_household_is_asked_again(size: int) -> None:
    found = result(at_most(200), person(household_size=size))
    assert (found.verdict, found.missing) == (NOT_A_VERDICT, ("/household/size",))
    assert found.explanation == Message(m.SIZE_ODD, (("largest", LARGEST_HOUSEHOLD),))


def test_income_below_zero_is_asked_again() -> None:
    found = result(at_most(200), person(annual_income=-1))
    assert (found.verdict, found.missing) == (NOT_A_VERDICT, ("/household/annual_income",))
    assert found.explanation == Message(m.INCOME_ODD)


def test_income_beyond_all_measure_fails_without_rounding() -> None:
    assert result(at_most(200), person(annual_income=10**80)).verdict is RuleVerdict.FAILED


@pytest.mark.parametrize(
    ("state", "year", "guideline"),
    [("Alaska", 2026, 1_995_000), ("Hawaiʻi", 2018, 1_396_000), ("D.C.", 2026, 1_596_000)],
)
def test_the_home_state_chooses_the_region(state: str, year: int, guideline: int) -> None:
    guidelines = next(each for each in YEARS if each.year == year)
    answers = person(household_size=1, annual_income=guideline, state=state)
    over = person(household_size=1, annual_income=guideline + 1, state=state)
    assert result(at_most(100), answers, guidelines).verdict is RuleVerdict.PASSED
    assert result(at_most(100), over, guidelines).verdict is RuleVerdict.FAILED


@pytest.mark.parametrize("state", ["PR", "Guam", "VI", "AS", "mp"])
def test_a_territory_has_no_guideline(state: str) -> None:
    found = result(at_most(200), person(state=state))
    assert (found.verdict, found.missing) == (NOT_A_VERDICT, ())
    assert found.explanation.msgid == m.NO_GUIDELINE_THERE


@pytest.mark.parametrize("state", [*Missing, "Kolorado"])
def test_without_a_home_state_the_region_is_asked(state: str | Missing) -> None:
    found = result(at_most(200), person(state=state))
    assert (found.verdict, found.missing) == (NOT_A_VERDICT, ("/contact/address/state",))


def test_a_rule_may_fix_the_region() -> None:
    rule = at_most(100, Region.CONTIGUOUS)
    alaskan = person(household_size=1, annual_income=1_995_000, state="AK")
    assert result(rule, alaskan).verdict is RuleVerdict.FAILED
    assert result(rule, person(annual_income=0, state=Missing.UNKNOWN)).verdict is RuleVerdict.PASSED


def test_without_guidelines_income_is_not_judged() -> None:
    for income in (0, 10**9):
        found = result(at_most(200), person(annual_income=income), None)
        assert found.verdict is NOT_A_VERDICT
        assert found.explanation.msgid == m.NO_GUIDELINES_THEN


@pytest.mark.parametrize(
    ("income", "verdict", "step"),
    [
        (6_600_000, RuleVerdict.PASSED, 1),
        (6_600_001, RuleVerdict.PASSED, 2),
        (11_550_000, RuleVerdict.PASSED, 2),
        (11_550_001, RuleVerdict.FAILED, None),
    ],
)
def test_the_steps_of_a_scale(income: int, verdict: RuleVerdict, step: int | None) -> None:
    found = result(IncomeSteps((Decimal(200), Decimal(350)), None), person(annual_income=income))
    assert (found.verdict, found.step) == (verdict, step)


def test_the_arithmetic_is_shown_and_is_right() -> None:
    found = result(at_most(200), person(annual_income=6_600_001))
    values = dict(found.explanation.values)
    assert found.explanation.msgid == m.INCOME_FAIL[Region.CONTIGUOUS]
    assert {name: str(value) for name, value in values.items()} == {
        "income": "66000.01",
        "limit": "66000.00",
        "percent": "200",
        "year": "2026",
        "size": "4",
        "first": "15960.00",
        "others": "3",
        "additional": "5680.00",
    }


@pytest.mark.parametrize("region", Region)
def test_each_region_says_its_own_sentence(region: Region) -> None:
    found = result(at_most(200), person(annual_income=0, state=HOME[region]))
    assert found.explanation.msgid == m.INCOME_MET[region]


@settings(deadline=None)  # a busy machine is no finding
@given(income=st.integers(0, 20_000_000), size=st.integers(1, 20))
def test_the_plain_sentence_holds_no_number_of_the_household(income: int, size: int) -> None:
    for rule in (at_most(200), IncomeSteps((Decimal(200), Decimal(350)), None)):
        plain = result(rule, person(annual_income=income, household_size=size)).plain
        assert {name for name, _ in plain.values} <= {"step"}
