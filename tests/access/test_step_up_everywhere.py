"""Every sensitive act asks the right person for a fresh proof: by an old session and by a token it is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.access.grants import Permission
from app.access.model import SignInSession
from app.staff.actions import accounts
from app.web.answers import Entry
from app.web.door import DoorRoute
from tests.authenticators.hands import demand
from tests.world import CAST, Person, World

#: What can not be seen or done without a fresh proof; a new one is counted here on purpose.
FEWEST = 30


@pytest.fixture
def asking(world: World) -> World:
    """The world of an installation that asks for a proof of the last five minutes."""
    demand(world, step_up_minutes=5)
    return world


def sensitive(world: World) -> list[tuple[str, str, Entry]]:
    """Method, path and entry of each route that steps up."""
    found = []
    for route in world.client.app.routes:  # type: ignore[attr-defined]  # as above
        if isinstance(route, DoorRoute):
            entry: Entry = route.endpoint.entry  # type: ignore[attr-defined]  # set by Door on every endpoint
            found += [(method, route.path, entry) for method in route.methods or () if entry.steps_up]
    return found


def somebody(world: World, permission: Permission | None) -> str:
    """A member of the cast whose role has the permission."""
    assert permission is not None, "a sensitive act without a permission"
    return next(name for name in CAST if world.actor(name).reach(permission) is not None)


def ask(person: Person, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
    """The request with ids of nothing: the gate answers before anything is looked for."""
    parts = [str(uuid4()) if part.startswith("{") else part for part in path.removeprefix("/api/v1").split("/")]
    body: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": {}}
    return person.request(method, "/".join(parts), headers=headers or {}, **body)


def code_of(answer: Any) -> str:
    """The code of a problem; empty for an answer that is none."""
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return str(answer.json()["code"]) if problem else ""


def signed_in_before(world: World, ago: timedelta) -> None:
    """Everybody proved who they are that long ago, at their sign-in."""
    with world.services.database.writing() as connection:
        connection.execute(update(SignInSession).values(created_at=datetime.now(UTC) - ago))


def test_every_sensitive_act_waits_for_a_fresh_proof(asking: World) -> None:
    routes = sensitive(asking)
    assert len(routes) >= FEWEST
    signed_in_before(asking, timedelta(minutes=5, seconds=1))
    refused = {
        (method, path): ask(getattr(asking, somebody(asking, entry.permission)), method, path)
        for method, path, entry in routes
    }
    told = {act: (answer.status_code, code_of(answer)) for act, answer in refused.items()}
    assert {act: said for act, said in told.items() if said != (403, "step_up")} == {}

    for method, path, entry in routes:
        signed_in_before(asking, timedelta(0))
        answer = ask(getattr(asking, somebody(asking, entry.permission)), method, path)
        assert code_of(answer) != "step_up", (method, path)


def test_a_token_never_steps_up(asking: World) -> None:
    tokens: dict[str, str] = {}
    for method, path, entry in sensitive(asking):
        name = somebody(asking, entry.permission)
        if name not in tokens:
            with asking.act_as("admin") as work:
                work.decided = True
                tokens[name] = accounts.create_token(work, asking.people[name], "test", 1)
        answer = ask(asking.stranger, method, path, {"Authorization": f"Bearer {tokens[name]}"})
        assert answer.status_code == 403, (method, path, answer.text)
