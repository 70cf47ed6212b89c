"""Conflict checks: whom they found, by identifier and never by name, and how their review ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field

from app.conflicts.rules import CheckResult, Resolution
from app.db import Table, UtcTime, witnessed, words


class ConflictCheck(Table, table=True):
    """One check of one application. ``matches`` holds applicant ids and the kinds of identifiers that were shared."""

    __tablename__ = "conflict_check"
    __table_args__ = (
        Index("ix_conflict_check_application_id_id", "application_id", "id"),
        CheckConstraint(
            "(resolution IS NULL) = (resolved_by_id IS NULL) AND (resolution IS NULL) = (resolved_at IS NULL)"
            " AND (resolution IS NULL) = (reason_sealed IS NULL)",
            name="resolved_whole",
        ),
        CheckConstraint("resolution IS NULL OR result = 'review'", name="only_reviews_are_resolved"),
        CheckConstraint("resolved_by_id <> checked_by_id", name="second_person"),
    )

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(foreign_key="application.id")
    applicant_id: UUID = Field(foreign_key="applicant.id")
    partner_id: UUID = Field(foreign_key="partner.id", index=True)
    result: CheckResult = Field(sa_type=words(CheckResult))
    compared: list[str] = Field(sa_column=Column(JSON, nullable=False))
    matches: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    checked_by_id: UUID = Field(foreign_key="account.id")
    checked_at: datetime = Field(sa_type=UtcTime)
    resolution: Resolution | None = Field(default=None, sa_type=words(Resolution))
    resolved_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


witnessed("conflict_check")
