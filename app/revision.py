"""Which shape of the tables this program needs, which one a database has, and how they are all taken away."""

from functools import cache
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, select, table, text
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"
#: On PostgreSQL: takes away every table and function of the public schema, but those of extensions.
CLEAR: Final = text("""
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT oid::regclass AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', one.name);
  END LOOP;
  FOR one IN SELECT oid::regprocedure AS name FROM pg_proc AS proc
    WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = proc.oid AND deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name);
  END LOOP;
END $$
""")


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
