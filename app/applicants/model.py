"""Applicants: sealed groups, and keyed indexes of exact identifiers. Nothing about a person stands in clear."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime, witnessed


class Applicant(Table, table=True):
    """A person asking for help. The id is the subject of the vault's key: without that key nothing here opens.

    ``notes_sealed``, the person's own words, is None for those taken in before it was asked.
    When the person is erased, the groups are empty and the indexes gone; the row stays for what money refers to.
    ``intake_open`` is True until the disposition of the application; with it ends the reach of the intake desk.
    """

    __tablename__ = "applicant"
    __table_args__ = (UniqueConstraint("reference"),)

    id: UUID = Field(primary_key=True)
    reference: str
    partner_id: UUID = Field(foreign_key="partner.id", index=True)
    intake_open: bool = True
    identity_sealed: bytes = Field(sa_type=LargeBinary)
    contact_sealed: bytes = Field(sa_type=LargeBinary)
    immigration_sealed: bytes = Field(sa_type=LargeBinary)
    finances_sealed: bytes = Field(sa_type=LargeBinary)
    criminal_history_sealed: bytes = Field(sa_type=LargeBinary)
    notes_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    a_number_index: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    email_index: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class IndexKey(Table, table=True):
    """Which version of the vault's key the indexes of all applicants are made with: one row.

    Whoever makes an index holds the row, and whoever changes the key changes it: so no index is made with an old key
    after the others were made anew.
    """

    __tablename__ = "index_key"
    __table_args__ = (CheckConstraint("one = 1", name="one"),)

    one: int = Field(primary_key=True)
    version: int


# The indexes are keyed digests themselves, and are all made anew with their key.
witnessed("applicant", but=("a_number_index", "phone_index", "email_index"))
