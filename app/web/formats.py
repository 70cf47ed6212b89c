"""Dates, times, money and numbers as the reader writes them. Formats come from Unicode CLDR through Babel."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from app.money import Money

#: A page writes the same days and amounts again and again, and the next page too; CLDR's patterns are slow to follow.
_remembered = lru_cache(maxsize=4096)


@cache
def locale_of(language: str) -> Locale:
    """How a language writes dates, money and names. Raises babel.UnknownLocaleError for a code that is no language.

    The screens serve people in the United States: where a language has a way of its own there, it is taken.
    """
    try:
        return Locale(language, "US")
    except UnknownLocaleError:
        return Locale.parse(language)


@_remembered
def format_money(language: str, amount: Money) -> str:
    """``Money(125000)`` reads ``$1,250.00``; always with cents."""
    return format_currency(Decimal(int(amount)) / 100, "USD", locale=locale_of(language))


@_remembered
def format_day(language: str, day: date) -> str:
    """A calendar day with the month as a word, so that day and month can not be taken for one another."""
    return format_date(day, "medium", locale=locale_of(language))


@_remembered
def format_month(language: str, day: date) -> str:
    """The month of a day: ``March 2026``."""
    return format_date(day, "MMMM y", locale=locale_of(language))


@_remembered
def month_names(language: str) -> list[tuple[int, str]]:
    """The twelve months by number, as they stand alone in a list."""
    return [
        (number, name[:1].upper() + name[1:])
        for number, name in locale_of(language).months["stand-alone"]["wide"].items()
    ]


@_remembered
def format_moment(language: str, time_zone: str, moment: datetime) -> str:
    """An aware time as day and clock in the reader's zone, with the zone's short name.

    Raises ValueError for a naive time: it could be any hour of two days.
    """
    return format_datetime(
        _aware(moment), _moment_pattern(language), tzinfo=ZoneInfo(time_zone), locale=locale_of(language)
    )


@_remembered
def format_clock(language: str, time_zone: str, moment: datetime) -> str:
    """Only the hour and minute of an aware time in the reader's zone. Raises ValueError for a naive time."""
    return format_time(_aware(moment), "short", tzinfo=ZoneInfo(time_zone), locale=locale_of(language))


@_remembered
def format_zone(language: str, time_zone: str) -> str:
    """A zone by its name and the city it is known by: ``Mountain Time (Denver)``, or the city alone."""
    locale = locale_of(language)
    city = locale.time_zones.get(time_zone, {}).get("city") or time_zone.rpartition("/")[2].replace("_", " ")
    names = locale.meta_zones.get(get_global("meta_zones").get(time_zone, ""), {}).get("long", {})
    name = names.get("generic") or names.get("standard")
    return f"{name} ({city})" if name else str(city)


@_remembered
def format_count(language: str, number: int) -> str:
    """A whole number with the reader's thousands separator."""
    return format_decimal(number, locale=locale_of(language))


def format_share(language: str, part: int, whole: int) -> str:
    """``part`` of ``whole`` in whole per cent; an empty whole is a dash, not a zero."""
    return format_percent(part / whole, locale=locale_of(language)) if whole else "–"


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone can not be shown")
    return moment


def _moment_pattern(language: str) -> str:
    return "MMM d, y, h:mm a z" if language == "en" else "d MMM y, h:mm a z"
