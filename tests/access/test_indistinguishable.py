"""Another organization's record and one that never was: the same answer, and in the long run after the same time."""

import statistics
import time
from typing import Any
from uuid import uuid4

import pytest

from tests.story import Story, whole_way
from tests.world import Person, World


def answered(person: Person, path: str) -> tuple[int, dict[str, Any], set[str]]:
    """Status, body and names of headers, without what every request has of its own."""
    answer = person.get(path)
    return answer.status_code, answer.json() | {"request_id": ""}, set(answer.headers)


def asked(world: World, story: Story) -> list[tuple[Person, str, str]]:
    """Who asks for another organization's record, its id, and the address with a place for it."""
    north = [
        (story.case, "/cases/{}"),
        (story.case, "/cases/{}/timeline"),
        (story.case, "/cases/{}/funds"),
        (story.award, "/awards/{}"),
        (story.disbursement, "/disbursements/{}"),
        (story.payee, "/payees/{}"),
    ]
    foreign = [(world.attorney2, each, path) for each, path in north]
    return [*foreign, (world.other_intake, story.application, "/applications/{}")]


def test_another_organizations_record_is_answered_like_none_at_all(world: World) -> None:
    story = whole_way(world)
    for person, record, path in asked(world, story):
        there, absent = answered(person, path.format(record)), answered(person, path.format(uuid4()))
        assert there[0] == 404, path
        assert there == absent, path


@pytest.mark.soak
def test_and_it_takes_as_long(world: World) -> None:
    """Medians of 600 in turn, so that whatever else the machine does falls on both."""
    story = whole_way(world)
    ratios = {}
    for person, record, path in asked(world, story):
        took: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(1_300):
            foreign = bool(turn % 2)
            address = path.format(record if foreign else uuid4())
            began = time.perf_counter()
            person.get(address)
            took[foreign].append(time.perf_counter() - began)
        foreign_median, absent_median = (statistics.median(took[each][50:]) for each in (True, False))
        ratios[path] = foreign_median / absent_median
    print({path: round(ratio, 3) for path, ratio in ratios.items()})  # noqa: T201 - the figure is what one runs it for
    assert {path: ratio for path, ratio in ratios.items() if not 0.95 <= ratio <= 1.05} == {}
