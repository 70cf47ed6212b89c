"""The tables of what funds may be used for: programmes, terms, and money that moves without a case."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, witnessed, words
from app.funds.rules import Category, FundStatus, TransferKind, TransferStatus
from app.money import Money

#: A second column of categories in one table: on PostgreSQL its CHECK needs a name of its own.
_TO_CATEGORY = words(Category)
_TO_CATEGORY.name = "to_category"  # type: ignore[attr-defined]  # every type with a CHECK has one


class Programme(Table, table=True):
    """Several funds that people know as one: each keeps its own giver, term and restrictions."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")


class FundTerms(Table, table=True):
    """What a fund may be used for and how far its books are closed; a fund without a row has no such terms.

    The lists hold what is allowed: an empty one allows everything. ``administration`` is in hundredths of a percent.
    Two people take a lock back: one asks, another does it.
    """

    __tablename__ = "fund_terms"
    __table_args__ = (
        UniqueConstraint("fund_id"),
        CheckConstraint("administration BETWEEN 0 AND 10000", name="share_of_a_whole"),
        CheckConstraint("reserve >= 0", name="reserve_not_below_zero"),
        CheckConstraint("per_case > 0 AND per_person > 0 AND alert_below > 0", name="limits_above_zero"),
    )

    id: UUID = Field(primary_key=True)
    fund_id: UUID = Field(foreign_key="fund.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", index=True)
    status: FundStatus = Field(sa_type=words(FundStatus))
    partners: list[str] = Field(sa_type=JSON)
    case_types: list[str] = Field(sa_type=JSON)
    custodies: list[str] = Field(sa_type=JSON)
    per_case: Money | None = Field(default=None, sa_type=Cents)
    per_person: Money | None = Field(default=None, sa_type=Cents)
    administration: int | None = None
    reserve: Money = Field(default=Money(0), sa_type=Cents)
    alert_below: Money | None = Field(default=None, sa_type=Cents)
    federal: bool = False
    locked_through: date | None = None
    unlock_asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    changed_at: datetime = Field(sa_type=UtcTime)
    changed_by: UUID = Field(foreign_key="account.id")


class FundTransfer(Table, table=True):
    """Money that moves without a case: asked for by one person, approved by another."""

    __tablename__ = "fund_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="decided_by_another"),
        CheckConstraint(
            "(status = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "(kind = 'between_funds') = (to_fund_id IS NOT NULL) AND to_fund_id <> fund_id", name="to_another_fund"
        ),
        CheckConstraint(
            "(kind IN ('between_categories', 'administration', 'spent_before')) = (category IS NOT NULL)"
            " AND (kind = 'between_categories') = (to_category IS NOT NULL) AND to_category <> category",
            name="names_its_categories",
        ),
        Index("ix_fund_transfer_fund_id_id", "fund_id", "id"),
        Index("ix_fund_transfer_to_fund_id_id", "to_fund_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    kind: TransferKind = Field(sa_type=words(TransferKind))
    fund_id: UUID = Field(foreign_key="fund.id")
    to_fund_id: UUID | None = Field(default=None, foreign_key="fund.id")
    category: Category | None = Field(default=None, sa_type=words(Category))
    to_category: Category | None = Field(default=None, sa_type=_TO_CATEGORY)
    amount: Money = Field(sa_type=Cents)
    status: TransferStatus = Field(sa_type=words(TransferStatus))
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


witnessed("programme")
witnessed("fund_terms")
witnessed("fund_transfer")
