"""Every row that carries a MAC, held against its MAC and against its last state on record. Reads only."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, String, Uuid, bindparam, select, type_coerce
from sqlmodel import col

from app.access.sights import OPERATOR
from app.audit import reads
from app.audit.model import AuditEvent
from app.audit.rules import ROWS
from app.audit.rules.rows import RowFault, RowReason, RowsVerdict
from app.crypto import STAMP_BYTES, Vault
from app.db import WITNESSED, Database, metadata
from app.rows import NOTHING, Shape, Written, shape_of

#: Rows that are fetched together.
_TOGETHER: Final = 2000

#: What reading a row may raise whose column holds what its type does not know.
_UNREADABLE: Final = (ValueError, TypeError, AttributeError, LookupError, OverflowError)

Name = tuple[str, str]
#: Told before each table: its name, and how many rows were looked at.
Progress = Callable[[str, int], None]


def verify_rows(database: Database, vault: Vault, progress: Progress = lambda _what, _count: None) -> RowsVerdict:
    """Hold every witnessed row against its MAC and the record, in one state of the database; people may go on working.

    Memory grows with the rows (about 300 bytes each), not with the record.
    """
    with database.connect(OPERATOR) as connection:
        if not database.is_sqlite:
            connection.execution_options(isolation_level="REPEATABLE READ")
        return Rows(connection, vault, progress).verdict()


class Rows:
    """One look at everything."""

    def __init__(self, connection: Connection, vault: Vault, progress: Progress) -> None:
        self._connection, self._vault, self._progress = connection, vault, progress
        self._last: dict[Name, Written] = {}
        self._out_of_turn: dict[Name, list[Written]] = {}
        self._found: set[Name] = set()
        self._unreadable: set[str] = set()
        self.rows = self.states = 0

    def verdict(self) -> RowsVerdict:
        """What is wrong with each row, in the order of tables."""
        for event in self._events():
            for text in event.split():
                self._remember(Written.parse(text))
        faults = list(self._forked())
        for table in metadata.sorted_tables:
            if table.name in WITNESSED and (shape := shape_of(table.name)) is not None:
                faults.extend(self._of_table(shape))
        faults.extend(
            RowFault(RowReason.GONE, state.table, _said(state.key or state.name[1]))
            for state in self._last.values()
            if state.digest != NOTHING and state.table not in self._unreadable
        )
        return RowsVerdict(tuple(faults), self.rows, self.states)

    def _events(self) -> Iterator[str]:
        """The states that each event carries, in the order of the record."""
        after = reads.LOWEST
        while rows := self._connection.execute(_EVENTS, {"after": after}).all():
            for row in rows:
                if (states := json.loads(row.details).get(ROWS)) is not None:
                    yield str(states)
            after = rows[-1].id

    def _remember(self, state: Written) -> None:
        """States follow one another by their stamps; events of several processes may come out of turn."""
        self.states += 1
        last = self._last.get(state.name)
        if state.before == (NOTHING if last is None else last.stamp) or _born_again(last, state):
            self._last[state.name] = state
        else:
            self._out_of_turn.setdefault(state.name, []).append(state)

    def _forked(self) -> Iterator[RowFault]:
        """Bring what came out of turn into its order; a state that follows none that was there tells of a rollback."""
        for name, more in self._out_of_turn.items():
            last = self._last.get(name)
            chain = sorted([*([] if last is None else [last]), *more], key=lambda each: each.stamp)
            follows = all(
                later.before == earlier.stamp or _born_again(earlier, later) for earlier, later in pairwise(chain)
            )
            self._last[name] = chain[-1]
            if not follows or (last is None and chain[0].before != NOTHING):
                yield RowFault(RowReason.FORKED, name[0], _said(chain[-1].key or name[1]))

    def _of_table(self, shape: Shape) -> Iterator[RowFault]:
        self._progress(shape.table.name, self.rows)
        before = dict(self._last)
        try:
            yield from [
                fault
                for row in self._connection.execute(_asked(shape).execution_options(yield_per=_TOGETHER))
                for fault in self._of_row(shape, row)
            ]
        except _UNREADABLE:
            # One row holds what its column can not: then each is asked for by itself.
            self._last = before
            yield from self._one_by_one(shape)

    def _one_by_one(self, shape: Shape) -> Iterator[RowFault]:
        keys = list(shape.table.primary_key)
        raw = select(*(type_coerce(each, String).label(each.name) for each in keys))
        for key in self._connection.execute(raw).all():
            found = (type_coerce(each, String) == value for each, value in zip(keys, key, strict=True))
            try:
                row = self._connection.execute(_asked(shape).where(*found)).one()
            except _UNREADABLE:
                self._unreadable.add(shape.table.name)
                yield RowFault(RowReason.ALTERED, shape.table.name, " ".join(str(each) for each in key))
            else:
                yield from self._of_row(shape, row)

    def _of_row(self, shape: Shape, row: Any) -> Iterator[RowFault]:
        self.rows += 1
        width = len(shape.table.primary_key)
        reason = self._reason(shape, row[width], row[width + 1 :])
        if reason is not None:
            yield RowFault(reason, shape.table.name, " ".join(str(each) for each in row[:width]))

    def _reason(self, shape: Shape, row_mac: Any, values: Any) -> RowReason | None:
        whole = isinstance(row_mac, bytes) and len(row_mac) > STAMP_BYTES
        state = Written.of(shape, values, NOTHING, row_mac if whole else bytes(2 * STAMP_BYTES + 2))
        known = self._last.pop(state.name, None)
        if row_mac is None:
            return RowReason.BARE
        if not shape.row.fits(self._vault, row_mac, values):
            return RowReason.ALTERED
        if known is None:
            return RowReason.TWICE if state.name in self._found else RowReason.UNKNOWN
        if not state.key:
            self._found.add(state.name)
        if known.digest == NOTHING:
            return RowReason.AGAIN
        if (known.stamp, known.digest) != (state.stamp, state.digest):
            return RowReason.OLDER if state.stamp < known.stamp else RowReason.UNKNOWN
        return None


def _asked(shape: Shape) -> Select[Any]:
    keys = [each.label(f"key_{each.name}") for each in shape.table.primary_key]
    return select(*keys, *shape.states.selected_columns)


def _born_again(last: Written | None, state: Written) -> bool:
    """A role that was taken away and is given again begins anew."""
    return last is not None and last.digest == NOTHING and state.before == NOTHING


def _said(key: str) -> str:
    """A key of the record as people know it."""
    first, dot, more = key.partition(".")
    try:
        return f"{UUID(bytes=base64.urlsafe_b64decode(first + '=='))}{dot and ' '}{more}"
    except (ValueError, binascii.Error):
        return key


_EVENTS: Final = (
    select(col(AuditEvent.id), col(AuditEvent.details))
    .where(
        col(AuditEvent.id) > bindparam("after", type_=Uuid()),
        col(AuditEvent.details).like(f'%"{ROWS}":"%'),
    )
    .order_by(col(AuditEvent.id))
    .limit(500)
)
