"""The mark of a restore that is under way: one at a time, and known after a crash."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

from psycopg import sql
from sqlalchemy import Engine, TextClause, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.backups.reads.contents import sqlite_file
from app.backups.reads.unfinished import mark_of, unfinished
from app.backups.rules import Unusable
from app.config import Settings
from app.revision import CLEAR

_LOCK: Final = 0x616D_7061_726F_7265  # one restore at a time, on this number
#: By this name a server knows what a restore does. One that was killed may have left such a session at work.
RESTORING: Final = "amparo restore"
_END: Final = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :name AND usename = current_user"
)
_TAKEN: Final = "Another restore is under way here. Wait for it, or end it."
_TAKE: Final = text("SELECT pg_try_advisory_lock(:number)")
_GIVE_BACK: Final = text("SELECT pg_advisory_unlock(:number)")
_MAKE: Final = text("CREATE SCHEMA IF NOT EXISTS amparo_restoring")
_DROP: Final = text("DROP SCHEMA IF EXISTS amparo_restoring")
_CLEAR_KEYS: Final = text("DROP SCHEMA IF EXISTS keystore CASCADE")


def by_owner(address: str) -> Engine:
    """A server as the tables' owner, each statement by itself."""
    return create_engine(address, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")


@contextmanager
def alone(settings: Settings) -> Iterator[set[str] | None]:
    """Nobody else restores here meanwhile. Gives what an earlier restore that was broken off was putting here."""
    file = sqlite_file(settings.owner_database)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file.parent / ".restore.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
            yield unfinished(settings)
        except BlockingIOError:
            raise Unusable(_TAKEN) from None
        finally:
            os.close(descriptor)
        return
    engine = by_owner(settings.owner_database)
    try:
        with engine.connect() as connection:
            if not connection.execute(_TAKE, {"number": _LOCK}).scalar():
                raise Unusable(_TAKEN)
            connection.execute(_END, {"name": RESTORING}).all()
            try:
                yield unfinished(settings)
            finally:
                # A server notices that a session has ended when it comes to it: who tries again at once must not wait.
                with suppress(OperationalError):  # then the session is gone already, and its lock with it
                    connection.execute(_GIVE_BACK, {"number": _LOCK})
    finally:
        engine.dispose()


def put_mark(settings: Settings, what: set[str]) -> None:
    """From now on nobody can work here until the mark is lifted."""
    words = json.dumps(sorted(what))
    file = sqlite_file(settings.owner_database)
    if file is not None:
        mark = mark_of(file)
        descriptor = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(words)
            written.flush()
            os.fsync(written.fileno())
        sync_folder(mark.parent)
        return
    engine = by_owner(settings.owner_database)
    with engine.connect() as connection:
        connection.execute(_MAKE)
        comment = sql.SQL("COMMENT ON SCHEMA amparo_restoring IS {}").format(sql.Literal(words)).as_string(None)
        connection.exec_driver_sql(comment)
    engine.dispose()


def lift_mark(settings: Settings) -> None:
    """What was restored is in order: people can work."""
    file = sqlite_file(settings.owner_database)
    if file is not None:
        mark_of(file).unlink(missing_ok=True)
        sync_folder(file.parent)
        return
    _do(settings.owner_database, _DROP)


def clear_data(settings: Settings) -> None:
    """Remove the data that a broken-off restore has put here."""
    file = sqlite_file(settings.owner_database)
    if file is not None:
        remove_sqlite(file)
    else:
        _do(settings.owner_database, CLEAR)


def clear_keys(settings: Settings) -> None:
    """Remove the keystore that a broken-off restore has put here."""
    file = sqlite_file(settings.owner_keystore)
    if file is not None:
        remove_sqlite(file)
    else:
        _do(settings.owner_keystore, _CLEAR_KEYS)


def remove_sqlite(file: Path) -> None:
    """A database file with its side files."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """What was renamed or removed in it stays so after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _do(address: str, statement: TextClause) -> None:
    engine = by_owner(address)
    with engine.connect() as connection:
        connection.execute(statement)
    engine.dispose()
