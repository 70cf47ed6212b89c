"""Which shape of the tables this program needs, and which one a database has: the last migration of each."""

from functools import cache
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, select, table
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"


@cache
def head() -> str:
    """The revision that this program needs."""
    revision = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert revision is not None, "there is always a first migration"
    return revision


@cache
def known() -> frozenset[str]:
    """Every revision that this program can bring up to date."""
    return frozenset(each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def current(connection: Connection) -> str | None:
    """The revision that the database has; None when nothing was ever made in it."""
    try:
        return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
    except SQLAlchemyError:
        return None
