"""Every POST that makes something, sent twice under one key: made once, and the second answer says so.

The table is held against the routes: a row whose route is gone fails. So does a creating POST that never comes to
``once``, whether it has a row here or its own room's tests.
"""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import CodeType
from typing import Any

import pytest

from app.main import API_DOORS
from app.once import once
from tests.agreements.stage import HOURLY
from tests.authenticators.device import Device
from tests.authenticators.hands import signed_in
from tests.authenticators.test_codes import with_app
from tests.counting import FIGURES
from tests.documents.files import picture
from tests.statements.samples import Booked, ofx
from tests.story import BODY, Story, said
from tests.test_access import Stage, build
from tests.world import NORTH, Person, World, key, today

#: Doors at which nobody has a name yet: a key is of one person, and these have none to keep it for. An answer given
#: again would hand a session, or a way to set a password, to whoever repeats the request. Twice signed in is twice
#: signed in, each told to its own browser; challenges and recovery halves are spent by their first use.
OF_NOBODY = {"POST /session", "POST /session/passkey", "POST /session/recovery", "POST /session/federated"}
#: The same way to a provider, begun by somebody signed in: nothing is made before the provider has answered, and each
#: beginning needs a state and a nonce of its own.
BEGINNINGS = {"POST /session/federated/link", "POST /session/federated/proof"}

#: Whose every POST answers 428 without a key: nobody pays twice because an answer was lost.
MONEY = ("/awards", "/disbursements", "/bonds", "/ledger", "/batches", "/invoices")

Body = Callable[["Sending"], dict[str, Any] | None]


def _is(**body: Any) -> Body:
    return lambda _: body


def _nothing(_: "Sending") -> None:
    """These take no body."""


def _of(who: str, **more: Any) -> Body:
    return lambda at: {"account_id": str(at.world.people[who])} | more


