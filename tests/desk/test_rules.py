"""The order of a timeline, and the stations of a case's way."""

from datetime import UTC, date, datetime
from itertools import permutations

from app.desk.rules import Milestones, PathStep, StepState, TimelineEntry, TimelineWhat, in_order, path

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


def states(**days: date) -> str:
    """The first letters of the stations' states: done, now, ahead, skipped."""
    names = ("offered_on", "accepted_on", "award_asked_on", "awarded_on", "paying_since", "paid_on", "closed_on")
    found = path(Milestones(**dict.fromkeys(names) | {"offered_on": DAY} | days))  # type: ignore[arg-type]  # by name
    assert [each.step for each in found] == list(PathStep)
    return "".join(each.state[0] for each in found)


def test_a_case_goes_its_way() -> None:
    assert {state[0] for state in StepState} == set("dnas")
    assert states() == "naaaa"
    assert states(accepted_on=DAY) == "ddaaa"
    assert states(accepted_on=DAY, award_asked_on=DAY) == "ddnaa"
    assert states(accepted_on=DAY, awarded_on=DAY, award_asked_on=DAY) == "dddaa", "the first award is there"
    assert states(accepted_on=DAY, awarded_on=DAY, paying_since=DAY) == "dddna"
    assert states(accepted_on=DAY, awarded_on=DAY, paid_on=DAY) == "dddda"
    assert states(accepted_on=DAY, awarded_on=DAY, paid_on=DAY, closed_on=DAY) == "ddddd"
    assert states(accepted_on=DAY, closed_on=DAY) == "ddssd"
    assert states(accepted_on=DAY, award_asked_on=DAY, closed_on=DAY) == "ddssd", "nothing goes on in a closed case"
    assert states(closed_on=DAY) == "dsssd"


def test_a_station_has_the_day_it_was_reached_or_begun() -> None:
    later = date(2026, 4, 1)
    found = path(Milestones(DAY, DAY, later, None, None, None, None))
    assert [each.on for each in found] == [DAY, DAY, later, None, None]
