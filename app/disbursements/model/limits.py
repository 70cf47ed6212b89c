"""How much may be paid from a fund, to whom and how fast: one row for each set of limits, agreed by two people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, never_deleted, witnessed, words
from app.disbursements.rules import LimitStatus
from app.money import Money

_PROPOSED = text("status = 'proposed'")
_IN_FORCE = text("status = 'in_force'")


class PaymentLimit(Table, table=True):
    """The limits of a fund's payments. Every amount may be empty: then there is no such limit.

    ``second_approval_over`` is the amount above which two people approve; ``first_payment`` the most that goes to an
    account that nothing was paid to yet; an alert tells of more than ``velocity_count`` payments to one payee within
    ``velocity_days``.
    """

    __tablename__ = "payment_limit"
    __table_args__ = (
        CheckConstraint("decided_by <> asked_by", name="agreed_by_two"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at_a_moment"),
        CheckConstraint("(velocity_count IS NULL) = (velocity_days IS NULL)", name="velocity_whole"),
        Index("uq_payment_limit_proposed", "fund_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index("uq_payment_limit_in_force", "fund_id", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    id: UUID = Field(primary_key=True)
    fund_id: UUID = Field(foreign_key="fund.id", index=True)
    status: LimitStatus = Field(sa_type=words(LimitStatus))
    per_case: Money | None = Field(default=None, sa_type=Cents)
    per_partner: Money | None = Field(default=None, sa_type=Cents)
    per_day: Money | None = Field(default=None, sa_type=Cents)
    per_fund: Money | None = Field(default=None, sa_type=Cents)
    second_approval_over: Money | None = Field(default=None, sa_type=Cents)
    first_payment: Money | None = Field(default=None, sa_type=Cents)
    velocity_count: int | None = None
    velocity_days: int | None = None
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


never_deleted("payment_limit", "limits are replaced, never deleted")
witnessed("payment_limit")
