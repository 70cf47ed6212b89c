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


def asked_for(world: World) -> tuple[str, str | None]:
    """Somebody invited to a role that two people give: their id, and the link that whoever asked was given."""
    form = {"email": "w@example.org", "name": "W", "roles": ["auditor"]}
    made = said(world.fund_admin.post("/staff", json=form), 201)
    assert made["waits"] is True
    return made["id"], made["link"]


def agreed(world: World) -> str:
    """The secret of the link that whoever agrees is given."""
    (request,) = said(world.admin.get("/staff/requests"))["items"]
    return str(said(world.admin.post(f"/staff/requests/{request['id']}/approve"))["link"].split("#")[1])


def test_who_asks_for_a_role_never_holds_the_link_of_its_person(world: World) -> None:
    """Else one person would be both: they ask, come in by the link themselves, and a colleague agrees to a stranger."""
    waiting, link = asked_for(world)
    assert link is None
    for who in ("fund_admin", "admin", "approver"):
        refused = getattr(world, who).post(f"/staff/{waiting}/link")
        assert (refused.status_code, refused.json()["code"]) == (409, "staff.link_waits"), who
    secret = agreed(world)
    for who in ("fund_admin", "admin"):
        assert getattr(world, who).post(f"/staff/{waiting}/link").status_code == 403, who
    assert choose(world, secret).status_code == 204


def test_who_was_turned_down_gets_no_link_either(world: World) -> None:
    """An account without a role, opened by whoever asked, would wait for a colleague who agrees the next time."""
    waiting, _ = asked_for(world)
    (request,) = said(world.admin.get("/staff/requests"))["items"]
    said(world.admin.post(f"/staff/requests/{request['id']}/reject"))
    assert world.fund_admin.post(f"/staff/{waiting}/link").json()["code"] == "staff.link_waits"


def test_a_link_of_before_ends_when_more_is_agreed_to(world: World) -> None:
    """Who invited somebody to a small role and kept the link does not come in with a great one."""
    form = {"email": "w@example.org", "name": "W", "roles": ["attorney"], "partner_id": str(world.partners[NORTH])}
    made = said(world.fund_admin.post("/staff", json=form), 201)
    more = {"roles": ["fund_administrator"], "partner_id": None}
    etag = world.fund_admin.get(f"/staff/{made['id']}").headers["ETag"]
    said(world.fund_admin.patch(f"/staff/{made['id']}", json=more, headers={"If-Match": etag}))
    secret = agreed(world)
    assert choose(world, made["link"].split("#")[1]).status_code == 404
    assert choose(world, secret).status_code == 204


def test_nobody_renews_a_link_for_roles_they_could_not_give_alone(world: World) -> None:
    """Who runs the machine grants nothing alone, and becomes nobody by a link either."""
    account_id, _ = invited(world)
    refused = world.admin.post(f"/staff/{account_id}/link")
    assert (refused.status_code, refused.json()["code"]) == (403, "staff.link_roles")
    assert choose(world, renewed(world, account_id, "fund_admin")).status_code == 204
    waiting, _ = asked_for(world)
    agreed(world)
    for who in ("fund_admin", "admin", "approver"):
        assert getattr(world, who).post(f"/staff/{waiting}/link").status_code == 403
    with working(world.services) as work:
        secret = people.renew_link(work, account_of(work, "W@example.org"))
    with working(world.services) as work, pytest.raises(Invalid):
        account_of(work, "nobody@example.org")
    assert choose(world, secret).status_code == 204
