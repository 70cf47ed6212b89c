"""The database: engines, constraint names and column types. No room above builds its own.

SQLite is the embedded default, PostgreSQL carries a city or a state; every statement of the product runs on both.
"""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Engine,
    Insert,
    LargeBinary,
    MetaData,
    create_engine,
    event,
    insert,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine
from sqlmodel import SQLModel
from uuid_utils import compat as uuid_utils

from app.config import Settings
from app.fairness import FairLock
from app.metrics import WRITE_TURN
from app.money import Money
from app.sight import OPTION, Sight, attend

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING


class Table(SQLModel):
    """Base of every table. Its ``repr`` names the row and shows no value: rows end up in logs and tracebacks."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"

    __str__ = __repr__

    def __repr_args__(self) -> Any:
        return [("id", getattr(self, "id", None))]


@cache
def insertion(table: type[Table]) -> Insert:
    """The statement that takes rows of a table, built once: a new one for each row costs more than the row."""
    return insert(table.__table__)  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def new_id() -> UUID:
    """A new UUIDv7: made here, before sealing, because an envelope is bound to its row's id."""
    return uuid_utils.uuid7()


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is put back on the way out; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Cents(TypeDecorator[Money]):
    """Whole cents as a 64-bit integer; Money on the way out."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        # A SUM over BIGINT is NUMERIC on PostgreSQL; cents are whole, so nothing is lost.
        return None if value is None else Money(int(value))


def words(values: type[enum.StrEnum], *, length: int = 40) -> TypeEngine[Any]:
    """A column that holds one of the enumeration's values, checked by the database itself."""
    return SqlEnum(
        values,
        native_enum=False,
        validate_strings=True,
        create_constraint=True,
        length=length,
        name=values.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger that a table promises: its statements per engine. Migrations create it; a test compares catalogues."""

    table: str
    name: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


GUARDS: list[Guard] = []


def guard(table: str, name: str, *, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    """Promise a trigger called ``name`` on ``table``; called where the table is declared."""
    GUARDS.append(Guard(table, name, sqlite, postgresql))


def append_only(table: str) -> None:
    """Promise that rows of ``table`` are never changed or deleted, whoever asks."""
    name, refuse = f"{table}_append_only", f"'{table} is append-only'"
    abort = f"BEGIN SELECT RAISE(ABORT, {refuse}); END"
    function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {refuse}; END $$"
    run = f"EXECUTE FUNCTION {name}()"
    guard(
        table,
        name,
        sqlite=(
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} {abort}",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {abort}",
        ),
        postgresql=(
            function,
            f"CREATE TRIGGER {name}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ),
    )


def never_deleted(table: str, sentence: str) -> None:
    """Promise that rows of ``table`` are never deleted; ``sentence`` says what happens to them instead."""
    name = f"{table}_never_deleted"
    function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    guard(
        table,
        name,
        sqlite=(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",),
        postgresql=(
            f"{function} AS $$ BEGIN RAISE EXCEPTION '{sentence}'; END $$",
            f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


#: Tables whose rows decide something, each with the columns that its rows' MACs leave out.
WITNESSED: dict[str, frozenset[str]] = {}


def witnessed(table: str, *, but: tuple[str, ...] = ()) -> None:
    """Give each row of ``table`` a MAC of itself (app/rows), but of columns that may change without a new one."""
    WITNESSED[table] = frozenset(but)
    metadata.tables[table].append_column(Column("row_mac", LargeBinary, nullable=True))


class Database:
    """An engine with its way of beginning: who writes takes SQLite's write lock at the beginning, in fair order."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        #: For one look without a transaction: on PostgreSQL that saves two round trips.
        self.looking = engine if self.is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = FairLock()

    @contextmanager
    def turn_to_write(self, seconds: float = 10.0) -> Iterator[None]:
        """Hold the in-process write turn (a no-op on PostgreSQL).

        Raises TimeoutError when it does not come within ``seconds``; the door answers 503.
        """
        if not self.is_sqlite:
            yield
            return
        with WRITE_TURN.time():
            came = self._writer.acquire(seconds)
        if not came:
            raise TimeoutError("the write turn did not come")
        try:
            yield
        finally:
            self._writer.release()

    def connect(self, sight: Sight) -> Connection:
        """A connection that asks with this sight, to be used in a `with`; its transaction is the caller's."""
        return self.engine.connect().execution_options(**{OPTION: sight})

    def look(self, sight: Sight) -> Connection:
        """Like `connect`, without a transaction: each statement sees what is committed when it runs."""
        return self.looking.connect().execution_options(**{OPTION: sight})

    @contextmanager
    def writing(self, sight: Sight | None = None) -> Iterator[Connection]:
        """A short write transaction of its own, committed at the end of the block or rolled back by what it raises.

        Without a sight it is the engine's own: nothing, unless somebody gave the engine one.
        """
        with self.turn_to_write(), self.engine.connect() as connection:
            options = {"writes": True} if sight is None else {"writes": True, OPTION: sight}
            writer = connection.execution_options(**options)
            with writer.begin():
                yield writer


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
        "recursive_triggers=ON",  # else INSERT OR REPLACE deletes a row without asking the triggers that forbid it
        "busy_timeout=5000",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def open_database(settings: Settings, address: str | None = None) -> Database:
    """Connect to the configured database, or to another address; values never show in errors or in SQL echo."""
    address = address or settings.database
    if address.startswith("sqlite"):
        return Database(_sqlite_engine(address, settings))
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        connect_args={
            "prepare_threshold": 5 if settings.prepare_statements else None,
            "options": "-c timezone=UTC -c jit=off -c lock_timeout=8000 -c statement_timeout=60000",
        },
    )
    attend(engine)
    return Database(engine)


def _sqlite_engine(address: str, settings: Settings) -> Engine:
    engine = create_engine(
        address,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        # The door begins transactions itself (BEGIN or BEGIN IMMEDIATE); the driver must not.
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5},
    )
    event.listen(engine, "connect", _prepare_sqlite)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def create_everything(connection: Connection) -> None:
    """Create every known table and guard: what migrations must add up to, for comparing the two."""
    metadata.create_all(connection)
    for each in GUARDS:
        for statement in each.sqlite if connection.dialect.name == "sqlite" else each.postgresql:
            connection.exec_driver_sql(statement)
