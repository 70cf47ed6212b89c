"""What is attacked: a fund at work with cases of two partners and an open application, whose people are canaries."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx2
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.single_sign_on.provider.talk import Bounded
from app.staff.actions import accounts
from tests.story import BODY, Story, said
from tests.surroundings import surroundings
from tests.world import INTAKE_DESK, NORTH, SOUTH, World, copy_of_sqlite, key, running

#: One of each role, and nobody. Who does not decide cases is looked for at North, whose attorney has one of them.
CALLERS = ("attorney", "partner_admin", "intake", "fund_admin", "auditor", "admin", None)

#: Whose people each caller may come to see; everything else of every canary must stay hidden.
SEES: dict[str | None, tuple[str, ...]] = {"attorney": ("north",), "intake": ("open",)}


def answers(word: str, number: int) -> dict[str, Any]:
    """An application whose sensitive answers are unmistakable."""
    applicant = {
        "given_names": f"Kanarie{word}given",
        "family_names": f"Kanarie{word}family",
        "a_number": f"A7310{number}739",
    }
    contact = {
        "phone": f"(303) 555-01{number}",
        "email": f"kanarie{word}@demo.example",
        "address": BODY["contact"]["address"] | {"street": f"{number} Kanarie{word}street"},
    }
    return {
        "applicant": BODY["applicant"] | applicant,
        "contact": BODY["contact"] | contact,
        "household": BODY["household"] | {"annual_income": f"3{number}17.73"},
    }


def canaries(word: str, number: int) -> list[str]:
    """What of this person must be nowhere, as typed and as normalised."""
    digits, phone = f"7310{number}739", f"+1303555 01{number}".replace(" ", "")
    return [f"Kanarie{word}", f"kanarie{word}", digits, phone, f"555-01{number}", f"3{number}17.73"]


PEOPLE = {"north": 41, "south": 52, "open": 63}


@dataclass(frozen=True, slots=True)
class Target:
    """A listening Amparo: its address, a token for each role, and ids that lead somewhere by parameter."""

    world: World
    address: str
    tokens: dict[str | None, str | None]
    ids: dict[str, list[str]]

    def forbidden(self, who: str | None) -> list[str]:
        """What this caller may never be told."""
        seen = SEES.get(who, ())
        return [each for word, number in PEOPLE.items() if word not in seen for each in canaries(word, number)]


@contextmanager
def target(made: Path, folder: Path) -> Iterator[Target]:
    """Amparo on loopback over a copy of a made installation, with its stories told."""
    settings = copy_of_sqlite(made, folder).model_copy(update={"budget_factor": 10_000})
    with running(settings) as world, patch.object(Bounded, "handle_request", staying_here(Bounded.handle_request)):
        ids = told(world)
        with listening(world) as address:
            yield Target(world, address, {who: token_of(world, who) for who in CALLERS}, ids)


def staying_here(ask: Callable[[Bounded, httpx2.Request], httpx2.Response]) -> Callable[..., httpx2.Response]:
    """An attack may enter any address as an organization's sign-in; none but this machine is asked."""

    def asked(transport: Bounded, request: httpx2.Request) -> httpx2.Response:
        if request.url.host not in ("127.0.0.1", "localhost", "::1"):
            raise httpx2.ConnectError("not on this machine", request=request)
        return ask(transport, request)

    return asked


def token_of(world: World, who: str | None) -> str | None:
    """A token of this member of the cast."""
    if who is None:
        return None
    with world.act_as("admin") as work:
        work.decided = True
        return accounts.create_token(work, world.people[who], "scan", 1)


def told(world: World) -> dict[str, list[str]]:
    """The stories, and the ids in them."""
    north = Story(world).begin().apply(**answers("north", PEOPLE["north"])).accept(NORTH).assign().fund_it().pay()
    north.draft("12.00")
    south = Story(world, fund=north.fund).apply(**answers("south", PEOPLE["south"])).accept(SOUTH)
    south.assign("attorney2", "partner_admin2")
    taken = answers("open", PEOPLE["open"])
    taken["contact"]["address"] |= {"city": "Greeley", "county": "Weld"}  # so that there is a rule to set aside
    unmade = Story(world, fund=north.fund).apply(**taken)
    attorney, hearing = world.attorney, {"held_on": "2027-03-09", "kind": "master", "court": "DEN"}
    deadline = {"due_on": "2027-03-09", "kind": "evidence", "title": "brief"}
    override = {"fund_id": north.fund, "rule": "residence", "reason": "lives with family in the city"}
    saved = {"name": "Year", "period": "last_year", "shared": True}
    asked = said(world.intake.post(f"/applications/{unmade.application}/overrides", json=override), 201)
    around = surroundings(world, north)
    return {name: [found] for name, found in around.items()} | {
        "account_id": [str(world.people["colleague"]), str(world.people["attorney2"])],
        "attorney_id": [str(world.people["attorney"]), str(world.people["colleague"])],
        "actor_id": [str(world.people["attorney"])],
        "partner_id": [str(world.partners[name]) for name in (NORTH, SOUTH, INTAKE_DESK)],
        "applicant_id": [north.applicant, south.applicant, unmade.applicant],
        "application_id": [unmade.application, north.application],
        "check_id": [unmade.check, north.check],
        "override_id": [asked["id"]],
        "case_id": [north.case, south.case],
        "assignment_id": [north.assignment, south.assignment],
        "hearing_id": [said(attorney.post(f"/cases/{north.case}/hearings", json=hearing), 201)["id"]],
        "deadline_id": [said(attorney.post(f"/cases/{north.case}/deadlines", json=deadline), 201)["id"]],
        "fund_id": [north.fund],
        "award_id": [north.award],
        "payee_id": [north.payee],
        "disbursement_id": [north.disbursement],
        "saved_id": [said(world.fund_admin.post("/reports/saved", json=saved, headers=key()), 201)["id"]],
        "subject_id": [north.applicant],
        "object_id": [north.case],
    }


def with_fresh_keys(app: ASGIApp) -> ASGIApp:
    """A scanner sends one key for ever, and would get the first answer for ever: each of its requests is a new one."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [
                (name, str(uuid4()).encode() if (name, value) == (b"idempotency-key", b"scan") else value)
                for name, value in scope["headers"]
            ]
            scope = {**scope, "headers": headers}
        await app(scope, receive, send)

    return asked


@contextmanager
def listening(world: World) -> Iterator[str]:
    """The application on a port of loopback until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(with_fresh_keys(world.client.app), port=0, log_level="error", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
