"""Schedules of fees, and what a case has to do with them: quotes, waivers, notices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, guard, never_deleted, witnessed, words
from app.fees.rules import Agency, ScheduleStatus, WaiverBasis, WaiverState
from app.money import Money

_IN_FORCE = text("status = 'in_force'")


class FeeSchedule(Table, table=True):
    """A schedule as it was handed in, to the letter. It is proposed by one person and put in force by another.

    ``loaded_by_id`` is None when it was handed in at the machine itself. What was in force once is never deleted.
    """

    __tablename__ = "fee_schedule"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("confirmed_by_id <> loaded_by_id", name="by_two"),
        CheckConstraint(
            "(status IN ('in_force', 'ended')) = (confirmed_by_id IS NOT NULL)"
            " AND (confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
            name="confirmed_by_somebody",
        ),
        CheckConstraint("(status IN ('ended', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended_at_a_moment"),
        Index("uq_fee_schedule_in_force", "status", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    id: UUID = Field(primary_key=True)
    number: int
    content: str
    digest: str
    fees: int
    status: ScheduleStatus = Field(sa_type=words(ScheduleStatus))
    loaded_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    loaded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class FeeQuote(Table, table=True):
    """What a case's filings cost on a day, by the schedule of then. Never changed; it goes when the person is erased.

    ``snapshot`` holds the lines and payments as they were quoted. ``schedule_id`` is None for the schedule that comes
    with the program; ``schedule_digest`` names either by its content.
    """

    __tablename__ = "fee_quote"
    __table_args__ = (Index("ix_fee_quote_case_id_id", "case_id", "id"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    filed_on: date
    schedule_id: UUID | None = Field(default=None, foreign_key="fee_schedule.id")
    schedule_number: int
    schedule_digest: str
    snapshot: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    total: Money = Field(sa_type=Cents)
    waived: Money = Field(sa_type=Cents)
    firm: bool
    made_by_id: UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=UtcTime)


class FeeWaiver(Table, table=True):
    """Whether an agency was asked to waive what it takes for a form on a case, why, and what it said."""

    __tablename__ = "fee_waiver"
    __table_args__ = (
        UniqueConstraint("case_id", "agency", "form"),
        CheckConstraint("(state IN ('granted', 'denied')) = (decided_on IS NOT NULL)", name="decided_on_a_day"),
        CheckConstraint(
            "(state IN ('pending', 'granted', 'denied')) = (filed_on IS NOT NULL)"
            " AND (filed_on IS NULL) = (basis IS NULL)",
            name="filed_on_a_day",
        ),
        CheckConstraint("decided_on >= filed_on", name="filed_first"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    agency: Agency = Field(sa_type=words(Agency))
    form: str
    state: WaiverState = Field(sa_type=words(WaiverState))
    basis: WaiverBasis | None = Field(default=None, sa_type=words(WaiverBasis))
    filed_on: date | None = None
    decided_on: date | None = None
    changed_by_id: UUID = Field(foreign_key="account.id")
    changed_at: datetime = Field(sa_type=UtcTime)
    version: int = 1


class FeeNotice(Table, table=True):
    """A fee that an agency asked for by a notice: the day of the notice opens a deadline.

    The line and the schedule that the last day was reckoned by stand beside it. ``award_id`` names a record of a room
    above: the money that was asked for by the short way.
    """

    __tablename__ = "fee_notice"
    __table_args__ = (
        Index("ix_fee_notice_case_id", "case_id"),
        CheckConstraint("due_on > noticed_on", name="due_afterwards"),
        CheckConstraint("(paid_on IS NULL) = (paid_by_id IS NULL)", name="paid_by_somebody"),
        CheckConstraint("(award_id IS NULL) = (quote_id IS NULL)", name="asked_by_a_quote"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    deadline_id: UUID = Field(foreign_key="deadline.id")
    agency: Agency = Field(sa_type=words(Agency))
    form: str
    item: str
    line_id: str
    amount: Money = Field(sa_type=Cents)
    schedule_number: int
    schedule_digest: str
    noticed_on: date
    due_on: date
    created_by_id: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=UtcTime)
    quote_id: UUID | None = Field(default=None, foreign_key="fee_quote.id")
    award_id: UUID | None = None
    paid_on: date | None = None
    paid_by_id: UUID | None = Field(default=None, foreign_key="account.id")


never_deleted("fee_schedule", "a schedule of fees stays on record")

_FIXED = ("id", "number", "content", "digest", "fees", "loaded_by_id", "loaded_at")
_MOVED = " OR ".join(
    f"(OLD.status = '{old}' AND NEW.status = '{new}')"
    for old, new in (("proposed", "in_force"), ("proposed", "withdrawn"), ("in_force", "ended"))
)
_SCHEDULE_WRONG = (
    f"({' OR '.join(f'NEW.{each} IS DISTINCT FROM OLD.{each}' for each in _FIXED)})"
    f" OR NOT (NEW.status = OLD.status OR {_MOVED})"
)


def _unchanging(table: str, wrong: str, sentence: str) -> None:
    """Promise that rows of ``table`` change by nothing for which ``wrong`` is true."""
    name = f"{table}_unchanging"
    guard(
        table,
        name,
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        ),
        postgresql=(
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {wrong} THEN RAISE EXCEPTION '{sentence}'; END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


_unchanging("fee_schedule", _SCHEDULE_WRONG, "a schedule does not change like this")
_unchanging("fee_quote", "NEW.id IS NOT NULL", "a quote stays as it was made")

witnessed("fee_schedule")
