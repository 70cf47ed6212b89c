"""Agreements in versions, their rates and parts, the reports that open parts, invoices and their lines."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.agreements.rules import (
    Answer,
    DisputeCode,
    Gate,
    InvoiceStatus,
    LineKind,
    LineStatus,
    Model,
    Stage,
    VersionStatus,
    WorkRole,
)
from app.db import Cents, Table, UtcTime, append_only, never_deleted, witnessed, words
from app.funds.model.guards import guarded_life
from app.funds.rules import Category
from app.money import Money


class Agreement(Table, table=True):
    """What a fund agreed with a partner. A pair may have several: flat rates for most cases, hours for the others."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("reference"),)

    id: UUID = Field(primary_key=True)
    reference: str
    fund_id: UUID = Field(foreign_key="fund.id", index=True)
    partner_id: UUID = Field(foreign_key="partner.id", index=True)
    name: str
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")


class AgreementVersion(Table, table=True):
    """The terms from a day on. One person drafts them, another puts them in force; from then on they never change.

    Hours are in hundredths. ``categories`` and ``case_types`` are lists of words; no case type is every one.
    """

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("effective_on BETWEEN starts_on AND ends_on", name="effective_in_term"),
        CheckConstraint("ceiling > 0", name="ceiling_above_nothing"),
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="approved_by_another"),
        CheckConstraint(
            "(status = 'in_force') = (approved_by IS NOT NULL) AND (approved_by IS NULL) = (approved_at IS NULL)",
            name="in_force_by_somebody",
        ),
        CheckConstraint("(model = 'caseload') = (case_rate IS NOT NULL)", name="caseload_has_a_rate"),
    )

    id: UUID = Field(primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id")
    number: int
    model: Model = Field(sa_type=words(Model))
    status: VersionStatus = Field(sa_type=words(VersionStatus))
    starts_on: date
    ends_on: date
    effective_on: date
    ceiling: Money = Field(sa_type=Cents)
    case_cap: Money | None = Field(default=None, sa_type=Cents)
    hours_cap: int | None = None
    case_rate: Money | None = Field(default=None, sa_type=Cents)
    carry_over: int = 0
    projected: int = 0
    categories: list[str] = Field(sa_column=Column(JSON, nullable=False))
    case_types: list[str] = Field(sa_column=Column(JSON, nullable=False))
    drafted_by: UUID = Field(foreign_key="account.id")
    drafted_at: datetime = Field(sa_type=UtcTime)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AgreementRate(Table, table=True):
    """What a stage, or an hour of a role, costs under a version."""

    __tablename__ = "agreement_rate"
    __table_args__ = (
        UniqueConstraint("version_id", "stage", "role"),
        CheckConstraint("(stage IS NULL) <> (role IS NULL)", name="of_a_stage_or_a_role"),
        CheckConstraint("amount > 0", name="more_than_nothing"),
    )

    id: UUID = Field(primary_key=True)
    version_id: UUID = Field(foreign_key="agreement_version.id", index=True)
    stage: Stage | None = Field(default=None, sa_type=words(Stage))
    role: WorkRole | None = Field(default=None, sa_type=words(WorkRole))
    amount: Money = Field(sa_type=Cents)


class AgreementTranche(Table, table=True):
    """A part of a caseload's rate: its share in percent, the report that opens it, and by when that is due."""

    __tablename__ = "agreement_tranche"
    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint("share BETWEEN 1 AND 100", name="a_share"),
    )

    id: UUID = Field(primary_key=True)
    version_id: UUID = Field(foreign_key="agreement_version.id")
    number: int
    share: int
    gate: Gate = Field(sa_type=words(Gate))
    due_on: date | None = None


