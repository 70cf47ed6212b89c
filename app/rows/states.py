"""A witnessed table's shape, and one state of one row as the record keeps it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Label, Select, and_, column, select

from app.crypto import STAMP_BYTES, RowShape
from app.db import WITNESSED, metadata

#: Before a row's first state; and in place of a digest when the row was deleted.
NOTHING: Final = bytes(8)
_DIGEST: Final = slice(STAMP_BYTES + 2, STAMP_BYTES + 10)


@dataclass(frozen=True, slots=True)
class Written:
    """One state of one row: the stamp it had before, the one it has, and eight bytes of its digest.

    ``key`` is empty for a row whose number the database gives: its stamp and digest tell it from every other.
    """

    table: str
    key: str
    before: bytes
    stamp: bytes
    digest: bytes

    @classmethod
    def of(cls, shape: "Shape", values: Sequence[Any], before: bytes, row_mac: bytes) -> "Written":
        """The state that a row mac stands for; ``before`` is the stamp of the state before it."""
        return cls(shape.table.name, shape.key(values), before, row_mac[:STAMP_BYTES], row_mac[_DIGEST])

    def text(self) -> str:
        """As it stands in the record."""
        marks = base64.urlsafe_b64encode(self.before + self.stamp + self.digest).decode()
        return f"{self.table}:{self.key}:{marks}"

    @classmethod
    def parse(cls, text: str) -> "Written":
        """Raises ValueError for anything else."""
        table, key, marks = text.split(":")
        found = base64.urlsafe_b64decode(marks)
        if len(found) != 3 * 8:
            raise ValueError(text)
        return cls(table, key, found[:8], found[8:16], found[16:])

    @property
    def name(self) -> tuple[str, str]:
        """Which row it is, for ever."""
        return self.table, self.key or base64.urlsafe_b64encode(self.stamp + self.digest).decode()


class Shape:
    """A witnessed table: its keys, the columns that the MAC covers, and how a row of it is selected."""

    def __init__(self, table: str) -> None:
        left_out = WITNESSED[table] | {"row_mac"}
        self.table: Final = metadata.tables[table]
        self.row: Final = RowShape(table, [each.name for each in self.table.columns if each.name not in left_out])
        self.keys: Final = tuple(each.name for each in self.table.primary_key if each.name not in left_out)
        self._defaults: Final[dict[str, Any]] = {
            each.name: each.default for each in self.table.columns if each.name in self.row.columns and each.default
        }
        self._key_places: Final = tuple(self.row.columns.index(name) for name in self.keys)

    @cached_property
    def states(self) -> Select[Any]:
        """Rows of (row mac, the covered columns in their order)."""
        return select(*(self.table.columns[name] for name in ("row_mac", *self.row.columns)))

    @cached_property
    def held(self) -> Select[Any]:
        """Like ``states``, and nobody else changes them until this transaction ends."""
        return self.states.with_for_update(of=self.table, key_share=True)

    def held_in(self, named: Any) -> Select[Any]:
        """``held``, in the words of a statement that names the table without knowing its columns."""
        if named is self.table:
            return self.held
        columns = (column(name, self.table.columns[name].type) for name in ("row_mac", *self.row.columns))
        return select(*columns).select_from(named).with_for_update(key_share=True)

    def key(self, values: Sequence[Any]) -> str:
        """The row's key as it stands in the record."""
        return ".".join(_key_text(values[place]) for place in self._key_places)

    def id(self, values: Sequence[Any]) -> UUID | None:
        """The row's id; None for one whose key is something else."""
        found = [values[place] for place in self._key_places]
        return found[0] if len(found) == 1 and isinstance(found[0], UUID) else None

    def is_row(self, values: Sequence[Any]) -> Any:
        """The condition that finds the row of these values by its key."""
        pairs = zip(self.keys, self._key_places, strict=True)
        return and_(*(self.table.columns[name] == values[place] for name, place in pairs))

    def completed(self, given: dict[str, Any]) -> dict[str, Any]:
        """The row with what the table gives by itself, so that the MAC covers the very values that are written."""
        for name, default in self._defaults.items():
            if name not in given:
                given[name] = default.arg({}) if default.is_callable else default.arg
        return given


_SHAPES: dict[str, Shape] = {}


def shape_of(table: str) -> Shape | None:
    """The shape of a witnessed table; None for every other."""
    if table not in WITNESSED:
        return None
    known = _SHAPES.get(table)
    if known is None:
        known = _SHAPES[table] = Shape(table)
    return known


def _key_text(value: Any) -> str:
    if isinstance(value, UUID):
        return base64.urlsafe_b64encode(value.bytes).decode().rstrip("=")
    return str(value)


def witnessed_columns(table: str) -> list[Label[Any]]:
    """What a statement selects of a table to have its row checked. Raises KeyError for a table without MACs."""
    shape = shape_of(table)
    if shape is None:
        raise KeyError(table)
    return [shape.table.columns[name].label(f"{table}__{name}") for name in ("row_mac", *shape.row.columns)]
