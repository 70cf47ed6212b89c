"""Failed sign-ins, by digests of whom and from where. Accounts themselves stand in ``app.access``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from app.db import Table, UtcTime


class SignInFailure(Table, table=True):
    """One failure; ``who`` and ``network`` are keyed digests, so that a dump names neither people nor addresses."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_who_at", "who", "at"),
        Index("ix_sign_in_failure_network_at", "network", "at"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    who: bytes = Field(sa_type=LargeBinary)
    network: bytes = Field(sa_type=LargeBinary)
