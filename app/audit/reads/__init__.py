"""The record as it is read by its sealer and its verifier: plain columns, in order, a chunk at a time.

Both engines are made to give the columns as the MAC covers them (`rules.plain`); a test holds the two against each
other. Chunks follow one another by key, so memory stays constant and no statement runs for long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    exists,
    func,
    select,
    type_coerce,
)
from sqlmodel import col

from app.audit.model import AuditCheckpoint, AuditEvent, AuditLeaf, AuditSeal
from app.audit.rules import COVERED
from app.audit.rules.seals import Head, Seal

#: Rows of one query: enough to forget its cost, few enough to hold.
CHUNK: Final = 5000
#: Below and above every id.
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)
#: Below every position and number, those too that nobody should have made.
BELOW_ALL: Final = -(2**62)


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of the events' ids: above ``after``, up to ``upto``."""

    after: UUID
    upto: UUID

    @property
    def last(self) -> bool:
        return self.upto == HIGHEST


def next_slice(connection: Connection, after: UUID) -> Slice:
    """The stretch of the next CHUNK events above ``after``; the last is open at its end, for what may still come."""
    upto = connection.execute(_SLICE_END, {"after": after}).scalar()
    return Slice(after, upto or HIGHEST)


def unsealed_ids(connection: Connection, within: Slice, most: int) -> list[tuple[UUID, bytes]]:
    """Id and MAC of events without a position, oldest first, at most ``most``."""
    rows = connection.execute(_UNSEALED_IDS.limit(most), {"after": within.after, "upto": within.upto})
    return [(row.id, row.mac) for row in rows]


def unsealed(connection: Connection) -> Iterator[Sequence[Any]]:
    """Rows of (MAC, the covered columns plain) of every event without a position, oldest first."""
    statement = _unsealed(connection.dialect.name)
    within = next_slice(connection, LOWEST)
    while True:
        yield from connection.execute(statement, {"after": within.after, "upto": within.upto}).all()
        if within.last:
            return
        within = next_slice(connection, within.upto)


def last_seal(connection: Connection) -> Seal | None:
    """The newest seal; None before the first."""
    row = connection.execute(_SEALS.order_by(col(AuditSeal.number).desc()).limit(1)).one_or_none()
    return None if row is None else _seal(row)


def seals_after(connection: Connection, number: int, most: int = CHUNK) -> list[Seal]:
    """The seals above ``number`` in their order, at most ``most``."""
    later = _SEALS.where(col(AuditSeal.number) > number).order_by(col(AuditSeal.number)).limit(most)
    return [_seal(row) for row in connection.execute(later)]