_DAY = "2027-03-10"
#: route -> who, and what they send; in an order in which each can be made.
MADE: dict[str, tuple[str, Body]] = {
    "POST /authenticator-app": ("attorney2", _nothing),
    "POST /recovery-codes": ("codes", _nothing),
    "POST /passkeys": ("approver", lambda at: {
        "name": "Key ring", "credential": Device().made(said(at.world.approver.post("/passkeys/challenge")))
    }),
    "POST /factor-resets": ("fund_admin", _of("intake")),
    "POST /staff": ("partner_admin", lambda at: {
        "email": "new@example.org", "name": "New", "roles": ["attorney"], "partner_id": str(at.world.partners[NORTH])
    }),
    "POST /identity-providers": ("admin", _is(name="Else", issuer="https://idp.example", client_id="amparo")),
    "POST /clients": ("admin", _is(name="Second desk", role="auditor", scopes=["audit.read"])),
    "POST /clients/{client_id}/secrets": ("admin", _is(days=30)),
    "POST /tokens": ("attorney", _is(name="another script")),
    "POST /partners": ("admin", _is(name="Third Legal Aid")),
    "POST /applications": ("intake", _is(**BODY)),
    "POST /applications/{application_id}/screenings": ("intake", _nothing),
    "POST /applications/{application_id}/conflict-checks": ("intake", _nothing),
    "POST /applications/{application_id}/overrides": ("intake", lambda at: {
        "fund_id": at.ids["fund_id"], "rule": "residence", "reason": "moved back"
    }),
    "POST /applications/{application_id}/documents": ("intake", _is()),
    "POST /applications/{application_id}/accept": ("intake", lambda at: {
        "fund_id": at.ids["fund_id"], "partner_id": str(at.world.partners[NORTH]), "representation": "full"
    }),
    "POST /cases/{case_id}/documents": ("attorney", _is()),
    "POST /cases/{case_id}/assignments": ("partner_admin", lambda at: {
        "attorney_id": str(at.world.people["colleague"]), "role": "primary"
    }),
    "POST /cases/{case_id}/hearings": ("attorney", _is(held_on=_DAY, kind="master", court="DEN")),
    "POST /cases/{case_id}/deadlines": ("attorney", _is(due_on=_DAY, kind="evidence", title="brief")),
    "POST /cases/{case_id}/notes": ("attorney", _is(body="She fears her uncle.")),
    "POST /cases/{case_id}/walls": ("approver", _of("attorney2", reason="other", text="x")),
    "POST /cases/{case_id}/helpers": ("attorney", _of("colleague", hours=1)),
    "POST /break-glass": ("approver", lambda at: {"case_id": at.ids["case_id"], "reason": "danger", "text": "y"}),
    "POST /break-glass/holders": ("fund_admin", _of("releaser")),
    "POST /funds": ("fund_admin", _is(
        name="Second", giver="City", starts_on="2024-01-01", ends_on="2028-12-31", awarded_total="5.00",
        ruleset="denver-dilsf",
    )),
    "POST /funds/{fund_id}/allocations": ("fund_admin", _is(category="representation", amount="1.00")),
    "POST /payees": ("attorney", _is(name="Second Translation", kind="vendor")),
    "POST /awards": ("attorney", lambda at: {
        "case_id": at.ids["case_id"], "fund_id": at.ids["fund_id"], "category": "representation", "amount": "1.00"
    }),
    "POST /disbursements": ("attorney", lambda at: {
        "award_id": at.ids["award_id"], "payee_id": at.ids["payee_id"], "amount": "1.00", "method": "ach"
    }),
    "POST /reports/saved": ("auditor", _is(name="Quarter", period="last_quarter")),
    "POST /holds": ("fund_admin", lambda at: {
        "case_id": at.ids["case_id"], "reason_code": "legal_demand", "reason": "A demand came by mail."
    }),
    "POST /retention/erasures": ("fund_admin", lambda at: {
        "applicant_id": at.ids["ended"], "cause": "person_asked"
    }),
    "POST /programmes": ("fund_admin", _is(name="One more")),
    "POST /transfers": ("fund_admin", lambda at: {"kind": "income", "fund_id": at.ids["fund_id"], "amount": "2.00"}),
    "POST /agreements": ("fund_admin", lambda at: {
        "fund_id": at.ids["fund_id"], "partner_id": str(at.world.partners[NORTH]), "name": "Second agreement"
    }),
    "POST /agreements/{agreement_id}/versions": ("fund_admin", _is(**HOURLY)),
    "POST /agreements/{agreement_id}/reports": ("fund_admin", _is(number=3)),
    "POST /invoices": ("attorney", lambda at: {"agreement_id": at.ids["agreement_id"], "number": "A-2"}),
    "POST /cases/{case_id}/fee-quotes": ("attorney", _is(
        filed_on=_DAY, fees=["uscis-i-765-general-online-2024"]
    )),
    "POST /cases/{case_id}/fee-waivers": ("attorney", _is(agency="uscis", form="I-485")),
    "POST /statements": ("fund_admin", _is(format="ofx", opening="1.00")),
    "POST /access-reviews": ("auditor", lambda at: {
        "digest": said(at.world.auditor.get("/access-reviews"))["digest"]
    }),
}  # fmt: skip


def posts() -> Iterator[tuple[str, Any]]:
    """Every POST of the API, by name."""
    for door in API_DOORS:
        for route in door.routes():
            if "POST" in (route.methods or ()):
                yield f"POST {route.path}", route


def comes_to_once(endpoint: Any) -> bool:
    """Whether what an endpoint calls, or what that calls, is ``once``; a call is whatever name its code holds."""
    seen: set[Any] = set()
    waiting = [inspect.unwrap(endpoint)]
    while waiting:
        function = waiting.pop()
        if function is once:
            return True
        if function not in seen:
            seen.add(function)
            waiting += [each for each in _called(function) if (each.__module__ or "").startswith("app.")]
    return False


def _called(function: Any) -> Iterator[Any]:
    names = set(_names(function.__code__))
    within = {name: function.__globals__.get(name) for name in names}
    modules = [each for each in within.values() if inspect.ismodule(each)]
    found = [*within.values(), *(getattr(module, name, None) for module in modules for name in names)]
    yield from (inspect.unwrap(each) for each in found if inspect.isfunction(each))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def test_every_creating_post_takes_a_key() -> None:
    making = {name: comes_to_once(route.endpoint) for name, route in posts() if route.status_code == 201}
    without = {name for name, comes in making.items() if not comes}
    assert without - OF_NOBODY - BEGINNINGS == set()
    assert without >= BEGINNINGS | {"POST /session", "POST /session/federated"}, "the look itself must see a difference"
    assert set(making) >= OF_NOBODY | BEGINNINGS | set(MADE)


