"""The application on one engine, for what has nothing to do with the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, copy_of_sqlite, running


@pytest.fixture
def one(sqlite_installation: Path, tmp_path: Path) -> Iterator[World]:
    """The application on SQLite alone, for what has nothing to do with the database."""
    with running(copy_of_sqlite(sqlite_installation, tmp_path)) as world:
        yield world
