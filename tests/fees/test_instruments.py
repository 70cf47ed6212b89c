"""What an agency takes on which day."""

from datetime import date, timedelta
from itertools import combinations

import pytest

from app.fees.rules import ACCEPTED, Agency, Instrument, instruments_for


@pytest.mark.parametrize(
    ("agency", "day", "taken"),
    [
        (Agency.USCIS, date(2025, 10, 27), {Instrument.CARD, Instrument.CHECK, Instrument.MONEY_ORDER}),
        (Agency.USCIS, date(2025, 10, 28), {Instrument.CARD, Instrument.ACH}),
        (Agency.USCIS, date(2026, 11, 23), {Instrument.CARD, Instrument.ACH}),
        (Agency.EOIR, date(2026, 11, 23), {Instrument.PORTAL}),
    ],
)
def test_an_agency_takes_what_it_takes_on_that_day(agency: Agency, day: date, taken: set[Instrument]) -> None:
    assert {each.instrument for each in instruments_for(agency, day)} == taken


def test_no_instrument_is_taken_twice_on_a_day_and_each_says_how_that_is_known() -> None:
    days = [date(2024, 1, 1) + timedelta(days=each) for each in range(1500)]
    for one, other in combinations(ACCEPTED, 2):
        if (one.agency, one.instrument) == (other.agency, other.instrument):
            assert not any(one.covers(day) and other.covers(day) for day in days)
    assert all(each.source for each in ACCEPTED)
