"""Checkpoints along the way: where the walk comes to the size of one, the tree has to have that head.

Those that stand in the database are held against it and against their own signatures; those that somebody kept
elsewhere too, and these are what the owner of the database can not make fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.audit import reads
from app.audit.reads.tree import checkpoints_after, signed_here
from app.audit.rules.checkpoints import LONGEST, Checkpoint
from app.audit.rules.merkle import Growing
from app.audit.rules.verdict import Fault, Reason
from app.crypto import Vault


@dataclass(frozen=True, slots=True)
class Given:
    """Checkpoints that were kept elsewhere, by size, and what is wrong with the files they came in."""

    checkpoints: tuple[Checkpoint, ...]
    fault: Fault | None = None


def read_given(paths: Sequence[Path], vault: Vault) -> Given:
    """The checkpoints in these files, and in all files of these folders.

    A file that a crash tore is passed over when another one holds all of it. What is no checkpoint of this installation
    decides nothing.
    """
    texts: list[tuple[str, str]] = []
    try:
        for path in paths:
            files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
            texts += [(file.name, _text(file)) for file in files]
    except OSError:
        return Given((), Fault(Reason.CHECKPOINT_UNREADABLE))
    found, foreign = [], []
    for name, text in texts:
        checkpoint = _parsed(text)
        if checkpoint is not None and signed_here(vault, checkpoint) is not None:
            found.append(checkpoint)
        else:
            foreign.append((name, text))
    whole = [each.text for each in found]
    wrong = [name for name, text in foreign if not any(each.startswith(text) for each in whole)]
    fault = Fault(Reason.CHECKPOINT_FOREIGN, name=wrong[0]) if wrong else None
    if not found and fault is None:
        fault = Fault(Reason.CHECKPOINT_NONE)
    return Given(tuple(sorted(found, key=lambda each: each.size)), fault)


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(LONGEST + 1).decode(errors="replace")


def _parsed(text: str) -> Checkpoint | None:
    try:
        return Checkpoint.parse(text)
    except ValueError:
        return None


class Marks:
    """The checkpoints in the order of their sizes; ``passed`` counts those of the database that were found right."""

    def __init__(self, connection: Connection, vault: Vault, given: Sequence[Checkpoint], ends: reads.Ends) -> None:
        """What was made since the ``ends`` were looked up is left for the next check."""
        self._vault, self._rows = vault, _rows(connection, ends.checkpoint)
        self._given = list(reversed(given))
        self._row = next(self._rows, None)
        self._sound = 0
        self.passed = 0

    def at(self, tree: Growing) -> Fault | None:
        """The fault of a checkpoint at the tree's size, when there is one and its head is another."""
        while self._given and self._given[-1].size <= tree.size:
            if self._differs(self._given.pop(), tree):
                return Fault(Reason.CHECKPOINT_DIFFERS, self._sound + 1, size=tree.size)
        while self._row is not None and self._row.size <= tree.size:
            fault = self._of_row(self._row, tree)
            if fault is not None:
                return fault
            self.passed += 1
            self._sound = tree.size
            self._row = next(self._rows, None)
        return None

    def beyond(self, tree: Growing) -> Fault | None:
        """The fault of a checkpoint over more than the whole record."""
        if self._given:
            return Fault(Reason.BEHIND_CHECKPOINT, tree.size + 1, size=self._given[0].size)
        if self._row is not None:
            return Fault(Reason.BEHIND_CHECKPOINT, tree.size + 1, size=self._row.size)
        return None

    def _differs(self, checkpoint: Checkpoint, tree: Growing) -> bool:
        return checkpoint.size != tree.size or checkpoint.root != tree.head()

    def _of_row(self, row: Any, tree: Growing) -> Fault | None:
        checkpoint = _parsed(row.note)
        if row.number != self.passed + 1:
            return Fault(Reason.CHECKPOINT_GONE, self._sound + 1, size=row.size)
        if (
            checkpoint is None
            or (checkpoint.size, checkpoint.root, checkpoint.made_at) != (row.size, row.root, row.made_at)
            or signed_here(self._vault, checkpoint) is None
        ):
            return Fault(Reason.CHECKPOINT_UNSIGNED, self._sound + 1, size=row.size)
        if self._differs(checkpoint, tree):
            return Fault(Reason.CHECKPOINT_DIFFERS, self._sound + 1, size=tree.size)
        return None


def _rows(connection: Connection, last: int) -> Iterator[Any]:
    number = reads.BELOW_ALL
    while rows := checkpoints_after(connection, number):
        for row in rows:
            if row.number > last:
                return
            yield row
        number = rows[-1].number
