"""Partner organizations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime, witnessed, words
from app.partners.rules import PartnerKind


class Partner(Table, table=True):
    """``phone`` is whom people call who asked for help: it stands on receipts.

    ``capacity`` is how many open cases it takes at once, as it says itself; None when it has not said. People of an
    organization that is not ``active`` can not sign in.
    """

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = Field(primary_key=True)
    name: str
    phone: str | None = None
    kind: PartnerKind = Field(sa_type=words(PartnerKind))
    active: bool = True
    capacity: int | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    version: int = 1


witnessed("partner")
