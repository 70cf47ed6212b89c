"""The words of reports and their pure decisions: which days, which groups, in which order, how much fits a file."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

#: The longest period of one report.
LONGEST_YEARS = 10


class DateBasis(enum.StrEnum):
    """The step of a disbursement whose day puts it into a period."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RELEASED = "released"
    SETTLED = "settled"


class Grouping(enum.StrEnum):
    """What the lines of a report can be grouped by."""

    FUND = "fund"
    CATEGORY = "category"
    PARTNER = "partner"
    MONTH = "month"
    METHOD = "method"


class Format(enum.StrEnum):
    """What a report is given as."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


#: How many rows, and how many lines, a file of this format holds; who needs more takes a shorter period or CSV.
#: PDF: about 80 printed pages, set in three seconds. XLSX: made in memory in five seconds.
MOST_RECORDS: Mapping[Format, int] = MappingProxyType({Format.PDF: 2_500, Format.XLSX: 50_000})


class Preset(enum.StrEnum):
    """Periods that people ask for by name: the calendar's, and of a fund its years and its whole term."""

    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    LAST_QUARTER = "last_quarter"
    THIS_QUARTER = "this_quarter"
    LAST_YEAR = "last_year"
    THIS_YEAR = "this_year"
    LAST_FUND_YEAR = "last_fund_year"
    THIS_FUND_YEAR = "this_fund_year"
    FUND_TERM = "fund_term"


#: Periods that only the report of one fund has.
OF_A_FUND = frozenset({Preset.LAST_FUND_YEAR, Preset.THIS_FUND_YEAR, Preset.FUND_TERM})


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both inside."""

    first: date
    last: date

    def is_too_long(self) -> bool:
        """Whether it is longer than ten years: from a day to the day before it ten years later is not."""
        ten_years_on = (self.first.year + LONGEST_YEARS, self.first.month, self.first.day)
        return (self.last.year, self.last.month, self.last.day) >= ten_years_on


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    return _months(day.year, day.month, 1)


def quarter_of(day: date) -> Period:
    """The calendar quarter of a day."""
    return _months(day.year, 3 * ((day.month - 1) // 3) + 1, 3)


def year_of(day: date) -> Period:
    """The calendar year of a day."""
    return _months(day.year, 1, 12)


def fund_year_of(term: Period, day: date) -> Period | None:
    """The year of a fund that a day is in: from one return of the term's first day to the day before the next.

    It ends with the term at the latest. None for a day before the term or after it.
    """
    if not term.first <= day <= term.last:
        return None
    years = day.year - term.first.year
    if _returns(term.first, years) > day:
        years -= 1
    return Period(_returns(term.first, years), min(term.last, _returns(term.first, years + 1) - timedelta(days=1)))


def presets(today: date, term: Period | None = None) -> Iterator[tuple[Preset, Period]]:
    """Every named period as it is today, those that are over before those that still run; then those of a fund.

    ``term`` is the term of the one fund that is asked about. A fund whose term is over has its last year as the last.
    """
    yield from _calendar_presets(today)
    if term is None or today < term.first:
        return
    running = fund_year_of(term, today)
    over = fund_year_of(term, term.last if running is None else _day_before(running))
    if over is not None:
        yield Preset.LAST_FUND_YEAR, over
    if running is not None:
        yield Preset.THIS_FUND_YEAR, running
    if not term.is_too_long():
        yield Preset.FUND_TERM, term


def period_of(preset: Preset, today: date, term: Period | None = None) -> Period | None:
    """What a named period is today; None where there is none (a fund's year, without a fund that has one)."""
    return dict(presets(today, term)).get(preset)


def _calendar_presets(today: date) -> Iterator[tuple[Preset, Period]]:
    month, quarter, year = month_of(today), quarter_of(today), year_of(today)
    yield Preset.LAST_MONTH, month_of(_day_before(month))
    yield Preset.LAST_QUARTER, quarter_to_report(today)
    yield Preset.LAST_YEAR, year_of(_day_before(year))
    yield Preset.THIS_MONTH, month
    yield Preset.THIS_QUARTER, quarter
    yield Preset.THIS_YEAR, year


def quarter_to_report(today: date) -> Period:
    """The quarter that a report is about unless another period is asked for: the last whole one."""
    return quarter_of(_day_before(quarter_of(today)))


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both as ``2026-03`` and both inside."""
    (year, month), (last_year, last_month) = (map(int, each.split("-")) for each in (first, last))
    count = 12 * (last_year - year) + last_month - month + 1
    return [f"{year + (month - 1 + place) // 12:04}-{(month - 1 + place) % 12 + 1:02}" for place in range(count)]


def _returns(day: date, years: int) -> date:
    """The same day some years on; the first of March where a year has no 29th of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _day_before(period: Period) -> date:
    return period.first - timedelta(days=1)


def _months(year: int, month: int, count: int) -> Period:
    """``count`` months from this one on. The day after the last month exists for every year that a clock shows."""
    after = month - 1 + count
    return Period(date(year, month, 1), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1))
