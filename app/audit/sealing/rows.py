"""Old rows, from before rows had MACs, are taken as they are found: once, by the owner of the tables, on record.

So are those of a table that got its MACs in a later version than the others: once for each such table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, bindparam, or_, select, text, update
from sqlmodel import col

from app.access.actor import OPERATOR_ID
from app.access.sights import OPERATOR
from app.audit.actions import event_row, insert_events
from app.audit.model import AuditEvent
from app.audit.rules import ROWS, Outcome
from app.crypto import Vault
from app.db import WITNESSED, Database, metadata
from app.rows import Shape, Witness, shape_of

#: Rows of one event.
_TOGETHER: Final = 1000


#: Tables whose rows got their MACs after the others had theirs.
LATER: Final = ("document",)


def are_old(connection: Connection) -> bool:
    """Whether there are rows without a MAC in a database whose record never knew of one, or not of their table's.

    Once it did, a row without a MAC is a finding, and nothing takes it as it is.
    """
    return bool(_to_take(connection))


def _to_take(connection: Connection) -> list[Shape]:
    """The tables whose rows are taken now."""
    known = select(col(AuditEvent.id)).where(col(AuditEvent.details).like(f'%"{ROWS}":"%')).limit(1)
    if connection.execute(known).first() is None:
        shapes = _shapes()
        bare = (connection.execute(_bare(shape).limit(1)).first() for shape in shapes)
        return shapes if any(row is not None for row in bare) else []
    later = [shape for shape in _shapes() if shape.table.name in LATER]
    return [shape for shape in later if not _was_taken(connection, shape.table.name)]


def _was_taken(connection: Connection, table: str) -> bool:
    """Whether the record tells that its rows were taken, or knows one of them."""
    details = col(AuditEvent.details)
    taken = and_(col(AuditEvent.action) == "rows.taken", details.like(f'%"table":"{table}"%'))
    known = or_(details.like(f'%"{ROWS}":"{table}:%'), details.like(f'%"{ROWS}":"% {table}:%'))
    said = select(col(AuditEvent.id)).where(or_(taken, known))
    return connection.execute(said.limit(1)).first() is not None


def take_rows(database: Database, vault: Vault, now: datetime | None = None) -> int:
    """Give every old row its MAC, and put all of them on record; gives how many there were. All of it, or nothing."""
    count = 0
    witness = Witness(vault, _nothing)
    with database.writing(OPERATOR) as connection:
        for shape in _to_take(connection):
            name = shape.table.name
            rows = connection.execute(_bare(shape)).all()
            with _unguarded(connection, shape.table):
                for start in range(0, len(rows), _TOGETHER):
                    taken = _take(connection, witness, shape, rows[start : start + _TOGETHER])
                    _note(connection, vault, now, len(taken), {"table": name, ROWS: " ".join(taken)})
            if not rows and name in LATER:  # that there were none is kept too, so that none is taken another time
                _note(connection, vault, now, 0, {"table": name})
            count += len(rows)
    return count


def _note(connection: Connection, vault: Vault, now: datetime | None, count: int, details: dict[str, Any]) -> None:
    row = event_row(
        vault,
        now or datetime.now(UTC),
        "rows.taken",
        Outcome.DONE,
        actor_id=OPERATOR_ID,
        count=count,
        details=details,
    )
    connection.execute(insert_events(), row)


def _shapes() -> list[Shape]:
    found = (shape_of(each.name) for each in metadata.sorted_tables if each.name in WITNESSED)
    return [each for each in found if each is not None]


def _bare(shape: Shape) -> Any:
    keys = [each.label(f"key_{each.name}") for each in shape.table.primary_key]
    return select(*keys, *shape.states.selected_columns).where(shape.table.columns["row_mac"].is_(None))


def _take(connection: Connection, witness: Witness, shape: Shape, rows: Any) -> list[str]:
    keys = list(shape.table.primary_key)
    made = [(row[: len(keys)], *witness.first(shape, row[len(keys) + 1 :])) for row in rows]
    found = and_(*(each == bindparam(f"of_{each.name}") for each in keys))
    connection.execute(
        update(shape.table).where(found).values(row_mac=bindparam("taken")),
        [
            {f"of_{each.name}": value for each, value in zip(keys, key, strict=True)} | {"taken": row_mac}
            for key, row_mac, _ in made
        ],
    )
    return [state.text() for _, _, state in made]


@contextmanager
def _unguarded(connection: Connection, table: Table) -> Iterator[None]:
    """The owner lays a table's own refusals aside for this one change, inside the transaction."""
    name = connection.dialect.identifier_preparer.format_table(table)
    if connection.dialect.name == "postgresql":
        aside = f"ALTER TABLE {name} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY"
        again = f"ALTER TABLE {name} ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY"
        connection.exec_driver_sql(aside)
        yield
        connection.exec_driver_sql(again)
        return
    asked = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(asked, {"table": table.name}).all()
    for trigger in triggers:
        drop = f'DROP TRIGGER "{trigger.name}"'
        connection.exec_driver_sql(drop)
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def _nothing(_connection: Connection, _rows: str) -> None:
    """Nothing is left over: each event is written here."""
