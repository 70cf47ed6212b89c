"""What is kept of the tree: tiles save work, and a false one would have a false head signed."""

from sqlalchemy import Connection

from app.audit.reads.tree import HEIGHT, TILE, TreeDamaged, cut, roots_below, tile_at, tiles_kept
from app.audit.rules.merkle import fold
from app.audit.rules.verdict import Fault, Reason


class Kept:
    """The tiles of level 0, held against the leaves of the walk as it passes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._leaves: list[bytes] = []
        self._number = 0
        self._kept = tiles_kept(connection, 0)

    def add(self, leaf: bytes) -> Fault | None:
        """The fault of the tile that this leaf is the last of."""
        self._leaves.append(leaf)
        if len(self._leaves) < TILE:
            return None
        leaves, self._leaves, number = self._leaves, [], self._number
        self._number += 1
        if number >= self._kept:
            return None  # not kept yet
        row = tile_at(self._connection, 0, number)
        if row is None or bytes(row.hashes) != b"".join(leaves) or bytes(row.root) != fold(leaves):
            return Fault(Reason.TREE_ALTERED, number * TILE + 1)
        return None

    def above(self) -> Fault | None:
        """The fault of a tile above level 0, which holds the roots of those under it."""
        level = 1
        while many := tiles_kept(self._connection, level):
            for number in range(many):
                row = tile_at(self._connection, level, number)
                try:
                    right = row is not None and cut(row.hashes) == roots_below(self._connection, level, number)
                except TreeDamaged:
                    right = False
                if not right or bytes(row.root) != fold(cut(row.hashes)):
                    return Fault(Reason.TREE_ALTERED, (number << (HEIGHT * (level + 1))) + 1)
            level += 1
        return None
