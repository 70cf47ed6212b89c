"""Security headers, the exact set of them, on what no route answers; and what is refused by its size alone."""

import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.main import API
from app.web.assets import static_base
from app.web.headers import LONGEST_ADDRESS, MOST_HEADERS, TWO_YEARS, SecurityHeaders
from tests.web.sweep import NOBODYS, wrong_with
from tests.world import World, secret_of


def test_and_what_no_route_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, json = world.client, {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    client.cookies.clear()
    own = json | {"Cookie": f"amparo={secret_of('fund_admin')}"}
    award = f"{API}/awards/{NOBODYS}/approve"
    answers = {
        "404": client.get("/nowhere"),
        "404 api": client.get(f"{API}/nowhere"),
        "404 file": client.get(f"{static_base()}/nowhere.js"),
        "404 up": client.get(f"{static_base()}/..%2f..%2fmain.py"),
        "200 file": client.get(f"{static_base()}/form.js"),
        "400": client.post(f"{API}/partners", content=b"{", headers=own),
        "400 deep": client.post(f"{API}/partners", content=b'{"name":' * 33 + b"1" + b"}" * 33, headers=own),
        "413": client.post(f"{API}/partners", content=b"x" * 1_100_000, headers=own),
        "414": client.get(f"{API}/partners?" + "x" * LONGEST_ADDRESS),
        "431": client.get(f"{API}/partners", headers={"X-Long": "x" * MOST_HEADERS}),
        "428": client.post(f"{API}/awards", json={}, headers=own),
        "404 key": client.post(award, json={}, headers=own | {"Idempotency-Key": "1"}),
    }

    def break_down(*_given: object) -> None:
        raise RuntimeError("Canary")

    monkeypatch.setattr("app.partners.reads.partners", break_down)
    answers["500"] = client.get(f"{API}/partners", headers=own)
    for name, answer in answers.items():
        assert answer.status_code == int(name[:3]) or name == "428", f"{name}: {answer.status_code}"
        more = wrong_with(answer)
        if name == "200 file":
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not more, f"{name}: {more}"
        assert "Canary" not in answer.text


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("Canary")


@pytest.mark.parametrize("tls", [True, False])
def test_what_breaks_outside_every_door_has_them_too(tls: bool, capsys: pytest.CaptureFixture[str]) -> None:
    layer = SecurityHeaders(broken, tls=tls, max_body_bytes=10_000)
    answer = TestClient(layer).get("/x", headers={"X-Request-Id": "mine"})
    assert answer.status_code == 500
    assert not [each for each in wrong_with(answer) if "strict-transport" not in each]
    assert answer.headers.get("Strict-Transport-Security") == (TWO_YEARS if tls else None)
    assert answer.headers["X-Request-Id"] != "mine"
    assert "Canary" not in answer.text + "".join(capsys.readouterr())


def test_deep_json_is_refused_and_brackets_in_texts_are_not(world: World) -> None:
    own = {"Cookie": f"amparo={secret_of('fund_admin')}", "Sec-Fetch-Site": "same-origin"}
    for body in (b"[" * 33, b"[" * 500_000, b'{"a":' * 40 + b"1" + b"}" * 40):
        answer = world.client.post(f"{API}/partners", content=body, headers=own | {"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "json")
    name = "[" * 60 + '"' + "{" * 60
    assert world.client.post(f"{API}/partners", json={"name": name}, headers=own).status_code == 201
