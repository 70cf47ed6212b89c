"""Guessing waits: whoever has a network of 2^64 addresses, and whoever asks from many networks for one code."""

from typing import Any

import pyotp
import time_machine
from fastapi.testclient import TestClient

from tests.authenticators.test_codes import NOON, with_app
from tests.world import API, ORIGIN, PASSWORD, World

SAME = {"Sec-Fetch-Site": "same-origin"}


def sign_in_from(world: World, address: str, **more: Any) -> int:
    """How the attorney's sign-in from an address is answered."""
    client = TestClient(world.client.app, base_url=ORIGIN, client=(address, 50_000), raise_server_exceptions=False)
    body = {"email": "attorney@example.org", "password": PASSWORD} | more
    return int(client.post(f"{API}/session", json=body, headers=SAME).status_code)


def test_one_household_is_one_network(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        for host in range(5):
            assert sign_in_from(world, f"2001:db8:1:2::{host + 1:x}", password="wrong") == 401
        assert sign_in_from(world, "2001:db8:1:2:ffff::1") == 429
        assert sign_in_from(world, "2001:db8:1:3::1") == 201, "from elsewhere the owner comes in"


def test_codes_are_not_guessed_from_many_networks(world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        codes: pyotp.TOTP = with_app(world.attorney)
        wrong = f"{(int(codes.now()) + 500_000) % 1_000_000:06}"
        for network in range(5):
            assert sign_in_from(world, f"192.0.2.{network + 1}", code=wrong) == 401
        assert sign_in_from(world, "198.51.100.1", code=codes.now()) == 429
        clock.shift(1)
        assert sign_in_from(world, "198.51.100.1", code=codes.now()) == 201


def test_who_does_not_know_the_password_makes_nobody_wait(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = with_app(world.attorney)
        for network in range(6):
            assert sign_in_from(world, f"192.0.2.{network + 1}", password="wrong", code="000000") == 401
        assert sign_in_from(world, "198.51.100.1", code=codes.now()) == 201
