"""What a browser does on its way to a provider and back: cookies kept, addresses followed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.access.model import SignInSession
from app.db import new_id
from app.single_sign_on.model import FederatedIdentity
from tests.single_sign_on.liar import CLIENT, SECRET, SUBJECT, Tenant
from tests.world import API, World, secret_of


@dataclass
class Browser:
    """One browser: what it was given as cookies it brings back."""

    world: World
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Sec-Fetch-Site": "same-origin"} | dict(more.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.world.client.cookies.clear()
        answer = self.world.client.request(method, API + path, headers=headers, **more)
        for line in answer.headers.get_list("set-cookie"):
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
                if cookie["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def begin(self, provider_id: str, **more: Any) -> Any:
        return self.send("POST", "/session/federated", json={"provider_id": provider_id, **more})

    def come_back(self, said: dict[str, str]) -> Any:
        return self.send("POST", "/session/federated/return", json=said)

    def sign_in(self, provider_id: str, tenant: Tenant, **more: Any) -> Any:
        """The whole way; where it ends early, that answer."""
        begun = self.begin(provider_id, **more)
        if begun.status_code != 201:
            return begun
        return self.come_back(tenant.authorize(begun.json()["go_to"]))

    def who(self) -> str | None:
        """The e-mail of who is signed in here."""
        answer = self.send("GET", "/session")
        return answer.json()["email"] if answer.status_code == 200 else None


def browser_of(world: World, name: str) -> Browser:
    """The browser of a member of the cast, who is signed in."""
    return Browser(world, {"amparo": secret_of(name)})


def enter(world: World, tenant: Tenant, *, partner: str | None = None, **more: Any) -> str:
    """Enter a tenant as an identity provider, for the fund's own people unless an organization is named."""
    form = {
        "name": tenant.issuer.rpartition("/")[2],
        "issuer": tenant.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "partner_id": str(world.partners[partner]) if partner else None,
        **more,
    }
    answer = world.admin.post("/identity-providers", json=form)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def organization_of(world: World, name: str) -> tuple[str, str]:
    """An organization's sign-in that nobody asks anything, and somebody's account there: provider and identity."""
    tenant = Tenant("http://127.0.0.1:9")  # where nobody listens
    provider_id = enter(world, tenant)
    return provider_id, known(world, provider_id, tenant, name)


def known(world: World, provider_id: str, tenant: Tenant, name: str, subject: str = SUBJECT) -> str:
    """Somebody's account at a tenant, linked already; gives the id of the link."""
    identity_id = new_id()
    from_table = FederatedIdentity.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    with world.services.database.writing() as connection:
        connection.execute(
            from_table.insert().values(
                id=identity_id,
                account_id=world.people[name],
                provider_id=UUID(provider_id),
                issuer=tenant.issuer,
                subject=subject,
                linked_at=datetime.now(UTC),
            )
        )
    return str(identity_id)


def sessions(world: World) -> int:
    """How many sessions were ever begun."""
    with world.services.database.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(SignInSession)).scalar_one())
