from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.eligibility.reads import guidelines, library
from app.eligibility.rules import PovertyGuidelines, Region, guidelines_digest, income_limit

# Written down apart from the data file: first person and each person more, in whole dollars.
PUBLISHED = {
    2017: ((12_060, 4_180), (15_060, 5_230), (13_860, 4_810)),
    2018: ((12_140, 4_320), (15_180, 5_400), (13_960, 4_970)),
    2019: ((12_490, 4_420), (15_600, 5_530), (14_380, 5_080)),
    2020: ((12_760, 4_480), (15_950, 5_600), (14_680, 5_150)),
    2021: ((12_880, 4_540), (16_090, 5_680), (14_820, 5_220)),
    2022: ((13_590, 4_720), (16_990, 5_900), (15_630, 5_430)),
    2023: ((14_580, 5_140), (18_210, 6_430), (16_770, 5_910)),
    2024: ((15_060, 5_380), (18_810, 6_730), (17_310, 6_190)),
    2025: ((15_650, 5_500), (19_550, 6_880), (17_990, 6_330)),
    2026: ((15_960, 5_680), (19_950, 7_100), (18_360, 6_530)),
}
# Whole households as printed in tables that were not used for the data file.
PRINTED = [
    (2018, Region.HAWAII, 2, 18_930),
    (2018, Region.HAWAII, 3, 23_900),
    (2018, Region.HAWAII, 4, 28_870),
    (2020, Region.CONTIGUOUS, 4, 26_200),
    (2020, Region.ALASKA, 4, 32_750),
    (2020, Region.HAWAII, 4, 30_130),
    (2021, Region.CONTIGUOUS, 8, 44_660),
    (2024, Region.CONTIGUOUS, 8, 52_720),
]


def of(year: int) -> PovertyGuidelines:
    return next(each for each in library().guidelines if each.year == year)


@pytest.mark.parametrize("year", PUBLISHED)
@pytest.mark.parametrize("region", Region)
def test_every_value_of_every_year_and_region(year: int, region: Region) -> None:
    first, additional = PUBLISHED[year][list(Region).index(region)]
    expected = first
    for size in range(1, 13):
        assert of(year).guideline(size, region) == expected * 100
        expected += additional


@pytest.mark.parametrize(("year", "region", "size", "dollars"), PRINTED)
def test_households_as_printed(year: int, region: Region, size: int, dollars: int) -> None:
    assert of(year).guideline(size, region) == dollars * 100


def test_every_year_is_there() -> None:
    assert [each.year for each in library().guidelines] == list(PUBLISHED)


@pytest.mark.parametrize("size", [-1, 0, 51, 10**30])
def test_a_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        of(2026).guideline(size, Region.CONTIGUOUS)


@pytest.mark.parametrize("year", [year for year in PUBLISHED if year > 2017])
def test_a_year_applies_from_its_own_day_and_the_one_before_until_then(year: int) -> None:
    begins = of(year).effective_from
    assert guidelines(begins) == of(year)
    assert guidelines(begins - timedelta(days=1)) == of(year - 1)
    assert guidelines(date(year, 1, 1)) == of(year - 1)
    assert guidelines(date(year, 12, 31)) == of(year)


def test_dates_that_the_notices_give() -> None:
    confirmed = {each.year: each.effective_from for each in library().guidelines if each.effective_confirmed}
    assert confirmed == {
        2017: date(2017, 1, 26),
        2019: date(2019, 1, 11),
        2020: date(2020, 1, 14),
        2022: date(2022, 1, 12),
        2023: date(2023, 1, 12),
        2025: date(2025, 1, 15),
        2026: date(2026, 1, 13),
    }


def test_a_date_that_stands_in_says_so() -> None:
    for each in library().guidelines:
        assert each.effective_confirmed != ("stands in" in each.effective_note)


@pytest.mark.parametrize(
    ("on", "year"), [(date(2020, 2, 29), 2020), (date(2024, 2, 29), 2024), (date(2028, 2, 29), 2026)]
)
def test_leap_days(on: date, year: int) -> None:
    assert guidelines(on) == of(year)


@pytest.mark.parametrize("on", [date(2017, 1, 25), date(2000, 2, 29), date.min])
def test_nothing_before_the_first(on: date) -> None:
    assert guidelines(on) is None


def test_known_limits() -> None:
    assert income_limit(of(2026).guideline(4, Region.CONTIGUOUS), Decimal(200)) == 6_600_000
    assert income_limit(of(2017).guideline(1, Region.CONTIGUOUS), Decimal(200)) == 2_412_000
    assert income_limit(of(2026).guideline(1, Region.CONTIGUOUS), Decimal(150)) == 2_394_000


def test_a_limit_keeps_every_part_of_a_cent() -> None:
    assert income_limit(1_596_000, Decimal("133.33337")) == Decimal("2128000.58520")


def test_a_digest_names_the_content() -> None:
    digests = {guidelines_digest(each) for each in library().guidelines}
    assert len(digests) == 10
    assert all(len(each) == 64 for each in digests)
