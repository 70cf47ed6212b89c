"""Working days in Denver: at which moment of the past something was done."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("America/Denver")
_OPENS, _MINUTES = 9, 8 * 60


def local_day(moment: datetime) -> date:
    """The day in Denver."""
    return moment.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """The first moment of a day in Denver."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def working_day(day: date) -> date:
    """The day itself, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def working_day_before(day: date) -> date:
    """The day itself, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def in_hours(chance: random.Random, day: date) -> datetime:
    """A moment in the office hours of a day."""
    return datetime.combine(day, time(_OPENS, chance.randrange(60)), ZONE).astimezone(UTC) + timedelta(
        minutes=chance.randrange(_MINUTES - 60)
    )


def later(chance: random.Random, after: datetime, least: int, most: int) -> datetime:
    """A moment in office hours from ``least`` to ``most`` days later; on the same day a few minutes later."""
    then = in_hours(chance, working_day(local_day(after) + timedelta(days=chance.randint(least, most))))
    return then if then > after else after + timedelta(minutes=chance.randint(5, 40))


def earlier(chance: random.Random, today: date, least: int, most: int) -> datetime:
    """A moment in office hours from ``least`` to ``most`` days before ``today``, or up to two days before that."""
    return in_hours(chance, working_day_before(today - timedelta(days=chance.randint(least, most))))
