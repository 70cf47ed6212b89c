"""Links to choose a way to sign in: one at a time, once, and never into an account that is open."""

from typing import Any

import pytest

from app.authenticators.actions import links
from app.errors import NotFound
from app.staff import reads
from app.staff.actions import accounts
from tests.story import said
from tests.world import NORTH, World

CHOSEN = "a sentence that nobody guesses"


def invited(world: World, by: str = "partner_admin", **more: object) -> tuple[str, str]:
    """Somebody new: their id, and the secret of their link."""
    form = {
        "email": "new@example.org",
        "name": "New",
        "roles": ["attorney"],
        "partner_id": str(world.partners[NORTH]),
    }
    made = said(getattr(world, by).post("/staff", json=form | more), 201)
    return made["id"], made["link"].split("#")[1]


def choose(world: World, secret: str) -> Any:
    return world.stranger.post("/session/first-password", json={"secret": secret, "password": CHOSEN})


def renewed(world: World, account_id: str, by: str = "partner_admin") -> str:
    return str(said(getattr(world, by).post(f"/staff/{account_id}/link"))["link"].split("#")[1])


def test_a_new_link_takes_the_place_of_the_one_before(world: World) -> None:
    account_id, first = invited(world)
    second = renewed(world, account_id)
    assert choose(world, first).status_code == 404
    assert choose(world, second).status_code == 204
    for old in (first, second):
        assert choose(world, old).status_code == 404


def test_a_link_opens_no_account_that_is_open(world: World) -> None:
    """Whoever kept the link of an invitation can not become its person later."""
    with world.act_as("admin") as work:
        work.decided, work.recorded = True, 1
        secret = accounts.make_link(work, world.people["attorney"])
    assert choose(world, secret).status_code == 404
    assert world.stranger.post("/session/invitation/challenge", json={"secret": secret}).status_code == 404


def test_a_suspension_ends_the_link(world: World) -> None:
    account_id, secret = invited(world)
    assert world.partner_admin.post(f"/staff/{account_id}/suspend").status_code == 204
    said(world.partner_admin.post(f"/staff/{account_id}/reinstate"))
    assert choose(world, secret).status_code == 404
    assert choose(world, renewed(world, account_id)).status_code == 204


def test_of_two_requests_with_one_link_one_succeeds(world: World) -> None:
    _, secret = invited(world)
    with world.act_as("admin") as work:
        work.decided, work.recorded = True, 1
        person = reads.invitation(work, secret)
        links.use(work, person.link_id, person.account_id)
        with pytest.raises(NotFound):
            links.use(work, person.link_id, person.account_id)
