"""Where a restored database goes: beside its place until it is whole, then into it at once."""

import hashlib
import os
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Protocol

from app.backups.actions.marking import RESTORING, remove_sqlite, sync_folder
from app.backups.reads import postgres
from app.backups.reads.contents import sqlite_file
from app.backups.rules import DOCUMENTS, PIECE, Header, Unusable

_ASIDE: Final = ".restored"


class Place(Protocol):
    """Takes a database piece by piece; nobody sees it before ``finish``."""

    def take(self, piece: bytes) -> None:
        """The next piece."""

    def finish(self) -> None:
        """It was the whole, and it was checked: now it counts. Raises Unusable."""

    def abandon(self) -> None:
        """Leave nothing behind; after ``finish`` it does nothing."""


def place_for(address: str, header: Header) -> Place:
    """The place that belongs to an address. Raises Unusable when the backup is of the other engine."""
    file = sqlite_file(address)
    engine = "postgresql" if file is None else "sqlite"
    if header.engine != engine:
        raise Unusable(
            f"This backup is of {header.engine}, and the settings name {engine}. Set AMPARO_DATABASE_URL as it was."
        )
    return _Server(address, header) if file is None else _File(file)


class _File:
    """An SQLite database: written beside its place, looked through, renamed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._aside = file.with_name(file.name + _ASIDE)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_sqlite(self._aside)
        self._open: IO[bytes] | None = os.fdopen(
            os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )

    def take(self, piece: bytes) -> None:
        assert self._open is not None
        self._open.write(piece)

    def finish(self) -> None:
        assert self._open is not None
        with self._open as written:
            written.flush()
            os.fsync(written.fileno())
        self._open = None
        try:
            with closing(sqlite3.connect(f"file:{self._aside}?mode=ro", uri=True)) as whole:
                found = whole.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error as error:
            found = (str(error),)
        if found != ("ok",):
            raise Unusable(f"SQLite finds the restored database damaged ({found[0]}). Take another backup.")
        self._aside.rename(self._file)
        sync_folder(self._file.parent)

    def abandon(self) -> None:
        if self._open is not None:
            with suppress(OSError):  # what could not be written need not be
                self._open.close()
        remove_sqlite(self._aside)


class _Server:
    """PostgreSQL: one transaction of pg_restore, which lacks its last piece until everything was checked."""

    def __init__(self, address: str, header: Header) -> None:
        pg_restore, have = postgres.program("pg_restore")
        postgres.refuse_older("pg_restore", have, header.tool)
        where, environment = postgres.address_of(address)
        environment["PGAPPNAME"] = RESTORING
        how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password"]
        self._pending = b""
        self._process = subprocess.Popen(
            [str(pg_restore), *how, f"--dbname={where}"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def take(self, piece: bytes) -> None:
        if piece:
            self._send(self._pending)
            self._pending = piece

    def finish(self) -> None:
        self._send(self._pending)
        said = self._end()
        if self._process.returncode != 0:
            raise Unusable(postgres.said_by("pg_restore", said))

    def abandon(self) -> None:
        with self._process:
            self._process.kill()

    def _send(self, piece: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(piece)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Unusable(postgres.said_by("pg_restore", self._end())) from None

    def _end(self) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        said = self._process.stderr.read()
        self._process.wait()
        return said


class Documents:
    """The files of documents. One that is there already must be the same; it is left as it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = ""
        self._digest: Any = None
        self._open: IO[bytes] | None = None
        self.count = 0

    def take(self, name: str, piece: bytes) -> None:
        """The next piece of the file that has this name in the backup. Raises Unusable."""
        if name != self._name:
            self.end_file()
            self._begin(name)
        self._digest.update(piece)
        if self._open is not None:
            self._open.write(piece)

    def end_file(self) -> None:
        """The file that was being written is whole."""
        if not self._name:
            return
        target = self._target()
        if self._open is not None:
            with self._open as written:
                written.flush()
                os.fsync(written.fileno())
            self._open = None
            self._aside().rename(target)
            sync_folder(target.parent)
        elif _digest_of(target) != self._digest.hexdigest():
            raise Unusable(f"{target} is in the way: it is another file than the one in the backup. Move it away.")
        self.count += 1
        self._name = ""

    def abandon(self) -> None:
        """Leave no half file."""
        if self._open is not None:
            with suppress(OSError):
                self._open.close()
            self._aside().unlink(missing_ok=True)
            self._open = None

    def _begin(self, name: str) -> None:
        self._name, self._digest = name, hashlib.sha256()
        target = self._target()
        if target.exists():
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._aside()
        aside.unlink(missing_ok=True)
        self._open = os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def _target(self) -> Path:
        within = PurePosixPath(self._name).relative_to(DOCUMENTS)
        if ".." in within.parts or within.is_absolute():
            raise Unusable("This backup names a file outside the folder of documents. Do not use it.")
        return self._folder / within

    def _aside(self) -> Path:
        target = self._target()
        return target.with_name(f".{target.name}{_ASIDE}")


def _digest_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
