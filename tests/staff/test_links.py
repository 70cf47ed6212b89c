"""Links to choose a way to sign in: one at a time, once, and never into an account that is open."""

from typing import Any

import pytest

from app.authenticators.actions import links
from app.errors import Invalid, NotFound
from app.machine import account_of, working
from app.staff import reads
from app.staff.actions import accounts, people
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


def test_nobody_renews_a_link_for_roles_they_could_not_give_alone(world: World) -> None:
    """Who runs the machine grants nothing alone, and becomes nobody by a link either."""
    account_id, _ = invited(world)
    refused = world.admin.post(f"/staff/{account_id}/link")
    assert (refused.status_code, refused.json()["code"]) == (403, "staff.link_roles")
    assert choose(world, renewed(world, account_id, "fund_admin")).status_code == 204
    waiting, _ = invited(world, "fund_admin", email="w@example.org", roles=["auditor"], partner_id=None)
    renewed(world, waiting, "fund_admin")
    (request,) = said(world.admin.get("/staff/requests"))["items"]
    said(world.admin.post(f"/staff/requests/{request['id']}/approve"))
    for who in ("fund_admin", "admin", "approver"):
        assert getattr(world, who).post(f"/staff/{waiting}/link").status_code == 403
    with working(world.services) as work:
        secret = people.renew_link(work, account_of(work, "W@example.org"))
    with working(world.services) as work, pytest.raises(Invalid):
        account_of(work, "nobody@example.org")
    assert choose(world, secret).status_code == 204
