"""Where a backup's bytes come from: one state of the database as a stream, and the files of the documents."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from secrets import token_hex
from typing import IO, Final

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from app.backups.reads import contents, postgres
from app.backups.rules import PIECE, Contents, Kind, Unusable
from app.config import Settings

#: How a copy of the data begins that is removed as soon as it is open.
_COPY: Final = ".backup-"
#: Beside the data in a database: the keys, and what a restore leaves and puts aside.
_NOT_DATA: Final = ("keystore", "amparo_restoring", "amparo_broken*")


@dataclass(frozen=True, slots=True)
class Source:
    """A database in one state. ``pieces`` raises Unusable when it can not be read to its end."""

    engine: str
    revision: str
    contents: Contents
    tool: int
    pieces: Iterator[bytes]


@contextmanager
def database(settings: Settings, kind: Kind) -> Iterator[Source]:
    """The data or the keys as they are now; whoever works goes on. Raises Unusable."""
    address = settings.owner_database if kind is Kind.DATA else settings.owner_keystore
    file = contents.sqlite_file(address)
    if file is None:
        with _server(address, kind) as source:
            yield source
        return
    if not file.is_file():
        raise Unusable(f"There is no {'database' if kind is Kind.DATA else 'keystore'} at {file}.")
    try:
        with _copied(file) if kind is Kind.DATA else _in_memory(file) as source:
            yield source
    except sqlite3.Error as error:
        raise Unusable(f"{file} can not be copied: {error}.") from None


@contextmanager
def _copied(file: Path) -> Iterator[Source]:
    """A copy in the data's own folder, which has no name any more when its first byte is read.

    VACUUM takes one state and leaves out what deleted rows have left in free pages.
    """
    _sweep(file.parent)
    copy = file.parent / f"{_COPY}{token_hex(8)}.db"
    with os.fdopen(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "rb") as made:
        try:
            flock(made, LOCK_EX)
            with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as source:
                source.execute("PRAGMA trusted_schema=OFF")
                source.execute("VACUUM INTO ?", (str(copy),))
            with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as whole:
                if whole.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise Unusable(f"SQLite finds {file} damaged. Restore the newest backup that verifies.")
            engine = contents.on_file(copy)
            with engine.connect() as connection:
                shape, held = contents.of_data(connection)
            engine.dispose()
        finally:
            copy.unlink()
        yield Source("sqlite", shape, held, 0, _read(made))


def _sweep(folder: Path) -> None:
    """Take away what a killed backup left: its copy, and the journal that SQLite keeps beside it while it writes."""
    for left_over in folder.glob(f"{_COPY}*.db"):
        remove_unless_in_use(left_over)
    for journal in folder.glob(f"{_COPY}*.db-journal"):
        if not journal.with_name(journal.name.removesuffix("-journal")).exists():
            journal.unlink(missing_ok=True)


@contextmanager
def _in_memory(file: Path) -> Iterator[Source]:
    """Wrapped keys are never written anywhere else in clear, not even for a moment."""
    with closing(sqlite3.connect(file, timeout=30)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)
        with engine.connect() as connection:
            shape, held = contents.of_keys(connection)
        whole = copy.serialize()
        yield Source("sqlite", shape, held, 0, (whole[at : at + PIECE] for at in range(0, len(whole), PIECE)))
        engine.dispose()


@contextmanager
def _server(address: str, kind: Kind) -> Iterator[Source]:
    pg_dump, have = postgres.program("pg_dump")
    with contents.one_state(address, keys=kind is Kind.KEYS) as (connection, snapshot):
        postgres.refuse_older("pg_dump", have, contents.server_version(connection))
        shape, held = (contents.of_data if kind is Kind.DATA else contents.of_keys)(connection)
        where, environment = postgres.address_of(address)
        which = [f"--exclude-schema={name}" for name in _NOT_DATA] if kind is Kind.DATA else ["--schema=keystore"]
        if contents.is_bound(connection):
            which.append("--enable-row-security")  # it sees every row by its sight, as the policies have it
        command = [str(pg_dump), "--format=custom", "--compress=1", "--no-password", "--lock-wait-timeout=60000"]
        process = subprocess.Popen(
            [*command, f"--snapshot={snapshot}", *which, f"--dbname={where}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield Source("postgresql", shape, held, have, _dumped(process))
        finally:
            with process:
                process.kill()  # when the backup was broken off; one that came to its end knows nothing of it


def _dumped(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    yield from _read(process.stdout)
    said = process.stderr.read()
    if process.wait() != 0:
        raise Unusable(postgres.said_by("pg_dump", said))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def remove_unless_in_use(file: Path) -> None:
    """Remove what a process left that was killed; one that still works holds a lock on its file."""
    try:
        with file.open("rb") as held:
            flock(held, LOCK_EX | LOCK_NB)
            file.unlink()
    except OSError:
        pass  # in use, gone already, or not ours
