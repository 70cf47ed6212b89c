"""Sessions: five at once, never one that a stranger chose, ended by whatever changes who may come in."""

import re
import statistics
import time

import pytest
import time_machine

from tests.authenticators.hands import SAME, enrolled, sign_in, signed_in
from tests.story import said
from tests.world import API, PASSWORD, World


def test_the_oldest_of_six_sessions_ends(world: World) -> None:
    six = [signed_in(world, "colleague") for _ in range(6)]
    assert [each.get("/session").status_code for each in six] == [401] + [200] * 5
    assert len(said(six[-1].get("/session/all"), 200)["items"]) == 5
    assert world.attorney.get("/session").status_code == 200, "another person's stands"


def test_a_cookie_that_somebody_planted_is_never_taken_over(world: World) -> None:
    planted = "a-secret-that-a-stranger-knows".ljust(43, "x")
    body = {"email": "attorney@example.org", "password": PASSWORD}
    world.client.cookies.clear()
    answer = world.client.post(f"{API}/session", json=body, headers=SAME | {"Cookie": f"amparo={planted}"})
    assert answer.status_code == 201
    assert answer.cookies["amparo"] != planted
    stranger = world.client.get(f"{API}/session", headers={"Cookie": f"amparo={planted}"})
    assert stranger.status_code == 401


def test_what_ends_every_session(world: World) -> None:
    here = signed_in(world, "colleague")
    new = {"current": PASSWORD, "password": "a new sentence of my own"}
    assert here.post("/session/password", json=new).status_code == 204
    assert here.get("/session").status_code == 401, "the old cookie after a new password"
    here = signed_in(world, "colleague", password=new["password"])
    assert here.delete("/session").status_code == 204
    assert here.get("/session").status_code == 401, "the cookie after signing out"
    here = signed_in(world, "colleague", password=new["password"])
    assert world.admin.post(f"/staff/{world.people['colleague']}/suspend").status_code == 204
    assert here.get("/session").status_code == 401, "the cookie of somebody suspended"
    assert sign_in(world, "colleague", password=new["password"]).status_code == 401


def test_guessing_ones_own_password_so_far_has_to_wait(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        here = signed_in(world, "colleague")
        for _ in range(5):
            wrong = here.post("/session/password", json={"current": "no", "password": "a new sentence of my own"})
            assert wrong.status_code == 422
        assert here.post("/session/password", json={"current": PASSWORD, "password": "x" * 20}).status_code == 429


def test_the_record_says_how_somebody_signed_in(world: World) -> None:
    here = signed_in(world, "colleague")
    enrolled(here)
    events = said(world.auditor.get("/audit/events?limit=50"), 200)["items"]
    assert {"session.started", "passkey.enrolled"} <= {each["action"] for each in events}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_one_sees_by_what_each_session_was_begun(world: World) -> None:
    """A session that began with a password, where one has used a passkey for years, is somebody else's."""
    here = signed_in(world, "colleague")
    listed = {each["this_one"]: each["methods"] for each in said(here.get("/session/all"), 200)["items"]}
    assert listed[True] == ["pwd"]
    assert "Signed in with" in (page := here.page("/account").text)
    assert re.search(r'data-label="Signed in with">\s*Password\s*<', page)
    theirs = said(world.admin.get(f"/staff/{world.people['colleague']}/sessions"), 200)["items"]
    assert ["pwd"] in [each["methods"] for each in theirs]
    assert "Signed in with" in world.admin.page(f"/staff/{world.people['colleague']}").text


@pytest.mark.soak
def test_a_known_and_an_unknown_address_take_the_same_time(world: World) -> None:
    took: dict[str, list[float]] = {"attorney": [], "nobody": []}
    for number in range(500):
        for name, times in took.items():
            # Each try comes from somewhere else, as far as the throttle can tell: it would make them wait.
            body = {"email": f"{name}@example.org", "password": f"wrong {number}"}
            _forget_failures(world)
            began = time.perf_counter()
            assert world.client.post(f"{API}/session", json=body, headers=SAME).status_code == 401
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    print(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")  # noqa: T201 - the figure is the proof
    assert abs(known - unknown) / max(known, unknown) < 0.05


def _forget_failures(world: World) -> None:
    with world.services.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM sign_in_failure")
