"""Passkeys: enrolled, used to sign in and to step up; every lie of an authenticator or a stranger is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import update
from sqlmodel import col

from app.access.model import Account
from app.authenticators.model import Passkey
from tests.authenticators.device import Device
from tests.authenticators.hands import answer_with, ask, enrolled, renewed, sign_in, signed_in
from tests.story import said
from tests.world import World


def test_one_enrols_and_signs_in_without_typing(world: World) -> None:
    device = enrolled(world.attorney)
    options, cookies = ask(world)
    assert "allowCredentials" not in options or options["allowCredentials"] == []
    assert options["userVerification"] == "required"
    answer = answer_with(world, device.signed(options), cookies)
    assert answer.status_code == 201, answer.text
    me = renewed(answer, world.attorney).get("/session").json()
    assert me["email"] == "attorney@example.org"


def test_what_a_browser_is_asked_to_make(world: World) -> None:
    enrolled(world.attorney)
    options = said(world.attorney.post("/passkeys/challenge"), 200)
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert len(options["excludeCredentials"]) == 1
    assert options["rp"] == {"id": "localhost", "name": "Amparo"}


def test_the_list_has_names_and_no_keys(world: World) -> None:
    enrolled(world.attorney, name="Blue key")
    [one] = said(world.attorney.get("/passkeys"), 200)["items"]
    assert (one["name"], one["used_at"]) == ("Blue key", None)
    assert set(one) == {"id", "name", "created_at", "used_at", "backed_up"}


LIES: dict[str, Callable[[Device, Any], Any]] = {
    "another's signature": lambda device, options: device.signed(
        options, signature=Device().signed(options)["id"].encode()
    ),
    "no verification of its owner": lambda device, options: _as(device, verifies=False).signed(options),
    "another origin": lambda device, options: _as(device, origin="http://localhost:9000").signed(options),
    "another host": lambda device, options: _as(device, host="evil.example").signed(options),
    "a challenge nobody asked": lambda device, options: device.signed(options, challenge="A" * 43),
    "an enrolment's answer": lambda device, options: device.signed(options, type="webauthn.create"),
    "somebody else's handle": lambda device, options: device.signed(options, handle=bytes(16)),
    "a counter that stands still": lambda device, options: _as(device, counter=0).signed(options),
    "an unknown passkey": lambda device, options: Device().signed(options, handle=device.handle),
    "cut data": lambda device, options: device.signed(options, data=b"\0" * 10),
}


def _as(device: Device, **other: Any) -> Device:
    fields = {name: getattr(device, name) for name in ("origin", "host", "verifies", "counter", "key", "id", "handle")}
    return Device(**(fields | other))


def test_a_lie_lets_nobody_in(world: World) -> None:
    device = enrolled(world.attorney)
    options, cookies = ask(world)
    said(answer_with(world, device.signed(options), cookies), 201)
    with time_machine.travel("2026-03-02T10:00:00Z") as clock:
        for lie, told in LIES.items():
            clock.shift(timedelta(hours=1))  # failures of an hour ago make nobody wait
            options, cookies = ask(world)
            answer = answer_with(world, told(device, options), cookies)
            assert answer.status_code == 401, f"{lie}: {answer.text}"
            assert answer.json()["code"] == "passkey.wrong"
            assert "amparo" not in answer.cookies


def test_an_answer_is_taken_once_in_the_browser_that_was_asked_within_five_minutes(world: World) -> None:
    device = enrolled(world.attorney)
    options, cookies = ask(world)
    _, elsewhere = ask(world)
    signed = device.signed(options)
    assert answer_with(world, signed, elsewhere).status_code == 401, "another browser's"
    assert answer_with(world, signed, {}).status_code == 401, "nobody's"
    assert answer_with(world, signed, cookies).status_code == 201
    assert answer_with(world, device.signed(options), cookies).status_code == 401, "a second time"
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        options, cookies = ask(world)
        clock.shift(timedelta(minutes=5))
        assert answer_with(world, device.signed(options), cookies).status_code == 401, "too late"


def test_a_challenge_serves_its_own_purpose_only(world: World) -> None:
    device = enrolled(world.attorney)
    for_proof = said(world.attorney.post("/session/proof/challenge"), 200)
    _, cookies = ask(world)
    assert answer_with(world, device.signed(for_proof), cookies).status_code == 401
    for_sign_in, _ = ask(world)
    wrong = world.attorney.post("/session/proof/passkey", json={"credential": device.signed(for_sign_in)})
    assert wrong.status_code == 422
    to_enrol = said(world.colleague.post("/passkeys/challenge"), 200)
    body = {"name": "x", "credential": Device().made(to_enrol)}
    assert world.attorney.post("/passkeys", json=body).status_code == 422, "a colleague's challenge"


def test_a_passkey_that_does_not_count_is_good_for_ever(world: World) -> None:
    device = enrolled(world.attorney, Device(counter=None))
    for _ in range(2):
        options, cookies = ask(world)
        assert answer_with(world, device.signed(options), cookies).status_code == 201


def test_stepping_up_takes_ones_own_passkey_only(world: World) -> None:
    mine, theirs = enrolled(world.attorney), enrolled(world.attorney2)
    options = said(world.attorney.post("/session/proof/challenge"), 200)
    assert len(options["allowCredentials"]) == 1
    wrong = world.attorney.post("/session/proof/passkey", json={"credential": theirs.signed(options)})
    assert wrong.status_code == 422
    options = said(world.attorney.post("/session/proof/challenge"), 200)
    answer = world.attorney.post("/session/proof/passkey", json={"credential": mine.signed(options)})
    assert answer.status_code == 200, answer.text
    assert world.attorney.get("/session").status_code == 401, "the old cookie still lets in"
    assert renewed(answer, world.attorney).get("/session").status_code == 200


def test_enrolling_and_removing_end_the_other_sessions(world: World) -> None:
    here, there = signed_in(world, "attorney"), signed_in(world, "attorney")
    enrolled(here)
    assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)
    there = signed_in(world, "attorney")
    [one] = said(here.get("/passkeys"), 200)["items"]
    assert here.delete(f"/passkeys/{one['id']}").status_code == 204
    assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)


def test_a_removed_passkey_and_a_suspended_person_get_in_no_more(world: World) -> None:
    device = enrolled(world.attorney)
    [one] = said(world.attorney.get("/passkeys"), 200)["items"]
    assert world.colleague.delete(f"/passkeys/{one['id']}").status_code == 404
    assert world.attorney.delete(f"/passkeys/{one['id']}").status_code == 204
    options, cookies = ask(world)
    assert answer_with(world, device.signed(options), cookies).status_code == 401
    device = enrolled(world.colleague)
    assert world.admin.post(f"/staff/{world.people['colleague']}/suspend").status_code == 204
    options, cookies = ask(world)
    assert answer_with(world, device.signed(options), cookies).status_code == 401


def test_the_last_way_in_stays(world: World) -> None:
    enrolled(world.attorney)
    [one] = said(world.attorney.get("/passkeys"), 200)["items"]
    with world.services.database.writing() as connection:
        attorney = col(Account.id) == world.people["attorney"]
        connection.execute(update(Account).where(attorney).values(password_hash=None))
    refused = world.attorney.delete(f"/passkeys/{one['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "passkey.last")
    assert sign_in(world, "attorney").status_code == 401


def test_a_copied_passkey_shows_by_its_counter(world: World) -> None:
    device = enrolled(world.attorney)
    with world.services.database.writing() as connection:
        connection.execute(update(Passkey).where(col(Passkey.credential_id) == device.id).values(counter=50))
    options, cookies = ask(world)
    assert answer_with(world, device.signed(options), cookies).status_code == 401
