"""Figures for a monitor: patterns, codes and seconds; nobody's id, and nobody's business from outside."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.config import Environment, Settings, UnsafeSettings
from app.main import build
from app.web.services import Services
from tests.story import Story, said
from tests.world import ORIGIN, World

TOKEN = "0123456789abcdef" * 2


def near(world: World, host: str = "127.0.0.1", settings: Settings | None = None) -> TestClient:
    """A caller at this address, with `localhost` in the address bar."""
    services = world.services
    if settings is not None:
        services = Services(settings, services.database, services.vault)
    app = build(services, sealing=False)
    return TestClient(app, base_url=ORIGIN, client=(host, 50000), raise_server_exceptions=False)


def figures(text: str) -> dict[str, list[Any]]:
    return {family.name: list(family.samples) for family in text_string_to_metric_families(text)}


def test_this_machine_reads_them_and_nobody_else(world: World) -> None:
    client = near(world)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "Content-Disposition" not in answer.headers
    for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"):
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={"Host": "amparo.example.org"}).status_code == 404
    assert near(world, "192.0.2.7").get("/metrics").status_code == 404
    assert world.client.get("/metrics").status_code == 404
    elsewhere = world.client.get("/nowhere").json()
    refused = world.client.get("/metrics").json()
    assert elsewhere | {"request_id": ""} == refused | {"request_id": ""}


def test_a_token_opens_them_from_elsewhere(world: World, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    settings = Settings(**world.services.settings.model_dump() | {"metrics_token_file": file})
    client = near(world, "192.0.2.7", settings)
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer", "Bearer é", f"Basic {TOKEN}", ""):
        headers = [(b"Authorization", wrong.encode("latin-1"))]
        assert client.get("/metrics", headers=headers).status_code == 404
    assert near(world, "192.0.2.7").get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("holds", ["", "short"])
def test_a_token_that_can_be_guessed_stops_the_start(holds: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(holds)
    with pytest.raises(UnsafeSettings, match="AMPARO_METRICS_TOKEN_FILE"):
        Settings(environment=Environment.TEST, data_dir=tmp_path, metrics_token_file=file).check()


def value(name: str, labels: dict[str, str]) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_pattern(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    seen = {"method": "GET", "route": "/api/v1/cases/{case_id}", "status": "2xx"}
    refused = {"code": "not_found"}
    before = value("amparo_requests_total", seen), value("amparo_refused_total", refused)
    assert world.attorney.get(f"/cases/{story.case}").status_code == 200
    assert world.attorney2.get(f"/cases/{story.case}").status_code == 404
    assert (value("amparo_requests_total", seen), value("amparo_refused_total", refused)) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert value("amparo_request_seconds_count", {"route": "/api/v1/cases/{case_id}"}) >= 2
    assert value("amparo_audit_events_total", {"action": "case.read"}) >= 1
    if world.services.database.is_sqlite:
        assert value("amparo_write_turn_wait_seconds_count", {}) > 0


def test_no_figure_names_anybody(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    world.attorney.page(f"/cases/{story.case}?next=Canary")
    world.attorney.get("/cases/Canary")
    world.client.request("CANARY", "/Canary/Canary")
    text = near(world).get("/metrics").text
    assert "Canary" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}", text)
    for name in ("example.org", "North", story.case):
        assert name not in text
    routes = {each.labels["route"] for each in figures(text)["amparo_requests"] if "route" in each.labels}
    assert {"none", "/cases/{case_id}"} <= routes
    assert all(route in ("none", "static") or route.startswith("/") for route in routes)
    connections = {each.labels["state"] for each in figures(text)["amparo_pool_connections"]}
    assert connections == {"in_use", "most"}


def test_violations_are_counted_by_directive_and_nothing_is_kept(world: World) -> None:
    before = {name: value("amparo_csp_violations_total", {"directive": name}) for name in ("script-src", "other")}
    body = [
        {"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "documentURL": "https://x/Canary"}},
        {"type": "csp-violation", "body": {"effectiveDirective": "Canary"}},
        {"type": "other"},
        "Canary",
    ]
    headers = {"Content-Type": "application/reports+json"}
    assert world.client.post("/csp-reports", json=body, headers=headers).status_code == 204
    for strange, status in ((b"", 204), (b"{}", 204), (b"[1]", 204), (b"Canary", 400), (b"[" * 2000, 400)):
        assert world.client.post("/csp-reports", content=strange, headers=headers).status_code == status
    assert world.client.post("/csp-reports", json=body).status_code == 415
    after = {name: value("amparo_csp_violations_total", {"directive": name}) for name in before}
    assert after["script-src"] == before["script-src"] + 1
    assert after["other"] == before["other"] + 4
    assert "Canary" not in metrics.exposed().decode()
    said(world.auditor.get("/audit/events"))
    assert "Canary" not in world.auditor.get("/audit/events?limit=200").text
