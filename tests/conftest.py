"""The two engines and the cast: each test gets a running application over a fresh database, with people signed in."""

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.postgres import PostgresServer
from tests.world import World, copy_of_sqlite, installation_on_postgres, installation_on_sqlite, running

pytest_plugins = ["tests.scratch", "tests.chromium", "tests.postgres"]

# How long an example takes says something about the machine, not about Amparo.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# What was imported stays; looking through it again and again for what has gone took a tenth of three rooms' tests.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def sqlite_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made installation on SQLite with the cast in it, to be copied for each test."""
    return installation_on_sqlite(tmp_path_factory.mktemp("installation"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which engine this test runs on."""
    return str(request.param)


@pytest.fixture
def world(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A running application with the cast of tests/world.py, on each engine in turn."""
    if engine_name == "sqlite":
        settings = copy_of_sqlite(request.getfixturevalue("sqlite_installation"), tmp_path)
        with running(settings) as world:
            yield world
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    settings = installation_on_postgres(server, tmp_path)
    try:
        with running(settings) as world:
            yield world
    finally:
        server.drop(settings.database)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """For a test that configures logging: afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
