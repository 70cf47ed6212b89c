"""One batch of events under one seal, in one short transaction; then the next."""

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from app.access.sights import SEALER
from app.audit import reads
from app.audit.model import AuditLeaf, AuditSeal
from app.audit.rules.seals import LARGEST, next_head
from app.audit.sealing.file import append_missing
from app.crypto import Vault
from app.db import Database

#: The PostgreSQL advisory lock under which one process seals at a time.
_LOCK: Final = int.from_bytes(b"amparose", "big")

_INSERT_SEAL: Final = insert(AuditSeal.__table__)  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_INSERT_LEAF: Final = insert(AuditLeaf.__table__)  # type: ignore[attr-defined]  # as above


def seal_once(database: Database, vault: Vault, seals: Path, now: datetime, since: UUID = reads.LOWEST) -> int:
    """Seal every committed, unsealed event whose id is above ``since``, and bring the file up to date.

    Gives the number of events sealed. When there is nothing to do it writes nothing; while another process seals it
    leaves the work to that one. Raises SQLAlchemyError, TimeoutError, OSError or SealsFileDamaged; whatever was
    committed stays, and the next call goes on from there.
    """
    sealed, within, waiting = 0, None, False
    while within is None or not within.last:
        with database.look(SEALER) as connection:
            within = reads.next_slice(connection, since if within is None else within.upto)
            waiting = bool(reads.unsealed_ids(connection, within, 1))
        batch = LARGEST if waiting else 0
        while batch == LARGEST:
            batch = _seal_batch(database, vault, now, within)
            sealed += batch
    append_missing(database, seals)
    return sealed


def _seal_batch(database: Database, vault: Vault, now: datetime, within: reads.Slice) -> int:
    try:
        with database.writing(SEALER) as connection:
            return _seal(connection, vault, now, within) if _alone(connection) else 0
    except IntegrityError:
        # The number or a position was taken meanwhile: the other one's seal stands, the next look finds the rest.
        return 0


def _alone(connection: Connection) -> bool:
    """Whether this transaction is the one that seals. SQLite's write lock is held already."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_LOCK))).scalar())


def _seal(connection: Connection, vault: Vault, now: datetime, within: reads.Slice) -> int:
    events = reads.unsealed_ids(connection, within, LARGEST)
    if not events:
        return 0
    head = next_head(reads.last_seal(connection), events, now, vault.signing_key_id)
    connection.execute(
        _INSERT_SEAL,
        {
            "number": head.number,
            "sealed_at": head.sealed_at,
            "first_position": head.first_position,
            "last_position": head.last_position,
            "root": head.root,
            "previous": head.previous,
            "key_id": head.key_id,
            "signature": vault.sign(head.signed_text().encode()),
        },
    )
    connection.execute(
        _INSERT_LEAF,
        [{"position": head.first_position + i, "event_id": event_id} for i, (event_id, _) in enumerate(events)],
    )
    return len(events)
