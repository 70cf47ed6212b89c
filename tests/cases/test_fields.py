"""Every field of every route wrong in at least three ways: refused with its pointer, never echoed, never 500."""

import json
from typing import Any

import pytest

from tests.cases.stage import ask, offered, opened, pointers
from tests.world import World

LONG = "Zq" * 20_001
#: Texts that are none: too short, too long, of another type; and a word that must not come back.
NO_TEXT: list[Any] = ["", "   ", LONG, "Zq\ud800", 7, None, ["Zq-canary"], {"Zq-canary": 1}]
NO_DAY: list[Any] = [
    "Zq-canary",
    "14.03.2026",
    "2026-02-30",
    "2206-03-14",
    "0001-01-01",
    20260314,
    1.5,
    True,
    "1700000000",
]
NO_CHOICE: list[Any] = ["Zq-canary", "", 7, ["Zq-canary"]]
NO_COURT: list[Any] = ["", "Zq\x00canary", "Zq\ncanary", "Zq" * 51, 7, ["Zq-canary"], "Zq\ud800"]

HEARING = {"held_on": "2027-03-14", "kind": "master"}
DEADLINE = {"due_on": "2027-03-14", "kind": "motion", "title": "Motion"}
CLOSING = {"outcome": "terminated", "reason": "Dismissed."}


def check(person: Any, method: str, path: str, good: dict[str, Any], wrong: dict[str, list[Any]], **more: Any) -> int:
    """Send each wrong value in place of the good one. Gives how many were refused as they should be."""
    headers = {"Content-Type": "application/json"} | more.get("headers", {})
    for name, values in (wrong | {"zq_canary": ["Zq-canary", None, 1]}).items():
        for value in values:
            answer = person.request(method, path, content=json.dumps(good | {name: value}), headers=headers)
            assert answer.status_code == 422, (name, value, answer.text)
            assert pointers(answer)[0].split("/")[1] == name, (value, answer.text)
            assert "Zq" not in answer.text.replace("zq_canary", ""), (name, value)
    for body in (b"", b"{", b"[]", b"7", b'"Zq-canary"', b"null"):
        answer = person.request(method, path, content=body, headers=headers)
        assert answer.status_code in (400, 422), (body, answer.text)
        assert "Zq" not in answer.text
    return sum(map(len, wrong.values()))


def test_fields_of_dates_notes_and_closing(world: World) -> None:
    made = opened(world)
    attorney, path = world.attorney, made.path
    no_moment = [
        "Zq-canary",
        "2026-03-14",
        "2026-03-14T15:00:00",
        7,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-14:00",
    ]
    by_moment = {"kind": "master", "held_at": "2027-03-14T15:00:00Z"}
    number = check(attorney, "POST", f"{path}/hearings", by_moment, {"held_at": no_moment})
    number += check(
        attorney,
        "POST",
        f"{path}/hearings",
        HEARING,
        {
            "held_on": NO_DAY,
            "time": ["Zq-canary", "25:00", "9:00", 930, "09:60", "09:30:00"],
            "court": NO_COURT,
            "kind": [*NO_CHOICE, None],
        },
    )
    number += check(
        attorney,
        "POST",
        f"{path}/deadlines",
        DEADLINE,
        {"due_on": [*NO_DAY, None], "kind": [*NO_CHOICE, None], "title": [*NO_TEXT, "Zq" * 101]},
    )
    number += check(attorney, "POST", f"{path}/notes", {"body": "A note"}, {"body": NO_TEXT})
    number += check(
        attorney,
        "POST",
        f"{path}/close",
        CLOSING,
        {"outcome": [*NO_CHOICE, None], "closed_on": NO_DAY, "reason": NO_TEXT},
    )
    case = attorney.get(path).json()
    assert (case["hearings"], case["deadlines"], case["notes"], case["status"]) == ([], [], [], "open")
    assert number >= 70


