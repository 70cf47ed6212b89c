"""Changes of a payee's bank account: asked for by one person, called back and confirmed by another."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.db import Table, UtcTime, never_deleted, witnessed, words
from app.funds.rules import AccountChange, NumberFrom

_PROPOSED = text("status = 'proposed'")


class PayeeAccountChange(Table, table=True):
    """A new bank account of a payee. It is sealed here until it is confirmed, and then becomes the payee's.

    ``former`` is the account that it replaced, sealed as it stood there: signatures over earlier payments are of it.
    ``number_end`` are the last digits of the number that was called, and ``number_from`` says whence it was known.
    """

    __tablename__ = "payee_account_change"
    __table_args__ = (
        CheckConstraint("decided_by <> asked_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at_a_moment"),
        CheckConstraint(
            "status <> 'confirmed' OR (called_on IS NOT NULL AND number_from IS NOT NULL)", name="called_back"
        ),
        Index(
            "uq_payee_account_change_proposed",
            "payee_id",
            unique=True,
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
        ),
    )

    id: UUID = Field(primary_key=True)
    payee_id: UUID = Field(foreign_key="payee.id", index=True)
    status: AccountChange = Field(sa_type=words(AccountChange))
    account: bytes = Field(sa_type=LargeBinary)
    account_end: str | None = None
    former: bytes | None = Field(default=None, sa_type=LargeBinary)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    called_on: date | None = None
    number_from: NumberFrom | None = Field(default=None, sa_type=words(NumberFrom))
    number_end: str | None = None


never_deleted("payee_account_change", "a change of an account is rejected, never deleted")
witnessed("payee_account_change")
