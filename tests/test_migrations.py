"""Migrations go up and down with data in the tables, and end where the models are: tables, checks and triggers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from app import tables
from app.db import GUARDS, metadata
from app.installation import alembic_config
from tests.postgres import OWNER, PostgresServer, as_user
from tests.world import World

tables.load_all()


@pytest.fixture
def empty(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.create_template("blank", lambda _url: None)
    url = as_user(server.clone("blank"), OWNER)
    yield url
    server.drop(url)


def looking(url: str) -> Connection:
    return create_engine(url, poolclass=NullPool).connect()


def triggers(url: str) -> set[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with looking(url) as connection:
        return set(connection.execute(text(catalogue[connection.dialect.name])).scalars())


def promised(engine_name: str) -> set[str]:
    statements = [each for guard in GUARDS for each in getattr(guard, engine_name)]
    return {name for each in statements for name in re.findall(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)", each)}


def test_there_is_one_head_and_names_are_dated() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert re.match(r"\d{4}-\d{2}-\d{2}_\w+\.py$", Path(revision.path).name)


def test_they_end_where_the_models_are(empty: str, engine_name: str) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "head")
    command.check(config)
    assert triggers(empty) == promised(engine_name)
    assert promised(engine_name), "the promises themselves must not be empty"
    with looking(empty) as connection:
        inspector = inspect(connection)
        for table in metadata.sorted_tables:
            checks = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
            found = {str(each["name"]) for each in inspector.get_check_constraints(table.name)}
            assert found == checks, table.name


def test_up_again_changes_nothing(empty: str, engine_name: str) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "head")
    command.upgrade(config, "head")
    assert triggers(empty) == promised(engine_name)


def test_down_and_up_with_data(world: World, engine_name: str) -> None:
    url = world.services.settings.owner_database
    world.services.database.engine.dispose()
    config = alembic_config(url)
    command.downgrade(config, "base")
    with looking(url) as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert triggers(url) == set()
    command.upgrade(config, "head")
    assert triggers(url) == promised(engine_name)
