"""Holds and erasures. The database itself refuses to erase what is on hold, and to bring back who was erased."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.db import Table, UtcTime, guard, witnessed, words
from app.funds.model.guards import guarded_life
from app.retention.rules import ErasureCause, ErasureStatus, HoldReason, HoldScope, RetentionClass

_UNDER_WAY = text("status <> 'withdrawn'")


class Hold(Table, table=True):
    """Nothing of what it names is erased while it stands: set by one person, lifted by two.

    ``subject_id`` is the key under which the words about it are sealed; it goes when the person is erased some day.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint(
            "(scope = 'applicant' AND applicant_id IS NOT NULL AND case_id IS NULL)"
            " OR (scope = 'case' AND applicant_id IS NOT NULL AND case_id IS NOT NULL)"
            " OR (scope = 'everything' AND applicant_id IS NULL AND case_id IS NULL)",
            name="names_what_it_holds",
        ),
        CheckConstraint("(lift_asked_by_id IS NULL) = (lift_asked_at IS NULL)", name="lift_asked_by_somebody"),
        CheckConstraint("(lifted_by_id IS NULL) = (lifted_at IS NULL)", name="lifted_by_somebody"),
        CheckConstraint(
            "lifted_by_id IS NULL OR (lift_asked_by_id IS NOT NULL AND lift_asked_by_id <> lifted_by_id)",
            name="lifted_by_two",
        ),
        Index("ix_hold_applicant_id", "applicant_id"),
        Index("ix_hold_case_id", "case_id"),
    )

    id: UUID = Field(primary_key=True)
    scope: HoldScope = Field(sa_type=words(HoldScope))
    applicant_id: UUID | None = Field(default=None, foreign_key="applicant.id")
    case_id: UUID | None = Field(default=None, foreign_key="case.id")
    reason_code: HoldReason = Field(sa_type=words(HoldReason))
    subject_id: UUID
    reason_sealed: bytes = Field(sa_type=LargeBinary)
    set_by_id: UUID = Field(foreign_key="account.id")
    set_at: datetime = Field(sa_type=UtcTime)
    lift_asked_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    lift_asked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lifted_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Erasure(Table, table=True):
    """The way to the end of one person's data: a notice, a second person's approval, the erasing, and what is left.

    ``asked_by_id`` is None when the schedule asked. ``tombstone`` is random and stands for the person on the
    certificate. ``keys`` names the keys that are still to be destroyed, and is empty when they are.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("tombstone"),
        CheckConstraint("approved_by_id <> asked_by_id", name="second_person"),
        CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)"
            " AND (status NOT IN ('approved', 'erased') OR approved_by_id IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("(status = 'erased') = (erased_at IS NOT NULL)", name="erased_at_a_moment"),
        Index(
            "uq_erasure_applicant_under_way",
            "applicant_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_erasure_status_id", "status", "id"),
        Index("ix_erasure_notified_id", "notified_id"),
    )

    id: UUID = Field(primary_key=True)
    applicant_id: UUID = Field(foreign_key="applicant.id")
    partner_id: UUID = Field(foreign_key="partner.id", index=True)
    retention_class: RetentionClass = Field(sa_type=words(RetentionClass))
    cause: ErasureCause = Field(sa_type=words(ErasureCause))
    status: ErasureStatus = Field(sa_type=words(ErasureStatus))
    due_on: date
    asked_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    noticed_at: datetime = Field(sa_type=UtcTime)
    notice_until: date
    notified_id: UUID | None = Field(default=None, foreign_key="account.id")
    approved_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    tombstone: UUID | None = None
    keys: list[str] = Field(sa_column=Column(JSON, nullable=False))
    keys_destroyed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    epoch: int | None = None
    epoch_destroyed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    root_changed: bool = False
    horizon_on: date | None = None


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


guarded_life(
    "hold",
    wrong_beginning="NEW.lift_asked_by_id IS NOT NULL OR NEW.lifted_by_id IS NOT NULL",
    wrong_change=(
        f"({_changed('id', 'scope', 'applicant_id', 'case_id', 'reason_code', 'subject_id', 'set_by_id', 'set_at')})"
        f" OR (OLD.lifted_by_id IS NOT NULL AND ({_changed('lift_asked_by_id', 'lifted_by_id', 'lifted_at')}))"
        " OR (OLD.lift_asked_by_id IS NULL AND NEW.lifted_by_id IS NOT NULL)"
    ),
    messages=(
        "a hold begins standing",
        "a hold does not change like this",
        "a hold is lifted by two people, never deleted",
    ),
)
guarded_life(
    "erasure",
    wrong_beginning="NEW.status <> 'noticed'",
    wrong_change=(
        f"({_changed('id', 'applicant_id', 'asked_by_id', 'cause', 'retention_class', 'noticed_at')})"
        " OR NOT (NEW.status = OLD.status OR (OLD.status = 'noticed' AND NEW.status IN ('approved', 'withdrawn'))"
        " OR (OLD.status = 'approved' AND NEW.status IN ('erased', 'withdrawn')))"
    ),
    messages=(
        "an erasure begins with its notice",
        "an erasure does not change like this",
        "an erasure stays on record",
    ),
)

_HELD = "EXISTS (SELECT 1 FROM hold WHERE lifted_at IS NULL AND (scope = 'everything' OR applicant_id = NEW.{person}))"


def _erased_once(table: str, person: str) -> None:
    """Promise that a row is not marked as erased while somebody holds it, and not changed once it is."""
    name = f"{table}_erased_once"
    held = _HELD.format(person=person)
    final, stays = "'who is erased stays erased'", "'on legal hold: nothing is erased'"
    sql = f'"{table}"'
    erasing = f"NEW.erased_at IS NOT NULL AND {held}"
    guard(
        table,
        name,
        sqlite=(
            (
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {sql} WHEN OLD.erased_at IS NOT NULL"
                f" BEGIN SELECT RAISE(ABORT, {final}); END"
            ),
            (
                f"CREATE TRIGGER {name}_held BEFORE UPDATE ON {sql} WHEN OLD.erased_at IS NULL AND {erasing}"
                f" BEGIN SELECT RAISE(ABORT, {stays}); END"
            ),
        ),
        postgresql=(
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF OLD.erased_at IS NOT NULL THEN RAISE EXCEPTION {final}; END IF;"
                f" IF {erasing} THEN RAISE EXCEPTION {stays}; END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {sql} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


_erased_once("applicant", "id")
_erased_once("case", "applicant_id")


def _none_for_the_erased(table: str) -> None:
    """Promise that nothing new is written on a case whose person is erased, also when both happen at once."""
    name = f"{table}_of_the_living"
    refuse = "'the person of this case is erased'"
    found = 'FROM "case" WHERE id = NEW.case_id'
    guard(
        table,
        name,
        sqlite=(
            (
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN (SELECT erased_at {found}) IS NOT NULL"
                f" BEGIN SELECT RAISE(ABORT, {refuse}); END"
            ),
        ),
        postgresql=(
            # The row is locked, so that this waits for an erasure that is under way and then sees it.
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE moment timestamptz; BEGIN"
                f" SELECT erased_at INTO moment {found} FOR KEY SHARE;"
                f" IF moment IS NOT NULL THEN RAISE EXCEPTION {refuse}; END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


for _table in ("case_note", "deadline", "hearing"):
    _none_for_the_erased(_table)

witnessed("hold")
witnessed("erasure")
