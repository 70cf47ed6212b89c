"""Places to back up, and PostgreSQL's own programs of the server's version first on PATH."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.stage import Place, place_of
from tests.postgres import find_binaries


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{find_binaries()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An installation of this test's own, on each engine in turn."""
    with place_of(engine_name, request, tmp_path) as made:
        yield made
