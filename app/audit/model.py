"""Events, their positions, seals, tree and checkpoints. The database refuses to change or delete any of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from app.audit.rules import Outcome, Purpose
from app.db import Table, UtcTime, append_only, words

#: A position or a number: 64 bits on both engines. SQLite's INTEGER PRIMARY KEY is the row's own place in the file.
_COUNTER = BigInteger().with_variant(Integer(), "sqlite")


class AuditEvent(Table, table=True):
    """One thing that was done, seen or refused. ``details`` holds codes and field names, never a value.

    It is kept as the very text that the MAC covers: a JSON column could give it back in other bytes.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject_id_id", "subject_id", "id"),
        Index("ix_audit_event_object_id_id", "object_id", "id"),
        Index("ix_audit_event_actor_id_id", "actor_id", "id"),
        Index("ix_audit_event_action_id", "action", "id"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    action: str
    outcome: Outcome = Field(sa_type=words(Outcome))
    actor_id: UUID | None = None
    session_id: UUID | None = None
    object_type: str | None = None
    object_id: UUID | None = None
    subject_id: UUID | None = None
    groups: str = ""
    purpose: Purpose | None = Field(default=None, sa_type=words(Purpose))
    count: int | None = Field(default=None, sa_type=BigInteger)
    request_id: str = ""
    details: str = Field(sa_type=Text)
    mac: bytes = Field(sa_type=LargeBinary)


class AuditSeal(Table, table=True):
    """A signed head over the events sealed since the one before; each names the digest of its predecessor."""

    __tablename__ = "audit_seal"

    number: int = Field(sa_column=Column(_COUNTER, primary_key=True, autoincrement=False))
    sealed_at: datetime = Field(sa_type=UtcTime)
    first_position: int = Field(sa_type=BigInteger)
    last_position: int = Field(sa_type=BigInteger)
    root: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    key_id: UUID
    signature: bytes = Field(sa_type=LargeBinary)


class AuditLeaf(Table, table=True):
    """Which event stands at which position; positions have no gaps. Seals say which positions they cover."""

    __tablename__ = "audit_leaf"
    __table_args__ = (UniqueConstraint("event_id"),)

    position: int = Field(sa_column=Column(_COUNTER, primary_key=True, autoincrement=False))
    event_id: UUID = Field(foreign_key="audit_event.id")


class AuditTile(Table, table=True):
    """256 neighbouring hashes of the tree, kept once all are there, and the hash over them.

    At level 0 these are leaves; at each next level the hashes over full tiles of the one below (as in C2SP tlog-tiles).
    They save work and are trusted for nothing: verifying makes every hash anew.
    """

    __tablename__ = "audit_tile"

    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(_COUNTER, primary_key=True, autoincrement=False))
    hashes: bytes = Field(sa_type=LargeBinary)
    root: bytes = Field(sa_type=LargeBinary)


class AuditCheckpoint(Table, table=True):
    """A signed head of the tree over all events up to a seal; ``note`` is its text as it is exported."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = (UniqueConstraint("size"),)

    number: int = Field(sa_column=Column(_COUNTER, primary_key=True, autoincrement=False))
    size: int = Field(sa_type=BigInteger)
    root: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcTime)
    note: str = Field(sa_type=Text)


class AuditPlace(Table, table=True):
    """How far exporting to a place has come. The place itself is what proves; this only tells whom to ask about it."""

    __tablename__ = "audit_place"

    place: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    exported_at: datetime | None = Field(default=None, sa_type=UtcTime)
    tried_at: datetime = Field(sa_type=UtcTime)
    trouble: str | None = None


for _table in ("audit_event", "audit_seal", "audit_leaf", "audit_tile", "audit_checkpoint"):
    append_only(_table)
