"""Lost authenticators: two administrators and the person; no two of the three, and no one of them, is enough."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from sqlalchemy import func, select

from app.single_sign_on.model import FederatedIdentity
from app.staff.actions import accounts
from tests.authenticators.device import Device
from tests.authenticators.hands import answer_with, ask, enrolled, sign_in
from tests.single_sign_on.visitor import organization_of
from tests.story import said
from tests.world import API, PASSWORD, World

LOST = "attorney"
SAME = {"Sec-Fetch-Site": "same-origin"}


def asked(world: World, by: str = "partner_admin", whose: str = LOST) -> dict[str, str]:
    body = {"account_id": str(world.people[whose])}
    return dict(said(getattr(world, by).post("/factor-resets", json=body), 201))


def approved(world: World, reset_id: str, by: str = "admin") -> str:
    return str(said(getattr(world, by).post(f"/factor-resets/{reset_id}/approve"), 200)["half"])


def token_of(world: World) -> str:
    with world.act_as("admin") as work:
        work.decided = True
        return accounts.create_token(work, world.people[LOST], "test", 1)


def recover(world: World, first: str, second: str, whose: str = LOST) -> Any:
    body = {"email": f"{whose}@example.org", "first": first, "second": second}
    world.client.cookies.clear()
    return world.client.post(f"{API}/session/recovery", json=body, headers=SAME)


def test_two_administrators_bring_somebody_back_to_their_invitation(world: World) -> None:
    lost = enrolled(world.attorney)
    bearer = {"Authorization": f"Bearer {token_of(world)}"}
    assert world.stranger.get("/session", headers=bearer).status_code == 200
    organization_of(world, LOST)
    reset = asked(world)
    second = approved(world, reset["id"])
    answer = recover(world, reset["half"].upper().replace("-", " "), second)
    assert answer.status_code == 201, answer.text
    assert world.attorney.get("/session").status_code == 401, "a session of before"
    assert sign_in(world, LOST).status_code == 401, "the password of before"
    options, cookies = ask(world)
    assert answer_with(world, lost.signed(options), cookies).status_code == 401, "the passkey of before"
    assert world.stranger.get("/session", headers=bearer).status_code == 401, "the token of before"
    with world.services.database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(FederatedIdentity)).scalar_one() == 0
    secret = answer.json()["link"].split("#")[1]
    device = Device()
    options = said(world.stranger.post("/session/invitation/challenge", json={"secret": secret}), 200)
    first = {"secret": secret, "name": "New phone", "credential": device.made(options)}
    assert world.stranger.post("/session/invitation/passkey", json=first).status_code == 204
    options, cookies = ask(world)
    assert answer_with(world, device.signed(options), cookies).status_code == 201
    assert recover(world, reset["half"], second).status_code == 401, "a second time"


def test_no_single_administrator_is_enough(world: World) -> None:
    reset = asked(world)
    own = world.partner_admin.post(f"/factor-resets/{reset['id']}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "reset.two_people")
    assert recover(world, reset["half"], reset["half"]).status_code == 401, "before anybody approved"
    second = approved(world, reset["id"])
    assert world.admin.post(f"/factor-resets/{reset['id']}/approve").status_code == 409
    for halves in ((reset["half"], reset["half"]), (second, second), (second, reset["half"])):
        assert recover(world, *halves).status_code == 401
    assert sign_in(world, LOST).status_code == 201, "until it is done, nothing has changed"
    link = world.admin.post(f"/staff/{world.people[LOST]}/link")
    assert link.status_code == 409, "one administrator alone makes no link for somebody active"


def test_nobody_resets_themselves_or_people_out_of_reach(world: World) -> None:
    for who, whose in (("partner_admin", "partner_admin"), ("partner_admin", "attorney2"), ("partner_admin", "admin")):
        body = {"account_id": str(world.people[whose])}
        assert getattr(world, who).post("/factor-resets", json=body).status_code == 404, whose
    reset = asked(world)
    assert world.partner_admin2.post(f"/factor-resets/{reset['id']}/approve").status_code == 404
    assert world.partner_admin2.post(f"/factor-resets/{reset['id']}/stop").status_code == 404
    assert world.attorney2.post(f"/factor-resets/{reset['id']}/stop").status_code == 404
    assert world.attorney.post(f"/factor-resets/{reset['id']}/approve").status_code == 403
    body = {"account_id": str(world.people[LOST])}
    assert world.admin.post("/factor-resets", json=body).status_code == 409, "while another stands"


def test_the_person_is_told_on_every_page_and_can_stop_it(world: World) -> None:
    line = "Somebody asked to reset your ways to sign in"
    assert line not in world.attorney.page("/").text
    reset = asked(world)
    assert line in world.attorney.page("/").text
    assert line not in world.colleague.page("/").text
    assert "Partner Admin asked for it" in world.attorney.page("/account/ways").text
    assert world.attorney.post("/session/ways/seen").status_code == 204
    assert line not in world.attorney.page("/").text
    assert "Partner Admin asked for it" in world.attorney.page("/account/ways").text
    second = approved(world, reset["id"])
    assert world.attorney.post(f"/factor-resets/{reset['id']}/stop").status_code == 204
    assert recover(world, reset["half"], second).status_code == 401
    assert said(world.admin.get("/factor-resets"), 200)["items"] == []


def test_halves_are_good_for_a_day_and_guessing_has_to_wait(world: World) -> None:
    reset = asked(world)
    second = approved(world, reset["id"])
    for _ in range(5):
        assert recover(world, "aaaa-aaaa-aaaa-aaaa", second).status_code == 401
    assert recover(world, reset["half"], second).status_code == 429
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, minutes=1), tick=False):
        assert recover(world, reset["half"], second).status_code == 401
        assert sign_in(world, LOST, password=PASSWORD).status_code == 201
