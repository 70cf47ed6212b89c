"""How strongly each role must sign in: too weak a session reaches its own ways to sign in, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import GRANTS, Permission, Role
from app.access.methods import Method
from app.access.model import Account, AccountStatus
from app.access.strength import ENOUGH, OF_A_WEAK_SESSION, enough
from app.config import Environment, Settings, Strength, UnsafeSettings
from app.main import build
from app.staff.actions import accounts
from tests.authenticators.device import Device
from tests.authenticators.hands import answer_with, ask, enrolled, renewed, sign_in, signed_in
from tests.story import said
from tests.world import ORIGIN, PASSWORD, World

PASSKEYS = "fund=passkey partners=password"


@contextmanager
def demanding(world: World, words: str) -> Iterator[World]:
    """The same installation, which asks for more."""
    known = world.services.settings
    settings = known.model_validate(known.model_dump() | {"sign_in_strength": words})
    services = replace(world.services, settings=settings)
    with TestClient(build(services, sealing=False), base_url=ORIGIN, raise_server_exceptions=False) as client:
        yield World(services, client, world.people, world.partners)


@pytest.mark.parametrize(
    ("methods", "strongest"),
    [
        ({Method.PASSWORD}, Strength.PASSWORD),
        ({Method.FEDERATED}, None),
        ({Method.FEDERATED, Method.ONE_TIME_CODE}, Strength.TWO_FACTORS),
        ({Method.FEDERATED, Method.RECOVERY_CODE}, Strength.TWO_FACTORS),
        ({Method.FEDERATED, Method.PASSKEY}, Strength.PASSKEY),
        ({Method.ONE_TIME_CODE}, Strength.PASSWORD),
        ({Method.PASSWORD, Method.ONE_TIME_CODE}, Strength.TWO_FACTORS),
        ({Method.PASSWORD, Method.RECOVERY_CODE}, Strength.TWO_FACTORS),
        ({Method.FEDERATED, Method.FEDERATED_MFA}, Strength.TWO_FACTORS),
        ({Method.PASSKEY}, Strength.PASSKEY),
    ],
)
def test_what_is_enough_for_what(methods: set[Method], strongest: Strength | None) -> None:
    ladder = [Strength.PASSWORD, Strength.TWO_FACTORS, Strength.PASSKEY]
    reached = [each for each in ladder if enough(frozenset(methods), each)]
    assert reached == ([] if strongest is None else ladder[: ladder.index(strongest) + 1])
    assert set(ENOUGH) == set(Strength)


def test_the_setting_is_strict_and_safe_unless_it_is_set() -> None:
    assert Settings(environment=Environment.PRODUCTION).strengths == {
        "fund": Strength.PASSKEY,
        "partners": Strength.PASSWORD,
    }
    assert set(Settings(environment=Environment.DEMO).strengths.values()) == {Strength.PASSWORD}
    given = Settings(environment=Environment.DEMO, sign_in_strength="fund=passkey, partners=two_factors").strengths
    assert given == {"fund": Strength.PASSKEY, "partners": Strength.TWO_FACTORS}
    for wrong in ("passkey", "fund=strong", "auditor=passkey", "fund:passkey"):
        with pytest.raises(UnsafeSettings, match="AMPARO_SIGN_IN_STRENGTH"):
            assert Settings(environment=Environment.DEMO, sign_in_strength=wrong).strengths
    with pytest.raises(UnsafeSettings, match="by a password alone"):
        Settings(environment=Environment.PRODUCTION, sign_in_strength="fund=password").check()


def test_a_weak_session_reaches_its_own_ways_and_nothing_else(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        weak = signed_in(strict, "fund_admin")
        me = said(weak.get("/session"), 200)
        assert me["permissions"] == sorted(OF_A_WEAK_SESSION)
        for path in ("/funds", "/awards", "/staff", "/session/all", "/openapi.json"):
            refused = weak.get(path)
            assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.weak"), path
        sent = weak.page("/funds")
        assert (sent.status_code, sent.headers["location"]) == (303, "/account/ways")
        assert "a password is not enough" in weak.page("/account/ways").text
        assert signed_in(strict, "attorney").get("/cases").status_code == 200


def test_every_role_may_make_its_sign_in_stronger() -> None:
    assert all(set(GRANTS[role]) >= OF_A_WEAK_SESSION for role in Role)
    assert {Permission.ACCOUNT_SIGN_IN} == OF_A_WEAK_SESSION


def test_a_passkey_makes_the_session_strong(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        weak = signed_in(strict, "fund_admin")
        device = enrolled(weak)
        assert weak.get("/funds").status_code == 403, "to own a passkey is not to have used it"
        options = said(weak.post("/session/proof/challenge"), 200)
        proved = weak.post("/session/proof/passkey", json={"credential": device.signed(options)})
        assert renewed(proved, weak).get("/funds").status_code == 200
        options, cookies = ask(strict)
        answer = answer_with(strict, device.signed(options), cookies)
        assert renewed(answer, weak).get("/funds").status_code == 200


def test_who_learns_a_password_adds_no_passkey_of_their_own(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        enrolled(signed_in(strict, "fund_admin"))
        thief = signed_in(strict, "fund_admin")
        refused = thief.post("/passkeys/challenge")
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.weak")
        assert thief.post("/passkeys", json={"name": "x", "credential": Device().made(_options())}).status_code == 403
        assert thief.post("/authenticator-app").status_code == 403
        assert thief.post("/recovery-codes").status_code == 403
        [mine] = said(thief.get("/passkeys"), 200)["items"]
        assert thief.delete(f"/passkeys/{mine['id']}").status_code == 403, "nor removes the owner's"
        assert thief.post("/session/password", json={"current": PASSWORD, "password": "x" * 20}).status_code == 403


def test_the_last_passkey_stays_where_a_password_is_not_enough(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        person = signed_in(strict, "fund_admin")
        device = enrolled(person)
        options = said(person.post("/session/proof/challenge"), 200)
        person = renewed(person.post("/session/proof/passkey", json={"credential": device.signed(options)}), person)
        [mine] = said(person.get("/passkeys"), 200)["items"]
        assert person.delete(f"/passkeys/{mine['id']}").status_code == 409


def test_two_factors_for_partners(world: World) -> None:
    with demanding(world, "partners=two_factors") as strict:
        assert signed_in(strict, "attorney").get("/cases").status_code == 403
        assert signed_in(strict, "fund_admin").get("/funds").status_code == 200


def test_an_invited_person_of_the_fund_begins_with_a_passkey(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        secret = _invitation(world, "releaser")
        body = {"secret": secret, "password": "a sentence that nobody knows"}
        refused = strict.stranger.post("/session/first-password", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "invitation.passkey")
        options = said(strict.stranger.post("/session/invitation/challenge", json={"secret": secret}), 200)
        device = Device()
        first = {"secret": secret, "name": "Key", "credential": device.made(options)}
        assert strict.stranger.post("/session/invitation/passkey", json=first).status_code == 204
        assert strict.stranger.post("/session/invitation/challenge", json={"secret": secret}).status_code == 404
        options, cookies = ask(strict)
        assert answer_with(strict, device.signed(options), cookies).status_code == 201


def test_where_passwords_are_enough_they_stay(world: World) -> None:
    secret = _invitation(world, "colleague")
    body = {"secret": secret, "password": "a sentence that nobody knows"}
    assert world.stranger.post("/session/first-password", json=body).status_code == 204
    assert sign_in(world, "colleague", password=body["password"]).status_code == 201


def _invitation(world: World, whose: str) -> str:
    with world.act_as("admin") as work:
        work.decided, work.recorded = True, 1
        invited = update(Account).where(col(Account.id) == world.people[whose])
        work.session.execute(invited.values(status=AccountStatus.INVITED))
        return accounts.make_link(work, world.people[whose])


def _options() -> Any:
    return {"user": {"id": "AAAA"}, "challenge": "A" * 43}
