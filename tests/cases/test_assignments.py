"""Offer, acceptance, decline, end: who sees what, from which moment until which."""

import pytest

from app.access.model import Account, AccountStatus
from tests.cases.stage import CANARIES, accept, ask, offered, opened
from tests.world import NORTH, SOUTH, World, key


def test_an_offer_is_accepted_and_the_case_opens(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    answer = world.attorney.post(f"/assignments/{assignment_id}/accept", json={"no_conflict": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    case = world.attorney.get(made.path)
    assert case.status_code == 200, case.text
    assert case.json()["status"] == "open"
    assert case.json()["applicant"]["identity"]["given_names"] == "Ixchel"
