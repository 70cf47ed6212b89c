"""Who may open in an emergency, and every opening with its review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.break_glass.rules import Emergency, Finding
from app.db import Table, UtcTime, never_deleted, witnessed, words

_STANDING = text("ended_at IS NULL")


class GlassHolder(Table, table=True):
    """A person whom a colleague has named: the role alone lets nobody in."""

    __tablename__ = "glass_holder"
    __table_args__ = (
        Index(
            "ix_glass_holder_standing", "account_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        CheckConstraint("named_by <> account_id", name="not_by_oneself"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    named_by: UUID = Field(foreign_key="account.id")
    named_at: datetime = Field(sa_type=UtcTime)
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class GlassOpening(Table, table=True):
    """One opening of one person's details. Both texts are sealed under the case's key."""

    __tablename__ = "glass_opening"
    __table_args__ = (
        CheckConstraint("ends_at > opened_at", name="for_a_time"),
        CheckConstraint("reviewed_by <> account_id", name="second_person"),
        CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL) AND (reviewed_by IS NULL) = (finding IS NULL)"
            " AND (reviewed_by IS NULL) = (review_sealed IS NULL)",
            name="reviewed_whole",
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    case_id: UUID = Field(foreign_key="case.id", index=True)
    applicant_id: UUID = Field(foreign_key="applicant.id")
    reason: Emergency = Field(sa_type=words(Emergency))
    text_sealed: bytes = Field(sa_type=LargeBinary)
    opened_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finding: Finding | None = Field(default=None, sa_type=words(Finding))
    review_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


never_deleted("glass_holder", "who may open in an emergency is ended, never deleted")
never_deleted("glass_opening", "an emergency opening is reviewed, never deleted")

witnessed("glass_holder")
witnessed("glass_opening")
