"""The database, by a connection that only reads."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import col

from app import revision
from app.audit import reads as audit
from app.audit.model import AuditEvent
from app.audit.sealing import SealsFileDamaged, seals_file
from app.audit.sealing.file import last_line
from app.config import Settings
from app.db import GUARDS, metadata
from app.doctor.reads.machine import network_file_system
from app.doctor.reads.places import sqlite_file
from app.doctor.reads.settings import over_network
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules import Finding, problem
from app.doctor.rules.database import PostgresFacts, ShapeFacts, SqliteFacts
from app.doctor.rules.upkeep import RecordFacts
from app.policing import gaps

_CREATES: Final = re.compile(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)")
_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # A trigger that was switched off is as good as dropped.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}
_OWNED: Final = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    " AND pg_has_role(current_user, relowner, 'USAGE') ORDER BY relname"
)
_POWER: Final = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_SETTINGS: Final = text(
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',"
    " 'log_statement', 'log_min_duration_statement', 'max_connections', 'superuser_reserved_connections',"
    " 'reserved_connections', 'server_encoding')"
)
_ENCRYPTED: Final = text("SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)")


@contextmanager
def looking(wanted: Settings) -> Iterator[Connection]:
    """A connection that can not write. Raises SQLAlchemyError."""
    file = sqlite_file(wanted.database)
    if file is not None:
        url = make_url("sqlite://").set(database=f"file:{file}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": 5})
    else:
        options = "-c timezone=UTC -c statement_timeout=30000 -c default_transaction_read_only=on -c app.sees=operator"
        engine = create_engine(
            wanted.database,
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # else a table that is not there would end the transaction
            connect_args={"connect_timeout": 5, "options": options, "prepare_threshold": None},
        )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def is_damage(error: SQLAlchemyError) -> bool:
    """Whether SQLite says that the file itself is broken, and not that it can not get at it."""
    return type(getattr(error, "orig", None)) is sqlite3.DatabaseError


def unreachable(error: SQLAlchemyError, wanted: Settings) -> Finding:
    """What the driver says, in its first line, unless that repeats the password."""
    said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    password = make_url(wanted.database).password
    if password and password in said:
        said = type(error).__name__
    return problem(
        "database.unreachable",
        f"The database can not be read: {said}",
        "The service does not start, or answers every request that it is not ready.",
        "Start the database, and check its address, user and password (AMPARO_DATABASE_URL or its file).",
    )


def shape(connection: Connection) -> ShapeFacts:
    """Version, migration and guards."""
    engine = connection.dialect.name
    present = revision.current(connection)
    whole = present == revision.head()
    found = set(connection.execute(text(_TRIGGERS[engine])).scalars())
    statements = [each for guard in GUARDS for each in (guard.sqlite if engine == "sqlite" else guard.postgresql)]
    promised = {name for each in statements for name in _CREATES.findall(each)}
    return ShapeFacts(
        engine=engine,
        version=tuple(map(int, connection.dialect.server_version_info or ()))[:2],
        revision=present,
        head=revision.head(),
        revision_known=present in revision.known(),
        # An older shape may lack tables and guards honestly; then the migration is what is missing.
        lost=tuple(sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))) if whole else (),
        missing=tuple(sorted(promised - found)) if whole else (),
    )


def sqlite(connection: Connection, wanted: Settings, around: Surroundings) -> SqliteFacts:
    """The file's journal, and whether SQLite finds it whole."""
    file = sqlite_file(wanted.database)
    assert file is not None
    try:
        intact = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
    except SQLAlchemyError:
        intact = False
    return SqliteFacts(
        journal_mode=str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()),
        intact=intact,
        network=network_file_system(file.resolve(), around.proc),
    )


def postgres(connection: Connection, wanted: Settings, around: Surroundings) -> PostgresFacts:
    """The connected user's power, and the server's settings."""
    says = {str(row.name): str(row.setting) for row in connection.execute(_SETTINGS)}
    before = around.clock()
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    reserved = int(says["superuser_reserved_connections"]) + int(says.get("reserved_connections", 0))
    logs = [("log_statement", {"none", "ddl"}), ("log_min_duration_statement", {"-1"})]
    return PostgresFacts(
        superuser=bool(connection.execute(_POWER).scalar()),
        owns=tuple(connection.execute(_OWNED).scalars()),
        open_rows=gaps(connection).tables if revision.current(connection) == revision.head() else (),
        unsafe=tuple(
            f"{name} is {says[name]}"
            for name in ("fsync", "full_page_writes", "synchronous_commit")
            if says[name] in ("off", "local")
        ),
        logs_values=tuple(f"{name} is {says[name]}" for name, quiet in logs if says[name] not in quiet),
        encoding=says["server_encoding"],
        encrypted=bool(connection.execute(_ENCRYPTED).scalar()),
        over_network=over_network(wanted),
        connections=int(says["max_connections"]) - reserved,
        pool_size=wanted.pool_size,
        skew=(theirs - before).total_seconds(),
    )


def record(connection: Connection, wanted: Settings, around: Surroundings) -> RecordFacts:
    """The ends of the record and of the seals file."""
    newest = connection.execute(select(col(AuditEvent.at)).order_by(col(AuditEvent.id).desc()).limit(1)).scalar()
    unsealed = audit.unsealed_ids(connection, audit.Slice(audit.LOWEST, audit.HIGHEST), 1)
    seal = audit.last_seal(connection)
    file = seals_file(wanted)
    try:
        last = last_line(file)
        state = "missing" if not file.exists() else "fine" if last == seal else "behind"
    except SealsFileDamaged:
        state = "damaged"
    except OSError:
        state = "unreadable"
    return RecordFacts(
        now=around.clock(),
        newest_event=newest,
        oldest_unsealed=_moment(unsealed[0][0]) if unsealed else None,
        sealed_at=None if seal is None else seal.head.sealed_at,
        sealed=0 if seal is None else seal.head.number,
        file=state,
    )


def _moment(uuid: UUID) -> datetime:
    """When a UUIDv7 was made: its first 48 bits are milliseconds since 1970."""
    return datetime.fromtimestamp((uuid.int >> 80) / 1000, UTC)
