"""A sound installation in production's settings, on either engine, for a test to break in one place."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app import installation
from app.access.grants import Role
from app.audit.reads import LOWEST
from app.audit.sealing import make_checkpoint, seal_once
from app.backups.rules import Kind
from app.config import Settings
from app.crypto.offline import new_identity
from app.db import open_database
from app.doctor.reads import Surroundings, examine
from app.doctor.rules import Finding
from app.machine import working
from app.staff.actions import people
from app.web.services import Services
from tests.postgres import PostgresServer, find_binaries

ROOT = Path(__file__).resolve().parent.parent.parent
USERS = ROOT / "docs" / "deploying" / "postgresql-users.sql"
ORIGIN = "https://amparo.example.org"
RECIPIENT = new_identity()[1]


@dataclass(frozen=True)
class Sound:
    """Where a sound installation is. ``server`` is set on PostgreSQL."""

    folder: Path
    url: str | None = None
    server: PostgresServer | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keyring(self) -> Path:
        return self.folder / "keys" / "keyring.json"

    @property
    def seals(self) -> Path:
        return self.folder / "seals" / "seals.txt"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def proc(self) -> Path:
        """What Linux tells of itself, as this test wants it."""
        return self.folder / "proc"

    def environment(self) -> dict[str, str]:
        """The variables that an operator would have set."""
        variables = {
            "AMPARO_ORIGIN": ORIGIN,
            "AMPARO_DATA_DIR": str(self.data),
            "AMPARO_KEYRING_FILE": str(self.keyring),
            "AMPARO_SEALS_FILE": str(self.seals),
            "AMPARO_BACKUP_DIR": str(self.backups),
            "AMPARO_BACKUP_RECIPIENTS": RECIPIENT,
        }
        if self.url is not None:
            variables["AMPARO_DATABASE_URL_FILE"] = str(self.folder / "database_url")
        return variables

    def settings(self) -> Settings:
        variables = {name.removeprefix("AMPARO_").lower(): value for name, value in self.environment().items()}
        return Settings.model_validate(variables)

    def surroundings(self) -> Surroundings:
        """This account as if it were no root, on a machine without swap."""
        return Surroundings(root=-1, proc=self.proc)

    def as_superuser(self, statement: str) -> None:
        """One statement as nobody should: the database's superuser, or whoever can write SQLite's file."""
        url = make_url(self.url or f"sqlite:///{self.data / 'amparo.db'}")
        if self.url is not None:
            url = url.set(username="postgres")
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
        engine.dispose()

    def write_address(self, url: str) -> None:
        """What the secret file says the database's address is."""
        file = self.folder / "database_url"
        file.write_text(f"{url}\n", encoding="utf-8")
        file.chmod(0o600)


def set_environment(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, more: Mapping[str, str | None] | None = None
) -> None:
    """The operator's variables and no others; ``more`` are set in their place, or with None left out."""
    for name in [name for name in os.environ if name.startswith("AMPARO_") or name == "FORWARDED_ALLOW_IPS"]:
        monkeypatch.delenv(name)
    for name, value in (sound.environment() | dict(more or {})).items():
        if value is not None:
            monkeypatch.setenv(name, value.format(data=sound.data))


def examined(sound: Sound, **around: Any) -> list[Finding]:
    """What the doctor finds in the environment as it is."""
    return examine(replace(sound.surroundings(), **around))


def make_folders(folder: Path) -> None:
    """Folders as the manual says, a machine without swap, and a backup of today."""
    for name in ("data", "keys", "seals", "backups", "proc"):
        (folder / name).mkdir(mode=0o700)
    (folder / "proc" / "swaps").write_text("Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n")
    (folder / "proc" / "mounts").write_text("/dev/sda1 / ext4 rw 0 0\n")
    write_state(folder, datetime.now(UTC))


def write_state(folder: Path, at: datetime) -> None:
    """What is written down of backups that were made at this moment, the keys' in a folder of their own."""
    (folder / "backups" / "amparo.backup").write_bytes(b"sealed")
    keys = folder / "keys-backups"
    keys.mkdir(mode=0o700, exist_ok=True)
    kinds = {Kind.DATA: folder / "backups", Kind.KEYS: keys}
    known = {kind: {"at": at.isoformat(), "file": str(place / "newest.age")} for kind, place in kinds.items()}
    (folder / "data" / "backups.json").write_text(json.dumps(known))


def fill(sound: Sound) -> None:
    """Somebody to work here, the event that says so, its seal and a checkpoint."""
    settings = sound.settings()
    write_an_event(settings)
    database, vault = open_database(settings), installation.open_vault(settings)
    assert seal_once(database, vault, settings.seals, datetime.now(UTC), LOWEST) > 0
    assert make_checkpoint(database, vault, datetime.now(UTC)) is not None
    database.engine.dispose()
    vault.close()


def write_an_event(settings: Settings) -> None:
    """Invite somebody, as `amparo staff add` does."""
    services = Services(settings, open_database(settings), installation.open_vault(settings))
    try:
        with working(services) as work:
            form = people.NewStaff(
                email=f"{uuid4().hex}@example.org", name="Ada Ruiz", roles=[Role.SYSTEM_ADMINISTRATOR]
            )
            people.invite(work, form)
    finally:
        services.database.engine.dispose()
        services.vault.close()


def on_sqlite(folder: Path) -> Sound:
    """Made in ``folder``, as the manual says."""
    sound = Sound(folder)
    make_folders(folder)
    installation.make(sound.settings())
    fill(sound)
    for path in (*sound.data.iterdir(), sound.seals):
        path.chmod(0o600)
    return sound


def copied(sound: Sound, folder: Path) -> Sound:
    """A copy for one test; on PostgreSQL with a database of its own."""
    shutil.copytree(sound.folder, folder, copy_function=shutil.copy)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    write_state(folder, datetime.now(UTC))
    if sound.server is None:
        return Sound(folder)
    clone = make_url(sound.server.clone("amparo")).set(username="amparo_app")
    copy = replace(sound, folder=folder, url=clone.render_as_string(hide_password=False))
    copy.write_address(str(copy.url))
    return copy


def on_postgres(folder: Path, server: PostgresServer) -> Sound:
    """Made with the two users of the manual: the owner migrates, the other serves."""
    psql = [str(find_binaries() / "psql"), "-X", "-q", "-h", str(server.folder), "-U", "postgres", "-d", "postgres"]
    subprocess.run([*psql, "-f", str(USERS)], check=True, capture_output=True)
    make_folders(folder)
    base = make_url(server.url("amparo"))
    as_owner = base.set(username="amparo_owner").render_as_string(hide_password=False)
    sound = Sound(folder, base.set(username="amparo_app").render_as_string(hide_password=False), server)
    sound.write_address(as_owner)
    installation.make(sound.settings())
    sound.write_address(str(sound.url))
    fill(sound)
    return sound
