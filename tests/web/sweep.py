"""Every route of the application, asked in every way that goes wrong, with canaries in all it takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.access.grants import GRANTS, Permission
from app.clients import api as clients
from app.main import API, API_DOORS, PAGE_DOORS
from app.web import health
from app.web.door import DoorRoute
from app.web.headers import SECURITY_HEADERS
from tests.world import CAST, World, key, secret_of

CANARY = "Kanarie7739"
NOBODYS = "00000000-0000-7000-8000-000000000000"
EXACTLY = {name.lower() for name in SECURITY_HEADERS} | {"cache-control", "x-request-id"}
#: What an answer may have besides, by what it is.
BESIDES = {
    *("content-type", "content-length", "location", "www-authenticate", "allow", "etag", "vary", "retry-after"),
    *("set-cookie", "clear-site-data", "content-encoding", "content-disposition", "idempotency-replayed"),
    *("last-modified", "accept-ranges", "pragma"),
}
#: Routes after which a member of the cast would have no session any more.
ENDING = {"DELETE /session", "DELETE /session/all", "POST /session/password", "POST /session/proof"}


def wrong_with(answer: Any) -> list[str]:
    """What is not as it must be with this answer's headers: each security header once and as it is, nothing unknown."""
    names = [name.lower() for name, _ in answer.headers.multi_items()]
    found = [f"{name} is missing" for name in EXACTLY - set(names)]
    found += [f"{name} twice" for name in EXACTLY if names.count(name) > 1]
    found += [f"{name} is not known" for name in set(names) - EXACTLY - BESIDES]
    wrong = [name for name, value in SECURITY_HEADERS.items() if answer.headers.get(name) != value]
    return found + [f"{name} is {answer.headers.get(name)}" for name in wrong]


@dataclass(frozen=True)
class Way:
    """One way of asking a route, and what came."""

    route: str
    what: str
    page: bool
    answer: Any

    def __str__(self) -> str:
        return f"{self.route}, {self.what}: {self.answer.status_code}"

    def leaks(self) -> list[str]:
        """Where the canary came back.

        The name of a field that a form does not have is pointed to, for its programmer. A page may show the question
        that stands in its own address; whoever must sign in first is sent there with the address they wanted.
        """
        sent_on = self.answer.status_code == 303
        found = [
            f"header {name}"
            for name, value in self.answer.headers.items()
            if CANARY in value and not (name == "location" and sent_on)
        ]
        text = self.answer.text.replace(f"/{CANARY}", "").replace(f"{CANARY}.unknown_field", "")
        if CANARY in text and not (self.page and self.what.startswith("query") and self.answer.status_code == 200):
            found.append("body")
        return found


def routes() -> Iterator[tuple[str, DoorRoute]]:
    """Every route with its method."""
    hung = [(API, door) for door in (*API_DOORS, health.description)]
    hung += [("", door) for door in (*PAGE_DOORS, health.door, clients.discovery)]
    for base, door in hung:
        for route in door.routes(base):
            for method in sorted(route.methods or ()):
                if f"{method} {route.path.removeprefix(API)}" not in ENDING:
                    yield method, route


def everything(world: World) -> Iterator[Way]:
    """All ways of asking all routes: by somebody who may, and by nobody."""
    for method, route in routes():
        permission = route.endpoint.entry.permission  # type: ignore[attr-defined]  # set by Door
        for who in (_somebody(permission), None):
            for what, answer in _ways(world, method, route, who):
                yield Way(f"{method} {route.path} by {who}", what, not route.path.startswith(API), answer)


def _somebody(permission: Permission | None) -> str:
    """The first of the cast whose role has the permission."""
    return next(name for name, (role, _) in CAST.items() if permission is None or permission in GRANTS[role])


def _filled(path: str, value: str) -> str:
    while "{" in path:
        path = path[: path.index("{")] + value + path[path.index("}") + 1 :]
    return path


def _form(route: DoorRoute, value: object) -> dict[str, object]:
    """A value in each field of the form that the route takes, one level deep."""
    taken = None if route.body_field is None else route.body_field.field_info.annotation
    fields: dict[str, Any] = getattr(taken, "model_fields", {})
    return {field.alias or name: value for name, field in fields.items()} or {"any": value}


def _ways(world: World, method: str, route: DoorRoute, who: str | None) -> Iterator[tuple[str, Any]]:
    client = world.client
    client.cookies.clear()
    own = {"Cookie": f"amparo={secret_of(who) if who else CANARY}", "Sec-Fetch-Site": "same-origin"}
    path = _filled(route.path_format, NOBODYS)

    def ask(what: str, at: str = path, by: str = method, **more: Any) -> tuple[str, Any]:
        headers = own | dict(more.pop("headers", {}))
        return what, client.request(by, at, headers=headers, follow_redirects=False, **more)

    if "{" in route.path_format:
        yield ask("path", _filled(route.path_format, CANARY))
    yield ask("header", headers={"If-Match": CANARY, "Accept-Language": CANARY, "X-Request-Id": CANARY})
    if who is None:
        yield ask("no such method", by="PUT")
        return
    if method == "GET":
        yield from (
            ask(f"query {each.alias}", f"{path}?{each.alias}={CANARY}") for each in route.dependant.query_params
        )
        return
    yield ask("from elsewhere", headers={"Sec-Fetch-Site": "cross-site", "Origin": f"https://{CANARY}.example"})
    ready = key() | {"If-Match": '"1"'}
    yield ask("no form", json=CANARY, headers=ready)
    yield ask("no json", content=CANARY.encode(), headers=ready | {"Content-Type": "application/json"})
    yield ask("plain text", content=CANARY.encode(), headers=ready | {"Content-Type": "text/plain"})
    if route.endpoint.entry.needs_key or route.endpoint.entry.needs_match:  # type: ignore[attr-defined]  # set by Door
        yield ask("no header", json={})
    yield ask("key", json={}, headers={"Idempotency-Key": CANARY, "If-Match": '"1"'})
    yield ask("fields", json=_form(route, CANARY) | {CANARY: 1}, headers=ready)
    yield ask("deep", json=_form(route, {CANARY: [CANARY]}), headers=ready)
