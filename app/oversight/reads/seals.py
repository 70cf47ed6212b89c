"""The seals of the record: everything a third party needs to check them, and how far sealing has come."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.model import AuditEvent, AuditLeaf, AuditSeal
from app.audit.rules import first_id_at
from app.audit.rules.seals import Head, Seal
from app.audit.verifying import SEALED_WITHIN
from app.errors import Invalid, Problem
from app.keyset import DEFAULT_LIMIT
from app.oversight.reads.checkpoints import CheckpointState, checkpoint_state
from app.work import Work

#: How far back the page looks for events that wait for their seal.
_LOOK_BACK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal; ``line`` is its line in the seals file, ``root``, ``previous`` and ``signature`` stand in it too."""

    number: int
    sealed_at: datetime
    first_position: int
    last_position: int
    root: str
    previous: str
    key_id: UUID
    signature: str
    line: str


@dataclass(frozen=True, slots=True)
class SealList:
    """Seals, newest first, and the Ed25519 public keys (base64, by id) that their signatures are checked with.

    ``checkpoint`` is the newest signed head of the tree over all events.
    """

    items: list[SealView]
    next: str | None
    public_keys: dict[str, str]
    checkpoint: CheckpointState | None


@dataclass(frozen=True, slots=True)
class SealsState:
    """The newest seal; how many events of the last hour wait for theirs, and how many of these for too long."""

    newest: SealView | None
    waiting: int
    late: int


def seals(work: Work, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> SealList:
    """The seals, newest first. Raises Invalid for a cursor that is none."""
    work.allow(Permission.AUDIT_SEALS)
    statement = _newest_first().limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(AuditSeal.number) < _number(cursor))
    rows = work.session.execute(statement).all()
    items = [_view(row) for row in rows[:limit]]
    record(work, "audit.seals_listed", object_type="audit_seal", count=len(items))
    keys = {str(key_id): base64.b64encode(key).decode() for key_id, key in work.vault.public_keys().items()}
    return SealList(items, str(items[-1].number) if len(rows) > limit else None, keys, checkpoint_state(work))


def state(work: Work) -> SealsState:
    """How far sealing has come."""
    work.allow(Permission.AUDIT_SEALS)
    newest = work.session.execute(_newest_first().limit(1)).one_or_none()
    late = case((col(AuditEvent.id) < first_id_at(work.now - SEALED_WITHIN), 1), else_=0)
    counted = work.session.execute(
        select(func.count().label("waiting"), func.coalesce(func.sum(late), 0).label("late"))
        .select_from(AuditEvent)
        .join(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id), isouter=True)
        .where(col(AuditEvent.id) > first_id_at(work.now - _LOOK_BACK), col(AuditLeaf.position).is_(None))
    ).one()
    return SealsState(None if newest is None else _view(newest), counted.waiting, counted.late)


def _newest_first() -> Select[*tuple[Any, ...]]:
    return select(
        col(AuditSeal.number),
        col(AuditSeal.sealed_at),
        col(AuditSeal.first_position),
        col(AuditSeal.last_position),
        col(AuditSeal.root),
        col(AuditSeal.previous),
        col(AuditSeal.key_id),
        col(AuditSeal.signature),
    ).order_by(col(AuditSeal.number).desc())


def _number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise Invalid(Problem("/cursor", "cursor.format", "Use the cursor from the field next of the page before."))
    return int(cursor)


def _view(row: Any) -> SealView:
    *head, signature = row
    seal = Seal(Head(*head), signature)
    return SealView(
        number=seal.number,
        sealed_at=seal.head.sealed_at,
        first_position=seal.head.first_position,
        last_position=seal.head.last_position,
        root=seal.head.root.hex(),
        previous=seal.head.previous.hex(),
        key_id=seal.head.key_id,
        signature=base64.b64encode(signature).decode(),
        line=seal.line(),
    )
