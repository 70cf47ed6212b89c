"""Asking for a token: RFC 6749 sections 3.2, 4.4 and 5, RFC 8414, and what somebody without the secret learns."""

import logging
import statistics
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlmodel import col

from app.access.model import Token
from app.clients.model import ClientFailure
from app.web import logs
from tests.clients.clients import Program, program
from tests.story import said
from tests.world import API, INTAKE_DESK, World

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def desk(world: World) -> Program:
    return program(world, "intake_worker", ["partner.read", "application.read"], INTAKE_DESK)


def test_a_token_for_ten_minutes(desk: Program) -> None:
    for basic in (True, False):
        answer = desk.ask(basic=basic)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.json()
        assert len(body.pop("access_token")) == 43
        assert body == {"token_type": "Bearer", "expires_in": 600, "scope": "application.read partner.read"}


def test_it_ends_after_ten_minutes_and_with_its_secret(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        desk = program(world, "auditor", ["partner.read"], days=1)
        desk.enter()
        clock.shift(timedelta(minutes=9, seconds=59))
        assert desk.get("/partners").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert desk.get("/partners").status_code == 401
        clock.move_to("2026-03-03T09:58:00Z")
        body = said(desk.ask())
        assert body["expires_in"] == 120
        clock.shift(timedelta(minutes=2))
        assert desk.ask().status_code == 401


def test_fewer_scopes_may_be_asked_for_and_never_more(desk: Program) -> None:
    desk.enter("partner.read")
    assert desk.get("/partners").status_code == 200
    assert desk.get("/applications").status_code == 403
    for scope in ("audit.read", "partner.read audit.read", "account.own", "no.such"):
        answer = desk.ask(form=GRANT | {"scope": scope})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


REFUSED: list[tuple[dict[str, str], str]] = [
    ({}, "invalid_request"),
    ({"scope": "partner.read"}, "invalid_request"),
    ({"grant_type": "password", "username": "Canary"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code", "code": "Canary"}, "unsupported_grant_type"),
    ({"grant_type": "refresh_token", "refresh_token": "Canary"}, "unsupported_grant_type"),
    ({"grant_type": 'Canary"\\é'}, "unsupported_grant_type"),
]


def test_refusals_have_the_standards_codes_and_say_nothing_of_what_was_sent(desk: Program) -> None:
    for form, error in REFUSED:
        answer = desk.ask(form=form)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert set(answer.json()) == {"error", "error_description"}
        assert answer.headers["Content-Type"] == "application/json"
        assert "Canary" not in answer.text + str(answer.headers)


def raw(world: World, body: bytes, **headers: str) -> Any:
    world.client.cookies.clear()
    kept = {"Content-Type": "application/x-www-form-urlencoded"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return world.client.post(f"{API}/oauth/token", content=body, headers=kept)


def test_bodies_that_are_no_form(world: World, desk: Program) -> None:
    both = f"grant_type=client_credentials&client_id={desk.id}&client_secret={desk.secret}"
    for body in (b"", b"\xff\xfe", b"%ff=1", b"grant_type", b"a=1&" * 30, f"{both}&grant_type=x".encode()):
        answer = raw(world, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), body
    answer = world.client.post(f"{API}/oauth/token", content=both.encode(), auth=(desk.id, desk.secret))
    assert answer.status_code == 415
    twice = raw(world, both.encode(), Authorization="Basic eDp5")
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    assert world.client.post(f"{API}/oauth/token", json=GRANT).status_code == 415
    assert world.client.get(f"{API}/oauth/token").status_code == 405


def test_headers_that_prove_nothing(world: World) -> None:
    for header in ("Basic", "Basic !!!", "Basic /////w==", "Basic é", "Bearer x", "Digest y"):
        world.client.cookies.clear()
        given = [(b"Authorization", header.encode("latin-1"))]
        answer = world.client.post(f"{API}/oauth/token", data=GRANT, headers=given)
        assert (answer.status_code, answer.json().get("error")) == (401, "invalid_client"), header
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Amparo"'
        with world.services.database.writing() as connection:
            connection.execute(text("DELETE FROM client_failure"))


def test_a_wrong_secret_and_an_unknown_program_are_the_same(world: World, desk: Program) -> None:
    wrong = Program(world.client, desk.id, "x" * 43)
    unknown = Program(world.client, str(uuid4()), "x" * 43)
    nobody = Program(world.client, "x", "y")
    seen = {(answer.status_code, answer.text) for answer in (wrong.ask(), unknown.ask(), nobody.ask())}
    assert len(seen) == 1
    assert next(iter(seen))[0] == 401


def test_failures_wait_and_stop_nobody_else(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        good = program(world, "auditor", ["audit.read"])
        wrong = Program(world.client, good.id, "x" * 43)
        for _ in range(5):
            assert wrong.ask().status_code == 401
        stopped = good.ask()
        assert stopped.status_code == 429
        assert int(stopped.headers["Retry-After"]) >= 1
        assert program(world, "auditor", ["audit.read"]).ask().status_code == 200
        clock.shift(timedelta(seconds=2))
        assert good.ask().status_code == 200
        clock.shift(timedelta(hours=1, seconds=1))
        assert wrong.ask().status_code == 401
    with world.services.database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(ClientFailure)).scalar_one() == 1


def test_unknown_programs_take_as_long_as_known_ones(world: World, desk: Program) -> None:
    took: dict[str, list[float]] = {desk.id: [], str(uuid4()): []}
    for _ in range(40):
        with world.services.database.writing() as connection:
            connection.execute(text("DELETE FROM client_failure"))
        for name, times in took.items():
            began = time.perf_counter()
            assert Program(world.client, name, "x" * 43).ask().status_code == 401
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.7 < known / unknown < 1.4, (known, unknown)


def test_neither_secret_nor_token_is_logged(
    desk: Program,
    capfd: pytest.CaptureFixture[str],
    restored_logging: None,  # noqa: ARG001 - named for what it does
) -> None:
    logs.configure()
    logging.getLogger("authlib").debug("canary of the level")
    desk.enter()
    desk.get("/partners")
    desk.post("/partners", json={})
    Program(desk.client, desk.id, desk.secret + "x").ask()
    written = "".join(capfd.readouterr())
    assert desk.secret not in written
    assert desk.token not in written
    assert logging.getLogger("authlib.oauth2").getEffectiveLevel() >= logging.WARNING


def test_the_table_holds_digests_and_forgets_what_ended_long_ago(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        desk = program(world, "auditor", ["audit.read"])
        for _ in range(6):
            desk.enter()
            clock.shift(timedelta(minutes=30))
        with world.services.database.engine.connect() as connection:
            rows = connection.execute(select(col(Token.digest), col(Token.scopes))).all()
    assert len(rows) < 6
    assert {row.scopes for row in rows} == {"audit.read"}
    assert all(desk.token.encode() not in row.digest for row in rows)


def test_a_program_finds_where_to_ask(world: World) -> None:
    described = world.client.get("/.well-known/oauth-authorization-server").json()
    assert described["issuer"] == "http://localhost:8000"
    assert described["token_endpoint"] == "http://localhost:8000/api/v1/oauth/token"
    assert described["grant_types_supported"] == ["client_credentials"]
    assert "partner.read" in described["scopes_supported"]
    assert "disbursement.approve" not in described["scopes_supported"]
