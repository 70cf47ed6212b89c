"""The keystore: every record's key, wrapped, apart from the data.

On SQLite it is a file of its own (``keys.db``, mode 0600); on PostgreSQL the schema ``keystore``, in the data's
database or in another. Keys are committed here before anything is sealed with them: a crash in between leaves a key
that nobody uses, never a value that nobody can open.
"""

import os
import stat
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, create_engine, delete, event, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from app.crypto import schema
from app.crypto.refusals import KeysUnavailable

# A look-up holds a connection for well under a millisecond, so few serve many threads.
_CONNECTIONS: Final = 4
_SQLITE_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "busy_timeout=5000",
    "temp_store=MEMORY",
)


@dataclass(frozen=True, slots=True)
class WrappedEpoch:
    """An epoch key that still exists."""

    number: int
    root_id: UUID
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrappedSubject:
    """A subject's key under its epoch's key. ``seals`` is the sampled count of values sealed with it.

    One that ``retires`` only opens: another took its place, and what it sealed is being sealed anew.
    """

    id: UUID
    subject_id: UUID
    epoch: int
    wrapped: bytes = field(repr=False)
    seals: int
    retires: bool = False


@dataclass(frozen=True, slots=True)
class WrappedPurpose:
    """A key that serves the whole installation."""

    id: UUID
    kind: str
    version: int
    root_id: UUID
    wrapped: bytes = field(repr=False)


