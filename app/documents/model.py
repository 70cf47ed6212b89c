"""Documents: what is known of each stands here; the files themselves are sealed and lie in the store."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from app.db import Table, UtcTime, witnessed, words
from app.documents.rules import DocumentKind, DocumentState, Scan


class Document(Table, table=True):
    """A file that belongs to an application or to a case.

    Its key is random and sealed under ``subject_id``: the applicant, or the case for what is privileged. ``file_id``
    names its files in the store. Name and description are sealed together.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("(application_id IS NULL) <> (case_id IS NULL)", name="of_one_matter"),
        CheckConstraint("privileged = (subject_id <> applicant_id)", name="under_one_key"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    file_id: UUID = Field(unique=True)
    applicant_id: UUID = Field(foreign_key="applicant.id", index=True)
    application_id: UUID | None = Field(default=None, foreign_key="application.id", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="case.id", index=True)
    subject_id: UUID
    kind: DocumentKind = Field(sa_type=words(DocumentKind))
    dated_on: date | None = None
    privileged: bool
    state: DocumentState = Field(sa_type=words(DocumentState))
    media_type: str
    size: int
    previews: int
    scan: Scan | None = Field(default=None, sa_type=words(Scan))
    scanned_at: datetime | None = Field(default=None, sa_type=UtcTime)
    words_sealed: bytes = Field(sa_type=LargeBinary)
    key_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    removed_by: UUID | None = Field(default=None, foreign_key="account.id")
    removal_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    version: int = 1


witnessed("document")