class AgreementReport(Table, table=True):
    """A report that came for a part, and its approval by another person."""

    __tablename__ = "agreement_report"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("approved_by IS NULL OR approved_by <> received_by", name="approved_by_another"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id")
    number: int
    received_on: date
    received_by: UUID = Field(foreign_key="account.id")
    received_at: datetime = Field(sa_type=UtcTime)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Invoice(Table, table=True):
    """What a partner asks to be paid under an agreement. ``number`` is the partner's own."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("partner_id", "number"),
        CheckConstraint("status <> 'paid'", name="paid_is_told"),
        CheckConstraint("(status = 'draft') = (submitted_by IS NULL)", name="submitted_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    partner_id: UUID = Field(foreign_key="partner.id")
    number: str
    invoiced_on: date
    status: InvoiceStatus = Field(sa_type=words(InvoiceStatus))
    entered_by: UUID = Field(foreign_key="account.id", index=True)
    entered_at: datetime = Field(sa_type=UtcTime)
    submitted_by: UUID | None = Field(default=None, foreign_key="account.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class InvoiceLine(Table, table=True):
    """One line. Its words are sealed under the case's key; the money side sees the case's reference only.

    ``version_id`` and ``expected`` keep what it was held against when it was accepted. A stage of a case, and a part
    of its rate, is accepted once.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "number"),
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2400", name="hours_of_a_day"),
        CheckConstraint(
            "(kind = 'stage') = (stage IS NOT NULL) AND (kind = 'hours') = (role IS NOT NULL AND hours IS NOT NULL)"
            " AND (kind = 'instalment') = (instalment IS NOT NULL)",
            name="what_its_kind_needs",
        ),
        CheckConstraint(
            "(status = 'accepted') = (accepted_by IS NOT NULL AND award_id IS NOT NULL AND version_id IS NOT NULL)",
            name="accepted_by_somebody",
        ),
        CheckConstraint("accepted_by IS NULL OR accepted_by <> entered_by", name="accepted_by_another"),
        CheckConstraint("disbursement_id IS NULL OR status = 'accepted'", name="paid_when_accepted"),
        CheckConstraint("status NOT IN ('disputed', 'rejected') OR dispute_code IS NOT NULL", name="with_a_reason"),
        Index(
            "uq_invoice_line_stage_once",
            *("agreement_id", "case_id", "stage"),
            unique=True,
            sqlite_where=text("kind = 'stage' AND status = 'accepted'"),
            postgresql_where=text("kind = 'stage' AND status = 'accepted'"),
        ),
        Index(
            "uq_invoice_line_instalment_once",
            *("agreement_id", "case_id", "instalment"),
            unique=True,
            sqlite_where=text("kind = 'instalment' AND status = 'accepted'"),
            postgresql_where=text("kind = 'instalment' AND status = 'accepted'"),
        ),
        Index("ix_invoice_line_agreement_id_case_id", "agreement_id", "case_id"),
        UniqueConstraint("disbursement_id"),
    )

    id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice.id")
    agreement_id: UUID = Field(foreign_key="agreement.id")
    case_id: UUID = Field(foreign_key="case.id", index=True)
    number: int
    kind: LineKind = Field(sa_type=words(LineKind))
    stage: Stage | None = Field(default=None, sa_type=words(Stage))
    role: WorkRole | None = Field(default=None, sa_type=words(WorkRole))
    hours: int | None = None
    instalment: int | None = None
    worked_on: date
    category: Category = Field(sa_type=words(Category))
    amount: Money = Field(sa_type=Cents)
    narrative: bytes = Field(sa_type=LargeBinary)
    status: LineStatus = Field(sa_type=words(LineStatus))
    dispute_code: DisputeCode | None = Field(default=None, sa_type=words(DisputeCode))
    dispute_words: bytes | None = Field(default=None, sa_type=LargeBinary)
    answer: Answer | None = Field(default=None, sa_type=words(Answer))
    expected: Money | None = Field(default=None, sa_type=Cents)
    version_id: UUID | None = Field(default=None, foreign_key="agreement_version.id")
    award_id: UUID | None = Field(default=None, foreign_key="award.id")
    disbursement_id: UUID | None = Field(default=None, foreign_key="disbursement.id")
    entered_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=UtcTime)
    accepted_by: UUID | None = Field(default=None, foreign_key="account.id")
    accepted_at: datetime | None = Field(default=None, sa_type=UtcTime)


append_only("agreement_rate")
append_only("agreement_tranche")
never_deleted("agreement", "an agreement stays")
never_deleted("invoice", "an invoice stays")

_TERMS = (
    *("id", "agreement_id", "number", "model", "starts_on", "ends_on", "effective_on", "ceiling", "carry_over"),
    *("projected", "drafted_by"),
)
_TERMS_CHANGED = " OR ".join(
    [f"NEW.{column} <> OLD.{column}" for column in _TERMS]
    + [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ("case_cap", "hours_cap", "case_rate")]
)
guarded_life(
    "agreement_version",
    wrong_beginning="NEW.status <> 'draft'",
    wrong_change=f"OLD.status <> 'draft' OR {_TERMS_CHANGED}",
    messages=("a version begins as a draft", "a version does not change like this", "a version stays"),
)
_LINE = ("id", "invoice_id", "agreement_id", "case_id", "number", "kind", "entered_by")
_LINE_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _LINE)
_BILLED_CHANGED = " OR ".join(
    [f"NEW.{column} <> OLD.{column}" for column in ("status", "amount", "worked_on", "category")]
    + [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ("stage", "role", "hours", "instalment", "award_id")]
)
guarded_life(
    "invoice_line",
    wrong_beginning="NEW.status <> 'open'",
    wrong_change=f"{_LINE_CHANGED} OR (OLD.status IN ('accepted', 'withdrawn') AND ({_BILLED_CHANGED}))",
    messages=(
        "a line begins open",
        "a line does not change like this",
        "a line is withdrawn, never deleted",
    ),
)

for _name in (
    *("agreement", "agreement_version", "agreement_rate", "agreement_tranche", "agreement_report"),
    *("invoice", "invoice_line"),
):
    witnessed(_name)
