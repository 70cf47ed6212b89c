"""Misconfigurations, each with the code by which the doctor has to name it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app import installation
from app.audit.sealing import seal_once
from app.backups.actions.marking import put_mark
from app.backups.rules import Kind, name_of
from app.crypto import init_keyring, keystore_engine
from app.crypto.keyring import FileKeyring
from app.crypto.keystore import Keystore
from app.crypto.rotation import add_epoch
from app.db import open_database
from tests.doctor.sound import Sound, write_an_event, write_state

SQLITE, POSTGRESQL = ("sqlite",), ("postgresql",)
BOTH = SQLITE + POSTGRESQL
LATER = timedelta(days=2)
ADDRESS = "postgresql+psycopg://amparo_app:7Wc0ZkXr@127.0.0.1:1/amparo"

Breaks = Callable[[Sound], None]


def nothing(_sound: Sound) -> None:
    """The environment alone is broken."""


@dataclass(frozen=True)
class Plant:
    """What is broken, by what, and where; ``named`` is the code that has to be found."""

    named: str
    breaks: Breaks = nothing
    environment: Mapping[str, str | None] = field(default_factory=dict)
    around: Mapping[str, Any] = field(default_factory=dict)
    engines: tuple[str, ...] = BOTH


def chmod(name: str, mode: int) -> Breaks:
    return lambda sound: (sound.folder / name).chmod(mode)


def remove(name: str) -> Breaks:
    return lambda sound: (sound.folder / name).unlink()


def sql(statement: str) -> Breaks:
    return lambda sound: sound.as_superuser(statement)


def in_database(setting: str) -> Breaks:
    def breaks(sound: Sound) -> None:
        database = str(sound.url).partition("@/")[2].partition("?")[0]
        sound.as_superuser(f"ALTER DATABASE {database} SET {setting}")

    return breaks


def as_user(name: str) -> Breaks:
    return lambda sound: sound.write_address(str(sound.url).replace("amparo_app", name))


def in_file(text: str) -> Mapping[str, str | None]:
    return {"AMPARO_DATABASE_URL_FILE": None, "AMPARO_DATABASE_URL": text}


def another_keyring(sound: Sound) -> None:
    sound.keyring.unlink()
    init_keyring(sound.keyring)


def damaged_keyring(sound: Sound) -> None:
    sound.keyring.write_bytes(sound.keyring.read_bytes().replace(b'"roots"', b'"roads"'))


def foreign_keyring(sound: Sound) -> None:
    """Another account's: as root by giving it away, else by naming a file of root's."""
    if os.geteuid() == 0:
        os.chown(sound.keyring, 12345, 12345)
    else:
        sound.keyring.unlink()
        sound.keyring.symlink_to("/etc/passwd")


def foreign(name: str) -> Breaks:
    def breaks(sound: Sound) -> None:
        file = sound.data / name
        if os.geteuid() == 0:
            os.chown(file, 12345, 12345)
        else:
            file.unlink()
            file.symlink_to("/etc/passwd")

    return breaks


def two_roots(sound: Sound) -> None:
    """A change of the root that was broken off."""
    keyring = FileKeyring(sound.keyring)
    with keyring.rotation():
        keyring.add_root()


def two_epochs(sound: Sound) -> None:
    """A change of the epoch that was broken off."""
    keyring, keystore = FileKeyring(sound.keyring), Keystore(keystore_engine(sound.settings().keystore))
    with keystore.writing() as connection:
        add_epoch(keystore, keyring, connection, keyring.roots()[-1], 2)
    keystore.engine.dispose()


def damage(sound: Sound) -> None:
    """A page in the middle of the file is overwritten."""
    file = sound.data / "amparo.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with file.open("r+b") as data:
        data.seek(4096 * 20)
        data.write(b"\x55" * 4096 * 30)


def journal(sound: Sound) -> None:
    connection = sqlite3.connect(sound.data / "amparo.db")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def cut_seals(sound: Sound) -> None:
    sound.seals.write_text("")


def garbage_seals(sound: Sound) -> None:
    sound.seals.write_text("x\n" * 5000)


def old_backup(sound: Sound) -> None:
    write_state(sound.folder, datetime.now(UTC) - LATER)
    yesterday = (datetime.now(UTC) - LATER).timestamp()
    for file in sound.backups.iterdir():
        os.utime(file, (yesterday, yesterday))


def old_keys_backup(sound: Sound) -> None:
    """A backup of the keys that somebody forgot."""
    (sound.folder / "keys-backups" / name_of(Kind.KEYS, datetime.now(UTC) - timedelta(days=9), "00ff")).touch()


def broken_off_restore(sound: Sound) -> None:
    put_mark(sound.settings(), {"data"})


def keyring_in_backup(sound: Sound) -> None:
    shutil.copy(sound.keyring, sound.backups / "everything.json")


def swap(sound: Sound) -> None:
    (sound.proc / "swaps").write_text("Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n")


def network_disk(sound: Sound) -> None:
    (sound.proc / "mounts").write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {sound.data} nfs4 rw 0 0\n")


def keyring_beside_data(sound: Sound) -> None:
    shutil.move(sound.keyring, sound.data / "keyring.json")
    (sound.data / "keyring.json").chmod(0o600)


def seals_beside_data(sound: Sound) -> None:
    shutil.move(sound.seals, sound.data / "audit-seals.txt")


def unsealed(sound: Sound) -> None:
    """An event after the last seal, and nobody serves."""
    write_an_event(sound.settings())


def uncovered(sound: Sound) -> None:
    """An event that is sealed after the last checkpoint, and nobody serves."""
    settings = sound.settings()
    write_an_event(settings)
    database, vault = open_database(settings), installation.open_vault(settings)
    seal_once(database, vault, settings.seals, datetime.now(UTC))
    database.engine.dispose()
    vault.close()


FULL = {"free": lambda _folder: 999_999_999}
FUTURE = {"clock": lambda: datetime.now(UTC) + LATER}
PAST = {"clock": lambda: datetime.now(UTC) - LATER}
TRIGGER = "audit_event_append_only_delete"

#: The environment is wrong.
SETTINGS = [
    Plant("origin.missing", environment={"AMPARO_ORIGIN": None}),
    Plant("origin.plain", environment={"AMPARO_ORIGIN": "http://amparo.example.org"}),
    Plant("origin.not_one", environment={"AMPARO_ORIGIN": "https://example.org/amparo"}),
    Plant("environment.open", environment={"AMPARO_ENVIRONMENT": "demo"}),
    Plant("settings.unknown", environment={"AMPARO_SESSION_HOUR": "8"}),
    Plant("settings.invalid", environment={"AMPARO_THREADS": "many"}),
    Plant("settings.unsafe", environment={"AMPARO_DATABASE_URL_FILE": "/nowhere/database_url"}),
    Plant("keyring.unset", environment={"AMPARO_KEYRING_FILE": None}),
    Plant("proxy.anybody", environment={"FORWARDED_ALLOW_IPS": "*"}),
    Plant("threads.many", environment={"AMPARO_THREADS": "200"}),
    Plant("database.kind", environment=in_file("mysql://amparo@db.example.org/amparo")),
    Plant("database.password", environment=in_file(ADDRESS.replace("7Wc0ZkXr", "changeme"))),
    Plant("database.plain", environment=in_file(ADDRESS)),
    Plant("database.secret_shown", environment=in_file(ADDRESS)),
    Plant("database.unreachable", environment=in_file(ADDRESS)),
]

#: Files and folders are missing, open, or another's.
PLACES = [
    Plant("data.missing", environment={"AMPARO_DATA_DIR": "/nowhere/data"}),
    Plant("data.open", chmod("data", 0o750)),
    Plant("keyring.missing", remove("keys/keyring.json")),
    Plant("keyring.open", chmod("keys/keyring.json", 0o640)),
    Plant("keyring.owner", foreign_keyring),
    Plant("keyring.folder", chmod("keys", 0o770)),
    Plant("keyring.beside_data", keyring_beside_data, environment={"AMPARO_KEYRING_FILE": "{data}/keyring.json"}),
    Plant("database.missing", remove("data/amparo.db"), engines=SQLITE),
    Plant("database.open", chmod("data/amparo.db", 0o644), engines=SQLITE),
    Plant("database.owner", foreign("amparo.db"), engines=SQLITE),
    Plant("keystore.missing", remove("data/keys.db"), engines=SQLITE),
    Plant("keystore.open", chmod("data/keys.db", 0o640), engines=SQLITE),
    Plant("keystore.owner", foreign("keys.db"), engines=SQLITE),
    Plant("seals.open", chmod("seals/seals.txt", 0o622)),
    Plant("seals.beside_data", seals_beside_data, environment={"AMPARO_SEALS_FILE": None}, engines=SQLITE),
]

#: The database has another shape, forgets, or lets in too much.
DATABASE = [
    Plant("database.empty", sql("DROP TABLE alembic_version")),
    Plant("database.ahead", sql("UPDATE alembic_version SET version_num = 'ffffffffffff'")),
    Plant("database.incomplete", sql("DROP TABLE hearing")),
    Plant("guards.missing", sql(f"DROP TRIGGER {TRIGGER}"), engines=SQLITE),
    Plant("guards.missing", sql("DROP TRIGGER audit_event_append_only_change ON audit_event"), engines=POSTGRESQL),
    Plant("guards.missing", sql("ALTER TABLE audit_event DISABLE TRIGGER ALL"), engines=POSTGRESQL),
    Plant("database.damaged", damage, engines=SQLITE),
    Plant("database.journal", journal, engines=SQLITE),
    Plant("database.network_disk", network_disk, engines=SQLITE),
    Plant("database.superuser", as_user("postgres"), engines=POSTGRESQL),
    Plant("database.owner", as_user("amparo_owner"), engines=POSTGRESQL),
    Plant("database.rows_open", sql("ALTER TABLE tie NO FORCE ROW LEVEL SECURITY"), engines=POSTGRESQL),
    Plant("database.rows_open", sql("DROP POLICY amparo_read ON applicant"), engines=POSTGRESQL),
    Plant("database.rows_open", sql("GRANT UPDATE ON audit_event TO amparo_app"), engines=POSTGRESQL),
    Plant("database.forgets", in_database("synchronous_commit = off"), engines=POSTGRESQL),
    Plant("database.logs_statements", in_database("log_statement = 'all'"), engines=POSTGRESQL),
    Plant("database.logs_statements", in_database("log_min_duration_statement = 0"), engines=POSTGRESQL),
    Plant("clock.differs", around=PAST, engines=POSTGRESQL),
]

#: Keys, record, machine and backups are not looked after.
UPKEEP = [
    Plant("keys.closed", another_keyring),
    Plant("keys.closed", damaged_keyring),
    Plant("keys.root_unfinished", two_roots),
    Plant("keys.epoch_unfinished", two_epochs),
    Plant("keys.unchecked", chmod("keys/keyring.json", 0o644)),
    Plant("clock.behind", around=PAST),
    Plant("record.unsealed", unsealed, around=FUTURE),
    Plant("checkpoints.old", uncovered, around=FUTURE),
    Plant("checkpoints.behind", environment={"AMPARO_CHECKPOINT_PLACES": "/nowhere/amparo"}, around=FUTURE),
    Plant("seals.missing", remove("seals/seals.txt"), around=FUTURE),
    Plant("seals.behind", cut_seals, around=FUTURE),
    Plant("seals.damaged", garbage_seals, around=FUTURE),
    Plant("machine.root", around={"root": os.geteuid()}),
    Plant("machine.swap", swap),
    Plant("disk.full", around=FULL),
    Plant("backup.old", old_backup),
    Plant("backup.keys_old", old_backup),
    Plant("backup.keys_kept", old_keys_backup),
    Plant("backup.recipients", environment={"AMPARO_BACKUP_RECIPIENTS": None}),
    Plant("backup.recipients", environment={"AMPARO_BACKUP_RECIPIENTS": "age1nobody"}),
    Plant("backup.restoring", broken_off_restore, engines=SQLITE),
    Plant("backup.restoring", sql("CREATE SCHEMA amparo_restoring"), engines=POSTGRESQL),
    Plant("backup.open", chmod("backups", 0o755)),
    Plant("backup.holds_keyring", keyring_in_backup),
]

PLANTS = [*SETTINGS, *PLACES, *DATABASE, *UPKEEP]
