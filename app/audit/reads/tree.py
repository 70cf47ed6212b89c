"""The tree over all sealed events: its hashes from kept tiles, and from the events where no tile is full yet.

Positions count from 1 in the record and from 0 in the tree.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Connection, Select, bindparam, func, select
from sqlmodel import col

from app.audit import reads
from app.audit.model import AuditCheckpoint, AuditEvent, AuditLeaf, AuditTile
from app.audit.rules import VERSION
from app.audit.rules.checkpoints import Checkpoint, origin_of
from app.audit.rules.merkle import (
    Range,
    consistency_ranges,
    fold,
    inclusion_ranges,
    leaf_hash,
    range_hash,
)
from app.crypto import MacPurpose, Vault

#: Hashes in a full tile, and its height in the tree.
TILE: Final = 256
HEIGHT: Final = 8
_HASH: Final = 32


class TreeDamaged(Exception):
    """The tree can not be made of what the database holds: an event or a tile is gone, or is not what it was."""


def message_of(values: Sequence[Any]) -> bytes:
    """The message of an event from its plain columns: the bytes of `rules.message`, which a test proves, in a tenth of
    its time. Raises TypeError for what was never recorded.
    """
    return orjson.dumps([VERSION, *values])


def leaf_of(vault: Vault, mac: Any, values: Sequence[Any]) -> bytes | None:
    """The leaf's hash of an event from its MAC and its plain columns; None when the MAC is not theirs."""
    try:
        message = message_of(values)
        return leaf_hash(mac + message) if vault.check_mac(MacPurpose.AUDIT, message, mac) else None
    except (TypeError, ValueError):
        return None  # SQLite takes anything in any column; what was recorded is text, numbers and bytes


