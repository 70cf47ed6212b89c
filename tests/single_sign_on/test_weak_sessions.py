"""A session too weak for its person ties no organization's account to them, and unties none."""

import time
from collections.abc import Iterator

import pytest

from tests.authenticators.hands import enrolled, signed_in
from tests.authenticators.test_strength import demanding
from tests.single_sign_on import liar
from tests.single_sign_on.liar import Tenant
from tests.single_sign_on.visitor import Browser, browser_of, enter, known
from tests.world import NORTH, World


@pytest.fixture(scope="module")
def tenant() -> Iterator[Tenant]:
    with liar.listening() as server:
        yield server.tenant(f"tenant-{time.monotonic_ns()}")


def test_who_learns_a_password_ties_no_account_of_their_own(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, partner=NORTH)
    identity = known(world, provider_id, tenant, "attorney", "the-owner")
    with demanding(world, "partners=passkey") as strict:
        enrolled(signed_in(strict, "attorney"))
        thief = Browser(strict, {"amparo": str(signed_in(strict, "attorney").secret)})
        refused = thief.send("POST", "/session/federated/link", json={"provider_id": provider_id})
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.weak")
        refused = thief.send("DELETE", f"/session/identities/{identity}")
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.weak")


def test_a_way_begun_before_ties_nothing_either(world: World, tenant: Tenant) -> None:
    """The way was begun when no passkey was there yet; at its end the session is too weak for it."""
    provider_id = enter(world, tenant, partner=NORTH)
    with demanding(world, "partners=passkey") as strict:
        browser = browser_of(strict, "attorney")
        begun = browser.send("POST", "/session/federated/link", json={"provider_id": provider_id})
        assert begun.status_code == 201, begun.text
        enrolled(strict.attorney)
        returned = browser.come_back(tenant.authorize(begun.json()["go_to"]))
        assert (returned.status_code, returned.json()["code"]) == (403, "sign_in.weak")
