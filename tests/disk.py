"""Everything in a folder that others write to meanwhile: what a search for secrets looks through."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_in(*folders: Path) -> list[Path]:
    """Every file. Tests share a database server: a folder of another's database may go while it is walked."""
    walks = (os.walk(folder) for folder in folders)  # which passes by a folder that is gone
    named = (Path(where, name) for walk in walks for where, _, names in walk for name in names)
    return [path for path in named if path.is_file()]


def contents_of(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file once. The server renames segments of its log: one that is gone comes up again under its new name."""
    read: set[Path] = set()
    for _ in range(5):
        gone = False
        for path in files_in(*folders):
            if path in read:
                continue
            try:
                yield path, path.read_bytes()
                read.add(path)
            except FileNotFoundError:
                gone = True
        if not gone:
            return
