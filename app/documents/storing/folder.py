"""A folder of sealed files. A file is there under its name when it is whole and on the disk, and not before.

Each is written under ``incoming/`` and moved to its place with one rename. What an interrupted upload leaves there,
and what no record names, is swept away.
"""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self
from uuid import UUID

#: Seconds after which a file that no record names belongs to no upload that is still under way.
ABANDONED: Final = 3_600
_PRIVATE: Final = 0o700


class Writer:
    """One file while it is written. Left without ``keep``, it is gone."""

    def __init__(self, incoming: Path, kept: Path) -> None:
        self._incoming = incoming
        self._kept = kept
        for folder in (incoming.parent, kept.parent):
            folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        handle = os.open(incoming, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file: BinaryIO = os.fdopen(handle, "w+b", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._incoming.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Add to the file; all of it, or an OSError."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def again(self) -> BinaryIO:
        """The file from its beginning, to be read before it is kept."""
        self._file.seek(0)
        return self._file

    def keep(self) -> None:
        """Put the file under its name, surely on the disk."""
        os.fsync(self._file.fileno())
        self._incoming.rename(self._kept)
        _sync(self._kept.parent)


@dataclass(frozen=True, slots=True)
class Folder:
    """The store of an installation: a folder of its own, so that several in one place never sweep one another's files.

    ``older`` is where files lay before each had its own. They are found there, and moved at the next sweep.
    """

    path: Path
    older: Path | None = None

    @classmethod
    def of(cls, folder: Path, installation: UUID) -> Self:
        """The store of this installation in the folder that the settings name."""
        return cls(folder / str(installation), folder)

    def writer(self, file_id: UUID, part: str) -> Writer:
        """Begin a file. Raises FileExistsError when it is being written already."""
        return Writer(self.path / "incoming" / f"{file_id}.{part}", _place(self.path, file_id, part))

    def open(self, file_id: UUID, part: str) -> BinaryIO:
        """A file that is kept, to be closed by the caller. Raises FileNotFoundError."""
        own = _place(self.path, file_id, part)
        if self.older is None:
            return own.open("rb")
        for place in (own, _place(self.older, file_id, part)):
            try:
                return place.open("rb")
            except FileNotFoundError:
                continue
        return own.open("rb")  # moved in between, or not there

    def remove(self, file_id: UUID) -> int:
        """Delete every part of a document; gives how many there were."""
        places = [self.path] if self.older is None else [self.path, self.older]
        found = [each for root in places for each in _place(root, file_id, "x").parent.glob(f"{file_id}.*")]
        for each in found:
            each.unlink(missing_ok=True)
        return len(found)

    def sweep(self, known: Collection[UUID], now: float | None = None) -> int:
        """Delete what no record names, and what was begun and never kept, once it is old enough; gives how many.

        What a record names and lies in the older place is moved. Whatever else lies there may be somebody else's.
        """
        before = (time.time() if now is None else now) - ABANDONED
        begun = [*self.path.glob("incoming/*")]
        if self.older is not None:
            begun += self.older.glob("incoming/*")
            self._fetch(self.older, known)
        swept = 0
        for each in [*begun, *self.path.glob("kept/*/*")]:
            if each.parent.name != "incoming" and UUID(each.name.partition(".")[0]) in known:
                continue
            try:
                if each.stat().st_mtime < before:
                    each.unlink()
                    swept += 1
            except FileNotFoundError:
                continue
        return swept

    def _fetch(self, older: Path, known: Collection[UUID]) -> None:
        for each in older.glob("kept/*/*"):
            name, _, part = each.name.partition(".")
            if UUID(name) in known:
                own = _place(self.path, UUID(name), part)
                own.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
                each.rename(own)
                _sync(own.parent)


def _place(root: Path, file_id: UUID, part: str) -> Path:
    return root / "kept" / file_id.hex[-2:] / f"{file_id}.{part}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
