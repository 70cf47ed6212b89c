"""What attacks from outside finds the same door on both engines: one is enough, and one world serves a whole file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, copy_of_sqlite, running


@pytest.fixture(scope="module")
def stage(sqlite_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running application for all tests of one file."""
    with running(copy_of_sqlite(sqlite_installation, tmp_path_factory.mktemp("stage"))) as world:
        yield world
