"""Several people at once: one of them has the case, and nobody finds it half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.cases.stage import ask, events, offered, opened
from tests.world import World


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The answers of calls that run at the same time."""
    with ThreadPoolExecutor(len(calls)) as crowd:
        return [each.result() for each in [crowd.submit(call) for call in calls]]


def test_of_many_offers_one_stands(world: World) -> None:
    made = offered(world)

    def offer(name: str) -> Callable[[], Any]:
        body = {"attorney_id": str(world.people[name]), "role": "primary"}
        return lambda: world.partner_admin.post(f"{made.path}/assignments", json=body)

    answers = at_once(*[offer(name) for name in ("attorney", "colleague") * 4])
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
    assert len(world.partner_admin.get(made.path).json()["assignments"]) == 1
    assert len(events(world, "assignment.offered")) == 1


def test_an_offer_is_accepted_declined_or_taken_back_once(world: World) -> None:
    made = offered(world)
    path = f"/assignments/{ask(world, made)}"
    answers = at_once(
        lambda: world.attorney.post(f"{path}/accept", json={"no_conflict": True}),
        lambda: world.attorney.post(f"{path}/decline", json={"code": "capacity"}),
        lambda: world.attorney.post(f"{path}/accept", json={"no_conflict": True}),
        lambda: world.attorney.post(f"{path}/decline", json={"code": "language"}),
    )
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    accepted = next(each for each in answers if each.status_code == 200).json()["status"] == "accepted"
    assert world.attorney.get(made.path).status_code == (200 if accepted else 404)
    assert world.partner_admin.get(made.path).json()["status"] == ("open" if accepted else "offered")


def test_closing_and_offering_do_not_cross(world: World) -> None:
    made = opened(world)
    assignment_id = world.attorney.get(made.path).json()["assignments"][0]["id"]
    body = {"outcome": "terminated", "reason": "Dismissed."}
    ask_again = {"attorney_id": str(world.people["colleague"])}
    answers = at_once(
        lambda: world.attorney.post(f"{made.path}/close", json=body),
        lambda: world.partner_admin.post(f"/assignments/{assignment_id}/end"),
        lambda: world.partner_admin.post(f"{made.path}/assignments", json=ask_again),
    )
    assert all(each.status_code in (200, 201, 404, 409) for each in answers), [each.text for each in answers]
    case = world.partner_admin.get(made.path).json()
    standing = [each for each in case["assignments"] if each["status"] in ("offered", "accepted")]
    assert standing == [] or case["status"] == "open"
    assert world.attorney.get(made.path).status_code == 404