def keystore_engine(url: str, *, create: bool = False, prepare_statements: bool = True) -> Engine:
    """The engine of a keystore; with ``create`` an SQLite file is made (mode 0600) when there is none.

    ``prepare_statements=False`` suits a transaction-pooling PgBouncer. Raises KeysUnavailable, with what to do.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise KeysUnavailable("The address of the keystore is not one: set AMPARO_KEYSTORE_URL.") from None
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address, create)
    if address.get_backend_name() != "postgresql":
        raise KeysUnavailable("The keystore must be in SQLite or PostgreSQL: set AMPARO_KEYSTORE_URL to one of them.")
    return create_engine(
        address,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "prepare_threshold": 5 if prepare_statements else None,
            "options": "-c timezone=UTC -c lock_timeout=8000 -c statement_timeout=60000",
        },
    )


def _sqlite_engine(address: URL, create: bool) -> Engine:
    if not address.database or address.database == ":memory:":
        raise KeysUnavailable("A keystore in memory would lose every key: set AMPARO_KEYSTORE_URL to a file.")
    _guard_file(Path(address.database), create)
    engine = create_engine(
        address,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=10,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5},
        execution_options={"schema_translate_map": {schema.SCHEMA: None}},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _guard_file(path: Path, create: bool) -> None:
    """SQLite would make a missing file, readable by others; its side files take over the mode of this one."""
    try:
        if create and not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise KeysUnavailable(
            f"There is no keystore at {path}. Run `amparo init` for a new installation, "
            "or restore the keystore from its backup if this one already has records."
        ) from None
    except OSError as trouble:
        raise KeysUnavailable(f"The keystore {path} can not be used: {trouble.strerror}.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysUnavailable(f"The keystore {path} can be read by others than its owner. Run `chmod 600 {path}`.")


_SUBJECT: Final = schema.subject_key.c
_RETIRES: Final = _SUBJECT.retiring_since.is_not(None).label("retires")
_SUBJECTS: Final = select(_SUBJECT.id, _SUBJECT.subject_id, _SUBJECT.epoch, _SUBJECT.wrapped, _SUBJECT.seals, _RETIRES)
_ONE_SUBJECT: Final = _SUBJECTS.where(_SUBJECT.subject_id == bindparam("asked"))
_MANY_SUBJECTS: Final = _SUBJECTS.where(_SUBJECT.subject_id.in_(bindparam("asked", expanding=True)))


class Keystore:
    """The few questions that are asked of the keystore. It sees wrapped keys only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __repr__(self) -> str:
        return f"<Keystore on {self.engine.dialect.name}>"

    def reading(self) -> Connection:
        """A connection without a transaction: each SELECT sees the keystore as it is. Use it in a `with`."""
        return self.engine.connect()

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction, committed at the end of its `with`."""
        return schema.writing(self.engine)

    def owner(self, connection: Connection) -> tuple[UUID, UUID] | None:
        """The installation and the root key that wraps its keys; None in a keystore that was never filled."""
        row = connection.execute(select(schema.installation.c.id, schema.installation.c.root_id)).one_or_none()
        return None if row is None else (row.id, row.root_id)

    def hold_still(self, connection: Connection, *, alone: bool) -> None:
        """Until this transaction ends nobody makes or destroys an epoch; ``alone`` keeps out those who rely on it too.

        SQLite needs nothing more: the writing transaction has the only write lock.
        """
        connection.execute(select(schema.installation.c.one).with_for_update(read=not alone)).all()

    def epochs(self, connection: Connection) -> list[WrappedEpoch]:
        """Every epoch that is not destroyed, oldest first; the last is the current one."""
        columns = schema.epoch.c
        rows = connection.execute(
            select(columns.number, columns.root_id, columns.wrapped)
            .where(columns.wrapped.is_not(None))
            .order_by(columns.number)
        )
        return [WrappedEpoch(row.number, row.root_id, row.wrapped) for row in rows]

    def purposes(self, connection: Connection) -> list[WrappedPurpose]:
        """Every key of the installation, each kind from the oldest to the current version."""
        columns = schema.purpose_key.c
        rows = connection.execute(
            select(columns.id, columns.kind, columns.version, columns.root_id, columns.wrapped).order_by(
                columns.kind, columns.version
            )
        )
        return [WrappedPurpose(row.id, row.kind, row.version, row.root_id, row.wrapped) for row in rows]

    def subjects(self, subject_ids: Sequence[UUID]) -> list[WrappedSubject]:
        """The keys of those subjects that have one, in one query; two of a subject whose key is being renewed."""
        # One subject is by far the most frequent question, and a list of one is dearer to ask for.
        one = len(subject_ids) == 1
        query, asked = (_ONE_SUBJECT, subject_ids[0]) if one else (_MANY_SUBJECTS, subject_ids)
        with self.reading() as connection:
            rows = connection.execute(query, {"asked": asked})
            return [WrappedSubject(*row) for row in rows]

    def add_subjects(self, connection: Connection, keys: Iterable[WrappedSubject]) -> None:
        connection.execute(
            schema.subject_key.insert(),
            [
                {"id": key.id, "subject_id": key.subject_id, "epoch": key.epoch, "wrapped": key.wrapped, "seals": 0}
                for key in keys
            ],
        )

    def remove_subjects(self, subject_ids: Sequence[UUID]) -> int:
        """Delete the keys of these subjects and remember whose they were; gives of how many subjects.

        What the storage still holds of them, and what copies do, opens until their epoch is destroyed.
        """
        gone, wanted = schema.destroyed_subject, list(dict.fromkeys(subject_ids))
        with self.writing() as connection:
            theirs = _SUBJECT.subject_id.in_(wanted)
            retiring = delete(schema.subject_key).where(theirs, _SUBJECT.retiring_since.is_not(None))
            connection.execute(retiring)
            removed = connection.execute(delete(schema.subject_key).where(theirs)).rowcount
            known = set(connection.execute(select(gone.c.subject_id).where(gone.c.subject_id.in_(wanted))).scalars())
            if new := [each for each in wanted if each not in known]:
                at = int(time.time())
                connection.execute(gone.insert(), [{"subject_id": each, "at": at} for each in new])
        self.flush_residue()
        return removed

    def destroyed(self) -> list[UUID]:
        """The subjects whose keys were ever deleted."""
        with self.reading() as connection:
            return list(connection.execute(select(schema.destroyed_subject.c.subject_id)).scalars())

    def count_seals(self, key_id: UUID, seals: int) -> None:
        """Add ``seals`` to the count of values sealed with a key."""
        columns = schema.subject_key.c
        with self.writing() as connection:
            connection.execute(
                update(schema.subject_key).where(columns.id == key_id).values(seals=columns.seals + seals)
            )

    def add_epoch(self, connection: Connection, key: WrappedEpoch) -> None:
        connection.execute(
            schema.epoch.insert().values(
                number=key.number, root_id=key.root_id, wrapped=key.wrapped, made_at=int(time.time())
            )
        )

    def add_purpose(self, connection: Connection, key: WrappedPurpose) -> None:
        connection.execute(
            schema.purpose_key.insert().values(
                id=key.id,
                kind=key.kind,
                version=key.version,
                root_id=key.root_id,
                wrapped=key.wrapped,
                made_at=int(time.time()),
            )
        )

    def flush_residue(self) -> None:
        """After keys were removed: empty SQLite's write-ahead log, where ``secure_delete`` does not reach."""
        if self.engine.dialect.name == "sqlite":
            with self.reading() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
