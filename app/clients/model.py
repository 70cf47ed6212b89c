"""Programs, their secrets as digests, and failures to prove who one is. Their accounts and tokens stand in
``app.access``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from app.db import Table, UtcTime, witnessed


class Client(Table, table=True):
    """A program. It is on record by its account, which has the same id; the machine's operator may have made it."""

    __tablename__ = "client"

    id: UUID = Field(primary_key=True, foreign_key="account.id")
    #: Names of permissions with spaces between: a part of what the account's one role allows.
    scopes: str
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ClientSecret(Table, table=True):
    """One of a program's secrets. The table keeps a digest, so that a dump lets nobody in."""

    __tablename__ = "client_secret"

    id: UUID = Field(primary_key=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ClientFailure(Table, table=True):
    """One failure; ``who`` and ``network`` are keyed digests, so that a dump names neither programs nor addresses."""

    __tablename__ = "client_failure"
    __table_args__ = (
        Index("ix_client_failure_who_at", "who", "at"),
        Index("ix_client_failure_network_at", "network", "at"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    who: bytes = Field(sa_type=LargeBinary)
    network: bytes = Field(sa_type=LargeBinary)


witnessed("client")
witnessed("client_secret")
