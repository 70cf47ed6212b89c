"""The tables: funds, allocations, payees, awards, and the ledger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, witnessed, words
from app.fees.rules import Agency
from app.funds.rules import (
    OTHER_SIDES,
    AccountKind,
    AwardStatus,
    Category,
    EntryKind,
    PayeeKind,
)
from app.money import Money

#: A number that the database counts up. On SQLite only INTEGER is the row's own number.
_COUNTED = BigInteger().with_variant(Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Fund(Table, table=True):
    """Money from one giver for one term. ``ruleset`` names the eligibility rules; without one nobody is screened."""

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("awarded_total > 0", name="awarded_something"),
    )

    id: UUID = Field(primary_key=True)
    name: str
    giver: str
    starts_on: date
    ends_on: date
    time_zone: str
    awarded_total: Money = Field(sa_type=Cents)
    ruleset: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")


class Allocation(Table, table=True):
    """A fund's money for one category. How much stands in the ledger."""

    __tablename__ = "allocation"
    __table_args__ = (UniqueConstraint("fund_id", "category"), UniqueConstraint("id", "fund_id"))

    id: UUID = Field(primary_key=True)
    fund_id: UUID = Field(foreign_key="fund.id")
    category: Category = Field(sa_type=words(Category))
    created_at: datetime = Field(sa_type=UtcTime)


class Award(Table, table=True):
    """Money for one case, out of one allocation. Approving it sets the amount aside."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("id", "fund_id"),
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="decided_by_another"),
        CheckConstraint(
            "(status = 'requested') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("(status = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        Index("ix_award_case_id_id", "case_id", "id"),
        Index("ix_award_status_id", "status", "id"),
        Index("ix_award_fund_id_id", "fund_id", "id"),
        ForeignKeyConstraint(["allocation_id", "fund_id"], ["allocation.id", "allocation.fund_id"]),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    case_id: UUID = Field(foreign_key="case.id")
    fund_id: UUID = Field(foreign_key="fund.id")
    allocation_id: UUID
    category: Category = Field(sa_type=words(Category))
    amount: Money = Field(sa_type=Cents)
    status: AwardStatus = Field(sa_type=words(AwardStatus))
    requested_by: UUID = Field(foreign_key="account.id")
    requested_on: date
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_on: date | None = None
    closed_on: date | None = None
    rejection: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


class Payee(Table, table=True):
    """Who gets money. A private person's name never stands here in clear: it is sealed, and a reference stands for it.

    ``partner_id`` is the organization the payee is or works for; ``entered_by_partner_id`` whose people entered it.
    """

    __tablename__ = "payee"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("(kind IN ('person', 'obligor')) = (name IS NULL)", name="private_names_sealed"),
        CheckConstraint("kind = 'person' OR case_id IS NULL", name="person_by_case"),
        CheckConstraint("kind IN ('partner', 'attorney') OR partner_id IS NULL", name="of_a_partner"),
        Index("ix_payee_entered_by_partner_id_id", "entered_by_partner_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    kind: PayeeKind = Field(sa_type=words(PayeeKind))
    name: str | None = None
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="case.id", index=True)
    entered_by_partner_id: UUID | None = Field(default=None, foreign_key="partner.id")
    subject_id: UUID
    private_name: bytes = Field(sa_type=LargeBinary)
    account: bytes = Field(sa_type=LargeBinary)
    account_end: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    #: Which agency it is, where its rules of payment are known.
    agency: Agency | None = Field(default=None, sa_type=words(Agency))
    #: When the account was last changed, and who asked for it; empty while it is the first one.
    account_changed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    account_changed_by: UUID | None = Field(default=None, foreign_key="account.id")


def _holds(kind: AccountKind) -> CheckConstraint:
    """Named for its kind, so that the refusal can tell what has run out."""
    return CheckConstraint(f"kind <> '{kind.value}' OR balance >= 0", name=f"{kind.value}_not_overdrawn")


class LedgerAccount(Table, table=True):
    """A place where money of a fund stands. The balance is debits less credits, kept by the ledger's trigger."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("id", "fund_id"),
        *(_holds(kind) for kind in AccountKind if kind not in OTHER_SIDES),
        CheckConstraint("kind <> 'giver' OR balance <= 0", name="giver_only_gives"),
        CheckConstraint("kind <> 'income' OR balance <= 0", name="income_only_comes"),
        CheckConstraint(
            "(kind IN ('giver', 'income', 'transfers', 'returned', 'unallocated')) = (allocation_id IS NULL)"
            " AND (kind IN ('encumbered', 'reserved', 'paid', 'bond_receivable', 'forfeited'))"
            " = (award_id IS NOT NULL)",
            name="at_its_level",
        ),
        Index("uq_ledger_account_fund", "fund_id", "kind", unique=True, **_where("allocation_id IS NULL")),
        Index("uq_ledger_account_allocation", "allocation_id", "kind", unique=True, **_where("award_id IS NULL")),
        Index("uq_ledger_account_award", "award_id", "kind", unique=True),
        Index("ix_ledger_account_fund_id_allocation_id_kind", "fund_id", "allocation_id", "kind"),
        ForeignKeyConstraint(["allocation_id", "fund_id"], ["allocation.id", "allocation.fund_id"]),
        ForeignKeyConstraint(["award_id", "fund_id"], ["award.id", "award.fund_id"]),
    )

    id: UUID = Field(primary_key=True)
    fund_id: UUID = Field(foreign_key="fund.id")
    allocation_id: UUID | None = None
    award_id: UUID | None = None
    kind: AccountKind = Field(sa_type=words(AccountKind))
    balance: Money = Field(default=Money(0), sa_type=Cents)
    last_entry: int = Field(default=0, sa_type=BigInteger)


