"""A program as the tests make and use one."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient

from tests.story import said
from tests.world import API, World, key


@dataclass
class Program:
    """A program with its id and secret, and the token that it got last."""

    client: TestClient
    id: str
    secret: str
    token: str = ""

    def ask(self, *, basic: bool = True, form: dict[str, str] | None = None, **headers: str) -> Any:
        """One request for a token, by a Basic header or in the form."""
        self.client.cookies.clear()
        sent = {"grant_type": "client_credentials"} if form is None else dict(form)
        if not basic:
            sent |= {"client_id": self.id, "client_secret": self.secret}
        if not basic:
            return self.client.post(f"{API}/oauth/token", data=sent, headers=headers)
        return self.client.post(f"{API}/oauth/token", data=sent, headers=headers, auth=(self.id, self.secret))

    def enter(self, *scopes: str) -> "Program":
        """Get a token, with all scopes or with some."""
        form = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
        self.token = said(self.ask(form=form))["access_token"]
        return self

    def request(self, method: str, path: str, **more: Any) -> Any:
        """One request with the token."""
        self.client.cookies.clear()
        headers = {"Authorization": f"Bearer {self.token}"} | dict(more.pop("headers", None) or {})
        return self.client.request(method, API + path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.request("POST", path, **more)


def program(world: World, role: str, scopes: list[str], partner: str | None = None, **more: Any) -> Program:
    """A program that the system administrator has taken on."""
    form = {"name": f"Program {uuid4().hex[:6]}", "role": role, "scopes": scopes} | more
    if partner is not None:
        form["partner_id"] = str(world.partners[partner])
    made = said(world.admin.post("/clients", json=form, headers=key()), 201)
    return Program(world.client, made["id"], made["secret"])