def seals_called(connection: Connection, numbers: Sequence[int]) -> dict[int, Seal]:
    """The seals with these numbers, those that there are."""
    rows = connection.execute(_SEALS.where(col(AuditSeal.number).in_(numbers)))
    return {row.number: _seal(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the record ends: the last seal's number, the last position that a seal covers, and the last one taken.

    ``checkpoint`` is the number of the last checkpoint, which never covers more than the seals do.
    """

    number: int
    sealed: int
    taken: int
    checkpoint: int


def ends(connection: Connection) -> Ends:
    """The ends, 0 for none, by one statement: a seal made meanwhile is seen whole or not at all."""
    number = select(func.max(col(AuditSeal.number))).scalar_subquery()
    sealed = select(func.max(col(AuditSeal.last_position))).scalar_subquery()
    taken = select(func.max(col(AuditLeaf.position))).scalar_subquery()
    checkpoint = select(func.max(col(AuditCheckpoint.number))).scalar_subquery()
    row = connection.execute(select(number, sealed, taken, checkpoint)).one()
    return Ends(row[0] or 0, row[1] or 0, row[2] or 0, row[3] or 0)


def positions(connection: Connection, last: int) -> Iterator[Sequence[Any]]:
    """Rows of (position, MAC, the covered columns plain) up to position ``last``, in order.

    The event's columns are None where a position names an event that is not there.
    """
    statement = _positions(connection.dialect.name)
    after = BELOW_ALL
    while True:
        rows = connection.execute(statement, {"after": after, "last": last}).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def lines_of(seals: Path, size: int) -> Iterator[tuple[str, bool]]:
    """The lines in the first ``size`` bytes of a seals file, and whether each has its line feed. Raises OSError.

    What is not ASCII comes as replacement characters, and what is longer than any seal in pieces: neither is a seal.
    """
    with seals.open("rb") as file:
        while size > 0 and (line := file.readline(min(size, 4096))):
            size -= len(line)
            yield line.rstrip(b"\n").decode("ascii", errors="replace"), line.endswith(b"\n")


_EVENT = AuditEvent.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_AFTER: Final = bindparam("after", type_=Uuid())
_UPTO: Final = bindparam("upto", type_=Uuid())
# The stretch is said of both tables, so that PostgreSQL walks one stretch of both indexes.
_WITHIN: Final = (
    col(AuditEvent.id) > _AFTER,
    col(AuditEvent.id) <= _UPTO,
    ~exists().where(
        col(AuditLeaf.event_id) == col(AuditEvent.id),
        col(AuditLeaf.event_id) > _AFTER,
        col(AuditLeaf.event_id) <= _UPTO,
    ),
)
_UNSEALED_IDS: Final = select(col(AuditEvent.id), col(AuditEvent.mac)).where(*_WITHIN).order_by(col(AuditEvent.id))
_SLICE_END: Final = (
    select(col(AuditEvent.id))
    .where(col(AuditEvent.id) > _AFTER)
    .order_by(col(AuditEvent.id))
    .offset(CHUNK - 1)
    .limit(1)
)
_SEALS: Final = select(
    col(AuditSeal.number), col(AuditSeal.sealed_at), col(AuditSeal.first_position), col(AuditSeal.last_position),
    col(AuditSeal.root), col(AuditSeal.previous), col(AuditSeal.key_id), col(AuditSeal.signature),
)  # fmt: skip


@cache
def _unsealed(engine: str) -> Select[Any]:
    return select(col(AuditEvent.mac), *plain_columns(engine)).where(*_WITHIN).order_by(col(AuditEvent.id))


@cache
def _positions(engine: str) -> Select[Any]:
    return (
        select(col(AuditLeaf.position), col(AuditEvent.mac), *plain_columns(engine))
        .join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id), isouter=True)
        .where(col(AuditLeaf.position) > bindparam("after"), col(AuditLeaf.position) <= bindparam("last"))
        .order_by(col(AuditLeaf.position))
        .limit(CHUNK)
    )


def plain_columns(engine: str) -> list[ColumnElement[Any]]:
    """The covered columns as the MAC covers them."""
    return [_plain(_EVENT.c[name], engine) for name in COVERED]


def _plain(column: ColumnElement[Any], engine: str) -> ColumnElement[Any]:
    if isinstance(column.type, Uuid):
        return _hex(column, engine)
    if column.key == "at" and engine != "sqlite":
        moment = func.timezone("UTC", type_coerce(column, DateTime(timezone=True)))
        return func.to_char(moment, "YYYY-MM-DD HH24:MI:SS.US")
    if column.key in ("at", "outcome", "purpose"):
        return type_coerce(column, String)
    return column


def _hex(column: Any, engine: str) -> ColumnElement[Any]:
    """An id as 32 hexadecimal digits: how SQLite keeps it, and what PostgreSQL writes but for its hyphens."""
    if engine == "sqlite":
        return type_coerce(column, String)
    return func.replace(cast(column, String), "-", "")


def _seal(row: Any) -> Seal:
    head = Head(
        number=row.number,
        sealed_at=row.sealed_at,
        first_position=row.first_position,
        last_position=row.last_position,
        root=row.root,
        previous=row.previous,
        key_id=row.key_id,
    )
    return Seal(head, row.signature)
