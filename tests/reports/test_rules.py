"""Which days a period has."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.rules import Period, Preset, month_of, presets, quarter_of, quarter_to_report, year_of

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
    assert set(named) == set(Preset)


@given(DAYS)
def test_months_quarters_and_years_lie_end_to_end(day: date) -> None:
    for period_of in (month_of, quarter_of, year_of):
        period = period_of(day)
        assert period.first <= day <= period.last
        assert period_of(period.first) == period_of(period.last) == period
        assert period_of(period.last + timedelta(days=1)).first == period.last + timedelta(days=1)


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
