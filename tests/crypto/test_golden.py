"""What version 1 has sealed opens for ever: a recorded installation, judged by the product and by the second writing.

The recording is never made again. When a format changes, its version changes and a further file is added.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.crypto import Cell, Group, IndexKind, MacPurpose, Vault, envelope, keystore_engine, migrate_keystore, schema
from app.crypto.keystore import Keystore
from tests.crypto.conftest import Installation
from tests.crypto.reference import GoldenKeys

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "version-1.json").read_bytes())
ENVELOPES: list[dict[str, Any]] = GOLDEN["envelopes"]
IDS = [f"{number}-{entry['column']}" for number, entry in enumerate(ENVELOPES)]


def typed(row: dict[str, Any]) -> dict[str, Any]:
    """A recorded row with its ids and bytes."""
    reading: dict[str, Callable[[str], Any]] = {
        "id": UUID,
        "root_id": UUID,
        "subject_id": UUID,
        "wrapped": bytes.fromhex,
    }
    return {name: reading[name](value) if name in reading else value for name, value in row.items()}


def cell_of(entry: dict[str, Any]) -> Cell:
    return Cell(entry["table"], entry["column"], UUID(entry["row_id"]), UUID(entry["subject_id"]))


@pytest.fixture
def recorded(empty_url: str, tmp_path: Path) -> Installation:
    """The recorded keyring and keystore, put back on each engine."""
    keyring = tmp_path / "root.json"
    keyring.touch(mode=0o600)
    keyring.write_text(json.dumps(GOLDEN["keyring"]))
    keystore = Keystore(keystore_engine(empty_url, create=True))
    migrate_keystore(keystore.engine)
    rows = GOLDEN["keystore"]
    with keystore.writing() as connection:
        connection.execute(schema.installation.insert().values(**typed(rows["installation"])))
        for table in (schema.epoch, schema.purpose_key, schema.subject_key):
            connection.execute(table.insert(), [typed(row) for row in rows[table.name]])
    keystore.engine.dispose()
    return Installation(keyring, empty_url, None)  # type: ignore[arg-type] # closed by the vault below


@pytest.fixture
def vault(recorded: Installation) -> Any:
    vault = Vault.open_from(keyring_file=recorded.keyring, keystore_url=recorded.url)
    yield vault
    vault.close()


def test_every_group_is_recorded() -> None:
    assert {entry["group"] for entry in ENVELOPES} == set(Group)
    assert {entry["purpose"] for entry in GOLDEN["macs"]} == set(MacPurpose)
    assert {entry["kind"] for entry in GOLDEN["blind"]} == set(IndexKind)


def test_every_envelope_opens(vault: Vault) -> None:
    for entry in ENVELOPES:
        blob = bytes.fromhex(entry["envelope"])
        assert vault.open(cell_of(entry), Group(entry["group"]), blob) == entry["value"]


def test_with_its_nonce_every_envelope_is_made_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in ENVELOPES:
        blob = bytes.fromhex(entry["envelope"])
        monkeypatch.setattr(envelope, "fresh_nonce", lambda blob=blob: blob[18:30])
        assert vault.seal(cell_of(entry), Group(entry["group"]), entry["value"]) == blob


def test_indexes_digests_and_signatures_stay(vault: Vault) -> None:
    for entry in GOLDEN["blind"]:
        assert vault.blind(IndexKind(entry["kind"]), entry["text"]).hex() == entry["index"]
    for entry in GOLDEN["macs"]:
        assert vault.mac(MacPurpose(entry["purpose"]), entry["message"].encode()).hex() == entry["mac"]
        assert vault.check_mac(MacPurpose(entry["purpose"]), entry["message"].encode(), bytes.fromhex(entry["mac"]))
    recorded = GOLDEN["signature"]
    message, signature = recorded["message"].encode(), bytes.fromhex(recorded["signature"])
    assert vault.sign(message) == signature  # Ed25519 has no chance in it
    assert vault.public_keys() == {UUID(recorded["key_id"]): bytes.fromhex(recorded["public_key"])}
    assert Vault.verify(bytes.fromhex(recorded["public_key"]), message, signature)


def test_it_can_be_rotated(vault: Vault) -> None:
    vault.rotate_epoch()
    vault.rotate_root()
    for entry in ENVELOPES:
        vault.forget(UUID(entry["subject_id"]))
    test_every_envelope_opens(vault)
    test_indexes_digests_and_signatures_stay(vault)


@pytest.mark.parametrize("entry", ENVELOPES, ids=IDS)
def test_the_second_writing_agrees(entry: dict[str, Any]) -> None:
    keys = GoldenKeys(GOLDEN)
    blob = bytes.fromhex(entry["envelope"])
    assert keys.open(entry, entry["group"], blob) == entry["value"]
    assert keys.seal(entry, entry["group"], entry["value"], blob[18:30]) == blob


def test_the_second_writing_agrees_on_digests() -> None:
    keys = GoldenKeys(GOLDEN)
    for entry in GOLDEN["blind"]:
        assert keys.blind(entry["kind"], entry["text"]).hex() == entry["index"]
    for entry in GOLDEN["macs"]:
        assert keys.mac(entry["purpose"], entry["message"].encode()).hex() == entry["mac"]
