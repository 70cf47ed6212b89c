"""The guard against floods: a limit that ordinary work never meets, the same for everybody, in a fixed amount of
memory."""

from dataclasses import replace
from uuid import uuid4

import pytest
import time_machine

from app.access.networks import network_of
from app.config import Environment, Settings
from app.web.guard import OF_A_NETWORK, OF_AN_ACCOUNT, SLOTS, Guard
from tests.world import API, World


def test_a_flood_waits_and_the_next_minute_is_free() -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        guard, account = Guard(1), uuid4()
        assert {guard.seconds_to_wait(account, "") for _ in range(OF_AN_ACCOUNT)} == {0}
        wait = guard.seconds_to_wait(account, "")
        assert 60 <= wait <= 61
        assert guard.seconds_to_wait(uuid4(), "") == 0
        clock.shift(wait - 1)
        assert guard.seconds_to_wait(account, "") == 1
        clock.shift(1)
        assert guard.seconds_to_wait(account, "") == 0
        clock.shift(120)
        assert {guard.seconds_to_wait(account, "") for _ in range(OF_AN_ACCOUNT)} == {0}


def test_the_window_slides() -> None:
    with time_machine.travel("2026-03-02T10:00:59Z", tick=False) as clock:
        guard = Guard(1)
        for _ in range(OF_A_NETWORK):
            assert guard.seconds_to_wait(None, "192.0.2.7") == 0
        clock.shift(2)  # a new minute, and nearly all of the old one still counts
        assert sum(guard.seconds_to_wait(None, "192.0.2.7") == 0 for _ in range(OF_A_NETWORK)) <= OF_A_NETWORK / 60
        clock.shift(29)
        free = sum(guard.seconds_to_wait(None, "192.0.2.7") == 0 for _ in range(OF_A_NETWORK))
        assert OF_A_NETWORK * 0.4 < free < OF_A_NETWORK * 0.6


def test_networks_are_counted_apart_and_a_household_together() -> None:
    assert network_of("192.0.2.7") != network_of("192.0.2.8")
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::4") != network_of("2001:db8:1:2::4")
    assert network_of("no address") == ""


def test_memory_is_fixed_however_many_come() -> None:
    guard = Guard(1)
    storage = guard._networks
    for number in range(SLOTS // 4):
        guard.seconds_to_wait(None, f"2001:db8:{number:x}::1")
    sizes = {len(each) for each in (storage._windows, storage._before, storage._now)}
    assert sizes == {SLOTS}
    for ask in (storage.get, storage.clear, storage.get_expiry):
        with pytest.raises(NotImplementedError):
            ask("x")


@pytest.mark.parametrize(
    ("environment", "given", "factor"),
    [
        (Environment.PRODUCTION, None, 1),
        (Environment.PRODUCTION, 0, 0),
        (Environment.PRODUCTION, 5, 5),
        (Environment.DEMO, None, 0),
        (Environment.TEST, None, 0),
        (Environment.DEMO, 1, 1),
    ],
)
def test_how_much_an_installation_lets_through(environment: Environment, given: int | None, factor: int) -> None:
    assert Settings(environment=environment, rate_factor=given).request_factor == factor


def test_whoever_floods_is_told_when_to_come_back(world: World) -> None:
    settings = replace(world.services)
    assert settings.guard is not world.services.guard
    object.__setattr__(world.services, "guard", Guard(1))
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        for _ in range(OF_A_NETWORK):
            world.services.guard.seconds_to_wait(None, "testclient")
        refused = world.stranger.get("/partners")
        page = world.stranger.page("/cases")
    assert refused.status_code == 429
    assert refused.json()["code"] == "rate"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert world.client.get(f"{API}/partners", headers={"Authorization": "Bearer x"}).status_code in (401, 429)
    object.__setattr__(world.services, "guard", Guard(0))
    assert world.stranger.get("/partners").status_code == 401
