"""Where checkpoints go so that the owner of the database can not take them back: append-only folders and the like."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from app.audit.rules.checkpoints import Checkpoint
from app.config import Settings

#: A torn file can not be written again where nothing is ever changed: then the next name is taken.
_NAMES: Final = 9
_SUFFIX: Final = ".txt"


class PlaceRefuses(Exception):
    """Under every name that a checkpoint could have at this place stands something else."""


class Place(Protocol):
    """Somewhere that takes a checkpoint once and keeps it."""

    @property
    def name(self) -> str:
        """What the setting calls it."""

    def put(self, checkpoint: Checkpoint) -> None:
        """Leave the checkpoint there; when it is there already, nothing happens. Raises OSError or PlaceRefuses."""

    def holds(self, checkpoint: Checkpoint) -> bool:
        """Whether it is there now, whole. Raises OSError."""


def places_of(settings: Settings) -> tuple[Place, ...]:
    """Where checkpoints go, in the order of the setting. Raises UnsafeSettings when it can not be read."""
    return tuple(Folder(path) for path in settings.checkpoints)


def names_of(checkpoint: Checkpoint) -> Iterator[str]:
    """What a checkpoint may be called at a place, the usual name first."""
    yield f"{checkpoint.name}{_SUFFIX}"
    for number in range(2, _NAMES + 1):
        yield f"{checkpoint.name}.{number}{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that grows by a file for each checkpoint, which nobody writes again: mode 0444, made exclusively.

    It may be append-only (`chattr +a`), another machine's, or write-once: nothing is renamed, changed or removed.
    """

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def put(self, checkpoint: Checkpoint) -> None:
        wanted = checkpoint.text.encode()
        for name in names_of(checkpoint):
            file = self.path / name
            try:
                _make(file, wanted)
            except FileExistsError:
                if file.read_bytes() != wanted:
                    continue  # torn by a crash, or of another story
                _sync(file)  # a crash may have come before this
            _sync(self.path)
            return
        raise PlaceRefuses

    def holds(self, checkpoint: Checkpoint) -> bool:
        wanted = checkpoint.text.encode()
        for name in names_of(checkpoint):
            try:
                if (self.path / name).read_bytes() == wanted:
                    return True
            except FileNotFoundError:
                break
        return False


def _make(file: Path, wanted: bytes) -> None:
    made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o444)
    try:
        os.fchmod(made, 0o444)  # auditors read it, whatever this process's mask
        while wanted:
            wanted = wanted[os.write(made, wanted) :]
        os.fsync(made)
    finally:
        os.close(made)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
