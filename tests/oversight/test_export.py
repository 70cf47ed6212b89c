"""Events taken out: which, as what, held against their digest and their seal, on record and not often."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.access.grants import Permission
from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome
from app.audit.rules.seals import Seal
from app.audit.sealing import seal_once, seals_file
from app.crypto import Vault
from app.db import new_id
from app.oversight.reads import export
from tests.world import World


def sealed(world: World, times: int = 3, **columns: Any) -> list[str]:
    """Events under a seal, oldest first."""
    now = datetime.now(UTC)
    rows = [event_row(world.services.vault, now, "case.read", Outcome.DONE, **columns) for _ in range(times)]
    services = world.services
    with services.database.writing() as connection:
        connection.execute(insert_events(), rows)
    seal_once(services.database, services.vault, seals_file(services.settings), now)
    return [str(row["id"]) for row in rows]


def test_json_holds_against_its_digest_and_its_seal(world: World) -> None:
    about = new_id()
    ids = sealed(world, subject_id=about, actor_id=world.people["attorney"])
    answer = world.auditor.post("/audit/export", json={"about_id": str(about), "format": "json"})
    assert answer.status_code == 200, answer.text
    assert 'filename="amparo-audit-' in answer.headers["Content-Disposition"]
    file = answer.json()
    assert [line[file["columns"].index("id")] for line in file["events"]] == ids
    canonical = "\n".join(json.dumps(line, ensure_ascii=False) for line in file["events"])
    assert file["digest"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert answer.headers["Amparo-Digest"] == f"sha-256={file['digest']}"
    seal = Seal.parse(file["seal"])
    key = world.services.vault.public_keys()[seal.head.key_id]
    assert Vault.verify(key, seal.head.signed_text().encode(), seal.signature)
    assert all(line[0] <= seal.head.last_position for line in file["events"])
    assert file["seal"] == seals_file(world.services.settings).read_text().splitlines()[-1]


def test_csv_has_the_same_and_no_formula(world: World) -> None:
    about = new_id()
    sealed(world, 1, subject_id=about, request_id="=1+1")
    answer = world.auditor.post("/audit/export", json={"subject_id": str(about)})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "position"
    assert rows[1][rows[0].index("request_id")] == "'=1+1"
    assert [row[0] for row in rows[2:]] == ["digest", "seal"]
    assert rows[2][1] == answer.headers["Amparo-Digest"].removeprefix("sha-256=")


def test_what_is_not_sealed_stays(world: World) -> None:
    about = new_id()
    sealed(world, 1)
    row = event_row(world.services.vault, datetime.now(UTC), "case.read", Outcome.DONE, subject_id=about)
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), [row])
    answer = world.auditor.post("/audit/export", json={"about_id": str(about), "format": "json"})
    assert answer.json()["count"] == 0


def test_taking_out_is_on_record_and_five_times_a_day(world: World) -> None:
    about = new_id()
    sealed(world, subject_id=about)
    asked = {"about_id": str(about), "action": "case.read", "format": "json"}
    for _ in range(5):
        assert world.auditor.post("/audit/export", json=asked).status_code == 200
    assert world.auditor.post("/audit/export", json=asked).status_code == 429
    found = world.auditor.get("/audit/events", params={"action": "audit.exported"}).json()["items"]
    assert len(found) == 5
    assert found[0]["count"] == 3
    assert found[0]["details"]["narrowed"] == ["about_id", "action"]
    assert f"about_id={about}" in found[0]["details"]["filter"]
    assert found[0]["details"]["digest"]
    for name in ("fund_admin", "partner_admin", "admin", "attorney"):
        assert getattr(world, name).post("/audit/export", json=asked).status_code == 403


def test_more_than_a_file_may_hold_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(world)
    monkeypatch.setattr(export, "MOST", 2)
    answer = world.auditor.post("/audit/export", json={})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/from")


def test_before_the_first_seal_there_is_nothing(world: World) -> None:
    with world.act_as("auditor", writes=False) as work:
        work.allow(Permission.AUDIT_EXPORT)
    answer = world.auditor.post("/audit/export", json={})
    assert (answer.status_code, answer.json()["code"]) in ((409, "audit.unsealed"), (200, None))
