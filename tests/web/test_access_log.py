"""The access log: one line for each request, by the pattern of its address, and nothing that belongs to a person."""

import json

import pytest
import structlog
from fastapi.testclient import TestClient

from app.config import Environment, Settings
from app.main import build
from app.web import logs, observing
from tests.story import Story
from tests.world import API, ORIGIN, World, secret_of


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_one_line_a_request_and_no_id_in_it(
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    restored_logging: None,  # noqa: ARG001 - named for what it does
) -> None:
    story = Story(world).begin().apply().accept().assign()
    settings = Settings(**world.services.settings.model_dump() | {"access_log": True})
    object.__setattr__(world.services, "settings", settings)
    logs.configure()
    # A logger remembers where it wrote first, which may be another test's.
    monkeypatch.setattr(observing, "log", structlog.get_logger())
    capsys.readouterr()
    cookie = {"Cookie": f"amparo={secret_of('attorney')}"}
    with TestClient(build(world.services, sealing=False), base_url=ORIGIN, raise_server_exceptions=False) as client:
        seen = client.get(f"{API}/cases/{story.case}?name=Canary", headers=cookie)
        client.get("/Canary")
        client.get(f"/cases/{story.case}", headers=cookie)
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    asked = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in asked] == [
        ("GET", "/api/v1/cases/{case_id}", 200),
        ("GET", "none", 404),
        ("GET", "/cases/{case_id}", 200),
    ]
    assert asked[0]["request_id"] == seen.headers["X-Request-Id"]
    assert all(
        set(line) == {"event", "level", "timestamp", "request_id", "route", "method", "status", "milliseconds"}
        for line in asked
    )
    assert asked[0]["milliseconds"] > 0
    for name in ("Canary", story.case, str(world.people["attorney"])):
        assert name not in str(lines)


@pytest.mark.parametrize(
    ("environment", "given", "on"),
    [
        (Environment.PRODUCTION, None, True),
        (Environment.PRODUCTION, False, False),
        (Environment.DEMO, None, False),
        (Environment.TEST, True, True),
    ],
)
def test_it_is_on_in_production(environment: Environment, given: bool | None, on: bool) -> None:
    assert Settings(environment=environment, access_log=given).logs_requests is on
