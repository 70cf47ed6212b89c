"""Every field of every money route wrong in several ways: 4xx with the field's pointer, never 500, never an echo."""

from typing import Any, Final
from uuid import uuid4

from tests.cases.stage import opened
from tests.funds.stage import ACCOUNT, ROUTING, allocate, award, disbursement, fund, payee
from tests.world import World, key

#: Stands in every wrong text, to be looked for in the answer.
CANARY: Final = "Xochitl-Canario-7"
_IDS: Final[tuple[Any, ...]] = (CANARY, 7, None, [], {"id": CANARY})
_AMOUNTS: Final[tuple[Any, ...]] = (
    *(CANARY, "", "-1.00", "0.00", "1,000.00", "$5", "1.001", "1e3", "٣.00", "100000000000000000.00"),
    *("2000000000.00", 5, 5.5, True, None, [], {"x": 1}),
)
_DAYS: Final[tuple[Any, ...]] = (
    *(CANARY, "", "2026-02-30", "03/14/2026", "2026-01-01T00:00:00", 20260101, 0, 1.5, True, []),
    {"d": 1},
)
_LINES: Final[tuple[Any, ...]] = ("", "   ", "x" * 201, "two\nlines", "nul\x00nul", 7, True, [], {"t": CANARY})
_WORDS: Final[tuple[Any, ...]] = ("", "  ", "x" * 2001, 7, False, [CANARY])
_CHOICES: Final[tuple[Any, ...]] = (CANARY, "", 7, None, [], True)

_FUND: Final = {
    "name": "A fund",
    "giver": "A city",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "awarded_total": "10.00",
    "time_zone": "America/Denver",
    "ruleset": "denver-dilsf",
}
_PAYEE: Final = {"kind": "vendor", "name": "Ink", "account": {"routing_number": ROUTING, "account_number": ACCOUNT}}

Wrong = dict[str, tuple[Any, ...]]


def _check(person: Any, path: str, good: dict[str, Any], wrong: Wrong, required: tuple[str, ...]) -> int:
    """Send every wrong value of every field, each required field missing, and an unknown one; count what was sent."""
    sent = 0
    for pointer, values in wrong.items():
        for value in values:
            _refused(person.post(path, json=_with(good, pointer, value), headers=key()), pointer, value)
            sent += 1
    for field in required:
        body = {name: value for name, value in good.items() if name != field}
        _refused(person.post(path, json=body, headers=key()), f"/{field}", None)
    _refused(person.post(path, json=good | {CANARY: CANARY}, headers=key()), f"/{CANARY}", None, echo=True)
    others: tuple[Any, ...] = ([], 7, CANARY)
    for other in others:
        _refused(person.post(path, json=other, headers=key()), "", other)
    broken = person.post(path, content=b'{"' + CANARY.encode(), headers=key() | {"Content-Type": "application/json"})
    assert broken.status_code == 400
    assert CANARY not in broken.text
    return sent + len(required) + 5


