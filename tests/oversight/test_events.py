"""The record as the auditor reads it, over REST."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.access.actor import OPERATOR_ID
from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome, Purpose
from app.audit.sealing import seal_once, seals_file
from app.db import new_id
from tests.world import World

DENVER = ZoneInfo("America/Denver")


def add(world: World, action: str = "case.read", at: datetime | None = None, **columns: Any) -> dict[str, Any]:
    """An event, as a request would leave it."""
    row = event_row(
        world.services.vault, at or datetime.now(UTC), action, columns.pop("outcome", Outcome.DONE), **columns
    )
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), [row])
    return row


def events(world: World, **query: object) -> list[dict[str, Any]]:
    """What the auditor gets, but for the traces of having looked before."""
    answer = world.auditor.get("/audit/events", params=query)
    assert answer.status_code == 200, answer.text
    asked = query.get("action")
    return [item for item in answer.json()["items"] if asked or item["action"] != "audit.listed"]


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


def test_an_event_is_told_with_names(world: World) -> None:
    about = new_id()
    row = add(
        world,
        "applicant.revealed",
        actor_id=world.people["attorney"],
        object_type="partner",
        object_id=world.partners["North Legal Aid"],
        subject_id=about,
        groups="identity,contact",
        purpose=Purpose.REPRESENTATION,
        count=2,
        request_id="r1",
        details={"fields": ["status"]},
    )
    (event,) = events(world, subject_id=about)
    assert event == {
        "id": str(row["id"]),
        "at": row["at"].replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "action": "applicant.revealed",
        "meaning": "Opened sealed fields of an applicant",
        "outcome": "done",
        "actor": {"type": "account", "id": str(world.people["attorney"]), "label": "Attorney"},
        "object": {"type": "partner", "id": str(world.partners["North Legal Aid"]), "label": "North Legal Aid"},
        "object_type": "partner",
        "subject": {"type": None, "id": str(about), "label": None},
        "groups": ["identity", "contact"],
        "purpose": "representation",
        "count": 2,
        "details": {"fields": ["status"]},
        "session_id": None,
        "request_id": "r1",
        "position": None,
    }


def test_each_filter_narrows(world: World) -> None:
    one, other = new_id(), new_id()
    rows = [
        add(world, "case.read", actor_id=world.people["intake"], object_id=one, subject_id=other),
        add(world, "case.closed", actor_id=world.people["intake"], object_id=other, subject_id=one),
        add(world, "case.read", actor_id=world.people["admin"], object_id=other, subject_id=other),
    ]
    for query, expected in (
        ({"object_id": one}, [0]),
        ({"object_id": other}, [2, 1]),
        ({"subject_id": other}, [2, 0]),
        ({"actor_id": world.people["intake"], "object_id": other}, [1]),
        ({"actor_id": world.people["intake"]}, [1, 0]),
        ({"action": "case.closed"}, [1]),
        ({"action": "case.closed", "subject_id": other}, []),
    ):
        found = [each for each in ids(events(world, **query)) if each in {str(row["id"]) for row in rows}]
        assert found == [str(rows[index]["id"]) for index in expected], query


def test_days_are_whole_and_in_the_readers_time_zone(world: World) -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 3, day, hour, minute, tzinfo=DENVER)

    about = new_id()
    moments = [at(9, 23, 59), at(10, 0), at(10, 23, 59), at(11, 0)]
    rows = [str(add(world, at=moment, subject_id=about)["id"]) for moment in moments]
    assert ids(events(world, subject_id=about, **{"from": "2026-03-10", "to": "2026-03-10"})) == [rows[2], rows[1]]
    assert ids(events(world, subject_id=about, **{"from": "2026-03-10"})) == [rows[3], rows[2], rows[1]]
    assert ids(events(world, subject_id=about, to="2026-03-09")) == [rows[0]]
    assert ids(events(world, subject_id=about, **{"from": "2026-03-12"})) == []


def test_pages_follow_one_another(world: World) -> None:
    about = new_id()
    rows = [str(add(world, subject_id=about)["id"]) for _ in range(5)]
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        query = {"subject_id": str(about), "action": "case.read", "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = world.auditor.get("/audit/events", params=query).json()
        # An event that comes meanwhile neither repeats nor hides another one.
        add(world, subject_id=about)
        seen += ids(answer["items"])
        cursor = answer["next"]
    assert seen == rows[::-1]
    assert cursor is None


def test_what_can_not_be_read_is_refused_with_its_pointer(world: World) -> None:
    for name, wrong in (
        ("limit", "0"),
        ("limit", "201"),
        ("actor_id", "canary-1"),
        ("object_id", "canary-2"),
        ("subject_id", "canary-3"),
        ("action", "DROP canary"),
        ("action", "x." + "canary" * 20),
        ("from", "canary-day"),
        ("to", "2026-02-30"),
        ("cursor", "canary-cursor"),
    ):
        answer = world.auditor.get("/audit/events", params={name: wrong})
        assert answer.status_code == 422, (name, wrong)
        assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{name}"]
        assert "canary" not in answer.text


def test_reading_the_record_is_on_record(world: World) -> None:
    about = new_id()
    events(world, subject_id=about, action="case.read")
    (reading,) = events(world, action="audit.listed", subject_id=about)
    assert reading["actor"]["id"] == str(world.people["auditor"])
    assert reading["details"] == {"narrowed": ["action", "subject_id"]}
    assert reading["count"] == 0
    world.auditor.get("/audit/checkpoints")
    assert len(events(world, action="audit.seals_listed")) == 1


def test_a_refused_reading_is_on_record_too(world: World) -> None:
    for name in ("intake", "attorney", "admin"):
        assert getattr(world, name).get("/audit/events").status_code == 403
        assert getattr(world, name).get("/audit/checkpoints").status_code == 403
        (refused,) = [each for each in events(world, actor_id=world.people[name]) if "/events" in str(each["details"])]
        assert refused["outcome"] == "refused"
    assert world.stranger.get("/audit/events").status_code == 401
    assert world.stranger.get("/audit/checkpoints").status_code == 401


def test_no_client_is_named(world: World) -> None:
    """What an event is about is told by reference; the views have no field that could hold a name."""
    assert "name" not in json.dumps(events(world)).replace("narrowed", "")


def seal(world: World) -> int:
    services = world.services
    return seal_once(services.database, services.vault, seals_file(services.settings), datetime.now(UTC))


def test_seals_can_be_checked_by_anybody(world: World) -> None:
    """With what this answer gives and a public key, no secret: signatures and chain."""
    for _ in range(2):
        add(world)
        seal(world)
    row = add(world)
    seal(world)
    answer = world.auditor.get("/audit/checkpoints").json()
    newest, middle, *_ = answer["items"]
    assert newest["number"] == middle["number"] + 1
    key = base64.b64decode(answer["public_keys"][newest["key_id"]])
    text, signature = newest["line"].rsplit(" ", 1)
    assert world.services.vault.verify(key, text.encode(), base64.b64decode(signature))
    assert hashlib.sha256(middle["line"].encode()).hexdigest() == newest["previous"]
    assert seals_file(world.services.settings).read_text().splitlines()[-1] == newest["line"]
    (event,) = [each for each in events(world) if each["id"] == str(row["id"])]
    assert newest["first_position"] <= event["position"] <= newest["last_position"]


def test_seals_come_in_pages(world: World) -> None:
    for _ in range(3):
        add(world)
        seal(world)
    numbers: list[int] = []
    cursor = None
    while True:
        answer = world.auditor.get("/audit/checkpoints", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        numbers += [each["number"] for each in answer.json()["items"]]
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert numbers == list(range(numbers[0], 0, -1))
    for wrong in ("x", "-1", "1e3", "9" * 30, str(UUID(int=1))):
        refused = world.auditor.get("/audit/checkpoints", params={"cursor": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/cursor")


def test_old_events_are_found_by_their_day(world: World) -> None:
    """A demonstration writes the past: the moment of an event may lie long before its id was made."""
    about = new_id()
    old = datetime.now(UTC) - timedelta(days=700)
    row = add(world, at=old, subject_id=about)
    day = old.astimezone(DENVER).date().isoformat()
    assert ids(events(world, subject_id=about, **{"from": day, "to": day})) == [str(row["id"])]


def test_what_was_done_at_the_machine_is_the_operators_and_not_nobodys(world: World) -> None:
    machine = add(world, "token.created", actor_id=OPERATOR_ID)
    nobody = add(world, "token.created")
    found = {item["id"]: item["actor"] for item in events(world, action="token.created")}
    assert found[str(machine["id"])] == {"type": "operator", "id": str(OPERATOR_ID), "label": None}
    assert found[str(nobody["id"])] is None
    page = world.auditor.page("/audit?action=token.created").text
    assert "The operator, at the machine" in page
    assert "Nobody signed in" in page
