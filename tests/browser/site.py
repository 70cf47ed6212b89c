"""The whole application over the demo's fictional fund, somebody of every role signed in: a ground to look at pages.

Which pages there are is asked of the application itself, so that a new one can not be forgotten.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, ViewportSize
from sqlalchemy import insert, select
from sqlmodel import SQLModel, col

from app.access.identify import digest
from app.access.model import Account, SignInSession
from app.db import new_id
from app.demo.cast import STAFF
from app.demo.making import make
from app.machine import OPERATOR
from app.main import PAGE_DOORS, build
from app.web.answers import Entry, Open
from app.web.services import Services
from tests.batches.stage import working_day
from tests.browser.visitor import listening
from tests.demo.conftest import EVERY_KIND, opened
from tests.documents.files import picture
from tests.fees.files import dearer
from tests.statements.samples import Booked, camt053
from tests.world import today

#: One person for each role, those first whose pages have the most on them. Nobody is last.
PEOPLE: Final = ("fund", "attorney", "partner", "intake", "auditor", "admin", "attorney2", "attorney3", "attorney4")
NOBODY: Final = ""
#: So many pages of one kind are tried, and the fullest is looked at.
TRIED: Final = 4


def page_routes() -> list[APIRoute]:
    """Every route of pages that the application has."""
    return [route for door in PAGE_DOORS for route in door.routes()]


PATHS: Final = sorted(route.path for route in page_routes())


@dataclass(frozen=True, slots=True)
class Example:
    """A page that is there: its address, and somebody who may open it."""

    person: str
    path: str


@dataclass(frozen=True, slots=True)
class Site:
    """The application on loopback, and the secrets of its people's sessions."""

    address: str
    cookie: str
    secrets: dict[str, str]
    #: By a route's path; None where nobody of the demo can open a page.
    examples: dict[str, Example | None]

    def context(self, browser: Browser, person: str, language: str, width: int, theme: str = "") -> BrowserContext:
        """A browser of somebody's own, in a language and at a width."""
        context = browser.new_context(viewport=ViewportSize(width=width, height=900), locale=language)
        cookies = {"lang": language, "theme": theme, self.cookie: self.secrets.get(person, "")}
        context.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in cookies.items() if v])
        return context


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Make the demo in a folder, sign everybody in, find an example of each page, and serve."""
    with opened(folder) as services:
        make(services, OPERATOR, EVERY_KIND)
        secrets = _sign_in(services)
        application = build(services, sealing=False)
        with TestClient(application, base_url="http://localhost:8000") as client:
            _begin_what_passes(client, services, secrets)
            _hand_in(client, services, secrets)
            _fees(client, services, secrets)
            _runs(client, services, secrets)
            examples = _Search(services, client, secrets).examples()
            with listening(application) as address:
                yield Site(address, services.cookie, secrets, examples)


def _sign_in(services: Services) -> dict[str, str]:
    now = datetime.now(UTC)
    secrets = {member.key: f"session-of-{member.key}".ljust(43, "x") for member in STAFF} | {
        "admin": "session-of-admin".ljust(43, "x")
    }
    with services.database.writing() as connection:
        for key, secret in secrets.items():
            account = select(col(Account.id)).where(col(Account.email).startswith(f"{key}@"))
            connection.execute(
                insert(SignInSession).values(
                    id=new_id(),
                    account_id=connection.execute(account).scalar_one(),
                    digest=digest(secret),
                    browser="Chromium",
                    created_at=now,
                    seen_at=now,
                    ends_at=now + timedelta(hours=12),
                )
            )
    return secrets


def _begin_what_passes(client: TestClient, services: Services, secrets: dict[str, str]) -> None:
    """What the demo does not keep because it is over soon: an app for codes being set up, an emergency opening."""

    def ask(person: str, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        client.cookies.clear()
        headers = {"Cookie": f"{services.cookie}={secrets[person]}", "Sec-Fetch-Site": "same-origin"}
        answer = client.request(method, f"/api/v1{path}", headers=headers, json=form)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    ask("intake", "POST", "/authenticator-app", {})
    case = ask("approver", "GET", "/cases?status=open&limit=1")["items"][0]
    ask("fund", "POST", "/break-glass/holders", {"account_id": ask("approver", "GET", "/session")["id"]})
    emergency = {"case_id": case["id"], "reason": "danger", "text": "Somebody has to be reached tonight."}
    ask("approver", "POST", "/break-glass", emergency)


def _hand_in(client: TestClient, services: Services, secrets: dict[str, str]) -> None:
    """A document on a case, with a name that is long and a page to look at; none of the demo's cases has one."""
    headers = {"Cookie": f"{services.cookie}={secrets['attorney']}", "Sec-Fetch-Site": "same-origin"}
    client.cookies.clear()
    case = client.get("/api/v1/cases?status=open&limit=1", headers=headers).json()["items"][0]
    answer = client.post(
        f"/api/v1/cases/{case['id']}/documents",
        data={"kind": "court_notice", "dated_on": "2026-10-01", "description": "The hearing was moved."},
        files={"file": ("notice-of-hearing-scanned-at-the-office.png", picture())},
        headers=headers | {"Idempotency-Key": "a-notice"},
    )
    assert answer.status_code == 201, answer.text