def _with(good: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    first, _, second = pointer[1:].partition("/")
    return good | {first: _with(good[first], f"/{second}", value) if second else value}


def _refused(response: Any, pointer: str, value: Any, *, echo: bool = False) -> None:
    assert response.status_code == 422, (pointer, value, response.status_code, response.text)
    pointers = [each["pointer"] for each in response.json()["errors"]]
    assert any(each.startswith(pointer) for each in pointers), (pointer, value, pointers)
    assert echo or CANARY not in response.text, (pointer, value)


def test_funds(world: World) -> None:
    wrong: Wrong = {
        "/name": _LINES,
        "/giver": _LINES,
        "/starts_on": _DAYS,
        "/ends_on": (*_DAYS, "2025-12-31"),
        "/awarded_total": _AMOUNTS,
        "/time_zone": (CANARY, "", "america/denver ", "../etc/passwd", 7, []),
        "/ruleset": (CANARY, "", "../denver-dilsf", 7, []),
    }
    required = ("name", "giver", "starts_on", "ends_on", "awarded_total")
    assert _check(world.fund_admin, "/funds", _FUND, wrong, required) > 60


def test_allocations(world: World) -> None:
    path = f"/funds/{fund(world)['id']}/allocations"
    good = {"category": "travel", "amount": "1.00"}
    wrong: Wrong = {"/category": _CHOICES, "/amount": _AMOUNTS}
    assert _check(world.fund_admin, path, good, wrong, ("category", "amount")) > 20


def test_payees(world: World) -> None:
    wrong: Wrong = {
        "/kind": _CHOICES,
        "/name": (*_LINES, None),
        "/partner_id": (CANARY, 7, [], str(uuid4())),
        "/case_id": (CANARY, 7, [], str(uuid4())),
        "/account": (CANARY, 7, []),
        "/account/routing_number": (CANARY, "", "102000996", "10200099", 102000995, None, []),
        "/account/account_number": (CANARY, "", "123", "9" * 18, "12-34567", "١٢٣٤٥", 12345678, None, []),
    }
    assert _check(world.attorney, "/payees", _PAYEE, wrong, ("kind",)) > 40


def test_awards(world: World) -> None:
    case, fund_id = opened(world), fund(world)["id"]
    allocate(world, fund_id)
    good = {"case_id": str(case.id), "fund_id": fund_id, "category": "representation", "amount": "1.00"}
    wrong: Wrong = {
        "/case_id": _IDS,
        "/fund_id": (*_IDS, str(uuid4())),
        "/category": (*_CHOICES, "travel"),
        "/amount": _AMOUNTS,
    }
    assert _check(world.attorney, "/awards", good, wrong, tuple(good)) > 30


def test_disbursements(world: World) -> None:
    good = {
        "award_id": award(world)["id"],
        "payee_id": payee(world)["id"],
        "amount": "1.00",
        "method": "ach",
        "memo": "For the brief",
    }
    wrong: Wrong = {
        "/award_id": _IDS,
        "/payee_id": (*_IDS, str(uuid4())),
        "/amount": _AMOUNTS,
        "/method": _CHOICES,
        "/memo": _WORDS,
    }
    required = ("award_id", "payee_id", "amount", "method")
    assert _check(world.attorney, "/disbursements", good, wrong, required) > 40


def test_settlements(world: World) -> None:
    path = f"/disbursements/{disbursement(world, 'released')['id']}/settle"
    wrong: Wrong = {"/settled_on": (*_DAYS, "1999-01-01", "2999-01-01"), "/bank_reference": _LINES}
    good = {"settled_on": "2026-01-01", "bank_reference": "TRN"}
    _check(world.fund_admin, path, good, wrong, ())


def test_reasons(world: World) -> None:
    award_id = award(world)["id"]
    for verb, status in (("reject", "submitted"), ("return", "released"), ("reverse", "settled")):
        path = f"/disbursements/{disbursement(world, status, award_id=award_id)['id']}/{verb}"
        person = world.approver if verb == "reject" else world.fund_admin
        wrong: Wrong = {"/reason": (*_WORDS, None), "/code": _CHOICES}
        _check(person, path, {"reason": "Paid twice", "code": "duplicate"}, wrong, ("reason",))


def test_bank_references(world: World) -> None:
    path = f"/disbursements/{disbursement(world, 'settled')['id']}/bank-reference"
    wrong: Wrong = {"/bank_reference": (*_LINES, None)}
    _check(world.fund_admin, path, {"bank_reference": "TRN"}, wrong, ("bank_reference",))


def test_confirmations(world: World) -> None:
    """Nobody has a passkey yet: a confirmation is refused, not ignored; none, or null, is what one sends."""
    found = disbursement(world, "submitted")["id"]
    for verb, person in (("approve", world.approver), ("release", world.releaser), ("settle", world.fund_admin)):
        path = f"/disbursements/{found}/{verb}"
        _check(person, path, {}, {"/confirmation": (CANARY, 7, [], {}, {"id": CANARY})}, ())
        assert person.post(path, json={"confirmation": None}, headers=key()).status_code == 200


def test_verbs_without_words(world: World) -> None:
    drafted = disbursement(world, "draft")
    path = f"/disbursements/{drafted['id']}/submit"
    bodies: tuple[Any, ...] = ({CANARY: 1}, [], 7, CANARY)
    for body in bodies:
        response = world.attorney.post(path, json=body, headers=key())
        assert response.status_code == 422
    for verb in ("approve", "close"):
        wrong = world.fund_admin.post(f"/awards/{drafted['award_id']}/{verb}", json={"x": 1}, headers=key())
        assert wrong.status_code == 422


def test_wrong_questions(world: World) -> None:
    for path, query in (
        ("disbursements", "status=Xochitl"),
        ("disbursements", "fund_id=Xochitl"),
        ("disbursements", "from=Xochitl"),
        ("disbursements", "to=2026-13-01"),
        ("disbursements", "limit=0"),
        ("disbursements", "limit=201"),
        ("disbursements", "limit=Xochitl"),
        ("disbursements", "cursor=Xochitl"),
        ("awards", "status=Xochitl"),
        ("awards", "case_id=Xochitl"),
        ("awards", "cursor=Xochitl"),
        ("payees", "limit=-1"),
        ("payees", "cursor=Xochitl"),
        ("funds", "cursor=Xochitl"),
        ("funds", "limit=1e9"),
    ):
        response = world.fund_admin.get(f"/{path}?{query}")
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"
        assert "Xochitl" not in response.text
