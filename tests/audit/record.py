"""A record under test: events are added to it, sealed, verified - and tampered with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, select, text

from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome, Purpose
from app.audit.rules.checkpoints import Checkpoint
from app.audit.rules.verdict import Verdict
from app.audit.sealing import make_checkpoint, seal_once
from app.audit.verifying import verify
from app.config import Environment, Settings
from app.crypto import Vault
from app.db import GUARDS, Database, metadata, new_id, open_database

EVENT, SEAL, LEAF, TILE, CHECKPOINT, PLACE = (
    metadata.tables[f"audit_{name}"] for name in ("event", "seal", "leaf", "tile", "checkpoint", "place")
)
TABLES = (EVENT, SEAL, LEAF, TILE, CHECKPOINT, PLACE)
#: How many events of a filled record are not sealed.
WAITING = 3
#: Everything in the record, by table.
Copy = dict[str, list[dict[str, Any]]]


@dataclass
class Record:
    """A database with nothing but the record in it, its vault and its seals file."""

    database: Database
    vault: Vault
    seals: Path
    attacker: Engine
    made: int = 0
    sealed: int = 0
    #: The first position of each seal that was made here.
    firsts: dict[int, int] = field(default_factory=dict)
    filled_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def rows(self, count: int) -> list[dict[str, Any]]:
        """New events, each with something in another column."""
        rows = []
        for _ in range(count):
            self.made += 1
            rows.append(varied_event(self.vault, self.made))
        return rows

    def add(self, count: int) -> list[dict[str, Any]]:
        """Commit new events."""
        rows = self.rows(count)
        with self.database.writing() as connection:
            connection.execute(insert_events(), rows)
        return rows

    def seal(self) -> int:
        """Seal what there is."""
        return seal_once(self.database, self.vault, self.seals, datetime.now(UTC))

    def mark(self) -> Checkpoint:
        """Make a checkpoint over what is sealed."""
        made = make_checkpoint(self.database, self.vault, datetime.now(UTC))
        assert made is not None
        return made

    def fill(self, sizes: tuple[int, ...]) -> None:
        """Seals over so many events each, and some events that wait for theirs."""
        for number, size in enumerate(sizes, start=1):
            self.add(size)
            assert self.seal() == size
            self.firsts[number] = self.sealed + 1
            self.sealed += size
        self.add(WAITING)

    def positions(self) -> range:
        """Every position of a filled record."""
        return range(1, self.sealed + 1)

    def seal_at(self, position: int) -> int:
        """The seal that covers a position of a filled record."""
        return max(number for number, first in self.firsts.items() if first <= position)

    def first_beside(self, position: int) -> int:
        """The first position under the seal that covers this one."""
        return self.firsts[self.seal_at(position)]

    def verify(
        self,
        *,
        beside: bool = True,
        now: datetime | None = None,
        vault: Vault | None = None,
        checkpoints: Sequence[Path] = (),
    ) -> Verdict:
        """The verdict, with the seals file or without; ``now`` is when the record was begun unless another is given."""
        seals = self.seals if beside else None
        return verify(self.database, vault or self.vault, seals, now or self.filled_at, checkpoints)

    @contextmanager
    def owning(self) -> Iterator[Connection]:
        """What the owner of the database can do: no trigger, no foreign key stands in the way."""
        with self.attacker.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection

    def disarm(self) -> None:
        """The owner of the database drops the guards of the record."""
        if self.attacker.dialect.name == "postgresql":
            return  # the replication role steps round them
        with self.attacker.begin() as connection:
            for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f"DROP TRIGGER {row.name}")

    def copy(self) -> Copy:
        """Everything in the record."""
        with self.attacker.connect() as connection:
            return {table.name: [row._asdict() for row in connection.execute(select(table))] for table in TABLES}

    def put_back(self, copy: Copy) -> None:
        """Make the record what it was."""
        with self.owning() as connection:
            for table in TABLES:
                connection.execute(delete(table))
                if copy[table.name]:
                    connection.execute(insert(table), copy[table.name])


def varied_event(vault: Vault, number: int) -> dict[str, Any]:
    """An event that fills other columns than the one before."""
    some = number % 3 == 0
    return event_row(
        vault,
        datetime.now(UTC),
        ("case.read", "session.started", "disbursement.approved")[number % 3],
        Outcome.REFUSED if number % 5 == 0 else Outcome.DONE,
        actor_id=new_id(),
        session_id=new_id() if number % 2 else None,
        object_type="case",
        object_id=new_id(),
        subject_id=new_id() if some else None,
        groups="identity,contact" if some else "",
        purpose=Purpose.REPRESENTATION if number % 4 == 0 else None,
        count=number if some else None,
        request_id=f"{number:032x}",
        details={"fields": ["status", "ñandú"], "from": "offered"} if number % 2 else {},
    )


def make_tables(url: str) -> None:
    """The record's tables and guards, and nothing else."""
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection, tables=list(TABLES))
        for guard in GUARDS:
            if guard.table in {table.name for table in TABLES}:
                for statement in guard.sqlite if engine.dialect.name == "sqlite" else guard.postgresql:
                    connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def open_record(url: str, vault: Vault, folder: Path) -> Iterator[Record]:
    """A record over tables that are there."""
    settings = Settings(environment=Environment.TEST, data_dir=folder, database_url=SecretStr(url))
    database, attacker = open_database(settings), create_engine(url)
    if attacker.dialect.name == "sqlite":
        event.listen(attacker, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    try:
        yield Record(database, vault, folder / "seals.txt", attacker)
    finally:
        database.engine.dispose()
        attacker.dispose()
