"""Alembic's entrance. One transaction for a run, with short waits: a migration must not queue behind a long report."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, event, pool, text
from sqlmodel.sql.sqltypes import AutoString

from app import tables
from app.db import Cents, UtcTime, metadata
from app.policing import police
from app.revision import current, head

tables.load_all()

database_url = context.config.attributes["database_url"]
engine = create_engine(database_url, poolclass=pool.NullPool, hide_parameters=True)

if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]  # the driver's own types
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=OFF")  # batch mode rebuilds tables


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what the database knows, so that an old migration never depends on today's code."""
    plain = {UtcTime: "sa.DateTime(timezone=True)", Cents: "sa.BigInteger()", AutoString: "sa.String()"}
    return plain.get(type(item), False) if kind == "type" else False


with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '30min'"))
        # Row-level security is for the tables' owner too: a migration of data says that it may see every row.
        connection.execute(text("SET app.sees = 'operator'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=True,
        render_item=render,
        include_name=lambda name, kind, _parents: kind != "schema" or name is None,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql" and current(connection) == head():
        connection.commit()  # what looking for the revision has begun
        with connection.begin():
            police(connection)
engine.dispose()
