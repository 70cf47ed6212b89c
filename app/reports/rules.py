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
    """Periods that people ask for by name; quarters and years are the calendar's."""

    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    LAST_QUARTER = "last_quarter"
    THIS_QUARTER = "this_quarter"
    LAST_YEAR = "last_year"
    THIS_YEAR = "this_year"


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


def presets(today: date) -> Iterator[tuple[Preset, Period]]:
    """Every named period as it is today, those that are over before those that still run."""
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


def _day_before(period: Period) -> date:
    return period.first - timedelta(days=1)


def _months(year: int, month: int, count: int) -> Period:
    """``count`` months from this one on. The day after the last month exists for every year that a clock shows."""
    after = month - 1 + count
    return Period(date(year, month, 1), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1))
