"""Reviews of who has access: that somebody looked, when, and at what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app.db import Table, UtcTime, append_only, witnessed


class AccessReview(Table, table=True):
    """One confirmed look at access. ``digest`` is SHA-256 over the list as it stood; ``quarter`` is like 2026-Q4."""

    __tablename__ = "access_review"
    __table_args__ = (Index("ix_access_review_quarter", "quarter"),)

    id: UUID = Field(primary_key=True)
    reviewed_at: datetime = Field(sa_type=UtcTime)
    reviewed_by: UUID = Field(foreign_key="account.id")
    quarter: str
    people: int
    dormant: int
    beyond: int
    invitations: int
    digest: str


append_only("access_review")

witnessed("access_review")
