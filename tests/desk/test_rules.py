"""The order of a timeline."""

from datetime import UTC, date, datetime
from itertools import permutations

from app.desk.rules import TimelineEntry, TimelineWhat, in_order

DAY = date(2026, 3, 14)


def test_days_then_moments_then_the_order_in_which_things_happen() -> None:
    noon = datetime(2026, 3, 14, 19, tzinfo=UTC)
    expected = [
        TimelineEntry(TimelineWhat.HEARING, date(2026, 3, 13)),
        TimelineEntry(TimelineWhat.ATTORNEY_ASKED, DAY, noon),
        TimelineEntry(TimelineWhat.ATTORNEY_ACCEPTED, DAY, noon),
        TimelineEntry(TimelineWhat.AWARD_REQUESTED, DAY),
        TimelineEntry(TimelineWhat.AWARD_APPROVED, DAY),
    ]
    for entries in permutations(expected):
        assert in_order(entries) == expected
