"""Payment runs, what is in them, and who took a file out. The database lets no payment into two runs at once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.batches.rules.runs import STATUS_MOVES, BatchMethod, BatchStatus, FileKind
from app.db import Cents, Table, UtcTime, append_only, witnessed, words
from app.funds.model.guards import guarded_life
from app.money import Money


class Batch(Table, table=True):
    """Released payments of one method that go to the bank together. One person makes it, another confirms it.

    ``effective_on`` is the day on which the bank is to pay. ``file_modifier`` tells an ACH file from the others that
    were confirmed on the same day (UTC). ``digest`` is the SHA-256 of the file that tells the bank what to pay, as it
    was when the run was confirmed: no other file leaves.
    """

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("total > 0 AND items > 0", name="pays_something"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> created_by", name="confirmed_by_another"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("status NOT IN ('confirmed', 'sent') OR confirmed_by IS NOT NULL", name="confirmed_first"),
        CheckConstraint("(confirmed_by IS NULL) = (digest IS NULL)", name="confirmed_with_a_file"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_time"),
        CheckConstraint("(status = 'voided') = (voided_at IS NOT NULL)", name="voided_at_a_time"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    method: BatchMethod = Field(sa_type=words(BatchMethod))
    status: BatchStatus = Field(sa_type=words(BatchStatus))
    effective_on: date
    total: Money = Field(sa_type=Cents)
    items: int
    file_modifier: str | None = None
    digest: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    sent_by: UUID | None = Field(default=None, foreign_key="account.id")
    voided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    voided_by: UUID | None = Field(default=None, foreign_key="account.id")


class BatchItem(Table, table=True):
    """One payment of a run. ``active`` ends when the run is voided: then the payment is free for another one."""

    __tablename__ = "batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        CheckConstraint("amount > 0 AND position > 0", name="more_than_nothing"),
        Index(
            "uq_batch_item_in_one_run",
            "disbursement_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    id: UUID = Field(primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    disbursement_id: UUID = Field(foreign_key="disbursement.id", index=True)
    position: int
    amount: Money = Field(sa_type=Cents)
    active: bool


class BatchDownload(Table, table=True):
    """A file that somebody took out of a run: ``digest`` is its SHA-256, ``size`` its bytes."""

    __tablename__ = "batch_download"
    __table_args__ = (Index("ix_batch_download_batch_id_kind", "batch_id", "kind"),)

    id: UUID = Field(primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    kind: FileKind = Field(sa_type=words(FileKind))
    digest: str
    size: int
    at: datetime = Field(sa_type=UtcTime)
    by: UUID = Field(foreign_key="account.id")


append_only("batch_download")

_FIXED = (
    *("id", "reference", "method", "effective_on", "total", "items", "created_by", "created_at"),
    *("file_modifier", "digest", "confirmed_by"),
)
_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
_MOVED = " OR ".join(
    f"(OLD.status = '{old.value}' AND NEW.status = '{new.value}')" for old, new in sorted(STATUS_MOVES)
)
guarded_life(
    "batch",
    wrong_beginning="NEW.status <> 'draft'",
    wrong_change=f"({_CHANGED}) OR NOT ({_MOVED})",
    messages=(
        "a run begins as a draft",
        "a run does not change like this",
        "a run is voided, never deleted",
    ),
)
guarded_life(
    "batch_item",
    wrong_beginning="NOT NEW.active",
    wrong_change=(
        "NEW.id <> OLD.id OR NEW.batch_id <> OLD.batch_id OR NEW.disbursement_id <> OLD.disbursement_id"
        " OR NEW.position <> OLD.position OR NEW.amount <> OLD.amount OR NEW.active OR NOT OLD.active"
    ),
    messages=("an item begins in its run", "an item does not change like this", "an item stays"),
)

witnessed("batch")
witnessed("batch_item")
