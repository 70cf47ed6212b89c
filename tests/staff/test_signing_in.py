"""Signing in and out: cookies, throttling, origins, sessions that end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.staff.actions import accounts
from tests.authenticators.hands import demand
from tests.world import API, ORIGIN, PASSWORD, World

SAME = {"Sec-Fetch-Site": "same-origin"}


def sign_in(world: World, email: str = "attorney@example.org", password: str = PASSWORD) -> Any:
    return world.client.post(f"{API}/session", json={"email": email, "password": password}, headers=SAME)


def test_one_signs_in_and_out(world: World) -> None:
    world.client.cookies.clear()
    answer = sign_in(world)
    assert answer.status_code == 201, answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    me = world.client.get(f"{API}/session").json()
    assert me["email"] == "attorney@example.org"
    assert me["partner"]["name"] == "North Legal Aid"
    assert "case.read" in me["permissions"]
    assert "fund.read" not in me["permissions"]
    assert world.client.delete(f"{API}/session", headers=SAME).status_code == 204
    secret = answer.cookies["amparo"]
    gone = world.client.get(f"{API}/session", headers={"Cookie": f"amparo={secret}"})
    assert gone.status_code == 401


def test_under_tls_no_cookie_is_sent_in_clear_or_taken_from_elsewhere(world: World) -> None:
    demand(world, origin="https://amparo.example.org")
    began, asked = sign_in(world), world.client.post(f"{API}/session/passkey/challenge", headers=SAME)
    for name, answer in (("__Host-amparo", began), ("__Host-amparo-asked", asked)):
        said, *terms = answer.headers["set-cookie"].split("; ")
        assert said.startswith(f"{name}=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(terms)
        assert not [each for each in terms if each.startswith("Domain")], "then browsers refuse the name"


@pytest.mark.parametrize(
    ("email", "password"), [("attorney@example.org", "Not-The-One"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_pair_is_refused_in_one_sentence(world: World, email: str, password: str) -> None:
    answer = sign_in(world, email, password)
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in.wrong"
    assert email not in answer.text
    assert password not in answer.text


def test_failures_make_the_next_wait_and_lock_nobody_out(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        for _ in range(5):
            assert sign_in(world, password="wrong").status_code == 401
        waiting = sign_in(world)
        assert waiting.status_code == 429
        assert waiting.headers["Retry-After"] == "1"
        assert sign_in(world, "attorney2@example.org").status_code == 201
        clock.shift(timedelta(seconds=1))
        assert sign_in(world).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": ORIGIN}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_needs_a_known_origin(world: World, headers: dict[str, str], status: int) -> None:
    cookie = {"Cookie": "amparo=session-of-fund_admin".ljust(50, "x")}
    world.client.cookies.clear()
    answer = world.client.post(f"{API}/partners", json={"name": "East"}, headers=cookie | headers)
    assert answer.status_code == status


def test_a_bearer_token_needs_no_origin_and_is_kept_as_a_digest(world: World) -> None:
    world.client.cookies.clear()
    from_cli = _token(world, "fund_admin")
    headers = {"Authorization": f"Bearer {from_cli}"}
    assert world.client.post(f"{API}/partners", json={"name": "East"}, headers=headers).status_code == 201
    wrong = {"Authorization": f"Bearer {from_cli}x"}
    assert world.client.get(f"{API}/partners", headers=wrong).status_code == 401


def _token(world: World, name: str) -> str:
    with world.act_as("admin") as work:
        work.decided = True
        return accounts.create_token(work, world.people[name], "test", 1)


def test_idle_and_old_sessions_end(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        secret = sign_in(world).cookies["amparo"]
        headers = {"Cookie": f"amparo={secret}"}
        world.client.cookies.clear()
        for _ in range(2):
            clock.shift(timedelta(hours=5))
            assert world.client.get(f"{API}/session", headers=headers).status_code == 200
        clock.shift(timedelta(hours=2, seconds=1))
        assert world.client.get(f"{API}/session", headers=headers).status_code == 401


def test_signing_out_everywhere_ends_every_session(world: World) -> None:
    secrets = []
    for _ in range(2):
        world.client.cookies.clear()
        secrets.append(sign_in(world).cookies["amparo"])
    world.client.cookies.clear()
    assert (
        world.client.delete(f"{API}/session/all", headers=SAME | {"Cookie": f"amparo={secrets[0]}"}).status_code == 204
    )
    for secret in secrets:
        assert world.client.get(f"{API}/session", headers={"Cookie": f"amparo={secret}"}).status_code == 401


def test_one_session_of_several_ends(world: World) -> None:
    mine = world.attorney.get("/session/all").json()["items"]
    assert [each["this_one"] for each in mine] == [True]
    theirs = world.attorney2.get("/session/all").json()["items"][0]["id"]
    assert world.attorney.delete(f"/session/{theirs}").status_code == 404
    assert world.attorney.delete(f"/session/{mine[0]['id']}").status_code == 204
    assert world.attorney.get("/session").status_code == 401


def test_the_body_is_not_read_before_one_is_signed_in(world: World) -> None:
    read = []

    def body() -> Iterator[bytes]:
        read.append(True)
        yield b"{"

    answer = world.stranger.post("/partners", content=body())
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["/\t/evil.example", "/{x}/evil.example", "/a\\..\\b", "//evil.example", "evil.example"]
)
def test_one_is_sent_to_a_path_of_this_site_only(world: World, path: str) -> None:
    shown = world.client.get("/sign-in", params={"next": path})
    assert "evil.example" not in shown.text
    assert 'data-next="/"' in shown.text
    kept = world.client.get("/sign-in", params={"next": "/cases?q=a"})
    assert 'data-next="/cases?q=a"' in kept.text
