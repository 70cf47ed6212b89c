"""What people keep of reports: questions by a name of their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime


class SavedQuestion(Table, table=True):
    """A question that somebody asks again and again. ``asked`` is JSON of codes, days and ids; no figure is kept.

    ``shared`` opens it to the maker's colleagues: those of the same partner, or of the fund itself.
    """

    __tablename__ = "saved_question"
    __table_args__ = (
        UniqueConstraint("owner_id", "report", "name"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="named"),
        Index("ix_saved_question_owner_id_id", "owner_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="account.id")
    report: str
    name: str
    shared: bool
    asked: str
    created_at: datetime = Field(sa_type=UtcTime)