class LedgerEntry(Table, table=True):
    """One posting. ``disbursement_id`` and ``bond_id`` name records of rooms above, ``transfer_id`` one of this room.

    ``occurred_on`` is a day in the fund's zone. Each disbursement has at most one entry of each kind, each transfer at
    most one of each kind in a fund, and each award is set aside at most once.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        ForeignKeyConstraint(["debit_account_id", "fund_id"], ["ledger_account.id", "ledger_account.fund_id"]),
        ForeignKeyConstraint(["credit_account_id", "fund_id"], ["ledger_account.id", "ledger_account.fund_id"]),
        Index("uq_ledger_entry_disbursement_id_kind", "disbursement_id", "kind", unique=True),
        Index("uq_ledger_entry_transfer_id_fund_id_kind", "transfer_id", "fund_id", "kind", unique=True),
        Index("ix_ledger_entry_bond_id", "bond_id", **_where("bond_id IS NOT NULL")),
        Index("ix_ledger_entry_fund_id_occurred_on", "fund_id", "occurred_on"),
        Index("uq_ledger_entry_award_once", "award_id", unique=True, **_where("kind = 'awarded'")),
        Index("ix_ledger_entry_debit_account_id", "debit_account_id"),
        Index("ix_ledger_entry_credit_account_id", "credit_account_id"),
    )

    number: int = Field(sa_column=Column(_COUNTED, Identity(always=True), primary_key=True))
    kind: EntryKind = Field(sa_type=words(EntryKind))
    fund_id: UUID = Field(foreign_key="fund.id")
    debit_account_id: UUID
    credit_account_id: UUID
    amount: Money = Field(sa_type=Cents)
    award_id: UUID | None = Field(default=None, foreign_key="award.id")
    disbursement_id: UUID | None = None
    bond_id: UUID | None = None
    transfer_id: UUID | None = None
    occurred_on: date
    created_at: datetime = Field(sa_type=UtcTime)
    actor_id: UUID = Field(foreign_key="account.id")


# Balances are moved by the database itself and held against the entries (`amparo ledger verify`); numbers are its own.
witnessed("fund")
witnessed("allocation")
witnessed("award")
witnessed("payee")
witnessed("ledger_account", but=("balance", "last_entry"))
witnessed("ledger_entry", but=("number",))
