"""A sound installation for each engine: made once, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.sound import Sound, copied, on_postgres, on_sqlite
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def sound_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return on_sqlite(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="session")
def sound_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    """On a server that keeps its promises, unlike the quick one of the other tests."""
    server = PostgresServer.start(durable=True)
    try:
        yield on_postgres(tmp_path_factory.mktemp("sound"), server)
    finally:
        server.stop()


@pytest.fixture
def sound(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sound]:
    """A sound installation of this test's own, on each engine in turn."""
    made: Sound = request.getfixturevalue(f"sound_{'sqlite' if engine_name == 'sqlite' else 'postgres'}")
    copy = copied(made, tmp_path / "installation")
    try:
        yield copy
    finally:
        if copy.server is not None and copy.url is not None:
            copy.server.drop(copy.url)
