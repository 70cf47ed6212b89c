"""Which days a period has."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.rules import (
    OF_A_FUND,
    Period,
    Preset,
    fund_year_of,
    month_of,
    months_between,
    period_of,
    presets,
    quarter_of,
    quarter_to_report,
    year_of,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_the_quarter_to_report_is_the_last_whole_one(today: date, first: date, last: date) -> None:
    assert quarter_to_report(today) == Period(first, last)


def test_every_named_period_on_a_leap_day() -> None:
    named = dict(presets(date(2024, 2, 29)))
    assert named == {
        Preset.LAST_MONTH: Period(date(2024, 1, 1), date(2024, 1, 31)),
        Preset.LAST_QUARTER: Period(date(2023, 10, 1), date(2023, 12, 31)),
        Preset.LAST_YEAR: Period(date(2023, 1, 1), date(2023, 12, 31)),
        Preset.THIS_MONTH: Period(date(2024, 2, 1), date(2024, 2, 29)),
        Preset.THIS_QUARTER: Period(date(2024, 1, 1), date(2024, 3, 31)),
        Preset.THIS_YEAR: Period(date(2024, 1, 1), date(2024, 12, 31)),
    }
    assert set(named) == set(Preset) - OF_A_FUND


@given(DAYS)
def test_months_quarters_and_years_lie_end_to_end(day: date) -> None:
    for named in (month_of, quarter_of, year_of):
        period = named(day)
        assert period.first <= day <= period.last
        assert named(period.first) == named(period.last) == period
        assert named(period.last + timedelta(days=1)).first == period.last + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "too_long"),
    [
        (date(2016, 1, 1), date(2025, 12, 31), False),
        (date(2016, 1, 1), date(2026, 1, 1), True),
        (date(2016, 2, 29), date(2026, 2, 28), False),
        (date(2016, 2, 29), date(2026, 3, 1), True),
        (date(2026, 1, 1), date(2026, 1, 1), False),
    ],
)
def test_ten_years_are_the_most(first: date, last: date, too_long: bool) -> None:
    assert Period(first, last).is_too_long() is too_long


TERM = Period(date(2024, 7, 1), date(2027, 3, 31))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2024, 7, 1), date(2024, 7, 1), date(2025, 6, 30)),
        (date(2025, 6, 30), date(2024, 7, 1), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2025, 7, 1), date(2026, 6, 30)),
        (date(2027, 1, 1), date(2026, 7, 1), date(2027, 3, 31)),
    ],
)
def test_a_fund_has_its_own_years(day: date, first: date, last: date) -> None:
    assert fund_year_of(TERM, day) == Period(first, last)


def test_periods_of_a_fund_before_in_and_after_its_term() -> None:
    assert not OF_A_FUND & set(dict(presets(date(2024, 6, 30), TERM)))
    first_year = dict(presets(date(2024, 12, 31), TERM))
    assert Preset.LAST_FUND_YEAR not in first_year
    assert first_year[Preset.THIS_FUND_YEAR] == Period(date(2024, 7, 1), date(2025, 6, 30))
    assert period_of(Preset.LAST_FUND_YEAR, date(2025, 7, 1), TERM) == Period(date(2024, 7, 1), date(2025, 6, 30))
    over = dict(presets(date(2030, 1, 1), TERM))
    assert over[Preset.LAST_FUND_YEAR] == Period(date(2026, 7, 1), date(2027, 3, 31))
    assert Preset.THIS_FUND_YEAR not in over
    assert over[Preset.FUND_TERM] == TERM
    assert Preset.FUND_TERM not in dict(presets(date(2030, 1, 1), Period(date(2020, 1, 1), date(2030, 1, 1))))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 5000))
def test_the_years_of_a_fund_are_its_term_without_gap_or_overlap(first: date, days: int) -> None:
    term = Period(first, first + timedelta(days=days))
    day, years = term.first, []
    while day <= term.last:
        year = fund_year_of(term, day)
        assert year is not None
        assert year.first == day
        assert fund_year_of(term, year.last) == year
        years.append(year)
        day = year.last + timedelta(days=1)
    assert years[-1].last == term.last
    assert len(years) == -(-(days + 1) // 366) or len(years) <= (days + 1) // 365 + 1


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 200))
def test_months_between_leave_none_out(first: date, count: int) -> None:
    months = months_between(f"{first.year:04}-{first.month:02}", f"{first.year + count // 12:04}-{first.month:02}")
    assert months == sorted(set(months))
    assert len(months) == 12 * (count // 12) + 1
