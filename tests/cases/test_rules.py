"""Dates of a case: standing of a deadline, days in a zone, what can be a date at all."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.cases.rules import Standing, day_in, is_plausible, moment_in, standing

TODAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, Standing.OVERDUE), (0, Standing.SOON), (14, Standing.SOON), (15, Standing.LATER), (-400, Standing.OVERDUE)],
)
def test_a_deadline_stands_by_its_day(days: int, expected: Standing) -> None:
    assert standing(TODAY + timedelta(days=days), False, TODAY) is expected


@pytest.mark.parametrize("days", [-1, 0, 15])
def test_what_is_done_is_never_overdue(days: int) -> None:
    assert standing(TODAY + timedelta(days=days), True, TODAY) is Standing.COMPLETED


def test_a_moment_has_the_day_of_its_zone() -> None:
    late_in_denver = datetime(2026, 3, 15, 3, 0, tzinfo=UTC)
    assert day_in(late_in_denver, "America/Denver") == date(2026, 3, 14)
    assert day_in(late_in_denver, "UTC") == date(2026, 3, 15)


def test_an_hour_on_a_day_is_a_moment_in_summer_and_in_winter() -> None:
    summer = moment_in(date(2026, 7, 1), "09:30", "America/Denver")
    winter = moment_in(date(2026, 12, 1), "09:30", "America/Denver")
    assert summer.astimezone(UTC) == datetime(2026, 7, 1, 15, 30, tzinfo=UTC)
    assert winter.astimezone(UTC) == datetime(2026, 12, 1, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (TODAY, True),
        (date(2030, 1, 1), True),
        (date(2006, 4, 1), True),
        (date(2206, 3, 14), False),
        (date(1826, 3, 14), False),
    ],
)
def test_years_are_held_against_likelihood(day: date, expected: bool) -> None:
    assert is_plausible(day, TODAY) is expected
