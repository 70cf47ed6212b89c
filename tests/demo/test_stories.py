"""Who applies in the demo: fictional, and the same for the same seed."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from app.demo.people import telephone
from app.demo.stories import DECK, SPAN, Ending, stories

TODAY = date(2026, 11, 23)


def test_the_same_seed_tells_the_same_stories() -> None:
    first, again, other = (
        [(story.ending, story.taken_on, story.answers) for story in stories(60, seed, TODAY)] for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_another_day_tells_of_the_same_people() -> None:
    def people(today: date) -> list[tuple[Ending, str, str]]:
        return [
            (story.ending, story.answers["applicant"]["a_number"], story.answers["household"]["annual_income"])
            for story in stories(60, 1, today)
        ]

    assert people(TODAY) == people(date(2027, 2, 6))


def test_two_hundred_are_of_every_kind_over_two_years() -> None:
    told = list(stories(200, 1, TODAY))
    assert Counter(story.ending for story in told) == Counter(DECK * 4 + DECK[: 200 - 4 * len(DECK)])
    assert set(DECK) == set(Ending)
    days = [story.taken_on for story in told]
    assert days == sorted(days)
    assert TODAY - timedelta(days=SPAN + 2) <= days[0] < TODAY - timedelta(days=SPAN - 60)
    assert days[-1] < TODAY
    assert all(day.weekday() < 5 for day in days)


@pytest.mark.parametrize("count", [1, 7, 600])
def test_any_number_can_be_told(count: int) -> None:
    assert len(list(stories(count, 1, TODAY))) == count


def test_nobody_can_be_mistaken_for_a_real_person() -> None:
    numbers = set()
    for story in stories(600, 1, TODAY):
        contact = story.answers["contact"]
        assert contact["phone"] is None or re.fullmatch(r"\(\d{3}\) 555-01\d\d", contact["phone"])
        assert contact["email"] is None or contact["email"].endswith("@demo.example")
        assert re.search(r"Example|Sample|Specimen|Placeholder", contact["address"]["street"])
        numbers.add(story.answers["applicant"]["a_number"])
    assert len(numbers) == 600
    assert telephone(0) != telephone(100) != telephone(499)
    assert telephone(500) is None
