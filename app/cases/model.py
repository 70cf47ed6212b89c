"""Cases and what hangs on them. Facts stand in clear; what people write about a case is sealed under its own key."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.applicants.rules import Custody
from app.cases.rules import (
    AssignmentRole,
    AssignmentStatus,
    CaseStatus,
    CaseType,
    DeadlineKind,
    DeclineCode,
    HearingKind,
    Outcome,
    Representation,
    WallReason,
)
from app.db import Table, UtcTime, guard, never_deleted, witnessed, words

_STANDING = text("status IN ('offered', 'accepted')")


class Case(Table, table=True):
    """One person's case at one partner. Its id is a subject of its own: notes open under the case's key.

    ``application_id`` and ``fund_id`` name records of rooms above this one; a case knows nothing else of them.
    ``language`` is a sealed copy of the one thing about the person that an attorney is told before accepting.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("application_id"),
        CheckConstraint(
            "(status = 'closed' AND closed_on IS NOT NULL AND outcome IS NOT NULL)"
            " OR (status <> 'closed' AND closed_on IS NULL AND outcome IS NULL)",
            name="closed_with_outcome",
        ),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    application_id: UUID
    applicant_id: UUID = Field(foreign_key="applicant.id", index=True)
    partner_id: UUID = Field(foreign_key="partner.id", index=True)
    fund_id: UUID = Field(index=True)
    status: CaseStatus = Field(sa_type=words(CaseStatus))
    representation: Representation = Field(sa_type=words(Representation))
    case_type: CaseType | None = Field(default=None, sa_type=words(CaseType))
    custody: Custody = Field(sa_type=words(Custody))
    court: str | None = None
    language: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_on: date | None = None
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    outcome: Outcome | None = Field(default=None, sa_type=words(Outcome))
    closing_reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    version: int = 1
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Assignment(Table, table=True):
    """An attorney's place on a case: offered, then accepted or declined, ended some day; never deleted."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_standing_primary",
            "case_id",
            unique=True,
            sqlite_where=text("role = 'primary' AND status IN ('offered', 'accepted')"),
            postgresql_where=text("role = 'primary' AND status IN ('offered', 'accepted')"),
        ),
        Index("ix_assignment_case_id", "case_id"),
        Index("ix_assignment_attorney_standing", "attorney_id", sqlite_where=_STANDING, postgresql_where=_STANDING),
        CheckConstraint("(status = 'declined') = (decline_code IS NOT NULL)", name="declined_with_code"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended_at_a_moment"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    attorney_id: UUID = Field(foreign_key="account.id")
    role: AssignmentRole = Field(sa_type=words(AssignmentRole))
    status: AssignmentStatus = Field(sa_type=words(AssignmentStatus))
    offered_at: datetime = Field(sa_type=UtcTime)
    offered_by: UUID = Field(foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decline_code: DeclineCode | None = Field(default=None, sa_type=words(DeclineCode))
    decline_note: bytes | None = Field(default=None, sa_type=LargeBinary)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")


guard(
    "assignment",
    "assignment_never_deleted",
    sqlite=(
        """CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment
        BEGIN SELECT RAISE(ABORT, 'an assignment is ended, never deleted'); END""",
    ),
    postgresql=(
        """CREATE FUNCTION assignment_never_deleted() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'an assignment is ended, never deleted'; END $$""",
        """CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment
        FOR EACH ROW EXECUTE FUNCTION assignment_never_deleted()""",
    ),
)


class Hearing(Table, table=True):
    """A day in court. ``held_at`` is known when the hour is; ``held_on`` is its day where it was entered."""

    __tablename__ = "hearing"
    __table_args__ = (Index("ix_hearing_case_id_held_on", "case_id", "held_on"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    kind: HearingKind = Field(sa_type=words(HearingKind))
    held_on: date
    held_at: datetime | None = Field(default=None, sa_type=UtcTime)
    court: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Deadline(Table, table=True):
    """A day by which something must be done. The title is sealed: people write names into it."""

    __tablename__ = "deadline"
    __table_args__ = (Index("ix_deadline_case_id_due_on", "case_id", "due_on"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    kind: DeadlineKind = Field(sa_type=words(DeadlineKind))
    due_on: date
    title: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    completed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    completed_by: UUID | None = Field(default=None, foreign_key="account.id")


class CaseNote(Table, table=True):
    """A note of an attorney's, sealed under the case's key."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case_id_id", "case_id", "id"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id")
    author_id: UUID = Field(foreign_key="account.id")
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


class TemporaryHelp(Table, table=True):
    """A colleague's way into one case for some hours. The ties it opened end by themselves at ``ends_at``."""

    __tablename__ = "temporary_help"
    __table_args__ = (
        CheckConstraint("ends_at > given_at", name="for_a_time"),
        CheckConstraint("account_id <> given_by", name="to_somebody_else"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    given_by: UUID = Field(foreign_key="account.id")
    given_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")


never_deleted("temporary_help", "temporary help is ended, never deleted")


class Wall(Table, table=True):
    """One person kept away from one matter: an applicant and all their cases, also those to come.

    Nobody puts up, or lifts, a wall around themselves; two people lift one. ``text_sealed`` opens under the case's key.
    """

    __tablename__ = "wall"
    __table_args__ = (
        CheckConstraint("set_by <> account_id", name="not_by_oneself"),
        CheckConstraint(
            "(lift_asked_by IS NULL OR lift_asked_by <> account_id) AND (lifted_by IS NULL OR lifted_by <> account_id)",
            name="not_lifted_by_oneself",
        ),
        CheckConstraint(
            "(lifted_by IS NULL) = (lifted_at IS NULL) AND (lift_asked_by IS NULL) = (lift_asked_at IS NULL)"
            " AND (lifted_by IS NULL OR (lift_asked_by IS NOT NULL AND lift_asked_by <> lifted_by))",
            name="lifted_by_two",
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    applicant_id: UUID = Field(foreign_key="applicant.id", index=True)
    reason: WallReason = Field(sa_type=words(WallReason))
    text_sealed: bytes = Field(sa_type=LargeBinary)
    set_by: UUID = Field(foreign_key="account.id")
    set_at: datetime = Field(sa_type=UtcTime)
    lift_asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    lift_asked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lifted_by: UUID | None = Field(default=None, foreign_key="account.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)


never_deleted("wall", "a wall is lifted, never deleted")

for _name in ("case", "assignment", "temporary_help", "wall"):
    witnessed(_name)
