"""Proofs of one event: they hold for whoever has the public key and nothing else, and no changed one does."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.access.sights import SEALER
from app.audit.reads.tree import Tree, event_at, first_checkpoint_of, last_checkpoint, signed_here
from app.audit.rules import message, plain
from app.audit.rules.checkpoints import Checkpoint, key_hash, verifier_key
from app.audit.rules.proofs import check, consistency_text, inclusion_text, public_key_in
from app.crypto import Vault
from tests.audit.record import Record

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "audit.md"


def proved(record: Record, position: int) -> str:
    """The proof of the event at a position, as the rooms above make it."""
    with record.database.look(SEALER) as connection:
        checkpoint = Checkpoint.parse(first_checkpoint_of(connection, position).note)
        leaf, key = event_at(connection, position), signed_here(record.vault, checkpoint)
        assert leaf is not None
        assert key is not None
        path = Tree(connection, record.vault).inclusion(position - 1, checkpoint.size)
        return inclusion_text(leaf, position - 1, path, checkpoint.text, key)


@pytest.fixture
def marked(record: Record) -> Record:
    """A record of 22 events under two checkpoints."""
    for count in (13, 9):
        record.add(count)
        record.seal()
        record.mark()
    return record


def test_every_event_can_be_proved(marked: Record) -> None:
    key = marked.vault.public_key()
    for position in range(1, 23):
        text = proved(marked, position)
        assert check(text, Vault.verify, ()).code == 0
        found = check(text, Vault.verify, (key,))
        assert found.code == 0
        assert found.lines[0].startswith(f"proved: This is event {position} of the {13 if position <= 13 else 22} ")
        assert Checkpoint.parse(json.loads(text)["checkpoint"]).size == (13 if position <= 13 else 22)


def test_what_is_proved_is_the_event_as_it_was_recorded(record: Record) -> None:
    row = record.add(1)[0]
    record.seal()
    record.mark()
    proof = json.loads(proved(record, 1))
    assert proof["event"].encode() == message(plain(row))
    assert proof["mac"] == row["mac"].hex()


def changed(proof: dict[str, Any]) -> list[dict[str, Any]]:
    """The proof with one thing in it changed, each in turn."""
    other = "0" * 64
    variants = [
        {"event": proof["event"].replace("case", "cafe")},
        {"event": proof["event"] + " "},
        {"mac": proof["mac"][:-1] + ("0" if proof["mac"][-1] != "0" else "1")},
        {"index": proof["index"] + 1},
        {"index": -1},
        {"index": str(proof["index"])},
        {"index": float(proof["index"])},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], other]},
        {"path": [other, *proof["path"][1:]]},
        {"path": proof["path"][::-1]},
        {"checkpoint": proof["checkpoint"].replace("\n22\n", "\n23\n", 1)},
        {"checkpoint": proof["checkpoint"].replace("time 2", "time 3")},
        {"checkpoint": proof["checkpoint"] + "\n"},
        {"checkpoint": proof["checkpoint"].replace("amparo/", "ampara/")},
        {"public_key": base64.b64encode(bytes(32)).decode()},
        {"public_key": None},
        {"path": None},
        {"form": "another"},
    ]
    return [proof | each for each in variants]


def test_no_changed_proof_holds(marked: Record) -> None:
    for position in (14, 17, 22):
        proof = json.loads(proved(marked, position))
        for variant in changed(proof):
            assert json.dumps(variant) != json.dumps(proof)
            for trusted in ((), (marked.vault.public_key(),)):
                assert check(json.dumps(variant), Vault.verify, trusted).code in (1, 3), variant
    for text in ("", "{}", "[]", "null", "[" * 100_000, "\x00"):
        assert check(text, Vault.verify, ()).code == 3


def test_a_proof_by_another_installation_is_not_ones_own(marked: Record, other_vault: Vault) -> None:
    assert check(proved(marked, 1), Vault.verify, (other_vault.public_key(),)).code == 1


def test_the_lines_of_the_documentation_check_a_proof(marked: Record, tmp_path: Path) -> None:
    """What a third party copies from the page: it says yes to a proof, and fails on every changed one."""
    text = DOCUMENT.read_text(encoding="utf-8")
    script = text.partition("a-third-party-checks-a-proof\n\n")[2].partition("```")[0]
    assert 15 < len([line for line in script.splitlines() if line.strip()]) <= 32
    (tmp_path / "check.py").write_text(script, encoding="utf-8")
    key = base64.b64encode(marked.vault.public_key()).decode()

    def says(proof: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "proof.json").write_text(proof, encoding="utf-8")
        words = (sys.executable, "-I", str(tmp_path / "check.py"), str(tmp_path / "proof.json"), key)
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    good = proved(marked, 17)
    answer = says(good)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("proved: {'form': 'audit-event/1', 'id': ")
    proof = json.loads(good)
    for variant in (changed(proof)[0], changed(proof)[3], changed(proof)[11]):
        assert says(json.dumps(variant)).returncode == 1


def test_a_later_checkpoint_goes_on_an_earlier_one(marked: Record, other_vault: Vault) -> None:
    with marked.database.look(SEALER) as connection:
        old, new = (Checkpoint.parse(first_checkpoint_of(connection, position).note) for position in (1, 22))
        path = Tree(connection, marked.vault).consistency(old.size, new.size)
    keys = [marked.vault.public_key()] * 2
    text = consistency_text(old.text, new.text, path, keys)
    assert check(text, Vault.verify, ()).code == 0
    assert check(text, Vault.verify, (other_vault.public_key(),)).code == 1
    assert check(consistency_text(new.text, old.text, path, keys), Vault.verify, ()).code == 1
    assert check(consistency_text(old.text, new.text, path[::-1], keys), Vault.verify, ()).code == 1
    assert check(consistency_text(old.text, new.text, path[1:], keys), Vault.verify, ()).code == 1


def test_the_key_can_be_written_in_each_usual_way(vault: Vault) -> None:
    key, name = vault.public_key(), f"amparo/{vault.installation}"
    ways = (key.hex(), base64.b64encode(key).decode(), verifier_key(name, key), f" {key.hex()}\n")
    assert {public_key_in(each) for each in ways} == {key}
    for wrong in ("", "no", key.hex()[:-2], "amparo/x"):
        with pytest.raises(ValueError, match=r"."):
            public_key_in(wrong)


def test_a_note_with_more_signatures_is_still_ours(marked: Record, other_vault: Vault) -> None:
    """A witness adds a line of its own; what we signed stays signed."""
    with marked.database.look(SEALER) as connection:
        text = last_checkpoint(connection).note
    body = Checkpoint.parse(text).body
    line = base64.b64encode(key_hash("witness", other_vault.public_key()) + other_vault.sign(body)).decode()
    both = Checkpoint.parse(f"{text}— witness {line}\n")
    assert signed_here(marked.vault, both) == marked.vault.public_key()
    assert both.signer([other_vault.public_key()], Vault.verify) is None
    assert both.made_at is not None
    assert abs((datetime.now(UTC) - both.made_at).total_seconds()) < 600
