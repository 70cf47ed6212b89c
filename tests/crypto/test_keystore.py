"""The keystore: its tables on both engines, its files, and every way in which it can be the wrong one."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, inspect, select, update

from app.crypto import (
    KeysUnavailable,
    Vault,
    init_keyring,
    init_keystore,
    keystore_engine,
    migrate_keystore,
    schema,
)
from app.crypto.keystore import Keystore
from tests.crypto.conftest import Installation


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = keystore_engine(empty_url, create=True)
    yield engine
    engine.dispose()


def schema_of(engine: Engine) -> str | None:
    return schema.SCHEMA if engine.dialect.name == "postgresql" else None


def test_the_tables_are_what_the_program_expects(engine: Engine) -> None:
    assert migrate_keystore(engine) == 3
    found = inspect(engine)
    tables = {table.name: table for table in schema.metadata.tables.values()}
    assert set(found.get_table_names(schema=schema_of(engine))) == set(tables)
    for name, table in tables.items():
        columns = found.get_columns(name, schema=schema_of(engine))
        assert [column["name"] for column in columns] == [column.name for column in table.columns]
        assert {column["name"]: column["nullable"] for column in columns} == {
            column.name: column.nullable for column in table.columns
        }
        assert {
            (index["name"], bool(index["unique"])) for index in found.get_indexes(name, schema=schema_of(engine))
        } == {(index.name, index.unique) for index in table.indexes}
        assert found.get_pk_constraint(name, schema=schema_of(engine))["constrained_columns"] == [
            column.name for column in table.primary_key
        ]
    assert found.get_table_names() == (found.get_table_names(schema=schema_of(engine)) if not schema_of(engine) else [])


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert schema.is_current(engine) is None
    assert migrate_keystore(engine) == migrate_keystore(engine) == 3
    assert schema.is_current(engine) is True
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.version)).scalar_one() == 3


def test_a_half_done_migration_is_not_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_STEPS", (*schema._STEPS, fail))
        with pytest.raises(RuntimeError):
            migrate_keystore(engine)
    assert schema.is_current(engine) is None
    assert migrate_keystore(engine) == 3


def test_an_older_keystore_waits_for_its_migration(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_STEPS", (*schema._STEPS, lambda _: None))
    with pytest.raises(KeysUnavailable, match=r"made by an older Amparo\. Run `amparo migrate`"):
        installation.open()
    assert migrate_keystore(installation.keystore().engine) == 4
    assert installation.open().status().epoch == 1


def test_a_newer_keystore_is_refused(installation: Installation) -> None:
    keystore = installation.keystore()
    with keystore.writing() as connection:
        connection.execute(schema.version.insert().values(number=4))
    with pytest.raises(KeysUnavailable, match="A newer Amparo made this keystore"):
        installation.open()
    with pytest.raises(KeysUnavailable, match="A newer Amparo made this keystore"):
        migrate_keystore(keystore.engine)


def test_making_it_again_keeps_it(installation: Installation) -> None:
    before = installation.open()
    subject = before.new_subject()
    init_keystore(keyring_file=installation.keyring, keystore_url=installation.url)
    after = installation.open()
    assert after.public_key() == before.public_key()
    assert after.status().subjects == 16
    assert after._subjects.get(subject).id == before._subjects.get(subject).id


def test_a_keystore_without_its_keyring_is_refused(installation: Installation, tmp_path: Path) -> None:
    init_keyring(tmp_path / "other.json")
    for act in (
        lambda: Vault.open_from(keyring_file=tmp_path / "other.json", keystore_url=installation.url),
        lambda: init_keystore(keyring_file=tmp_path / "other.json", keystore_url=installation.url),
    ):
        with pytest.raises(KeysUnavailable, match=r"The keyring is of installation .*, the keystore of .*belongs else"):
            act()
    assert json.loads((tmp_path / "other.json").read_bytes())["keystore_made"] is False


def test_a_keyring_with_another_root_is_refused(installation: Installation, tmp_path: Path) -> None:
    """Even one that claims to be of the same installation."""
    old = tmp_path / "old.json"
    old.write_bytes(installation.keyring.read_bytes())
    old.chmod(0o600)
    vault = installation.open()
    vault.rotate_root()
    with pytest.raises(KeysUnavailable, match=r"does not hold\. Put the keyring of this installation there, as it was"):
        Vault.open_from(keyring_file=old, keystore_url=installation.url)


def test_an_empty_keystore_says_what_to_do(engine: Engine, empty_url: str, tmp_path: Path) -> None:
    init_keyring(tmp_path / "root.json")
    for _ in range(2):  # without its tables, then with them
        with pytest.raises(KeysUnavailable, match=r"^The keystore is empty\. Run `amparo init`\.$"):
            Vault.open_from(keyring_file=tmp_path / "root.json", keystore_url=empty_url)
        migrate_keystore(engine)


def test_a_lost_keystore_is_never_made_anew(installation: Installation) -> None:
    keystore = installation.keystore()
    with keystore.writing() as connection:
        for table in (schema.subject_key, schema.epoch, schema.purpose_key, schema.installation):
            connection.execute(table.delete())
    for act in (
        installation.open,
        lambda: init_keystore(keyring_file=installation.keyring, keystore_url=installation.url),
    ):
        with pytest.raises(KeysUnavailable, match=r"this keyring has had one\. Restore the keystore from its backup"):
            act()


def test_a_lost_file_is_never_made_anew(sqlite_installation: Installation) -> None:
    sqlite_installation.file.unlink()
    for act in (
        sqlite_installation.open,
        lambda: init_keystore(keyring_file=sqlite_installation.keyring, keystore_url=sqlite_installation.url),
    ):
        with pytest.raises(KeysUnavailable, match=r"There is no keystore at .*restore the keystore from its backup"):
            act()
    assert not sqlite_installation.file.exists()


@pytest.mark.parametrize("kind", ["blind", "mac", "signing"])
def test_a_missing_purpose_key_stops_the_start(installation: Installation, kind: str) -> None:
    with installation.keystore().writing() as connection:
        connection.execute(schema.purpose_key.delete().where(schema.purpose_key.c.kind == kind))
    with pytest.raises(KeysUnavailable, match="The keystore lacks one of its keys"):
        installation.open()


def test_exchanged_purpose_keys_stop_the_start(installation: Installation) -> None:
    columns = schema.purpose_key.c
    with installation.keystore().writing() as connection:
        mac = connection.execute(select(columns.wrapped).where(columns.kind == "mac")).scalar_one()
        connection.execute(update(schema.purpose_key).where(columns.kind == "blind").values(wrapped=mac))
    with pytest.raises(KeysUnavailable, match="are not of one installation"):
        installation.open()


def test_a_missing_epoch_is_said(installation: Installation) -> None:
    vault = installation.open()
    with installation.keystore().writing() as connection:
        connection.execute(schema.epoch.update().values(wrapped=None))
    with pytest.raises(KeysUnavailable, match=r"no epoch key\. Restore it from its backup"):
        vault.new_subject()


@pytest.mark.usefixtures("sqlite_installation")
def test_its_files_are_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "new" / "folder"
        init_keyring(folder / "root.json")
        url = f"sqlite:///{folder / 'keys.db'}"
        init_keystore(keyring_file=folder / "root.json", keystore_url=url)
        with closing(Vault.open_from(keyring_file=folder / "root.json", keystore_url=url)) as vault:
            vault.new_subject()
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert {"keys.db", "keys.db-wal", "keys.db-shm", "root.json"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o666])
def test_a_file_open_to_others_is_refused(sqlite_installation: Installation, open_to: int) -> None:
    sqlite_installation.file.chmod(open_to)
    with pytest.raises(KeysUnavailable, match=r"can be read by others than its owner\. Run `chmod 600 "):
        sqlite_installation.open()


def test_a_damaged_file_is_said(sqlite_installation: Installation) -> None:
    sqlite_installation.file.write_bytes(b"not a database, and longer than a header" * 100)
    with pytest.raises(KeysUnavailable, match=r"can not be used \(DatabaseError\).*restore it from its backup") as said:
        sqlite_installation.open()
    assert said.value.__cause__ is None


def test_the_file_is_written_safely(sqlite_installation: Installation) -> None:
    with sqlite_installation.keystore().reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "trusted_schema")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("not an address", "is not one: set AMPARO_KEYSTORE_URL"),
        ("mysql+pymysql://localhost/keys", "must be in SQLite or PostgreSQL"),
        ("sqlite://", "would lose every key"),
        ("sqlite:///:memory:", "would lose every key"),
        ("sqlite:////proc/keys.db", "There is no keystore at /proc/keys.db"),
    ],
)
def test_an_unfit_address_is_said(url: str, sentence: str) -> None:
    with pytest.raises(KeysUnavailable, match=sentence):
        keystore_engine(url)


def test_a_server_that_is_down_is_said_without_its_password(tmp_path: Path) -> None:
    init_keyring(tmp_path / "root.json")
    url = f"postgresql+psycopg://amparo:canary-password@/keys?host={tmp_path}"
    for act in (Vault.open_from, init_keystore):
        with pytest.raises(KeysUnavailable, match=r"can not be used \(OperationalError\)") as said:
            act(keyring_file=tmp_path / "root.json", keystore_url=url)
        assert "canary" not in str(said.value)
        assert said.value.__cause__ is None


def test_it_is_not_part_of_the_data(engine: Engine, empty_url: str) -> None:
    """On PostgreSQL it may share a database with the data, and is in a schema of its own."""
    migrate_keystore(engine)
    if engine.dialect.name == "postgresql":
        plain = create_engine(empty_url)
        assert inspect(plain).get_table_names() == []
        assert schema.SCHEMA in inspect(plain).get_schema_names()
        plain.dispose()


def test_a_representation_names_no_address(installation: Installation) -> None:
    assert repr(installation.keystore()) in {"<Keystore on sqlite>", "<Keystore on postgresql>"}
    assert isinstance(installation.keystore(), Keystore)
