"""Making a proof of an event by the API and the page, and what the page tells of checkpoints and checks."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from app.audit.rules.proofs import check
from app.audit.rules.verdict import Finding
from app.audit.sealing import export, make_checkpoint, seal_once, seals_file
from app.audit.sealing.places import Folder
from app.crypto import Vault
from app.machine import working
from app.oversight.actions import keep_verdict
from app.oversight.reads.checking import judged
from app.oversight.reads.following import following, newest_checkpoint
from tests.integrity.attacker import Attacker, table
from tests.story import Story, said
from tests.world import World


def mark(world: World) -> None:
    """Seal, and make a checkpoint."""
    services, now = world.services, datetime.now(UTC)
    seal_once(services.database, services.vault, seals_file(services.settings), now)
    make_checkpoint(services.database, services.vault, now)


def newest(world: World, action: str) -> str:
    """The id of the newest event of an action."""
    return str(said(world.auditor.get(f"/audit/events?action={action}"))["items"][0]["id"])


def test_an_auditor_makes_a_proof_that_others_check(world: World) -> None:
    Story(world).begin().apply()
    event = newest(world, "application.submitted")
    path = f"/audit/events/{event}/proof"
    early = world.auditor.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "proof.too_new")
    mark(world)
    answer = world.auditor.get(path)
    assert answer.status_code == 200
    assert f'filename="amparo-proof-{event}.json"' in answer.headers["Content-Disposition"]
    proof = answer.json()
    told = dict(zip(proof["columns"], json.loads(proof["event"]), strict=True))
    assert (told["id"], told["action"]) == (event.replace("-", ""), "application.submitted")
    assert check(answer.text, Vault.verify, (world.services.vault.public_key(),)).code == 0
    made = said(world.auditor.get("/audit/events?action=audit.proved"))["items"]
    assert [each["object"]["id"] for each in made] == [event]
    assert world.auditor.get(f"/audit/events/{uuid4()}/proof").status_code == 404
    assert world.fund_admin.get(path).status_code == 403


def test_an_event_behind_a_wall_can_not_be_proved(world: World) -> None:
    story = Story(world).begin().apply().accept()
    event = newest(world, "application.accepted")
    mark(world)
    wall = {"account_id": str(world.people["auditor"]), "reason": "other", "text": "x"}
    assert world.auditor.get(f"/audit/events/{event}/proof").status_code == 200
    said(world.approver.post(f"/cases/{story.case}/walls", json=wall), 201)
    assert world.auditor.get(f"/audit/events/{event}/proof").status_code == 404


def test_the_page_tells_of_the_checkpoint_its_copies_and_the_last_check(world: World, tmp_path: Path) -> None:
    world.attorney.get("/cases")
    mark(world)
    page = world.auditor.page("/audit").text
    assert "It was never checked as a whole" in page
    assert "Nowhere yet" in page
    kept = tmp_path / "kept"
    kept.mkdir()
    services = world.services
    export(services.database, [Folder(kept), Folder(tmp_path / "gone")], datetime.now(UTC))
    verdict, _ = judged(services, None, [kept])
    with working(services) as work:
        keep_verdict(work, verdict, 1)
    assert verdict.finding is Finding.INTACT
    page = world.auditor.page("/audit").text
    checkpoint = newest_checkpoint(services)
    assert checkpoint is not None
    assert checkpoint.root.hex() in page
    assert "1 place did not take the newest checkpoint" in page
    assert "It was compared with copies that others keep" in page
    assert "Every event was as it was recorded" in page
    assert "Make a proof" in page
    assert "Make a proof" not in world.fund_admin.page("/audit").text
    assert "Last checkpoint" not in world.partner_admin.page("/audit").text
    told = said(world.fund_admin.get("/audit/checkpoints"))["checkpoint"]
    assert (told["size"], told["note"]) == (checkpoint.size, checkpoint.text)


def test_a_check_that_the_owner_of_the_database_wrote_is_an_altered_record(world: World) -> None:
    mark(world)
    verdict, _ = judged(world.services, None, [])
    with working(world.services) as work:
        keep_verdict(work, verdict, 1)
    assert "Every event was as it was recorded" in world.auditor.page("/audit").text
    attacker = Attacker(world)
    (row,) = (each for each in attacker.rows(table("audit_event")) if each["action"] == "audit.verified")
    attacker.change(table("audit_event"), row, details=row["details"] + " ")
    attacker.engine.dispose()
    assert "Every event was as it was recorded" not in world.auditor.page("/audit").text


def test_a_later_checkpoint_goes_on_the_earlier_one(world: World, tmp_path: Path) -> None:
    files = []
    for name in ("old", "new"):
        world.attorney.get("/cases")
        mark(world)
        checkpoint = newest_checkpoint(world.services)
        assert checkpoint is not None
        files.append(tmp_path / name)
        files[-1].write_text(checkpoint.text)
    found = following(world.services, *files)
    assert found.code == 0
    assert found.proof is not None
    assert check(found.proof, Vault.verify, ()).code == 0
    assert following(world.services, *files[::-1]).code == 3
    (tmp_path / "no").write_text("hello")
    assert following(world.services, tmp_path / "no", files[1]).code == 3
    assert following(world.services, files[0], tmp_path / "nowhere").code == 3