@pytest.mark.parametrize("body", [{"kind": "master"}, {"kind": "master", "held_on": None}])
def test_a_hearing_has_a_day(world: World, body: dict[str, Any]) -> None:
    made = opened(world)
    refused = world.attorney.post(f"{made.path}/hearings", json=body)
    assert (refused.status_code, pointers(refused)) == (422, ["/held_on"])
    both = body | {"held_on": "2027-03-14", "held_at": "2027-03-14T15:00:00Z"}
    assert pointers(world.attorney.post(f"{made.path}/hearings", json=both)) == ["/held_on"]
    twice = body | {"held_at": "2027-03-14T15:00:00Z", "time": "09:30"}
    twice.pop("held_on", None)
    assert pointers(world.attorney.post(f"{made.path}/hearings", json=twice)) == ["/time"]


def test_fields_of_facts(world: World) -> None:
    made = opened(world)
    match = {"If-Match": world.attorney.get(made.path).headers["ETag"]}
    number = check(
        world.attorney,
        "PATCH",
        made.path,
        {"court": "DEN"},
        {
            "representation": [*NO_CHOICE, None],
            "case_type": NO_CHOICE,
            "custody": [*NO_CHOICE, None],
            "court": NO_COURT,
        },
        headers=match,
    )
    assert number >= 20
    assert world.attorney.get(made.path).json()["version"] == int(match["If-Match"].strip('"'))


def test_fields_of_assignments(world: World) -> None:
    made = offered(world)
    attorney_id = str(world.people["attorney"])
    no_id = ["Zq-canary", "", 7, None, str(made.id), ["Zq-canary"]]
    number = check(
        world.partner_admin,
        "POST",
        f"{made.path}/assignments",
        {"attorney_id": attorney_id, "role": "primary"},
        {"attorney_id": no_id, "role": [*NO_CHOICE, None]},
    )
    assignment = f"/assignments/{ask(world, made)}"
    number += check(
        world.attorney,
        "POST",
        f"{assignment}/accept",
        {"no_conflict": True},
        {"no_conflict": [False, None, "yes", 1, "Zq"]},
    )
    number += check(
        world.attorney,
        "POST",
        f"{assignment}/decline",
        {"code": "capacity", "note": "Full."},
        {"code": [*NO_CHOICE, None], "note": ["", LONG, 7, ["Zq-canary"]]},
    )
    assert number >= 20
    assert world.attorney.get("/assignments?status=offered").json()["items"] != []
    for query in ("status=Zq-canary", "status=", "limit=0", "limit=Zq", "cursor=Zq-canary"):
        refused = world.attorney.get(f"/assignments?{query}")
        assert (refused.status_code, pointers(refused)) == (422, [f"/{query.split('=')[0]}"])
        assert "Zq" not in refused.text


def test_verbs_without_words_take_none(world: World) -> None:
    made = opened(world)
    hearing = world.attorney.post(f"{made.path}/hearings", json=HEARING).json()["id"]
    deadline = world.attorney.post(f"{made.path}/deadlines", json=DEADLINE).json()["id"]
    assignment = world.attorney.get(made.path).json()["assignments"][0]["id"]
    for path in (f"/hearings/{hearing}/cancel", f"/deadlines/{deadline}/complete", f"/assignments/{assignment}/end"):
        refused = world.attorney.post(path, json={"zq_canary": "Zq-canary"})
        assert (refused.status_code, pointers(refused)) == (422, ["/zq_canary"]), path
        assert world.colleague.post(path, json={"zq_canary": "Zq-canary"}).status_code == 404, path
        assert world.attorney.post(path, json={}).status_code == 200, path


def test_ids_that_are_none_are_not_found(world: World) -> None:
    made = opened(world)
    for path in ("/cases/Zq", "/cases/7/timeline", f"/cases/{made.applicant_id}", f"/cases/{made.applicant_id}/notes"):
        assert world.attorney.get(path).status_code == 404, path
    for path in ("/hearings/Zq/cancel", f"/deadlines/{made.id}/complete", f"/assignments/{made.id}/end"):
        assert world.attorney.post(path).status_code == 404, path
    for path in (f"/assignments/{made.id}/accept", f"/cases/{made.applicant_id}/close", "/cases/Zq/hearings"):
        assert world.attorney.post(path, json={}).status_code == 404, path
