"""The seals file: one line a seal, only ever appended to, so that it can lie where nobody rewrites it."""

import os
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection

from app.access.sights import SEALER
from app.audit import reads
from app.audit.rules.seals import Seal
from app.config import Settings
from app.db import Database

log = structlog.get_logger()

#: The end of the file that is searched for its last line.
_WINDOW: Final = 65_536
#: What is shorter, and no seal, may be the first line that a crash tore.
_TORN: Final = 4096


class SealsFileDamaged(Exception):
    """The seals file holds something, and nothing at its end is a seal."""


def seals_file(settings: Settings) -> Path:
    """Where the seals are written line by line: on a mount that only grows, or copied from here as it grows."""
    return settings.seals


def append_missing(database: Database, seals: Path) -> int:
    """Append to the file every seal that it lacks; gives how many. A crash between commit and append is mended here.

    Several processes may share the file: a lock on it puts their lines in order. Raises OSError, SealsFileDamaged.
    """
    with database.look(SEALER) as connection:
        newest = reads.last_seal(connection)
        if newest is None or newest == last_line(seals):
            return 0
    # A new connection: under SQLite the one above does not see what others sealed while this one waits for the lock.
    made = not seals.exists()
    file = os.open(seals, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        flock(file, LOCK_EX)
        with database.look(SEALER) as connection:
            appended = _append(connection, seals, file)
        os.fsync(file)
    finally:
        os.close(file)
    if made:
        _sync_folder(seals.parent)
    return appended


def _append(connection: Connection, seals: Path, file: int) -> int:
    after, appended = _last_common(connection, seals), 0
    if _is_torn(file):
        os.write(file, b"\n")
    while batch := reads.seals_after(connection, after):
        _write_whole(file, "".join(f"{seal.line()}\n" for seal in batch).encode())
        after, appended = batch[-1].number, appended + len(batch)
    return appended


def _last_common(connection: Connection, seals: Path) -> int:
    """The number of the last line that also stands in the record, just so; 0 for an empty file.

    Usually that is the file's last line. When it is not, an older copy of the record was put back: the lines that the
    record lacks stay here for the verifier to find, and what is sealed from now on follows them.
    """
    last = last_line(seals)
    if last is None:
        return 0
    if _held(connection, [last]):
        return last.number
    log.error("audit.seals_diverged", number=last.number)
    common, some = 0, []
    for text, _ in reads.lines_of(seals, seals.stat().st_size):
        seal = _parsed(text)
        if seal is not None:
            some.append(seal)
        if len(some) >= reads.CHUNK:
            common, some = max([common, *_held(connection, some)]), []
    return max([common, *_held(connection, some)])


def _held(connection: Connection, seals: list[Seal]) -> list[int]:
    """The numbers of those of the seals that stand in the record exactly so."""
    rows = reads.seals_called(connection, [seal.number for seal in seals])
    return [seal.number for seal in seals if rows.get(seal.number) == seal]


def last_line(seals: Path) -> Seal | None:
    """The last line that is a seal; None when there is no file, or none in it yet. Raises SealsFileDamaged, OSError."""
    try:
        with seals.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _WINDOW))
            lines = file.read().decode("ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return None
    # The piece after the last line feed is empty, or was torn by a crash; the first may be cut by the window.
    for line in reversed(lines[:-1]):
        seal = _parsed(line)
        if seal is not None:
            return seal
    if size > _TORN:
        raise SealsFileDamaged("no line at the end of the seals file is a seal")
    return None


def _parsed(line: str) -> Seal | None:
    try:
        return Seal.parse(line)
    except ValueError:
        return None


def _is_torn(file: int) -> bool:
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


def _write_whole(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
