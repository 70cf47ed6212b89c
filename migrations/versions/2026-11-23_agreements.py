"""Agreements and invoices."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
#: The tables, and what guards each on PostgreSQL.
TABLES = {
    "agreement": "agreement_never_deleted",
    "agreement_version": "agreement_version_life",
    "agreement_rate": "agreement_rate_append_only",
    "agreement_tranche": "agreement_tranche_append_only",
    "agreement_report": None,
    "invoice": "invoice_never_deleted",
    "invoice_line": "invoice_line_life",
}

CENTS = sa.BigInteger()
MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    """As it stood when this migration was written: a column's shape does not follow the code."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_agreement_created_by_account")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_agreement_fund_id_fund")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_agreement_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("reference", name=op.f("uq_agreement_reference")),
    )
    op.create_index(op.f("ix_agreement_fund_id"), "agreement", ["fund_id"], unique=False)
    op.create_index(op.f("ix_agreement_partner_id"), "agreement", ["partner_id"], unique=False)
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model", words("model", "flat", "hourly", "caseload"), nullable=False),
        sa.Column("status", words("versionstatus", "draft", "in_force"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ceiling", CENTS, nullable=False),
        sa.Column("case_cap", CENTS, nullable=True),
        sa.Column("hours_cap", sa.Integer(), nullable=True),
        sa.Column("case_rate", CENTS, nullable=True),
        sa.Column("carry_over", sa.Integer(), nullable=False),
        sa.Column("projected", sa.Integer(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("case_types", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(model = 'caseload') = (case_rate IS NOT NULL)", name=op.f("ck_agreement_version_caseload_has_a_rate")
        ),
        sa.CheckConstraint(
            "(status = 'in_force') = (approved_by IS NOT NULL) AND (approved_by IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_agreement_version_in_force_by_somebody"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> drafted_by", name=op.f("ck_agreement_version_approved_by_another")
        ),
        sa.CheckConstraint("ceiling > 0", name=op.f("ck_agreement_version_ceiling_above_nothing")),
        sa.CheckConstraint(
            "effective_on BETWEEN starts_on AND ends_on", name=op.f("ck_agreement_version_effective_in_term")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_agreement_version_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_agreement_version_approved_by_account")),
        sa.ForeignKeyConstraint(["drafted_by"], ["account.id"], name=op.f("fk_agreement_version_drafted_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")),
    )
    op.create_table(
        "agreement_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            words(
                "stage",
                "case_opened",
                "master_hearing",
                "custody_hearing",
                "application_filed",
                "merits_hearing",
                "decision",
                "appeal_filed",
                "appeal_decided",
                "case_closed",
            ),
            nullable=True,
        ),
        sa.Column(
            "role",
            words(
                "workrole",
                "senior_attorney",
                "staff_attorney",
                "accredited_representative",
                "paralegal",
                "social_worker",
            ),
            nullable=True,
        ),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(stage IS NULL) <> (role IS NULL)", name=op.f("ck_agreement_rate_of_a_stage_or_a_role")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_agreement_rate_more_than_nothing")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_agreement_rate_version_id_agreement_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_rate")),
        sa.UniqueConstraint("version_id", "stage", "role", name=op.f("uq_agreement_rate_version_id_stage_role")),
    )
    op.create_index(op.f("ix_agreement_rate_version_id"), "agreement_rate", ["version_id"], unique=False)
    op.create_table(
        "agreement_tranche",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("gate", words("gate", "open", "report_received", "report_approved"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_agreement_tranche_a_share")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_agreement_tranche_version_id_agreement_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_tranche")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_agreement_tranche_version_id_number")),
    )
    op.create_table(
        "agreement_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_agreement_report_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> received_by", name=op.f("ck_agreement_report_approved_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_report_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_agreement_report_approved_by_account")),
        sa.ForeignKeyConstraint(["received_by"], ["account.id"], name=op.f("fk_agreement_report_received_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_report")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_report_agreement_id_number")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("invoiced_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            words("invoicestatus", "draft", "submitted", "accepted", "partly_accepted", "disputed", "rejected", "paid"),
            nullable=False,
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status = 'draft') = (submitted_by IS NULL)", name=op.f("ck_invoice_submitted_by_somebody")
        ),
        sa.CheckConstraint("status <> 'paid'", name=op.f("ck_invoice_paid_is_told")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_invoice_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_invoice_entered_by_account")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_invoice_partner_id_partner")),
        sa.ForeignKeyConstraint(["submitted_by"], ["account.id"], name=op.f("fk_invoice_submitted_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("partner_id", "number", name=op.f("uq_invoice_partner_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_invoice_reference")),
    )
    op.create_index(op.f("ix_invoice_agreement_id"), "invoice", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_invoice_entered_by"), "invoice", ["entered_by"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", words("linekind", "stage", "hours", "instalment"), nullable=False),
        sa.Column(
            "stage",
            words(
                "stage",
                "case_opened",
                "master_hearing",
                "custody_hearing",
                "application_filed",
                "merits_hearing",
                "decision",
                "appeal_filed",
                "appeal_decided",
                "case_closed",
            ),
            nullable=True,
        ),
        sa.Column(
            "role",
            words(
                "workrole",
                "senior_attorney",
                "staff_attorney",
                "accredited_representative",
                "paralegal",
                "social_worker",
            ),
            nullable=True,
        ),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("instalment", sa.Integer(), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column(
            "category",
            words("category", "representation", "filing_fees", "bond", "interpreter", "expert", "travel", "other"),
            nullable=False,
        ),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("narrative", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            words("linestatus", "open", "accepted", "disputed", "answered", "rejected", "withdrawn"),
            nullable=False,
        ),
        sa.Column(
            "dispute_code",
            words(
                "disputecode", "rate", "hours", "not_covered", "duplicate", "missing_document", "wrong_case", "other"
            ),
            nullable=True,
        ),
        sa.Column("dispute_words", sa.LargeBinary(), nullable=True),
        sa.Column("answer", words("answer", "corrected", "stand_by", "withdrawn"), nullable=True),
        sa.Column("expected", CENTS, nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.Column("disbursement_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'stage') = (stage IS NOT NULL) AND (kind = 'hours') = (role IS NOT NULL AND hours IS NOT NULL) AND (kind = 'instalment') = (instalment IS NOT NULL)",
            name=op.f("ck_invoice_line_what_its_kind_needs"),
        ),
        sa.CheckConstraint(
            "(status = 'accepted') = (accepted_by IS NOT NULL AND award_id IS NOT NULL AND version_id IS NOT NULL)",
            name=op.f("ck_invoice_line_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "disbursement_id IS NULL OR status = 'accepted'", name=op.f("ck_invoice_line_paid_when_accepted")
        ),
        sa.CheckConstraint(
            "status NOT IN ('disputed', 'rejected') OR dispute_code IS NOT NULL",
            name=op.f("ck_invoice_line_with_a_reason"),
        ),
        sa.CheckConstraint(
            "accepted_by IS NULL OR accepted_by <> entered_by", name=op.f("ck_invoice_line_accepted_by_another")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_line_more_than_nothing")),
        sa.CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2400", name=op.f("ck_invoice_line_hours_of_a_day")),
        sa.ForeignKeyConstraint(["accepted_by"], ["account.id"], name=op.f("fk_invoice_line_accepted_by_account")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_invoice_line_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_invoice_line_award_id_award")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_invoice_line_case_id_case")),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("fk_invoice_line_disbursement_id_disbursement")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_invoice_line_entered_by_account")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id_invoice")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_invoice_line_version_id_agreement_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("disbursement_id", name=op.f("uq_invoice_line_disbursement_id")),
        sa.UniqueConstraint("invoice_id", "number", name=op.f("uq_invoice_line_invoice_id_number")),
    )
    op.create_index("ix_invoice_line_agreement_id_case_id", "invoice_line", ["agreement_id", "case_id"], unique=False)
    op.create_index(op.f("ix_invoice_line_case_id"), "invoice_line", ["case_id"], unique=False)
    op.create_index(
        "uq_invoice_line_instalment_once",
        "invoice_line",
        ["agreement_id", "case_id", "instalment"],
        unique=True,
        sqlite_where=sa.text("kind = 'instalment' AND status = 'accepted'"),
        postgresql_where=sa.text("kind = 'instalment' AND status = 'accepted'"),
    )
    op.create_index(
        "uq_invoice_line_stage_once",
        "invoice_line",
        ["agreement_id", "case_id", "stage"],
        unique=True,
        sqlite_where=sa.text("kind = 'stage' AND status = 'accepted'"),
        postgresql_where=sa.text("kind = 'stage' AND status = 'accepted'"),
    )
    connection = op.get_bind()
    text = (_GUARDS / f"2026-11-23_agreements_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n\n")[1:]:
        connection.exec_driver_sql(statement.strip())


def downgrade() -> None:
    """Take the shape back. What was paid stays in the ledger."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in filter(None, TABLES.values()):
            op.execute(f"DROP FUNCTION {function}()")
