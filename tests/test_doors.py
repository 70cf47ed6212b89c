"""Every route enters by the door: with a permission, or open for one of the few reasons there are."""

from collections.abc import Iterator

from fastapi.routing import APIRoute

from app.access.grants import Permission
from app.clients import api as clients
from app.main import API_DOORS, PAGE_DOORS
from app.web import health
from app.web.answers import Open
from app.web.door import DoorRoute
from app.web.headers import SECURITY_HEADERS
from tests.world import World

DOORS = (*API_DOORS, *PAGE_DOORS, health.door, health.description, clients.discovery)

#: The routes that nobody need be signed in for. A route that is not here asks who one is.
OPEN = {
    ("POST", "/session"): Open.SIGN_IN,
    ("POST", "/session/passkey/challenge"): Open.SIGN_IN,
    ("POST", "/session/passkey"): Open.SIGN_IN,
    ("POST", "/session/first-password"): Open.INVITATION,
    ("POST", "/session/invitation/challenge"): Open.INVITATION,
    ("POST", "/session/invitation/passkey"): Open.INVITATION,
    ("POST", "/session/recovery"): Open.INVITATION,
    ("POST", "/oauth/token"): Open.SIGN_IN,
    ("GET", "/.well-known/oauth-authorization-server"): Open.SIGN_IN,
    ("POST", "/session/federated"): Open.SIGN_IN,
    ("POST", "/session/federated/return"): Open.SIGN_IN,
    ("POST", "/identity-providers/{provider_id}/logout"): Open.PROVIDER,
    ("GET", "/sign-in"): Open.SIGN_IN,
    ("GET", "/sign-in/return"): Open.SIGN_IN,
    ("GET", "/first-password"): Open.INVITATION,
    ("GET", "/recover"): Open.INVITATION,
    ("GET", "/healthz"): Open.HEALTH,
    ("GET", "/readyz"): Open.HEALTH,
    ("GET", "/metrics"): Open.HEALTH,
    ("POST", "/csp-reports"): Open.REPORT,
}


def routes() -> list[APIRoute]:
    return [route for door in DOORS for route in door.routes()]


def test_every_route_enters_by_the_door() -> None:
    found = routes()
    assert len(found) >= 20
    for route in found:
        assert isinstance(route, DoorRoute), route.path


def test_open_routes_are_listed_and_the_list_is_alive() -> None:
    is_open = {}
    for route in routes():
        entry = route.endpoint.entry  # type: ignore[attr-defined]  # set by Door
        if not isinstance(entry.may, Permission):
            is_open[(next(iter(route.methods or ())), route.path)] = entry.may
    assert is_open == OPEN


def test_a_verb_on_a_record_finds_it_before_it_judges_the_body() -> None:
    for route in routes():
        verbs = (route.methods or set()) & {"POST", "PATCH", "PUT"}
        if verbs and "{" in route.path:
            assert route.endpoint.entry.finds is not None, f"{verbs} {route.path} needs a finds"  # type: ignore[attr-defined]  # set by Door


def _chunks() -> Iterator[bytes]:
    for _ in range(20):
        yield b"x" * 100_000


def test_security_headers_stand_on_every_status(world: World) -> None:
    answers = [
        world.stranger.page("/healthz"),
        world.stranger.page("/nowhere"),
        world.stranger.page("/sign-in"),
        world.stranger.page("/account"),
        world.stranger.get("/partners"),
        world.auditor.post("/partners", json={}),
        world.auditor.request("PUT", "/partners"),
        world.fund_admin.post("/partners", content=b"x" * 1_100_000, headers={"Content-Type": "application/json"}),
        world.fund_admin.post("/partners", content=_chunks(), headers={"Content-Type": "application/json"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 303, 401, 403, 405, 413, 413]
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["X-Request-Id"]
        assert answer.headers["Cache-Control"] == "no-store"
        if answer.status_code >= 400:
            program = "/api/" in str(answer.url)
            assert answer.headers["Content-Type"] == (
                "application/problem+json" if program else "text/html; charset=utf-8"
            )


def test_the_description_is_for_people_who_are_signed_in(world: World) -> None:
    assert world.stranger.get("/openapi.json").status_code == 401
    described = world.attorney.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/partners" in described["paths"]
