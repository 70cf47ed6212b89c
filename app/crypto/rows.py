"""The MAC of a row that decides something: its one byte string, and the digest over it (`MacPurpose.ROW`).

A row mac is a stamp (8 bytes, microseconds since 1970) and a keyed digest, which begins with the version of its key.
A row's stamps only grow, so two states of one row never have the same.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol
from uuid import UUID

from app.crypto.groups import MacPurpose

#: What every message begins with.
_VERSION: Final = b"row/1"
#: Length of a stamp, in bytes.
STAMP_BYTES: Final = 8
_canonical: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode


class Digests(Protocol):
    """What makes and checks keyed digests: the vault."""

    def mac(self, purpose: MacPurpose, message: bytes) -> bytes:
        """The keyed digest of ``message``."""

    def check_mac(self, purpose: MacPurpose, message: bytes, mac: bytes) -> bool:
        """Whether ``mac`` is that of ``message``, by the present key or an older one."""


def _moment(value: datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return b"t" + value.replace(tzinfo=None).isoformat(timespec="microseconds").encode()


#: How each type is written: a letter of its own, then the value in its one form. Both databases give these types.
_WRITTEN: Final[dict[type, Callable[[Any], bytes]]] = {
    str: lambda value: b"s" + str.encode(value, "utf-8", "surrogatepass"),
    bytes: lambda value: b"y" + value,
    bytearray: lambda value: b"y" + bytes(value),
    memoryview: lambda value: b"y" + bytes(value),
    bool: lambda value: b"b1" if value else b"b0",
    int: lambda value: b"i%d" % value,
    UUID: lambda value: b"u" + value.bytes,
    datetime: _moment,
    date: lambda value: b"d" + value.isoformat().encode(),
    Decimal: lambda value: b"m" + format(value.normalize(), "f").encode(),
    list: lambda value: b"j" + _canonical(value).encode("utf-8", "surrogatepass"),
    dict: lambda value: b"j" + _canonical(value).encode("utf-8", "surrogatepass"),
}


def _write(value: Any) -> bytes:
    kind = type(value)
    known = _WRITTEN.get(kind)
    if known is None:
        # A member of an enumeration is its word, an amount its cents: learnt once for each type.
        known = next((_WRITTEN[base] for base in kind.__mro__ if base in _WRITTEN), None)
        if known is None:
            raise TypeError(f"a row holds a {kind.__name__}")
        _WRITTEN[kind] = known
    return known(value)


class RowShape:
    """Which columns of a table the digest covers, and the byte string of a row of it."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.columns: Final = tuple(sorted(columns))
        self._head: Final = _VERSION + _sized(table.encode())
        self._names: Final = tuple(_sized(name.encode()) for name in self.columns)

    def message(self, stamp: bytes, values: Sequence[Any]) -> bytes:
        """The one byte string of a row: ``values`` stand in the order of ``columns``.

        Every part follows its length, each value its column's name and its type's letter, so no two different rows give
        the same bytes. An empty column (None) is left out: a column that a later version adds, empty in old rows,
        leaves their digests as they were. Raises TypeError for what no column holds.
        """
        parts = [self._head, stamp]
        for name, value in zip(self._names, values, strict=True):
            if value is not None:
                written = _write(value)
                parts += (name, len(written).to_bytes(4, "big"), written)
        return b"".join(parts)

    def make(self, digests: Digests, stamp: bytes, values: Sequence[Any]) -> bytes:
        """The row mac of these values, 42 bytes."""
        return stamp + digests.mac(MacPurpose.ROW, self.message(stamp, values))

    def fits(self, digests: Digests, row_mac: Any, values: Sequence[Any]) -> bool:
        """Whether ``row_mac`` was made of these values."""
        if not isinstance(row_mac, bytes) or len(row_mac) <= STAMP_BYTES:
            return False
        stamp, digest = row_mac[:STAMP_BYTES], row_mac[STAMP_BYTES:]
        try:
            return digests.check_mac(MacPurpose.ROW, self.message(stamp, values), digest)
        except (TypeError, ValueError):
            return False  # SQLite takes anything in any column; what was written is of a known type


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part
