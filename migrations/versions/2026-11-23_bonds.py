"""Bonds."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from app.policing import open_up

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
#: The tables, and what guards each on PostgreSQL.
TABLES = {
    "obligor": "obligor_never_deleted",
    "obligor_paper": "obligor_paper_append_only",
    "bond": "bond_life",
    "bond_step": "bond_step_append_only",
}

CENTS = sa.BigInteger()
MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    """As it stood when this migration was written: a column's shape does not follow the code."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "obligor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column(
            "kind", words("obligorkind", "citizen", "permanent_resident", "law_firm", "nonprofit"), nullable=False
        ),
        sa.Column("payee_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_on IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_obligor_confirmed_by_somebody")
        ),
        sa.CheckConstraint("payee_id IS NULL OR partner_id IS NULL", name=op.f("ck_obligor_one_holder")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_obligor_confirmed_by_account")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_obligor_created_by_account")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_obligor_partner_id_partner")),
        sa.ForeignKeyConstraint(["payee_id"], ["payee.id"], name=op.f("fk_obligor_payee_id_payee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligor")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_obligor_partner_id")),
        sa.UniqueConstraint("payee_id", name=op.f("uq_obligor_payee_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_obligor_reference")),
    )
    op.create_table(
        "obligor_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligor_id", sa.Uuid(), nullable=False),
        sa.Column(
            "paper",
            words(
                "paper",
                "photo_id",
                "status_proof",
                "irs_letter_947",
                "ss_4",
                "authorization_letter",
                "representative_id",
            ),
            nullable=False,
        ),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["obligor_id"], ["obligor.id"], name=op.f("fk_obligor_paper_obligor_id_obligor")),
        sa.ForeignKeyConstraint(["seen_by"], ["account.id"], name=op.f("fk_obligor_paper_seen_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligor_paper")),
        sa.UniqueConstraint("obligor_id", "paper", name=op.f("uq_obligor_paper_obligor_id_paper")),
    )
    op.create_table(
        "bond",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("bondkind", "delivery", "voluntary_departure", "supervision"), nullable=False),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column(
            "status",
            words(
                "bondstatus",
                "requested",
                "approved",
                "posted",
                "cancelled",
                "refund_claimed",
                "refunded",
                "breached",
                "forfeited",
                "rejected",
                "withdrawn",
            ),
            nullable=False,
        ),
        sa.Column("obligor_id", sa.Uuid(), nullable=False),
        sa.Column("disbursement_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_number", sa.String(), nullable=True),
        sa.Column("receipt_lost", sa.Boolean(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("rejection", sa.LargeBinary(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("redelivered_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("breached_on", sa.Date(), nullable=True),
        sa.Column("contested_on", sa.Date(), nullable=True),
        sa.Column("contest", words("contest", "mitigation", "appeal"), nullable=True),
        sa.Column("forfeited_on", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status = 'forfeited') = (forfeited_on IS NOT NULL)", name=op.f("ck_bond_forfeited_on_a_day")
        ),
        sa.CheckConstraint(
            "(status = 'refunded') = (received_on IS NOT NULL AND received_by IS NOT NULL)",
            name=op.f("ck_bond_received_on_a_day"),
        ),
        sa.CheckConstraint(
            "(status IN ('posted', 'cancelled', 'refund_claimed', 'refunded', 'breached', 'forfeited')) = (disbursement_id IS NOT NULL AND posted_on IS NOT NULL)",
            name=op.f("ck_bond_posted_with_money"),
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'withdrawn') OR (decided_by IS NOT NULL AND decided_on IS NOT NULL)",
            name=op.f("ck_bond_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('breached', 'forfeited') OR breached_on IS NOT NULL", name=op.f("ck_bond_breached_on_a_day")
        ),
        sa.CheckConstraint(
            "status NOT IN ('cancelled', 'refund_claimed', 'refunded') OR cancelled_on IS NOT NULL",
            name=op.f("ck_bond_cancelled_on_a_day"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('posted', 'cancelled', 'refund_claimed', 'refunded', 'breached', 'forfeited') OR signed_on IS NOT NULL",
            name=op.f("ck_bond_signed_before_posted"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('refund_claimed', 'refunded') OR (claimed_on IS NOT NULL AND claimed_by IS NOT NULL)",
            name=op.f("ck_bond_claimed_on_a_day"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bond_more_than_nothing")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name=op.f("ck_bond_decided_by_another")),
        sa.CheckConstraint(
            "received_by IS NULL OR received_by <> claimed_by", name=op.f("ck_bond_received_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["award_id", "fund_id"], ["award.id", "award.fund_id"], name=op.f("fk_bond_award_id_fund_id_award")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bond_case_id_case")),
        sa.ForeignKeyConstraint(["claimed_by"], ["account.id"], name=op.f("fk_bond_claimed_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_bond_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("fk_bond_disbursement_id_disbursement")
        ),
        sa.ForeignKeyConstraint(["obligor_id"], ["obligor.id"], name=op.f("fk_bond_obligor_id_obligor")),
        sa.ForeignKeyConstraint(["received_by"], ["account.id"], name=op.f("fk_bond_received_by_account")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_bond_requested_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bond")),
        sa.UniqueConstraint("disbursement_id", name=op.f("uq_bond_disbursement_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_bond_reference")),
    )
    op.create_index("ix_bond_case_id_id", "bond", ["case_id", "id"], unique=False)
    op.create_index("ix_bond_fund_id_id", "bond", ["fund_id", "id"], unique=False)
    op.create_index(op.f("ix_bond_obligor_id"), "bond", ["obligor_id"], unique=False)
    op.create_index("ix_bond_status_id", "bond", ["status", "id"], unique=False)
    op.create_index(
        "uq_bond_one_an_award",
        "bond",
        ["award_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('rejected', 'withdrawn')"),
        postgresql_where=sa.text("status NOT IN ('rejected', 'withdrawn')"),
    )
    op.create_table(
        "bond_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bond_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verb",
            words(
                "verb",
                "request",
                "approve",
                "reject",
                "withdraw",
                "papers",
                "sign",
                "post",
                "unpost",
                "redeliver",
                "cancel",
                "claim",
                "receive",
                "interest",
                "breach",
                "contest",
                "mitigate",
                "reinstate",
                "forfeit",
                "substitute",
                "address",
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("obligor_id", sa.Uuid(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_bond_step_actor_id_account")),
        sa.ForeignKeyConstraint(["bond_id"], ["bond.id"], name=op.f("fk_bond_step_bond_id_bond")),
        sa.ForeignKeyConstraint(["obligor_id"], ["obligor.id"], name=op.f("fk_bond_step_obligor_id_obligor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bond_step")),
    )
    op.create_index("ix_bond_step_bond_id_id", "bond_step", ["bond_id", "id"], unique=False)
    connection = op.get_bind()
    text = (_GUARDS / f"2026-11-23_bonds_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n\n")[1:]:
        connection.exec_driver_sql(statement.strip())


def downgrade() -> None:
    """Take the shape back. What was lent as bonds stays in the ledger."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Policies of these tables ask each other. A newer program puts its own in place again.
        open_up(connection)
    for table in reversed(TABLES):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for function in TABLES.values():
            op.execute(f"DROP FUNCTION {function}()")
