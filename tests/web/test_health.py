"""What a proxy asks: is the process alive, and may it be sent people? The world learns no reason."""

from typing import Any

import pytest
from sqlalchemy import text

from app.crypto.keystore import Keystore
from tests.world import World


def asked(world: World, path: str) -> Any:
    return world.client.get(path)


def test_a_whole_installation_is_alive_and_ready(world: World) -> None:
    assert asked(world, "/healthz").json() == {"status": "alive"}
    answer = asked(world, "/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE alembic_version SET version_num = 'older'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
    ],
)
def test_another_shape_of_the_database_is_not_ready(world: World, broken: str) -> None:
    with world.owning() as connection:
        connection.execute(text(broken))
    assert_not_ready(world)


@pytest.mark.parametrize("broken", ["DELETE FROM {}purpose_key", "DROP TABLE {}purpose_key"])
def test_a_keystore_that_does_not_open_is_not_ready(world: World, engine_name: str, broken: str) -> None:
    keystore: Keystore = world.services.vault._keystore
    with world.owning() if engine_name == "postgresql" else keystore.writing() as connection:
        connection.exec_driver_sql(broken.format("keystore." if engine_name == "postgresql" else ""))
    assert_not_ready(world)


def assert_not_ready(world: World) -> None:
    answer = asked(world, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    said = answer.text.lower()
    assert not any(word in said for word in ("migrat", "revision", "key", "alembic", "database", "sql")), said
    assert asked(world, "/healthz").status_code == 200
