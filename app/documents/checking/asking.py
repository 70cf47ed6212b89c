"""Handing a file to the examiner: a process of its own, fed and read through pipes, in pieces, under a clock."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import app
from app.documents.rules import Refusal

#: Seconds that one file may take, by the clock on the wall.
LONGEST: Final = 60
_PIECE: Final = 65_536
_MOST_HEAD: Final = 4_096
#: Bytes that a file may become: a cleaned copy is at most a few times as large as what came.
_MOST: Final = 400 << 20
_ROOT: Final = str(Path(app.__file__).parent.parent)


@dataclass(frozen=True, slots=True)
class Part:
    """Something to be kept beside the original: its cleaned copy, or the picture of a page. Read it once."""

    name: str
    length: int
    _from: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """The bytes of it. Raises EOFError when the examiner stopped before it had given all."""
        left = self.length
        while left:
            piece = self._from.read(min(left, _PIECE))
            if not piece:
                raise EOFError("the examiner stopped")
            left -= len(piece)
            yield piece


@dataclass(frozen=True, slots=True)
class Finding:
    """What the examiner says: why the file is not taken, or its parts, to be read in their order."""

    refusal: Refusal | None
    parts: tuple[Part, ...] = ()


@contextmanager
def examine(ending: str, pieces: Iterable[bytes]) -> Iterator[Finding]:
    """Have a file looked at; its parts can be read within the block. An examiner that dies has refused the file."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app.documents.checking.examiner", ending],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _ROOT, "PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd="/",
        close_fds=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    clock = threading.Timer(LONGEST, process.kill)
    clock.start()
    try:
        _feed(process.stdin, pieces)
        yield _finding(process.stdout)
    finally:
        clock.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _feed(pipe: IO[bytes], pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            pipe.write(piece)
        pipe.close()
    except BrokenPipeError:
        _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    """A pipe that broke still holds a piece, and tells of it once more when it is closed."""
    try:
        pipe.close()
    except BrokenPipeError:
        return


def _finding(pipe: IO[bytes]) -> Finding:
    try:
        said = json.loads(pipe.readline(_MOST_HEAD))
        if "refused" in said:
            return Finding(Refusal(said["refused"]))
        parts = tuple(Part(str(name), int(length), pipe) for name, length in said["parts"])
    except (ValueError, KeyError, TypeError):
        return Finding(Refusal.UNREADABLE)
    usual = [f"page{number}" for number in range(1, len(parts))]
    if [each.name for each in parts] != ["clean", *usual] or sum(each.length for each in parts) > _MOST:
        return Finding(Refusal.UNREADABLE)
    return Finding(None, parts)
