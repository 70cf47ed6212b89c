"""Sealing: every committed event once, in order, under one signed chain, in the database and in the file."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Executable, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit import sealing
from app.audit.actions import insert_events
from app.audit.rules.seals import LARGEST, NOTHING_BEFORE, Seal
from app.audit.rules.verdict import Finding, Reason
from app.audit.sealing import Sealer, SealsFileDamaged, append_missing
from app.audit.sealing.thread import FAR_EVERY, FAR_OVERLAP, FULL_EVERY, OVERLAP
from app.config import Environment, Settings
from app.db import Database, metadata, open_database
from tests.audit.record import EVENT, LEAF, SEAL, Record


def seals_of(record: Record) -> list[Seal]:
    """The seals in the file; those in the database are the same, or this fails."""
    seals = [Seal.parse(line) for line in record.seals.read_text().splitlines()]
    assert record.seals.read_text() == "".join(f"{seal.line()}\n" for seal in seals)
    with record.database.engine.connect() as connection:
        rows = connection.execute(select(SEAL).order_by(SEAL.c.number)).all()
    assert [(row.number, row.root, row.signature) for row in rows] == [
        (seal.number, seal.head.root, seal.signature) for seal in seals
    ]
    return seals


def test_events_get_positions_in_their_order_under_a_chain(record: Record) -> None:
    ids = [row["id"] for row in (*record.add(3), *record.add(1), *record.add(5))]
    assert record.seal() == 9
    ids += [row["id"] for row in record.add(2)]
    assert record.seal() == 2
    with record.database.engine.connect() as connection:
        leaves = connection.execute(select(LEAF).order_by(LEAF.c.position)).all()
    assert [tuple(row) for row in leaves] == list(enumerate(ids, start=1))
    first, second = seals_of(record)
    assert (first.head.first_position, first.head.last_position) == (1, 9)
    assert (second.head.first_position, second.head.last_position) == (10, 11)
    assert first.head.previous == NOTHING_BEFORE
    assert second.head.previous == first.digest()
    assert record.vault.verify(record.vault.public_key(), second.head.signed_text().encode(), second.signature)


def test_a_large_backlog_becomes_several_seals(record: Record) -> None:
    record.add(2 * LARGEST + 500)
    assert record.seal() == 2 * LARGEST + 500
    assert [seal.head.last_position for seal in seals_of(record)] == [LARGEST, 2 * LARGEST, 2 * LARGEST + 500]
    assert record.verify().finding is Finding.INTACT


def test_when_there_is_nothing_to_seal_nothing_is_written(record: Record) -> None:
    record.add(2)
    record.seal()
    before = record.seals.stat()
    statements: list[str] = []
    event.listen(record.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    event.listen(record.database.looking, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for _ in range(3):
        assert record.seal() == 0
    assert statements
    assert {statement.split()[0] for statement in statements} <= {"SELECT", "BEGIN"}
    assert not any("IMMEDIATE" in statement for statement in statements)
    after = record.seals.stat()
    assert (before.st_mtime_ns, before.st_size, before.st_ino) == (after.st_mtime_ns, after.st_size, after.st_ino)


def test_the_file_is_for_its_owner_only(record: Record) -> None:
    record.add(1)
    record.seal()
    assert record.seals.stat().st_mode & 0o777 == 0o600


def _crash(*_: object) -> int:
    raise KeyboardInterrupt


def test_a_crash_between_commit_and_append_is_mended(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add(2)
    record.seal()
    for _ in range(2):
        record.add(3)
        with monkeypatch.context() as patch:
            patch.setattr("app.audit.sealing.batch.append_missing", _crash)
            with pytest.raises(KeyboardInterrupt):
                record.seal()
    assert len(record.seals.read_text().splitlines()) == 1
    assert record.verify().finding is Finding.INTACT
    assert append_missing(record.database, record.seals) == 2
    assert len(seals_of(record)) == 3
    assert append_missing(record.database, record.seals) == 0


def test_a_line_torn_by_a_crash_is_written_again(record: Record) -> None:
    for count in (2, 3):
        record.add(count)
        record.seal()
    whole = record.seals.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in (*range(1, first, 37), first - 1, *range(first, len(whole), 23), len(whole) - 1):
        record.seals.write_bytes(whole[:cut])
        # Without one whole line there is nothing to compare with.
        assert record.verify().reason is (Reason.FILE_EMPTY if cut < first - 1 else Reason.WHOLE), cut
        append_missing(record.database, record.seals)
        text_now = record.seals.read_bytes()
        assert text_now.startswith(whole[:cut])
        assert text_now.endswith(whole.splitlines()[-1] + b"\n")
        verdict = record.verify()
        assert verdict.finding is Finding.INTACT, (cut, verdict)


def test_a_lost_file_is_written_anew(record: Record) -> None:
    for _ in range(3):
        record.add(2)
        record.seal()
    whole = record.seals.read_bytes()
    record.seals.unlink()
    assert append_missing(record.database, record.seals) == 3
    assert record.seals.read_bytes() == whole


def test_a_file_of_something_else_is_left_alone(record: Record) -> None:
    record.add(1)
    other = b"not a seal\n" * 1000
    record.seals.write_bytes(other)
    with pytest.raises(SealsFileDamaged):
        record.seal()
    assert record.seals.read_bytes() == other
    assert record.verify(beside=False).finding is Finding.INTACT
    assert record.verify().reason is Reason.FILE_FOREIGN


def test_after_an_older_copy_was_put_back_the_file_keeps_both_stories(record: Record) -> None:
    record.disarm()
    for _ in range(3):
        record.add(2)
        record.seal()
    copy = record.copy()
    for _ in range(2):
        record.add(2)
        record.seal()
    lost = record.seals.read_text()
    record.put_back(copy)
    assert record.verify().reason is Reason.BEHIND_FILE
    for _ in range(2):
        record.add(1)
        assert record.seal() == 1
    lines = record.seals.read_text()
    assert lines.startswith(lost)
    assert [Seal.parse(line).number for line in lines.splitlines()] == [1, 2, 3, 4, 5, 4, 5]
    verdict = record.verify()
    assert (verdict.reason, verdict.fault and verdict.fault.position) == (Reason.SEAL_REPLACED, 7)
    assert record.verify(beside=False).finding is Finding.INTACT
    # A further seal finds its predecessor as the file's last line again.
    record.add(1)
    record.seal()
    assert [Seal.parse(line).number for line in record.seals.read_text().splitlines()] == [1, 2, 3, 4, 5, 4, 5, 6]


@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_leaf"])
def test_the_database_refuses_changes(record: Record, table: str) -> None:
    record.add(2)
    record.seal()
    guarded = metadata.tables[table]
    key = next(iter(guarded.primary_key))
    statements: list[Executable] = [update(guarded).values({key: key}), delete(guarded)]
    if not record.database.is_sqlite:
        statements += [text(f"TRUNCATE {table} CASCADE"), text("TRUNCATE audit_leaf, audit_event, audit_seal")]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), record.database.writing() as connection:
            connection.execute(statement)
    assert record.verify().finding is Finding.INTACT


def another(record: Record) -> Database:
    """The same record as another process sees it."""
    url = record.attacker.url.render_as_string(hide_password=False)
    return open_database(
        Settings(environment=Environment.TEST, data_dir=record.seals.parent, database_url=SecretStr(url))
    )


def test_many_processes_seal_each_event_once(record: Record) -> None:
    """Four that seal and four that write, each over its own connections: no gap, no double, one order in the file."""
    databases = [another(record) for _ in range(4)]
    writing = threading.Event()
    rows = [record.rows(60) for _ in range(4)]

    def write(mine: list[dict[str, Any]]) -> None:
        for row in mine:
            with record.database.writing() as connection:
                connection.execute(insert_events(), [row])

    def seal(database: Database) -> int:
        sealed = 0
        while not writing.is_set():
            sealed += sealing.seal_once(database, record.vault, record.seals, datetime.now(UTC))
        return sealed + sealing.seal_once(database, record.vault, record.seals, datetime.now(UTC))

    with ThreadPoolExecutor(8) as pool:
        sealers = [pool.submit(seal, database) for database in databases]
        for each in [pool.submit(write, mine) for mine in rows]:
            each.result()
        writing.set()
        sealed = sum(each.result() for each in sealers) + record.seal()
    for database in databases:
        database.engine.dispose()
    assert sealed == 240
    assert [seal.number for seal in seals_of(record)] == list(range(1, len(seals_of(record)) + 1))
    verdict = record.verify()
    assert (verdict.finding, verdict.events, verdict.waiting) == (Finding.INTACT, 240, 0)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def test_an_event_that_commits_late_is_sealed(record: Record) -> None:
    """Its id is older than ids that were sealed before it was there."""
    clock = Clock()
    sealer = Sealer(record.database, record.vault, record.seals, clock=clock)
    late = record.rows(1)
    record.add(3)
    assert sealer.look() == 3
    with record.database.writing() as connection:
        connection.execute(insert_events(), late)
    clock.now += timedelta(milliseconds=500)
    assert sealer.look() == 1
    assert record.verify().finding is Finding.INTACT


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (OVERLAP / 2, timedelta(seconds=1)),
        (OVERLAP * 2, FAR_EVERY),
        (FAR_OVERLAP / 2, FAR_EVERY),
        (FAR_OVERLAP * 2, FULL_EVERY),
    ],
)
def test_the_later_the_commit_the_longer_it_waits(record: Record, age: timedelta, wait: timedelta) -> None:
    clock = Clock()
    clock.now += age
    sealer = Sealer(record.database, record.vault, record.seals, clock=clock)
    sealer.look()
    record.add(1)  # its id is as old as `age` by the sealer's clock
    step, passed = timedelta(seconds=1) if wait < FAR_EVERY else wait / 4, timedelta(0)
    while not sealer.look():
        clock.now, passed = clock.now + step, passed + step
        assert passed <= wait
    assert passed > wait / 2 or wait == timedelta(seconds=1)


def test_a_clock_that_was_set_back_hides_nothing(record: Record) -> None:
    clock = Clock()
    sealer = Sealer(record.database, record.vault, record.seals, clock=clock)
    clock.now += timedelta(hours=5)
    sealer.look()
    clock.now -= timedelta(hours=5)
    record.add(2)
    assert sealer.look() == 2


def test_a_trouble_is_survived(record: Record) -> None:
    """A full disk, a locked database: the events wait, and the next look finds them."""
    missing = record.seals.parent / "missing" / "seals.txt"
    sealer = Sealer(record.database, record.vault, missing)
    record.add(2)
    assert sealer.look() == 0
    assert not missing.exists()
    missing.parent.mkdir()
    record.add(1)
    assert sealer.look() == 1
    assert [Seal.parse(line).head.last_position for line in missing.read_text().splitlines()] == [2, 3]


def _until(condition: Callable[[], bool], seconds: float = 10) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)
    return time.monotonic() - begun


def test_the_thread_seals_while_it_runs_and_once_more_at_its_end(record: Record) -> None:
    record.add(1)
    sealer = Sealer(record.database, record.vault, record.seals)

    def sealed() -> int:
        with record.database.looking.connect() as connection:
            return connection.execute(select(func.count()).select_from(LEAF)).scalar_one()

    sealer.start()
    _until(lambda: sealed() == 1)
    record.add(2)
    _until(lambda: sealed() == 3)
    record.add(3)
    sealer.stop()
    assert sealed() == 6
    assert record.verify().finding is Finding.INTACT


def test_a_sealer_that_never_began_can_be_stopped(record: Record) -> None:
    Sealer(record.database, record.vault, record.seals).stop()


def test_an_unsealed_event_can_not_be_changed_either(record: Record) -> None:
    record.add(1)
    with pytest.raises(DBAPIError), record.database.writing() as connection:
        connection.execute(update(EVENT).values(action="other"))
    with pytest.raises(DBAPIError), record.database.writing() as connection:
        connection.execute(insert(LEAF).values(position=1, event_id=EVENT.c.id.type.python_type(int=1)))
