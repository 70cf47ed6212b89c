"""Invitations, passwords, suspension."""

import pytest

from app.access.grants import OF_A_PARTNER, Role
from tests.world import API, NORTH, PASSWORD, World

NEW = {"email": "new@example.org", "name": "New Person", "roles": ["fund_administrator"]}
#: A role that one person gives alone: its link is handed to who invites.
OWN = {"roles": ["attorney"]}


def test_an_invitation_leads_to_a_password_once(world: World) -> None:
    made = world.fund_admin.post("/staff", json=NEW | OWN | {"partner_id": str(world.partners[NORTH])})
    assert made.status_code == 201, made.text
    secret = made.json()["link"].split("#")[1]
    form = {"secret": secret, "password": "a sentence that nobody guesses"}
    assert world.stranger.post("/session/first-password", json=form).status_code == 204
    assert world.stranger.post("/session/first-password", json=form).status_code == 404
    world.client.cookies.clear()
    signed = world.stranger.post("/session", json={"email": "NEW@example.org ", "password": form["password"]})
    assert signed.status_code == 201


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Xy7Xy7Qq", "password.too_short"),
        ("a" * 20, "password.repeats"),
        ("new person example.org", "password.personal"),
    ],
)
def test_weak_passwords_are_named(world: World, password: str, code: str) -> None:
    form = NEW | OWN | {"partner_id": str(world.partners[NORTH])}
    secret = world.fund_admin.post("/staff", json=form).json()["link"].split("#")[1]
    answer = world.stranger.post("/session/first-password", json={"secret": secret, "password": password})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code
    assert password not in answer.text


def test_changing_the_password_ends_every_session(world: World) -> None:
    wrong = world.attorney.post("/session/password", json={"current": "x", "password": "another long sentence"})
    assert wrong.json()["errors"][0]["pointer"] == "/current"
    form = {"current": PASSWORD, "password": "another long sentence"}
    assert world.attorney.post("/session/password", json=form).status_code == 204
    assert world.attorney.get("/session").status_code == 401


def test_roles_that_never_meet(world: World) -> None:
    answer = world.admin.post("/staff", json=NEW | {"roles": ["auditor", "fund_administrator"]})
    assert answer.json()["errors"][0]["pointer"] == "/roles"


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["fund_administrator"]},
        {"roles": ["system_administrator"]},
        {"roles": ["attorney"], "partner_id": "South Legal Aid"},
        {"roles": ["attorney"]},
    ],
)
def test_a_partner_adds_only_its_own_people(world: World, change: dict[str, object]) -> None:
    if "partner_id" in change:
        change = change | {"partner_id": str(world.partners[str(change["partner_id"])])}
    assert world.partner_admin.post("/staff", json=NEW | change).status_code == 403
    own = NEW | {"roles": ["attorney"], "partner_id": str(world.partners["North Legal Aid"])}
    assert world.partner_admin.post("/staff", json=own).status_code == 201


def test_suspension_ends_access_at_once(world: World) -> None:
    attorney = str(world.people["attorney"])
    assert world.attorney.get("/session").status_code == 200
    assert world.partner_admin2.post(f"/staff/{attorney}/suspend").status_code == 404
    assert world.partner_admin.post(f"/staff/{attorney}/suspend").status_code == 204
    assert world.attorney.get("/session").status_code == 401
    world.client.cookies.clear()
    refused = world.stranger.post("/session", json={"email": "attorney@example.org", "password": PASSWORD})
    assert refused.status_code == 401


def test_nobody_suspends_themselves(world: World) -> None:
    answer = world.admin.post(f"/staff/{world.people['admin']}/suspend")
    assert (answer.status_code, answer.json()["code"]) == (403, "staff.self")


def test_people_are_seen_by_reach(world: World) -> None:
    def names(who: str) -> set[str]:
        return {each["name"] for each in getattr(world, who).get("/staff").json()["items"]}

    assert names("partner_admin") == {"Attorney", "Colleague", "Partner Admin"}
    assert len(names("fund_admin")) == 13
    assert world.attorney.get("/staff").status_code == 403


def test_the_chosen_time_zone_is_on_every_page(world: World) -> None:
    answer = world.attorney.patch("/session", json={"time_zone": "America/New_York"})
    assert answer.json()["time_zone"] == "America/New_York"
    assert answer.json()["language"] is None
    page = world.attorney.page("/account").text
    assert "Times are shown in Eastern Time (New York)." in page
    assert '<option value="America/New_York" selected>Eastern Time (New York)</option>' in page


def test_what_no_page_could_show_is_not_taken(world: World) -> None:
    for choice in ({"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}, {"language": "tlh"}, {}):
        assert world.attorney.patch("/session", json=choice).status_code == 422, choice
    somebody = {"email": "new@example.org", "name": "New", "roles": ["auditor"], "time_zone": "Mars/Olympus"}
    assert world.admin.post("/staff", json=somebody).status_code == 422


def test_the_chosen_language_answers(world: World) -> None:
    assert world.attorney.patch("/session", json={"language": "es"}).json()["language"] == "es"
    answer = world.attorney.get("/staff")
    assert answer.status_code == 403
    assert world.client.get(f"{API}/session").status_code == 401


def test_the_form_to_invite_offers_what_one_may_give(world: World) -> None:
    page = world.admin.page("/staff/new").text
    assert all(f'value="{role}"' in page for role in Role)
    assert "North Legal Aid</option>" in page
    assert "South Legal Aid</option>" in page
    page = world.partner_admin.page("/staff/new").text
    assert {role for role in Role if f'value="{role}"' in page} == OF_A_PARTNER
    assert f'name="/partner_id" value="{world.partners[NORTH]}"' in page
    assert "South Legal Aid" not in page
    assert world.fund_admin.page("/staff/new").status_code == 200
    assert world.auditor.page("/staff/new").status_code == 403
    assert "/staff/new" not in world.auditor.page("/staff").text
