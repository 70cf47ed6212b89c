"""Both engines give an event's columns back as its MAC covers them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, text

from app.audit import reads
from app.audit.actions import event_row, insert_events
from app.audit.reads.tree import leaf_of
from app.audit.rules import Outcome, Purpose, plain
from tests.audit.record import Record

#: Moments with all, some and no microseconds, in zones and near the ends of what is ever written.
MOMENTS = (
    datetime(2026, 10, 12, 17, 3, 22, 123456, tzinfo=UTC),
    datetime(2026, 10, 12, 17, 3, 22, 120000, tzinfo=UTC),
    datetime(2026, 10, 12, 17, 3, 22, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
)
TEXTS = ("", "plain", 'a "quoted" \\ one', "ñandú 漢字 🙂", "line\nand\ttab", "\u2028\x7f", "a" * 5000)


def test_columns_come_back_as_the_mac_covers_them(record: Record) -> None:
    rows = [
        event_row(
            record.vault,
            MOMENTS[number % len(MOMENTS)],
            "case.read",
            list(Outcome)[number % 2],
            actor_id=UUID(int=number) if number % 2 else None,
            object_type=TEXTS[number % len(TEXTS)] or None,
            groups=TEXTS[(number + 1) % len(TEXTS)],
            request_id=TEXTS[(number + 2) % len(TEXTS)],
            purpose=[None, *Purpose][number % 6],
            count=[None, 0, -1, 2**40][number % 4],
            details={"fields": list(TEXTS), "n": number, "none": None, "deep": {"b": [1.5, True], "a": {}}},
        )
        for number in range(60)
    ]
    with record.database.writing() as connection:
        connection.execute(insert_events(), rows)
    with record.database.engine.connect() as connection:
        found = {row[1]: row for row in reads.unsealed(connection)}
    assert [list(found[row["id"].hex][1:]) for row in rows] == [plain(row) for row in rows]
    assert all(leaf_of(record.vault, row[0], row[1:]) is not None for row in found.values())
    record.seal()
    assert record.verify().exit_code == 0


def test_slices_and_chunks_leave_nothing_out(record: Record) -> None:
    """More rows than a query takes, exactly as many, and one fewer."""
    made: list[str] = []
    for more in (reads.CHUNK - 1, 1, 1, reads.CHUNK - 1):
        made += [row["id"].hex for row in record.add(more)]
        with record.database.engine.connect() as connection:
            assert [row[1] for row in reads.unsealed(connection)] == made
    assert record.seal() == len(made) == 2 * reads.CHUNK
    with record.database.engine.connect() as connection:
        assert list(reads.unsealed(connection)) == []
        for last in (reads.CHUNK - 1, reads.CHUNK, reads.CHUNK + 1, 2 * reads.CHUNK):
            assert [row[2] for row in reads.positions(connection, last)] == made[:last]
    verdict = record.verify()
    assert (verdict.exit_code, verdict.events) == (0, len(made))


def _plan(connection: Connection) -> str:
    """How the engine goes about one look of the sealer."""
    seen: list[tuple[str, Any]] = []

    @event.listens_for(connection, "before_cursor_execute")
    def _keep(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    within = reads.next_slice(connection, reads.LOWEST)
    reads.unsealed_ids(connection, within, 1)
    event.remove(connection, "before_cursor_execute", _keep)
    how = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    statement, parameters = seen[-1]
    return "\n".join(str(row) for row in connection.exec_driver_sql(how + statement, parameters).all())


def test_a_look_walks_indexes_only(record: Record) -> None:
    """On a long record a look must not read the tables from their beginning."""
    record.add(3000)
    record.seal()
    with record.attacker.connect() as connection:
        connection.execute(text("ANALYZE"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        plan = _plan(connection)
    assert "SCAN audit" not in plan, plan
    assert "Seq Scan" not in plan, plan


def test_what_is_older_than_the_slice_is_not_looked_at(record: Record) -> None:
    old = record.add(1)[0]["id"]
    with record.database.engine.connect() as connection:
        beyond = reads.next_slice(connection, UUID(int=old.int + 1))
        assert beyond.last
        assert reads.unsealed_ids(connection, beyond, 10) == []
        at_it = reads.Slice(UUID(int=old.int - 1), old)
        assert [each for each, _ in reads.unsealed_ids(connection, at_it, 10)] == [old]
