"""Requests that another site's page makes somebody's browser send: every route, method, site and origin."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from httpx2 import Response

from app.main import API
from app.staff.actions import accounts
from app.web.answers import JSON, MULTIPART
from tests.security.test_routes import hung
from tests.world import ORIGIN, World, secret_of

SAFE = ("GET", "HEAD", "OPTIONS")
SITES = ("same-origin", "same-site", "cross-site", "none", None)
ORIGINS = (ORIGIN, "https://evil.example", "null", None)

#: What becomes of an unsafe request with a session's cookie; by hand: the browser's word first, then the origin.
COOKIE = {
    "same-origin": {ORIGIN: True, "https://evil.example": True, "null": True, None: True},
    "same-site": {ORIGIN: False, "https://evil.example": False, "null": False, None: False},
    "cross-site": {ORIGIN: False, "https://evil.example": False, "null": False, None: False},
    "none": {ORIGIN: False, "https://evil.example": False, "null": False, None: False},
    None: {ORIGIN: True, "https://evil.example": False, "null": False, None: False},
}
#: Without a cookie nobody's rights can be borrowed, but a sign-in forced on somebody is refused like the rest.
NO_COOKIE = COOKIE | {None: COOKIE[None] | {None: True}}
#: A token is sent by a program and never by a browser of its own accord.
TOKEN = dict.fromkeys(SITES, dict.fromkeys(ORIGINS, True))

#: What becomes of a read with a session's cookie, by what it is for: of a page by a link, of anything by a script.
READS = {"same-origin": (True, True), "none": (True, True), None: (True, True),
         "same-site": (True, False), "cross-site": (True, False)}  # fmt: skip


@pytest.fixture(scope="module")
def token(stage: World) -> str:
    """A token of somebody who may not do much: who one is comes before where one comes from."""
    with stage.act_as("admin") as work:
        work.decided = True
        return accounts.create_token(work, stage.people["auditor"], "test", 1)


@dataclass(frozen=True)
class Unsafe:
    """An unsafe route: its path with some id, whether it is open, and which kind of body it takes."""

    method: str
    path: str
    is_open: bool
    takes: str

    def send(self, stage: World, headers: dict[str, str]) -> Response:
        """A body that no form takes, so that nothing is ever done."""
        stage.client.cookies.clear()
        if self.takes == JSON:
            return stage.client.request(self.method, self.path, headers=headers, json={"no_such_field": 1})
        media_type = f"{self.takes}; boundary=x" if self.takes == MULTIPART else self.takes
        headers = headers | {"Content-Type": media_type}
        return stage.client.request(self.method, self.path, headers=headers, content=b"no_such_field=1")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def unsafe() -> Iterator[Unsafe]:
    """Every unsafe route, whatever it takes."""
    for name, route, entry in hung():
        method, path = name.split(" ")
        if method not in SAFE:
            for parameter in route.param_convertors:
                path = path.replace("{" + parameter + "}", "018f0000-0000-7000-8000-000000000000")
            yield Unsafe(method, path, entry.permission is None, entry.takes)


def told(site: str | None, origin: str | None) -> dict[str, str]:
    said = {"Sec-Fetch-Site": site, "Origin": origin}
    return {name: value for name, value in said.items() if value is not None}


def passes(stage: World, route: Unsafe, headers: dict[str, str]) -> bool:
    """Whether the gate lets the request on."""
    answer = route.send(stage, headers)
    # 400: a standard's own word for a form that it does not understand.
    expected = (401, 403, 404, 422, 428) if route.takes == JSON else (400, 401, 403, 404, 422, 428)
    assert answer.status_code in expected, f"{route}: {answer.status_code}"
    return bool(answer.json().get("code") != "origin")


def wrong(stage: World, who: dict[str, str], table: dict[str | None, dict[str | None, bool]]) -> tuple[list[str], int]:
    found, cells = [], 0
    for route in unsafe():
        if not who and not route.is_open:
            continue
        for site in SITES:
            for origin in ORIGINS:
                cells += 1
                if passes(stage, route, who | told(site, origin)) != table[site][origin]:
                    found.append(f"{route} from {site} {origin}")
    return found, cells


def test_a_cookie_writes_from_our_own_pages_only(stage: World) -> None:
    found, cells = wrong(stage, {"Cookie": f"amparo={secret_of('auditor')}"}, COOKIE)
    assert found == []
    assert cells == len(list(unsafe())) * 20 >= 1000


def test_a_token_needs_no_origin(stage: World, token: str) -> None:
    found, _ = wrong(stage, {"Authorization": f"Bearer {token}"}, TOKEN)
    assert found == []


def test_nobody_is_signed_in_from_elsewhere(stage: World) -> None:
    found, cells = wrong(stage, {}, NO_COOKIE)
    assert found == []
    assert cells >= 40


def test_a_cookie_with_a_wrong_token_is_nobody(stage: World) -> None:
    headers = {"Cookie": f"amparo={secret_of('auditor')}", "Authorization": "Bearer nonsense"}
    for route in unsafe():
        if not route.is_open:
            assert route.send(stage, headers | told("cross-site", None)).status_code == 401, str(route)


def test_what_takes_forms_and_files_stands_in_the_tables() -> None:
    assert {MULTIPART, "application/x-www-form-urlencoded"} <= {route.takes for route in unsafe()}


@pytest.mark.parametrize("site", SITES)
def test_a_link_opens_a_page_and_a_script_reads_nothing(stage: World, site: str | None) -> None:
    by_link, by_script = READS[site]
    for path, mode, expected in (
        ("/account", "navigate", by_link),
        ("/account", "no-cors", by_script),
        (f"{API}/session", "cors", by_script),
        (f"{API}/session", "navigate", by_script),
        (f"{API}/audit/events", "no-cors", by_script),
    ):
        headers = told(site, None) | {"Sec-Fetch-Mode": mode, "Cookie": f"amparo={secret_of('auditor')}"}
        answer = stage.client.get(path, headers=headers)
        assert answer.status_code == (200 if expected else 403), f"{path} by {mode} from {site}"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_foreign_form_can_send_is_not_taken(stage: World, token: str, media_type: str) -> None:
    body = b'{"email": "x@example.org", "password": "x"}'
    for who in ({"Cookie": f"amparo={secret_of('admin')}"}, {"Authorization": f"Bearer {token}"}, {}):
        headers = {"Content-Type": media_type, "Sec-Fetch-Site": "same-origin"} | who
        for path in ("/session", "/partners"):
            answer = stage.client.post(API + path, headers=headers, content=body)
            assert answer.status_code in (401, 403, 415)
            assert answer.status_code == 415 or path == "/partners"


def test_no_route_takes_a_method_that_it_does_not_offer_nor_lets_other_origins_in(stage: World) -> None:
    offered: dict[str, set[str]] = {}
    for name, _, _ in hung():
        method, path = name.split(" ")
        offered.setdefault(path, set()).add(method)
    headers = {"Cookie": f"amparo={secret_of('auditor')}", "Origin": "https://evil.example"}
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Content-Type"}
    for path, methods in offered.items():
        for method in {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"} - methods:
            answer = stage.client.request(method, path, headers=headers | asks)
            # /session/password is also some /session/{id}, which takes DELETE: from elsewhere that is refused too.
            assert answer.status_code in (403, 405), f"{method} {path}"
            assert not [each for each in answer.headers if each.startswith("access-control")]
