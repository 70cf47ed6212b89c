"""Bonds, their obligors and the steps of their lives. The database refuses a step out of order, and one person in two
parts that two must take."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.bonds.rules import STATUS_MOVES, BondKind, BondStatus, Contest, ObligorKind, Paper, Verb
from app.db import Cents, Table, UtcTime, append_only, never_deleted, witnessed, words
from app.funds.model.guards import guarded_life
from app.money import Money

_POSTED = "('posted', 'cancelled', 'refund_claimed', 'refunded', 'breached', 'forfeited')"


class Obligor(Table, table=True):
    """Who signs for bonds and alone gets their refunds: a payee, a partner, or with neither the fund's organization.

    The name stands with the payee, the address here, both sealed under subjects of their own.
    """

    __tablename__ = "obligor"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("payee_id"),
        UniqueConstraint("partner_id"),
        CheckConstraint("payee_id IS NULL OR partner_id IS NULL", name="one_holder"),
        CheckConstraint("(confirmed_on IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    kind: ObligorKind = Field(sa_type=words(ObligorKind))
    payee_id: UUID | None = Field(default=None, foreign_key="payee.id")
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id")
    subject_id: UUID
    address: bytes = Field(sa_type=LargeBinary)
    confirmed_on: date | None = None
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")


class ObligorPaper(Table, table=True):
    """A paper of an obligor that somebody saw."""

    __tablename__ = "obligor_paper"
    __table_args__ = (UniqueConstraint("obligor_id", "paper"),)

    id: UUID = Field(primary_key=True)
    obligor_id: UUID = Field(foreign_key="obligor.id")
    paper: Paper = Field(sa_type=words(Paper))
    seen_on: date
    seen_by: UUID = Field(foreign_key="account.id")
    at: datetime = Field(sa_type=UtcTime)


class Bond(Table, table=True):
    """One immigration bond on one award of its whole amount. Days are days in the fund's time zone.

    ``disbursement_id`` is the payment it was posted with. The money stands in the ledger.
    """

    __tablename__ = "bond"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("disbursement_id"),
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="decided_by_another"),
        CheckConstraint("received_by IS NULL OR received_by <> claimed_by", name="received_by_another"),
        CheckConstraint(
            "status IN ('requested', 'withdrawn') OR (decided_by IS NOT NULL AND decided_on IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            f"(status IN {_POSTED}) = (disbursement_id IS NOT NULL AND posted_on IS NOT NULL)", name="posted_with_money"
        ),
        CheckConstraint(f"status NOT IN {_POSTED} OR signed_on IS NOT NULL", name="signed_before_posted"),
        CheckConstraint(
            "status NOT IN ('cancelled', 'refund_claimed', 'refunded') OR cancelled_on IS NOT NULL",
            name="cancelled_on_a_day",
        ),
        CheckConstraint(
            "status NOT IN ('refund_claimed', 'refunded') OR (claimed_on IS NOT NULL AND claimed_by IS NOT NULL)",
            name="claimed_on_a_day",
        ),
        CheckConstraint(
            "(status = 'refunded') = (received_on IS NOT NULL AND received_by IS NOT NULL)", name="received_on_a_day"
        ),
        CheckConstraint("status NOT IN ('breached', 'forfeited') OR breached_on IS NOT NULL", name="breached_on_a_day"),
        CheckConstraint("(status = 'forfeited') = (forfeited_on IS NOT NULL)", name="forfeited_on_a_day"),
        ForeignKeyConstraint(["award_id", "fund_id"], ["award.id", "award.fund_id"]),
        Index(
            "uq_bond_one_an_award",
            "award_id",
            unique=True,
            sqlite_where=text("status NOT IN ('rejected', 'withdrawn')"),
            postgresql_where=text("status NOT IN ('rejected', 'withdrawn')"),
        ),
        Index("ix_bond_status_id", "status", "id"),
        Index("ix_bond_case_id_id", "case_id", "id"),
        Index("ix_bond_fund_id_id", "fund_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    case_id: UUID = Field(foreign_key="case.id")
    award_id: UUID
    fund_id: UUID
    kind: BondKind = Field(sa_type=words(BondKind))
    amount: Money = Field(sa_type=Cents)
    status: BondStatus = Field(sa_type=words(BondStatus))
    obligor_id: UUID = Field(foreign_key="obligor.id", index=True)
    disbursement_id: UUID | None = Field(default=None, foreign_key="disbursement.id")
    receipt_number: str | None = None
    receipt_lost: bool = False
    requested_on: date
    requested_by: UUID = Field(foreign_key="account.id")
    decided_on: date | None = None
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    rejection: bytes | None = Field(default=None, sa_type=LargeBinary)
    signed_on: date | None = None
    posted_on: date | None = None
    redelivered_on: date | None = None
    cancelled_on: date | None = None
    claimed_on: date | None = None
    claimed_by: UUID | None = Field(default=None, foreign_key="account.id")
    received_on: date | None = None
    received_by: UUID | None = Field(default=None, foreign_key="account.id")
    breached_on: date | None = None
    contested_on: date | None = None
    contest: Contest | None = Field(default=None, sa_type=words(Contest))
    forfeited_on: date | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    version: int = 1


class BondStep(Table, table=True):
    """One step of a bond's life: what, by whom, on which day. ``obligor_id`` is the new one's after a succession."""

    __tablename__ = "bond_step"
    __table_args__ = (Index("ix_bond_step_bond_id_id", "bond_id", "id"),)

    id: UUID = Field(primary_key=True)
    bond_id: UUID = Field(foreign_key="bond.id")
    verb: Verb = Field(sa_type=words(Verb))
    actor_id: UUID = Field(foreign_key="account.id")
    on_day: date
    at: datetime = Field(sa_type=UtcTime)
    obligor_id: UUID | None = Field(default=None, foreign_key="obligor.id")


append_only("bond_step")
append_only("obligor_paper")
never_deleted("obligor", "an obligor is emptied, never deleted")

_FIXED = ("id", "case_id", "award_id", "fund_id", "kind", "amount", "requested_by")
_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
_MOVED = " OR ".join(
    f"(OLD.status = '{old.value}' AND NEW.status = '{new.value}')" for old, new in sorted(STATUS_MOVES)
)

guarded_life(
    "bond",
    wrong_beginning="NEW.status <> 'requested'",
    wrong_change=f"({_CHANGED}) OR NOT (NEW.status = OLD.status OR {_MOVED})",
    messages=(
        "a bond begins as requested",
        "a bond does not change like this",
        "a bond is withdrawn or closed, never deleted",
    ),
)

for _name in ("obligor", "obligor_paper", "bond", "bond_step"):
    witnessed(_name)
