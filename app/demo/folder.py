"""The demo's data folder: made once, gone on with, never one that holds anything else.

A marker in it says what was made, and whether the making came to its end: what an interrupted one left is thrown away.
"""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlmodel import col

from app.access.model import Account
from app.access.sights import OPERATOR
from app.config import Environment, Settings
from app.db import Database, open_database
from app.demo.cast import ADMINISTRATOR
from app.revision import CLEAR

#: What a demo asks for that is to show how people really sign in.
_PASSKEYS: Final = "fund=passkey partners=password"
_MARKER: Final = "demo.json"
_MAKER: Final = "amparo demo"
#: Everything that an installation keeps in its folder.
_FILES: Final = ("amparo.db", "keys.db", "keyring.json", "audit-seals.txt", "backups.json", _MARKER)
#: Side files that come and go.
_BESIDE: Final = ("", "-wal", "-shm", "-journal", ".lock", ".new")


class Unusable(Exception):
    """The folder, the database or the port is not this demo's to use; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What the folder says of itself. ``database`` is where the data is; it names no password."""

    made: bool
    database: str
    made_by: str = _MAKER


def settings_for(folder: Path, port: int, *, passkeys: bool = False) -> Settings:
    """Settings of a demo: everything in one folder, the keys too, whatever the environment says of a real service.

    Raises Unusable when AMPARO_DATABASE_URL names anything but PostgreSQL, or the port is somebody else's.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Unusable(f"Port {port} is taken on this machine. Choose another one with --port.") from None
    settings = Settings(
        environment=Environment.DEMO,
        data_dir=folder,
        database_url_file=None,
        keystore_url=None,
        seals_file=None,
        backup_dir=None,
        # Whatever an installation on this machine keeps elsewhere is not the demo's: it sweeps what it does not know.
        documents_folder=None,
        checkpoint_places="",
        backup_recipients="",
        backup_recipients_file=None,
        clamd="",
        keyring_file=folder / "keyring.json",
        origin=f"http://localhost:{port}",
    )
    if passkeys:
        settings = settings.model_copy(update={"sign_in_strength": _PASSKEYS})
    if settings.database_url is not None and not settings.database.startswith("postgresql"):
        raise Unusable("The demo keeps SQLite in its own folder: unset AMPARO_DATABASE_URL, or let it name PostgreSQL.")
    return settings


@contextmanager
def used(settings: Settings, *, fresh: bool, make: Callable[[], None], go_on: Callable[[], None]) -> Iterator[None]:
    """Hold the folder of a demo while it is used: made first, or gone on with unless ``fresh``.

    Raises Unusable for a folder or a database that the demo did not make, and while somebody else is using the folder.
    """
    folder = settings.data_dir
    _refuse_foreign(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _hold(held, LOCK_SH)
        marker = _marker(folder)
        if marker is not None and marker.made and not fresh:
            go_on()
        else:
            _hold(held, LOCK_EX)
            _clear(settings)
            _mark(settings, made=False)
            make()
            _mark(settings, made=True)
            flock(held, LOCK_SH)
        yield
    finally:
        os.close(held)


def _hold(held: int, how: int) -> None:
    try:
        flock(held, how | LOCK_NB)
    except BlockingIOError:
        raise Unusable("Another `amparo demo` is using this folder. Stop it first, or choose another --data.") from None


def _refuse_foreign(settings: Settings) -> None:
    folder, marker = settings.data_dir, _marker(settings.data_dir)
    if marker is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Unusable(f"{folder} holds something that `amparo demo` did not make. Choose an empty folder with --data.")
    if marker is not None and marker.database != _database_of(settings):
        raise Unusable(
            f"The demo in {folder} keeps its data elsewhere ({marker.database}). Set or unset AMPARO_DATABASE_URL as"
            " it was, or choose another --data."
        )
    if settings.database_url is None:
        return
    database = open_database(settings)
    try:
        if not _is_ours(database, marker):
            raise Unusable("The database of AMPARO_DATABASE_URL holds something else. Make an empty one for the demo.")
    finally:
        database.engine.dispose()


def _is_ours(database: Database, marker: Marker | None) -> bool:
    """Whether this PostgreSQL database is empty, or holds what the folder's demo made: its first person, or nobody."""
    with database.look(OPERATOR) as connection:
        known = inspect(connection)
        if marker is None:
            return not known.get_table_names() and not known.get_table_names(schema="keystore")
        if not known.has_table(Account.__tablename__):
            return True
        emails = select(func.count(), func.count().filter(col(Account.email) == ADMINISTRATOR.email))
        everybody, first = connection.execute(emails.select_from(Account)).one()
        return everybody == 0 or first == 1


def _clear(settings: Settings) -> None:
    for name in _FILES:
        for beside in _BESIDE:
            (settings.data_dir / f"{name}{beside}").unlink(missing_ok=True)
    shutil.rmtree(settings.files.folder, ignore_errors=True)
    if settings.database_url is None:
        return
    database = open_database(settings)
    try:
        with database.writing(OPERATOR) as connection:
            connection.execute(CLEAR)
            connection.execute(text("DROP SCHEMA IF EXISTS keystore CASCADE"))
    finally:
        database.engine.dispose()


def _mark(settings: Settings, *, made: bool) -> None:
    """Write the marker whole or not at all."""
    marker = settings.data_dir / _MARKER
    new = marker.with_name(f"{_MARKER}.new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(Marker(made, _database_of(settings))), file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(marker)


def _marker(folder: Path) -> Marker | None:
    try:
        read: dict[str, Any] = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        marker = Marker(**read)
    except (OSError, ValueError, TypeError):
        return None
    return marker if marker.made_by == _MAKER else None


def _database_of(settings: Settings) -> str:
    if settings.database_url is None:
        return "in this folder"
    url = make_url(settings.database)
    host = url.host or url.query.get("host") or "this machine"
    return f"PostgreSQL on {host}, database {url.database}"