def _fees(client: TestClient, services: Services, secrets: dict[str, str]) -> None:
    """A schedule of fees that waits, and on a case a quote, a waiver and a notice; the demo has none of them."""

    def ask(who: str, path: str, body: dict[str, object]) -> None:
        headers = {"Cookie": f"{services.cookie}={secrets[who]}", "Sec-Fetch-Site": "same-origin"}
        client.cookies.clear()
        answer = client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text

    headers = {"Cookie": f"{services.cookie}={secrets['attorney']}"}
    case = client.get("/api/v1/cases?status=open&limit=1", headers=headers).json()["items"][0]
    ask("fund", "/fees/schedules", {"content": dearer()})
    quoted = ["uscis-i-765-general-online-2024", "uscis-i-765-first-humanitarian-fy2026"]
    ask("attorney", f"/cases/{case['id']}/fee-quotes", {"filed_on": "2026-11-23", "fees": quoted})
    ask("attorney", f"/cases/{case['id']}/fee-waivers", {"agency": "uscis", "form": "I-765"})
    ask("attorney", f"/cases/{case['id']}/fee-notices", {"noticed_on": today().isoformat()})


def _runs(client: TestClient, services: Services, secrets: dict[str, str]) -> None:
    """A payment run of one released payment, and a bank's statement that does not show it yet."""

    def ask(who: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        headers = {"Cookie": f"{services.cookie}={secrets[who]}", "Sec-Fetch-Site": "same-origin"}
        client.cookies.clear()
        if body is None and not more:
            return client.get(f"/api/v1{path}", headers=headers).json()
        more |= {} if body is None else {"json": body}
        answer = client.post(f"/api/v1{path}", headers=headers | {"Idempotency-Key": str(new_id())}, **more)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    open_awards = (
        ask("attorney", "/awards?status=approved")["items"] + ask("attorney", "/awards?status=active")["items"]
    )
    award = next(each for each in open_awards if each["balance"]["available"] not in ("0.00", "0.01"))
    bank = {"routing_number": "102000995", "account_number": "90005550001"}
    payee = ask("attorney", "/payees", {"kind": "vendor", "name": "Example Interpreters", "account": bank})
    asked = {"award_id": award["id"], "payee_id": payee["id"], "amount": "0.01", "method": "ach"}
    payment = ask("attorney", "/disbursements", asked)["id"]
    for who, verb in (("attorney", "submit"), ("approver", "approve"), ("releaser", "release")):
        ask(who, f"/disbursements/{payment}/{verb}", {})
    form = {
        "method": "ach",
        "fund_ids": [award["fund_id"]],
        "disbursement_ids": [payment],
        "effective_on": working_day(),
    }
    ask("fund", "/batches", form)
    booked = [Booked(today(), "-12.50", "MONTHLY FEE", "FEE-1")]
    file = ("statement.xml", camt053(booked, "100.00", "87.50"))
    ask("fund", "/statements", data={"format": "camt053"}, files={"file": file})


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for an example of each page: by the ids of the demo's records, else among the links of pages found so."""

    services: Services
    client: TestClient
    secrets: dict[str, str]
    links: list[Example] = field(default_factory=list)

    def examples(self) -> dict[str, Example | None]:
        found = {route.path: self._fullest(self._candidates(route)) for route in page_routes()}
        for path in (path for path, example in found.items() if example is None):
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/?]+", path) + r"(\?.*)?")
            found[path] = self._fullest(link for link in list(self.links) if pattern.fullmatch(link.path))
        return found

    def _candidates(self, route: APIRoute) -> Iterator[Example]:
        entry: Entry = route.endpoint.entry  # type: ignore[attr-defined]  # set by Door on every endpoint
        for person in (NOBODY,) if isinstance(entry.may, Open) else PEOPLE:
            for path in _addresses(route.path, self.services):
                yield Example(person, path)

    def _fullest(self, candidates: Iterable[Example]) -> Example | None:
        """The one with the most on it, of the first few that open."""
        sizes: dict[Example, int] = {}
        shut: set[str] = set()
        for each in candidates:
            if each.person in shut:
                continue
            self.client.cookies.clear()
            cookie = f"{self.services.cookie}={self.secrets.get(each.person, '')}"
            answer = self.client.get(each.path, headers={"Cookie": cookie})
            if answer.status_code == 403:
                shut.add(each.person)
            if answer.status_code == 200:
                sizes[each] = len(answer.text)
                hrefs = set(re.findall(r'href="(/[^"#]*)', answer.text))
                self.links.extend(Example(each.person, unescape(href)) for href in sorted(hrefs))
            if len(sizes) >= TRIED:
                break
        return max(sizes, key=lambda each: sizes[each], default=None)


def _addresses(path: str, services: Services) -> list[str]:
    """The path with the ids of records that the demo has: ``{case_id}`` is the id of a row of the table ``case``."""
    [*names] = re.findall(r"\{(\w+)_id\}", path)
    if not names:
        return [path]
    assert len(names) == 1, f"{path} names two records"
    table = SQLModel.metadata.tables.get(names[0])
    if table is None:
        return []  # it goes by another name in the address: links lead there
    with services.database.engine.connect() as connection:
        ids: list[UUID] = list(connection.execute(select(table.c.id).order_by(table.c.id.desc())).scalars())
    return [path.replace(f"{{{names[0]}_id}}", str(each)) for each in ids]
