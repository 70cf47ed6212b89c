"""The engine's promises: fair turns to write, safe pragmas, column types that give back what they were given."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.db import UtcTime
from app.fairness import FairLock
from tests.world import World


def test_turns_come_in_order_and_one_at_a_time() -> None:
    lock, order, inside = FairLock(), [], []
    assert lock.acquire(1)

    def wait(number: int) -> None:
        assert lock.acquire(5)
        inside.append(number)
        assert len(inside) == 1
        order.append(number)
        inside.pop()
        lock.release()

    threads = []
    for number in range(20):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        threads.append(thread)
        while len(lock._waiting) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))


def test_a_turn_that_does_not_come_is_given_up() -> None:
    lock = FairLock()
    assert lock.acquire(1)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0.01)


def test_sqlite_keeps_its_promises(world: World) -> None:
    with world.services.database.engine.connect() as connection:
        if not world.services.database.is_sqlite:
            assert connection.execute(text("SHOW timezone")).scalar() == "UTC"
            return
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in (
                *("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema"),
                "recursive_triggers",
            )
        }
        switched = {
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "trusted_schema": 0,
            "recursive_triggers": 1,
        }
        assert found == {"journal_mode": "wal", **switched}


def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    dialect = world.services.database.engine.dialect
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 3, 1), dialect)  # noqa: DTZ001 - the point of the test
    assert UtcTime().process_bind_param(datetime(2026, 3, 1, tzinfo=UTC), dialect) == datetime(2026, 3, 1, tzinfo=UTC)
