"""A made demo on each engine, made once for all tests that only look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import installation
from app.config import Environment, Settings
from app.db import open_database
from app.demo.making import Wanted, make
from app.demo.stories import DECK
from app.machine import OPERATOR
from app.web.services import Services
from tests.postgres import PostgresServer

#: One story of each kind, and a day on which Colorado's fiscal year is a few months old.
EVERY_KIND = Wanted(applicants=len(DECK), seed=1, today=date(2026, 11, 23))


@contextmanager
def opened(folder: Path, url: str | None = None) -> Iterator[Services]:
    """An empty installation, opened."""
    settings = Settings(
        environment=Environment.DEMO,
        data_dir=folder,
        database_url=SecretStr(url) if url else None,
        keyring_file=folder / "keyring.json",
    )
    installation.make(settings)
    services = Services(settings, open_database(settings), installation.open_vault(settings))
    try:
        yield services
    finally:
        services.database.engine.dispose()
        services.vault.close()


@pytest.fixture
def empty_database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite, which lies in the folder; the address of an empty database for PostgreSQL."""
    if engine_name == "sqlite":
        yield None
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.create_template("blank", lambda _url: None)
    url = server.clone("blank")
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def made_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with opened(tmp_path_factory.mktemp("demo") / "data") as services:
        make(services, OPERATOR, EVERY_KIND)
        yield services


@pytest.fixture(scope="session")
def made_on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Services]:
    postgres.create_template("blank", lambda _url: None)
    url = postgres.clone("blank")
    with opened(tmp_path_factory.mktemp("demo") / "data", url) as services:
        make(services, OPERATOR, EVERY_KIND)
        yield services
    postgres.drop(url)


@pytest.fixture
def made(engine_name: str, request: pytest.FixtureRequest) -> Services:
    """A demo with every kind of story, to be looked at and not changed."""
    services: Services = request.getfixturevalue(f"made_on_{engine_name}")
    return services
