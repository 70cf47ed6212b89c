"""Rows from before rows had MACs are taken as they are found, once, and with the guards back in their places."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError

from app import installation
from app.audit.verifying.rows import verify_rows
from app.db import open_database
from tests.integrity.attacker import TABLES, Attacker, table
from tests.story import whole_way
from tests.test_migrations import triggers
from tests.world import World


def _grown_old(world: World) -> None:
    """As if an older version had written everything: no MACs, and nothing of them on record."""
    database = open_database(world.services.settings, world.services.settings.owner_database)
    with world.owning() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        kept: Sequence[Row[Any]] = []
        if connection.dialect.name == "sqlite":
            asked = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            kept = connection.execute(asked).all()
            for row in kept:
                connection.exec_driver_sql(f'DROP TRIGGER "{row.name}"')
        for each in TABLES:
            connection.execute(text(f'UPDATE "{each.name}" SET row_mac = NULL'))  # noqa: S608 - a table's own name
        connection.execute(text("""UPDATE audit_event SET details = '{}' WHERE details LIKE '%"rows"%'"""))
        for row in kept:
            connection.exec_driver_sql(row.sql)
    database.engine.dispose()


def test_old_rows_are_taken_once(world: World) -> None:
    whole_way(world)
    before = triggers(world.services.settings.owner_database)
    _grown_old(world)
    services = world.services
    assert verify_rows(services.database, services.vault).exit_code == 3
    assert world.attorney.get("/cases").status_code == 503
    installation.migrate(services.settings)
    assert verify_rows(services.database, services.vault).lines()[0].startswith("intact: ")
    assert world.attorney.get("/cases").status_code == 200
    assert triggers(services.settings.owner_database) == before
    with pytest.raises(DBAPIError), world.owning() as connection:
        connection.execute(text("UPDATE ledger_entry SET amount = 1"))
    attacker = Attacker(world)
    attacker.change(table("account"), attacker.rows(table("account"))[0], row_mac=None)
    installation.migrate(services.settings)
    faults = verify_rows(services.database, services.vault).faults
    assert [(each.table, each.reason.name) for each in faults] == [("account", "BARE")]
    attacker.engine.dispose()
