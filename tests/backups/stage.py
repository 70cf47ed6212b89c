"""An installation of its own on each engine, its backups, and what an accident leaves of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app import installation
from app.backups.actions.making import make
from app.backups.actions.marking import lift_mark
from app.backups.actions.restoring import Restored, restore
from app.backups.reads.checking import Check, check
from app.backups.rules import Kind
from app.config import Settings
from app.crypto import Vault
from app.crypto.offline import new_identity
from app.retention.actions.running import Report, after_restore
from tests.postgres import PostgresServer
from tests.retention.ways import operator
from tests.world import World, copy_of_sqlite, installation_on_postgres, settings_for

IDENTITY, RECIPIENT = new_identity()
OTHER_IDENTITY, _ = new_identity()


def with_recipient(settings: Settings, **more: Any) -> Settings:
    """The same installation, with somebody offline who can read its backups."""
    return settings.model_copy(update={"backup_recipients": RECIPIENT} | more)


@dataclass
class Place:
    """A made installation without a running application, and the folders of its backups."""

    settings: Settings
    folder: Path
    server: PostgresServer | None = None

    @property
    def data_backups(self) -> Path:
        return _made(self.folder / "backups-data")

    @property
    def keys_backups(self) -> Path:
        return _made(self.folder / "backups-keys")

    def back_up(self, kind: Kind, vault: Vault | None = None, ready: Callable[[], object] = bool) -> Path:
        """One backup, into its folder; ``ready`` is called when the keys are open."""
        folder = self.data_backups if kind is Kind.DATA else self.keys_backups
        own = vault or installation.open_vault(self.settings)
        ready()
        try:
            return make(self.settings, own, kind, folder, datetime.now(UTC))[0]
        finally:
            if vault is None:
                own.close()

    def lose_data(self) -> None:
        """The disk of the data is gone; the keystore is not."""
        if self.server is None:
            for file in self.settings.data_dir.glob("amparo.db*"):
                file.unlink()
        else:
            self.as_owner(
                "DROP SCHEMA IF EXISTS amparo_broken CASCADE",
                "ALTER SCHEMA public RENAME TO amparo_broken",
                "CREATE SCHEMA public",
            )

    def lose_keys(self) -> None:
        """The keystore is gone too."""
        if self.server is None:
            for file in self.settings.data_dir.glob("keys.db*"):
                file.unlink()
        else:
            self.as_owner("DROP SCHEMA keystore CASCADE")

    def as_owner(self, *statements: str) -> None:
        """Statements as the tables' owner."""
        engine = create_engine(self.settings.owner_database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for each in statements:
                connection.execute(text(each))
        engine.dispose()


@contextmanager
def place_of(engine_name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """An installation with the cast and a keyring of its own, on this engine."""
    if engine_name == "sqlite":
        made = copy_of_sqlite(request.getfixturevalue("sqlite_installation"), folder)
        yield Place(with_recipient(made), folder)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    shared = installation_on_postgres(server, folder / "data")
    keyring = folder / "keys" / "keyring.json"
    keyring.parent.mkdir(mode=0o700)
    (folder / "data").mkdir(mode=0o700)
    shutil.copy(shared.keyring, keyring)
    try:
        made = settings_for(folder / "data", shared.database, keyring)
        yield Place(with_recipient(made), folder, server)
    finally:
        server.drop(shared.database)


def restored(place: Place, data: Path, keys: Path | None = None, identity: str = IDENTITY) -> Restored:
    """Restore and migrate, as the command does; the mark stays."""
    done = restore(place.settings, data, keys, identity)
    installation.migrate(place.settings)
    return done


def finished(place: Place, world: World) -> tuple[Report, Check]:
    """What the command does after that, over the running application."""
    report = after_restore(operator(world), world.services.vault)
    found = check(place.settings, world.services.database, world.services.vault, datetime.now(UTC))
    lift_mark(place.settings)
    return report, found


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