class Tree:
    """The tree as one connection sees it. What was fetched is kept, so several questions cost little more than one."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        """Events that are hashed anew are held against their MACs: nothing forged is signed with the rest."""
        self._connection, self._vault = connection, vault
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def head(self, size: int) -> bytes:
        """The head of the tree over the first ``size`` events. Raises TreeDamaged."""
        return range_hash(0, size, self._node)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from a leaf to the head. Raises TreeDamaged, and ValueError for a leaf that is not there."""
        return self._hashes(inclusion_ranges(index, size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The path from one head to a later one. Raises TreeDamaged, and ValueError unless 0 < old <= new."""
        return self._hashes(consistency_ranges(old, new))

    def leaves(self, number: int) -> list[bytes]:
        """The hashes of the events that belong into a tile of level 0, from the events. Raises TreeDamaged."""
        first = number * TILE + 1
        asked = {"after": first - 1, "last": first + TILE - 1}
        rows = self._connection.execute(_positions(self._connection.dialect.name), asked).all()
        return [self._leaf(row, first + i) for i, row in enumerate(rows)]

    def _leaf(self, row: Sequence[Any], position: int) -> bytes:
        leaf = None if row[0] != position or row[2] is None else leaf_of(self._vault, row[1], row[2:])
        if leaf is None:
            raise TreeDamaged("an event is not as it was recorded")
        return leaf

    def _hashes(self, ranges: list[Range]) -> list[bytes]:
        return [range_hash(begin, end, self._node) for begin, end in ranges]

    def _node(self, height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = number << above
        tile = self._tile(level, first // TILE)
        some = tile[first % TILE : first % TILE + (1 << above)]
        if len(some) != 1 << above:
            raise TreeDamaged("a tile is not there")
        return fold(some)

    def _tile(self, level: int, number: int) -> list[bytes]:
        found = self._tiles.get((level, number))
        if found is None:
            kept = tile_at(self._connection, level, number)
            found = cut(kept.hashes) if kept is not None else self._unkept(level, number)
            self._tiles[level, number] = found
        return found

    def _unkept(self, level: int, number: int) -> list[bytes]:
        if level == 0:
            return self.leaves(number)
        return roots_below(self._connection, level, number)


def cut(hashes: Any) -> list[bytes]:
    """The hashes in a tile's bytes. Raises TreeDamaged when they are not 256."""
    if not isinstance(hashes, bytes) or len(hashes) != TILE * _HASH:
        raise TreeDamaged("a tile is not whole")
    return [hashes[i : i + _HASH] for i in range(0, TILE * _HASH, _HASH)]


def roots_below(connection: Connection, level: int, number: int) -> list[bytes]:
    """What belongs into a tile above level 0: the roots of the full tiles under it, as far as they are there."""
    first = number * TILE
    asked = {"level": level - 1, "first": first, "last": first + TILE - 1}
    rows = connection.execute(_ROOTS, asked).all()
    if [row.number for row in rows] != list(range(first, first + len(rows))):
        raise TreeDamaged("a tile is not there")
    return [row.root for row in rows]


def tile_at(connection: Connection, level: int, number: int) -> Any:
    """The row of a tile; None when it is not kept."""
    return connection.execute(_TILE, {"level": level, "number": number}).one_or_none()


def tiles_kept(connection: Connection, level: int) -> int:
    """How many tiles of a level there are, as their highest number says."""
    highest = connection.execute(select(func.max(col(AuditTile.number))).where(col(AuditTile.level) == level)).scalar()
    return 0 if highest is None else highest + 1


def event_at(connection: Connection, position: int) -> tuple[bytes, bytes] | None:
    """MAC and message of the event at a position; None when there is none."""
    asked = {"after": position - 1, "last": position}
    row = connection.execute(_positions(connection.dialect.name), asked).one_or_none()
    return None if row is None or row[2] is None else (bytes(row[1]), message_of(row[2:]))


def position_of(connection: Connection, event_id: UUID) -> int | None:
    """Where an event stands; None until it is sealed, or when there is no such event."""
    found: int | None = connection.execute(
        select(col(AuditLeaf.position)).where(col(AuditLeaf.event_id) == event_id)
    ).scalar()
    return found


def signed_here(vault: Vault, checkpoint: Checkpoint) -> bytes | None:
    """The public key, a retired one too, that signed a checkpoint of this installation; None when none did."""
    if checkpoint.origin != origin_of(vault.installation):
        return None
    return checkpoint.signer(vault.public_keys().values(), vault.verify)


def last_checkpoint(connection: Connection) -> Any:
    """The newest row of checkpoints; None before the first."""
    return connection.execute(_CHECKPOINTS.order_by(col(AuditCheckpoint.number).desc()).limit(1)).one_or_none()


def checkpoints_after(connection: Connection, number: int, most: int = reads.CHUNK) -> Sequence[Any]:
    """Rows of checkpoints above ``number``, in their order."""
    later = _CHECKPOINTS.where(col(AuditCheckpoint.number) > number).order_by(col(AuditCheckpoint.number)).limit(most)
    return connection.execute(later).all()


def first_checkpoint_of(connection: Connection, position: int) -> Any:
    """The earliest checkpoint that covers a position; None when none does yet."""
    covering = _CHECKPOINTS.where(col(AuditCheckpoint.size) >= position).order_by(col(AuditCheckpoint.size)).limit(1)
    return connection.execute(covering).one_or_none()


_TILE: Final = select(col(AuditTile.hashes), col(AuditTile.root)).where(
    col(AuditTile.level) == bindparam("level"), col(AuditTile.number) == bindparam("number")
)
_ROOTS: Final = (
    select(col(AuditTile.number), col(AuditTile.root))
    .where(
        col(AuditTile.level) == bindparam("level"),
        col(AuditTile.number).between(bindparam("first"), bindparam("last")),
    )
    .order_by(col(AuditTile.number))
)
_CHECKPOINTS: Final = select(
    col(AuditCheckpoint.number), col(AuditCheckpoint.size), col(AuditCheckpoint.root),
    col(AuditCheckpoint.made_at), col(AuditCheckpoint.note),
)  # fmt: skip


@cache
def _positions(engine: str) -> Select[Any]:
    return (
        select(col(AuditLeaf.position), col(AuditEvent.mac), *reads.plain_columns(engine))
        .join(AuditEvent, col(AuditEvent.id) == col(AuditLeaf.event_id), isouter=True)
        .where(col(AuditLeaf.position) > bindparam("after"), col(AuditLeaf.position) <= bindparam("last"))
        .order_by(col(AuditLeaf.position))
    )
