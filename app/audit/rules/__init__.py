"""The words of the record, the message that each event's MAC covers, and the Merkle root over a batch of events."""

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID


class Outcome(enum.StrEnum):
    DONE = "done"
    REFUSED = "refused"


class Purpose(enum.StrEnum):
    """Why a sealed group is opened; asked of the person, kept in the record."""

    INTAKE = "intake"
    REPRESENTATION = "representation"
    CONFLICT_REVIEW = "conflict_review"
    LEGAL_DEMAND = "legal_demand"
    QUALITY_REVIEW = "quality_review"


#: The columns that the MAC covers, in this order for ever: a new column gets a new version of the message.
COVERED: Final = (
    "id", "at", "action", "outcome", "actor_id", "session_id", "object_type", "object_id", "subject_id",
    "groups", "purpose", "count", "request_id", "details",
)  # fmt: skip

#: What every message begins with.
VERSION: Final = "audit-event/1"

#: The detail that carries the MACs of the rows that an act wrote (app/rows.py). It tells people nothing.
ROWS: Final = "rows"
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode

Plain = str | int | None


def details_text(details: Mapping[str, Any]) -> str:
    """Details as they are stored, and therefore as the MAC covers them: one JSON text, never parsed and written again.

    Raises TypeError or ValueError for what JSON has no words for.
    """
    return _encode(dict(details))


def plain(row: Mapping[str, Any]) -> list[Plain]:
    """The covered columns of a row as they stand in the message.

    Ids are 32 hexadecimal digits, moments ``2026-10-12 17:03:22.000123`` in UTC, enumerations their values. `reads`
    has both databases give exactly these, so that checking a million events need not build a million objects.
    """
    return [_plain(row[name]) for name in COVERED]


def message(values: Sequence[Plain]) -> bytes:
    """The bytes that an event's MAC covers: a JSON array of the version and the plain values in their order.

    An array of known length with quoted texts: no two different rows have the same bytes.
    """
    return _encode([VERSION, *values]).encode()


def moment_text(moment: datetime) -> str:
    """A moment in UTC with six digits of microseconds, which both databases keep. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _plain(value: Any) -> Plain:
    if value is None or isinstance(value, str | int):  # members of a StrEnum are their values
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(f"an event holds a {type(value).__name__}")


def first_id_at(moment: datetime) -> UUID:
    """The lowest UUIDv7 of a millisecond: every id made from this moment on is above it (RFC 9562, 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(max(milliseconds, 0) << 80) | (0x7 << 76) | (0b10 << 62))


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The RFC 6962 tree head over the leaves in order (SHA-256; section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        # A last node without a neighbour rises unchanged: with left-complete pairs this equals the RFC's recursion.
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]