def test_money_asks_for_a_key_by_its_route() -> None:
    asks = {name: route.endpoint.entry.needs_key for name, route in posts()}
    money = {name: asked for name, asked in asks.items() if name.removeprefix("POST ").startswith(MONEY)}
    assert len(money) >= 13
    assert not [name for name, asked in money.items() if not asked]


class Sending:
    """Whoever sends a row of the table, with the key it is given."""

    world: World
    ids: dict[str, str]

    def __init__(self, world: World, stage: Stage) -> None:
        self.world = world
        self.ids = stage.accepted | stage.taken
        self.people: dict[str, Person] = {}
        taken = f"/applications/{self.ids['application_id']}"
        said(world.fund_admin.post(f"{taken}/overrides/{self.ids['override_id']}/reject", json={}))
        ended = _fresh(world, self.ids["fund_id"], 1)
        said(world.intake.post(f"/applications/{ended.application}/withdraw", json={"reason": "has_counsel"}))
        self.ids["ended"] = ended.applicant
        self.ids["eligible"] = _fresh(world, self.ids["fund_id"], 2).application
        self.ids["offered"] = _fresh(world, self.ids["fund_id"], 3).accept().case

    def path(self, route: str) -> str:
        """The address of a row: an application and a case that are still to go on have their own."""
        ids = self.ids | {"application_id": self.ids["eligible"]} if route.endswith("/accept") else self.ids
        ids = ids | {"case_id": self.ids["offered"]} if route.endswith("/assignments") else ids
        return route.split(" ", 1)[1].format(**ids)

    def person(self, who: str) -> Person:
        if who == "codes":
            # Whoever has an app asks for its recovery codes.
            if who not in self.people:
                self.people[who] = signed_in(self.world, "other_intake")
                with_app(self.people[who])
            return self.people[who]
        found: Person = getattr(self.world, who)
        return found

    def send(self, route: str, body: dict[str, Any] | None, with_key: dict[str, str]) -> Any:
        person, path = self.person(MADE[route][0]), self.path(route)
        if route.endswith("/documents"):
            part = {"file": ("photo.png", picture())}
            return person.post(path, data={"kind": "evidence"} | (body or {}), files=part, headers=with_key)
        if route.endswith("/statements"):
            part = {"file": ("s.ofx", ofx([Booked(today() - timedelta(1), "2.00", "INTEREST")], "3.00"))}
            return person.post(path, data=body, files=part, headers=with_key)
        more = {} if body is None else {"json": body}
        return person.post(path, headers=with_key, **more)


def test_whatever_is_made_is_made_once(world: World, record_property: Callable[[str, object], None]) -> None:
    sending, wrong = Sending(world, build(world)), []
    for route, (_, body) in MADE.items():
        form, same = body(sending), key()
        first, again = sending.send(route, form, same), sending.send(route, form, same)
        told = again.headers.get("Idempotency-Replayed")
        if (first.status_code, again.status_code, told) != (201, 201, "true") or not _same(first, again):
            wrong.append(f"{route}: {first.status_code} {first.text[:150]}, then {again.status_code} {told}")
        elif "Idempotency-Replayed" in first.headers:
            wrong.append(f"{route}: the first is called a repetition")
    record_property(FIGURES, f"made once: {len(MADE)} creating POSTs sent twice under a key, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def _same(first: Any, again: Any) -> bool:
    """Whether two answers are about one record; recovery codes have none, and are shown the first time only."""
    one, other = first.json(), again.json()
    if "codes" in one:
        return bool(one["codes"]) and other["codes"] is None
    return "id" not in one or one["id"] == other["id"]


def _fresh(world: World, fund: str, number: int) -> Story:
    """Somebody new, who fits the rules."""
    person = BODY["applicant"] | {"a_number": f"A{900_100_000 + number}"}
    contact = BODY["contact"] | {"email": f"fresh{number}@demo.example", "phone": f"(303) 555-010{number}"}
    return Story(world, fund=fund).apply(applicant=person, contact=contact)


@pytest.mark.parametrize("route", sorted(OF_NOBODY))
def test_a_key_gives_nobody_the_session_of_another(world: World, route: str) -> None:
    """Without a name there is no claim: the second request is judged for itself, whatever its key."""
    same, path = key(), route.removeprefix("POST ")
    for _ in range(2):
        answer = world.stranger.post(path, json={"email": "attorney@example.org", "password": "wrong"}, headers=same)
        assert answer.status_code in (401, 422), answer.text
        assert "Idempotency-Replayed" not in answer.headers
