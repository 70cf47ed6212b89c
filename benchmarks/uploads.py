"""``python -m benchmarks.uploads``: a large file into the store and out, beside the bare cipher; then over real HTTP."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.crypto.stream import CHUNK, Place, Sealing, new_key, open_stream
from app.db import new_id
from app.documents.storing import Folder
from tests.documents.large import serving, there_and_back
from tests.story import Story
from tests.world import installation_on_sqlite, running, settings_for

_DATA = os.urandom(CHUNK)


def main() -> None:
    """Measure and print: seconds, and how many times those of the bare cipher."""
    parser = argparse.ArgumentParser(prog="benchmarks.uploads", description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=200)
    parser.add_argument("--no-http", action="store_true")
    asked = parser.parse_args()
    length = asked.mebibytes << 20
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        bare = _least(lambda: _bare(length))
        _say("bare cipher, in memory", bare, bare)
        _say("plain copy to this disk", _least(lambda: _plain(folder / "plain", length)), bare)
        store = Folder(folder / "store")
        place, key = Place(new_id(), "original", new_id()), new_key()

        def take() -> None:
            store.remove(place.document_id)
            with store.writer(place.document_id, place.part) as writer:
                sealing = Sealing(key, place)
                writer.write(sealing.head)
                for _ in range(length // CHUNK):
                    writer.write(sealing.add(_DATA))
                writer.write(sealing.end())
                writer.keep()

        def give() -> None:
            with store.open(place.document_id, place.part) as file:
                for _ in open_stream(key, place, file):
                    continue

        _say("sealed into the store, and surely on the disk", _least(take), bare)
        _say("out of the store", _least(give), bare)
        if not asked.no_http:
            _http(folder, length, bare)


def _http(folder: Path, length: int, bare: float) -> None:
    settings = settings_for(installation_on_sqlite(folder / "installation"))
    with running(settings) as world:
        case = Story(world).begin().apply().accept().assign().case
    with serving(settings, length + (1 << 20)) as (url, pid):
        found = there_and_back(url, pid, case, length)
    _say("over HTTP, looked at and kept twice", found.there, bare)
    _say("over HTTP, back", found.back, bare)
    sys.stdout.write(f"the server's memory grew by {max(found.grown_there, found.grown_back) / (1 << 20):.1f} MiB\n")


def _bare(length: int) -> None:
    sealing = Sealing(new_key(), Place(new_id(), "bare", new_id()))
    for _ in range(length // CHUNK):
        sealing.add(_DATA)
    sealing.end()


def _plain(path: Path, length: int) -> None:
    with path.open("wb", buffering=0) as file:
        for _ in range(length // CHUNK):
            file.write(_DATA)
        os.fsync(file.fileno())


def _least(do: Callable[[], None]) -> float:
    """The seconds of the quickest of three: what else the machine does only makes it slower."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        do()
        found.append(time.perf_counter() - began)
    return min(found)


def _say(what: str, seconds: float, bare: float) -> None:
    sys.stdout.write(f"{what:<48} {seconds:6.2f} s  {seconds / bare:5.1f} times the bare cipher\n")


if __name__ == "__main__":
    main()
