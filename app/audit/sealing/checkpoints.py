"""Checkpoints: the signed head of the tree over everything sealed, every five minutes or 1,000 events."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from app.access.sights import SEALER
from app.audit import reads
from app.audit.model import AuditCheckpoint, AuditTile
from app.audit.reads.tree import (
    TILE,
    Tree,
    TreeDamaged,
    last_checkpoint,
    roots_below,
    signed_here,
    tiles_kept,
)
from app.audit.rules.checkpoints import MOST_BEHIND, Checkpoint, Head, origin_of
from app.audit.rules.merkle import fold
from app.audit.rules.seals import Seal
from app.crypto import Vault
from app.db import Database

EVERY: Final = timedelta(minutes=5)
#: Tiles that are added in one transaction: the write turn of SQLite is held for some hundredths of a second.
_TOGETHER: Final = 16
#: The PostgreSQL advisory lock under which one process at a time adds to the tree.
_LOCK: Final = int.from_bytes(b"amparock", "big")

_INSERT_TILE: Final = insert(AuditTile.__table__)  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_INSERT_CHECKPOINT: Final = insert(AuditCheckpoint.__table__)  # type: ignore[attr-defined]  # as above


def is_due(database: Database, now: datetime, *, rested: bool = True) -> bool:
    """Whether enough was sealed, or anything long enough ago, since the last checkpoint. Writes nothing.

    When the clock was set back it can not tell how long ago that is: then ``rested`` says.
    """
    with database.look(SEALER) as connection:
        last, sealed = last_checkpoint(connection), reads.ends(connection).sealed
    behind = sealed - (0 if last is None else last.size)
    if behind <= 0:
        return False
    if last is None or behind >= MOST_BEHIND:
        return True
    return rested if now < last.made_at else now - last.made_at >= EVERY


def make_checkpoint(database: Database, vault: Vault, now: datetime) -> Checkpoint | None:
    """Bring the tree up to the newest seal and sign its head; None when there is nothing new, or another process does.

    Raises TreeDamaged when the database no longer holds what the last checkpoint says, and SQLAlchemyError or
    TimeoutError; nothing is signed then.
    """
    try:
        while _grow(database, vault):
            pass
        with database.writing(SEALER) as connection:
            return _sign(connection, vault, now) if _alone(connection) else None
    except IntegrityError:
        # Another process was faster; its tiles and its checkpoint stand.
        return None


def _alone(connection: Connection) -> bool:
    """Whether this transaction is the one that adds to the tree. SQLite's write lock is held already."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_LOCK))).scalar())


def _grow(database: Database, vault: Vault) -> bool:
    """Keep some more full tiles; gives whether there may be others left. The hashing is done before the write turn."""
    with database.look(SEALER) as connection:
        first, full = tiles_kept(connection, 0), reads.ends(connection).sealed // TILE
        tree = Tree(connection, vault)
        new = [tree.leaves(number) for number in range(first, min(full, first + _TOGETHER))]
    if not new:
        return False
    with database.writing(SEALER) as connection:
        if not _alone(connection) or tiles_kept(connection, 0) != first:
            return False
        for number, leaves in enumerate(new, start=first):
            _keep(connection, 0, number, leaves)
    return True


def _keep(connection: Connection, level: int, number: int, hashes: list[bytes]) -> None:
    """Keep a full tile, and the one above it when this was its last."""
    if len(hashes) != TILE:
        raise TreeDamaged("an event is gone")
    row = {"level": level, "number": number, "hashes": b"".join(hashes), "root": fold(hashes)}
    connection.execute(_INSERT_TILE, row)
    above, place = divmod(number, TILE)
    if place == TILE - 1:
        _keep(connection, level + 1, above, roots_below(connection, level + 1, above))


def _sign(connection: Connection, vault: Vault, now: datetime) -> Checkpoint | None:
    seal, last = reads.last_seal(connection), last_checkpoint(connection)
    if seal is None or (last is not None and seal.head.last_position <= last.size):
        return None
    tree = Tree(connection, vault)
    _refuse_another_past(tree, vault, last)
    checkpoint = _signed(vault, seal, tree.head(seal.head.last_position), now)
    connection.execute(
        _INSERT_CHECKPOINT,
        {
            "number": 1 if last is None else last.number + 1,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "made_at": now,
            "note": checkpoint.text,
        },
    )
    return checkpoint


def _refuse_another_past(tree: Tree, vault: Vault, last: Any) -> None:
    """What was signed once is not contradicted: raises TreeDamaged when the tree does not go on the last checkpoint."""
    if last is None:
        return
    try:
        before = Checkpoint.parse(last.note)
    except (ValueError, TypeError):
        raise TreeDamaged("the last checkpoint can not be read") from None
    if signed_here(vault, before) is None or before.size != last.size or tree.head(before.size) != before.root:
        raise TreeDamaged("the record does not go on its last checkpoint")


def _signed(vault: Vault, seal: Seal, root: bytes, now: datetime) -> Checkpoint:
    head = Head(origin_of(vault.installation), seal.head.last_position, root, seal.number, seal.digest(), now)
    return Checkpoint.parse(head.signed(vault.public_key(), vault.sign(head.body().encode())))
