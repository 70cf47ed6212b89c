from datetime import UTC, date, datetime

import pytest

from app.money import Money
from app.web import formats

#: Between the hours of two dates: in Denver it is still the evening before.
MOMENT = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(0), "$0.00"),
        (Money(5), "$0.05"),
        (Money(125000), "$1,250.00"),
        (Money(-125000), "-$1,250.00"),
        (Money(999_999_999_999_99), "$999,999,999,999.99"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_money_keeps_every_cent(language: str, amount: Money, written: str) -> None:
    assert formats.format_money(language, amount) == written


def test_the_month_of_a_day_is_a_word() -> None:
    assert formats.format_day("en", date(2026, 3, 4)) == "Mar 4, 2026"
    assert formats.format_day("es", date(2026, 3, 4)) == "4 mar 2026"
    assert formats.format_month("en", date(2026, 3, 4)) == "March 2026"
    assert formats.format_month("es", date(2026, 3, 4)) == "marzo 2026"


def test_a_moment_is_shown_in_the_readers_zone_with_its_name() -> None:
    assert formats.format_moment("en", "America/Denver", MOMENT) == "Mar 4, 2026, 7:30 PM MST"
    assert formats.format_moment("es", "America/Denver", MOMENT).startswith("4 mar 2026, 7:30")
    assert formats.format_moment("en", "UTC", MOMENT).startswith("Mar 5, 2026, 2:30 AM")


def test_summer_time_changes_the_hour_and_the_name() -> None:
    assert formats.format_moment("en", "America/Denver", MOMENT.replace(month=7)).endswith("8:30 PM MDT")


def test_a_clock_shows_hours_and_minutes() -> None:
    assert formats.format_clock("en", "America/Denver", MOMENT).replace("\u202f", " ") == "7:30 PM"


@pytest.mark.parametrize("write", [formats.format_moment, formats.format_clock])
def test_a_time_without_a_zone_is_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="zone"):
        write("en", "America/Denver", datetime(2026, 3, 5, 2, 30))  # noqa: DTZ001 - the mistake itself


def test_counts_and_shares() -> None:
    assert formats.format_count("en", 1234567) == "1,234,567"
    assert formats.format_share("en", 1, 3) == "33%"
    assert formats.format_share("en", 0, 0) == "–"


def test_months_begin_with_a_capital_in_a_list() -> None:
    assert formats.month_names("es")[0] == (1, "Enero")
    assert [number for number, _ in formats.month_names("en")] == list(range(1, 13))
