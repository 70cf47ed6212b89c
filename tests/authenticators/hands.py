"""What the tests of this folder do again and again: sign in, enrol, answer."""

from typing import Any

from app.config import Settings
from app.web.services import Services
from tests.authenticators.device import Device
from tests.story import said
from tests.world import API, PASSWORD, Person, World

SAME = {"Sec-Fetch-Site": "same-origin"}


def demand(world: World, **settings: object) -> None:
    """The installation is set otherwise from now on; who is signed in stays so."""
    services = Services(
        Settings(**world.services.settings.model_dump() | settings), world.services.database, world.services.vault
    )
    world.client.app.state.services = services  # type: ignore[attr-defined]  # the application under the client


def sign_in(world: World, name: str, **more: Any) -> Any:
    """The answer to an e-mail, a password and perhaps a code."""
    body = {"email": f"{name}@example.org", "password": PASSWORD} | more
    world.client.cookies.clear()
    return world.client.post(f"{API}/session", json=body, headers=SAME)


def signed_in(world: World, name: str, **more: Any) -> Person:
    """Somebody in a session of their own, begun just now."""
    answer = sign_in(world, name, **more)
    assert answer.status_code == 201, answer.text
    return Person(world.client, world.people[name], answer.cookies["amparo"])


def renewed(answer: Any, person: Person) -> Person:
    """The same person with the cookie that an answer set."""
    return Person(person.client, person.id, answer.cookies["amparo"])


def enrolled(person: Person, device: Device | None = None, name: str = "Key ring") -> Device:
    """A passkey of this person."""
    device = device or Device()
    options = said(person.post("/passkeys/challenge"), 200)
    said(person.post("/passkeys", json={"name": name, "credential": device.made(options)}), 201)
    return device


def ask(world: World, cookies: dict[str, str] | None = None) -> tuple[Any, dict[str, str]]:
    """A challenge to sign in with, and the cookie that ties it to this browser."""
    world.client.cookies.clear()
    answer = world.client.post(f"{API}/session/passkey/challenge", headers=SAME, cookies=cookies)
    assert answer.status_code == 200, answer.text
    return answer.json(), {"amparo-asked": answer.cookies["amparo-asked"]}


def answer_with(world: World, credential: Any, cookies: dict[str, str]) -> Any:
    """What comes back for a signed challenge."""
    world.client.cookies.clear()
    header = SAME | {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    return world.client.post(f"{API}/session/passkey", json={"credential": credential}, headers=header)
