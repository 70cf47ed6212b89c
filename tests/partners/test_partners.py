"""Partner organizations over REST."""

from typing import Any

import pytest

from app.staff.actions import accounts
from tests.story import said
from tests.world import NORTH, PASSWORD, World, key


def test_fund_administrator_adds_a_partner(world: World) -> None:
    made = world.fund_admin.post("/partners", json={"name": "East Legal Aid"})
    assert made.status_code == 201, made.text
    assert made.json()["kind"] == "legal_services"
    names = [each["name"] for each in world.fund_admin.get("/partners").json()["items"]]
    assert names == ["East Legal Aid", "Intake Desk", "North Legal Aid", "South Legal Aid"]


def test_a_name_is_taken_once(world: World) -> None:
    refused = world.fund_admin.post("/partners", json={"name": "north legal aid"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/name"


def test_a_name_with_letters_of_any_script_is_taken_once(world: World) -> None:
    for name, again in (("Ágora", "Ágora"), ("Ñandú Legal", "ñANDÚ legal"), ("Правовая помощь", "ПРАВОВАЯ ПОМОЩЬ")):
        said(world.fund_admin.post("/partners", json={"name": name}, headers=key()), 201)
        refused = world.fund_admin.post("/partners", json={"name": again}, headers=key())
        assert refused.json()["errors"][0]["code"] == "name.taken", again


def test_same_key_gives_the_same_partner(world: World) -> None:
    header = key()
    first = world.fund_admin.post("/partners", json={"name": "East"}, headers=header)
    again = world.fund_admin.post("/partners", json={"name": "East"}, headers=header)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["Idempotency-Replayed"] == "true"
    other = world.fund_admin.post("/partners", json={"name": "West"}, headers=header)
    assert other.status_code == 422


def test_another_partner_does_not_exist(world: World) -> None:
    south = world.partners["South Legal Aid"]
    assert world.partner_admin.get(f"/partners/{south}").status_code == 404
    assert world.partner_admin2.get(f"/partners/{south}").status_code == 200


def test_refusals_come_in_order(world: World) -> None:
    assert world.stranger.post("/partners", content=b"{not json").status_code == 401
    assert world.intake.post("/partners", content=b"{not json").status_code == 403
    bad = world.fund_admin.post("/partners", content=b"{not json", headers={"Content-Type": "application/json"})
    assert bad.status_code == 400
    assert world.fund_admin.post("/partners", content=b"name=x").status_code == 415
    unknown = world.fund_admin.post("/partners", json={"name": "x", "secret": "y"})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/secret"


def changed(world: World, what: dict[str, object], by: str = "fund_admin", name: str = NORTH) -> Any:
    path = f"/partners/{world.partners[name]}"
    etag = world.fund_admin.get(path).headers["ETag"]
    return getattr(world, by).patch(path, json=what, headers={"If-Match": etag})


def events(world: World, action: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said(world.auditor.get(f"/audit/events?action={action}"))["items"]
    return found


def test_what_is_known_of_a_partner_changes(world: World) -> None:
    what = {"phone": "303-555-0199", "capacity": 40, "kind": "intake", "name": "North Legal Aid Society"}
    answer = said(changed(world, what))
    assert {name: answer[name] for name in what} == what
    assert answer["version"] == 2
    assert said(changed(world, {"phone": None, "capacity": None}))["capacity"] is None
    first = events(world, "partner.changed")[-1]
    assert first["details"] == {"fields": ["capacity", "kind", "name", "phone"]}
    assert "555" not in str(first)


@pytest.mark.parametrize(
    ("what", "pointer"),
    [
        ({"name": "SOUTH legal aid"}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": NORTH}, "/name"),
        ({}, "/name"),
        ({"capacity": -1}, "/capacity"),
        ({"capacity": 1_000_000}, "/capacity"),
        ({"phone": "call me"}, "/phone"),
        ({"version": 7}, "/version"),
    ],
)
def test_what_can_not_be_taken_is_named(world: World, what: dict[str, object], pointer: str) -> None:
    answer = changed(world, what)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_people_of_a_suspended_partner_are_nobody(world: World) -> None:
    """Old cookies, tokens and sign-ins alike, at once; nothing of theirs is lost when the partner comes back."""
    attorney = str(world.people["attorney"])
    with world.act_as("admin") as work:
        work.decided = True
        secret = accounts.create_token(work, world.people["attorney"], "test", 1)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert world.stranger.get("/cases", headers=bearer).status_code == 200
    assert said(changed(world, {"active": False}))["active"] is False
    assert world.attorney.get("/session").status_code == 401
    assert world.partner_admin.get("/staff").status_code == 401
    assert world.stranger.get("/cases", headers=bearer).status_code == 401
    world.client.cookies.clear()
    form = {"email": "attorney@example.org", "password": PASSWORD}
    assert world.stranger.post("/session", json=form).status_code == 401
    assert world.attorney2.get("/session").status_code == 200
    assert said(world.fund_admin.get(f"/staff/{attorney}"))["status"] == "active"
    said(changed(world, {"active": True}))
    assert world.attorney.get("/session").status_code == 200
    assert len(events(world, "partner.suspended")) == len(events(world, "partner.reinstated")) == 1
    assert events(world, "partner.changed") == []


def test_only_who_may_changes_a_partner(world: World) -> None:
    for who, status in (("admin", 200), ("partner_admin", 403), ("auditor", 403), ("intake", 403)):
        assert changed(world, {"capacity": 5}, by=who).status_code == status, who
    path = f"/partners/{world.partners[NORTH]}"
    assert world.fund_admin.patch(path, json={"capacity": 6}).status_code == 428
    assert world.fund_admin.patch(path, json={"capacity": 6}, headers={"If-Match": '"1"'}).status_code == 412
