"""Who owns the database: past the program, its triggers, checks and policies, but without a key."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Connection, Engine, Enum, Table, and_, create_engine, event, insert, select, text
from sqlalchemy.pool import NullPool

from app.audit.actions import attend
from app.db import WITNESSED, Database, metadata
from app.money import Money
from tests.postgres import ADMINISTRATOR, as_user
from tests.world import World

Row = dict[str, Any]
TABLES = [table for table in metadata.sorted_tables if table.name in WITNESSED]


def table(name: str) -> Table:
    return metadata.tables[name]


def another(column: Column[Any], value: Any, chance: random.Random) -> Any:
    """A value of the column's type that differs from this one."""
    if isinstance(column.type, Enum):
        words = [word for word in column.type.enums if word != value]
        return chance.choice(words or column.type.enums)
    kind = type(value) if value is not None else _plain(column)
    changed: Mapping[type, Any] = {
        bool: lambda: not value,
        int: lambda: (value or 0) + chance.randint(1, 999),
        Money: lambda: Money(int(value or 0) + chance.randint(1, 999)),
        UUID: uuid4,
        datetime: lambda: (value or datetime.now(UTC)) + timedelta(days=chance.randint(1, 99)),
        date: lambda: (value or date(2026, 1, 1)) + timedelta(days=chance.randint(1, 99)),
        bytes: lambda: (value or b"") + chance.randbytes(9),
        list: lambda: [*(value or []), "more"],
        dict: lambda: {**(value or {}), "more": 1},
    }
    found = changed.get(kind)
    return f"{value or ''}{chance.randrange(10**9)}" if found is None else found()


def _plain(column: Column[Any]) -> type:
    own = {"JSON": list, "Cents": Money, "UtcTime": datetime, "AutoString": str}
    return own.get(type(column.type).__name__) or column.type.python_type


def made_up(of: Table, chance: random.Random) -> Row:
    """A row that the program could have written, as far as types go."""
    row = {}
    for column in of.columns:
        if column.name == "row_mac" or (column.name == "number" and of.name == "ledger_entry"):
            continue
        row[column.name] = another(column, None, chance)
    return row


def changeable(of: Table) -> str | None:
    """A column that the MAC covers and that is no key; None where the program only ever adds rows."""
    if of.name == "ledger_entry":
        return None
    left_out = WITNESSED[of.name] | {"row_mac"} | {each.name for each in of.primary_key}
    names = [each.name for each in of.columns if each.name not in left_out and not isinstance(each.type, Enum)]
    return names[-1] if names else None


class Attacker:
    """A connection of the database's owner to a running installation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sqlite = world.services.database.is_sqlite
        self.engine, self.honest = self._connected(), self._connected()
        attend(Database(self.honest), world.services.vault)
        with self.engine.begin() as connection:
            self._disarm(connection)

    def _connected(self) -> Engine:
        url = self.world.services.settings.database
        engine = create_engine(url if self.sqlite else as_user(url, ADMINISTRATOR), poolclass=NullPool)
        event.listen(engine, "connect", self._boldly)
        return engine

    def _boldly(self, connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if self.sqlite:
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA ignore_check_constraints=ON")
        else:
            cursor.execute("SET session_replication_role = replica")
            connection.commit()
        cursor.close()

    def _disarm(self, connection: Connection) -> None:
        """First of all the triggers, checks and keys of the tables go."""
        if self.sqlite:
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            self._drop_indexes(connection, "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE % WHERE %'")
            return
        self._drop_indexes(
            connection,
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indisunique"
            " AND indpred IS NOT NULL AND relnamespace = 'public'::regnamespace",
        )
        asked = text(
            "SELECT conrelid::regclass::text AS owner, conname FROM pg_constraint"
            " JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE contype IN ('c', 'f') AND relnamespace = 'public'::regnamespace"
        )
        for row in connection.execute(asked).all():
            connection.exec_driver_sql(f'ALTER TABLE {row.owner} DROP CONSTRAINT "{row.conname}"')
        for each in TABLES:
            connection.exec_driver_sql(f'ALTER TABLE "{each.name}" DISABLE TRIGGER ALL')
        connection.exec_driver_sql("ALTER TABLE ledger_entry ALTER COLUMN number DROP IDENTITY")
        connection.exec_driver_sql("CREATE SEQUENCE entries START 1000")
        connection.exec_driver_sql("ALTER TABLE ledger_entry ALTER COLUMN number SET DEFAULT nextval('entries')")
        connection.exec_driver_sql("GRANT USAGE ON entries TO PUBLIC")

    def _drop_indexes(self, connection: Connection, names: str) -> None:
        """Those that let a few rows in only: what is made up would have to know why."""
        for name in connection.execute(text(names)).scalars().all():
            connection.exec_driver_sql(f'DROP INDEX "{name}"')

    def furnish(self, least: int, chance: random.Random) -> None:
        """Let the program itself write rows into every table until it has so many, with their MACs and on record."""
        with self.honest.begin() as connection:
            for each in TABLES:
                for _ in range(least - len(connection.execute(select(each)).all())):
                    connection.execute(insert(each), made_up(each, chance))

    def worked(self, chance: random.Random) -> None:
        """Let the program change a row of every table that has something to change."""
        with self.honest.begin() as connection:
            for each in TABLES:
                row = connection.execute(select(each).order_by(*each.primary_key)).mappings().first()
                name = changeable(each)
                if row is not None and name is not None:
                    new = another(each.columns[name], row[name], chance)
                    connection.execute(each.update().where(_is(each, dict(row))).values({name: new}))

    def rows(self, of: Table) -> list[Row]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(of).order_by(*of.primary_key)).mappings()]

    def snapshot(self) -> dict[str, list[Row]]:
        return {each.name: self.rows(each) for each in TABLES}

    def put(self, of: Table, rows: list[Row]) -> None:
        """Let a table be exactly this."""
        with self.engine.begin() as connection:
            connection.execute(of.delete())
            for row in rows:
                connection.execute(insert(of), row)

    def change(self, of: Table, row: Row, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(of.update().where(_is(of, row)).values(values))

    def remove(self, of: Table, row: Row) -> None:
        with self.engine.begin() as connection:
            connection.execute(of.delete().where(_is(of, row)))

    def add(self, of: Table, row: Row) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(of), row)

    @contextmanager
    def undone(self, *tables: Table) -> Iterator[None]:
        """What is done to these tables inside is undone behind."""
        before = {each.name: self.rows(each) for each in tables}
        try:
            yield
        finally:
            for each in tables:
                self.put(each, before[each.name])


def _is(of: Table, row: Row) -> Any:
    return and_(*(column == row[column.name] for column in of.primary_key))
