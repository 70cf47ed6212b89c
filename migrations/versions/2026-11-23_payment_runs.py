"""Payment runs and bank statements."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
#: The tables, and what guards each on PostgreSQL.
TABLES = {
    "batch": "batch_life",
    "batch_item": "batch_item_life",
    "batch_download": "batch_download_append_only",
    "bank_statement": "bank_statement_life",
    "statement_line": "statement_line_life",
    "statement_match": "statement_match_append_only",
    "statement_mapping": "statement_mapping_append_only",
}

CENTS = sa.BigInteger()
MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    """As it stood when this migration was written: a column's shape does not follow the code."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("method", words("batchmethod", "ach", "wire", "check"), nullable=False),
        sa.Column("status", words("batchstatus", "draft", "confirmed", "sent", "voided"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("total", CENTS, nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("file_modifier", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_batch_sent_at_a_time")),
        sa.CheckConstraint("(status = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_batch_voided_at_a_time")),
        sa.CheckConstraint(
            "status NOT IN ('confirmed', 'sent') OR confirmed_by IS NOT NULL", name=op.f("ck_batch_confirmed_first")
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_batch_confirmed_by_somebody")
        ),
        sa.CheckConstraint("(confirmed_by IS NULL) = (digest IS NULL)", name=op.f("ck_batch_confirmed_with_a_file")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> created_by", name=op.f("ck_batch_confirmed_by_another")
        ),
        sa.CheckConstraint("total > 0 AND items > 0", name=op.f("ck_batch_pays_something")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_batch_confirmed_by_account")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_batch_created_by_account")),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"], name=op.f("fk_batch_sent_by_account")),
        sa.ForeignKeyConstraint(["voided_by"], ["account.id"], name=op.f("fk_batch_voided_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("reference", name=op.f("uq_batch_reference")),
    )
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("disbursement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("amount > 0 AND position > 0", name=op.f("ck_batch_item_more_than_nothing")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("fk_batch_item_disbursement_id_disbursement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_batch_item_batch_id_position")),
    )
    op.create_index(op.f("ix_batch_item_disbursement_id"), "batch_item", ["disbursement_id"], unique=False)
    op.create_index(
        "uq_batch_item_in_one_run",
        "batch_item",
        ["disbursement_id"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "batch_download",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("filekind", "nacha", "wires", "register"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_download_batch_id_batch")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_batch_download_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_download")),
    )
    op.create_index("ix_batch_download_batch_id_kind", "batch_download", ["batch_id", "kind"], unique=False)
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("format", words("statementformat", "csv", "ofx", "camt053"), nullable=False),
        sa.Column("account_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_end", sa.String(), nullable=False),
        sa.Column("bank_id", sa.String(), nullable=True),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("opening", CENTS, nullable=False),
        sa.Column("closing", CENTS, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("status", words("statementstatus", "open", "closed"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_bank_statement_closed_at_a_time")
        ),
        sa.CheckConstraint(
            "(closed_by IS NULL) = (closed_at IS NULL)", name=op.f("ck_bank_statement_closed_by_somebody")
        ),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_bank_statement_ends_after_start")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_bank_statement_closed_by_account")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_bank_statement_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("account_digest", "bank_id", name=op.f("uq_bank_statement_account_digest_bank_id")),
        sa.UniqueConstraint("file_digest", name=op.f("uq_bank_statement_file_digest")),
    )
    op.create_table(
        "statement_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("direction", words("direction", "in", "out"), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("our_reference", sa.String(), nullable=True),
        sa.Column("return_code", sa.String(), nullable=True),
        sa.Column("description", sa.LargeBinary(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("amount > 0 AND position > 0", name=op.f("ck_statement_line_more_than_nothing")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_line_statement_id_bank_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("statement_id", "position", name=op.f("uq_statement_line_statement_id_position")),
    )
    op.create_table(
        "statement_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("matchkind", "paid", "run", "returned", "other"), nullable=False),
        sa.Column("disbursement_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason", words("otherreason", "deposit", "bank_fee", "interest", "transfer", "other"), nullable=True
        ),
        sa.Column("basis", words("basis", "exact", "likely", "by_hand"), nullable=False),
        sa.Column("return_code", sa.String(), nullable=True),
        sa.Column("matched_at", MOMENT, nullable=False),
        sa.Column("matched_by", sa.Uuid(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(kind = 'other') = (reason IS NOT NULL)", name=op.f("ck_statement_match_another_thing")),
        sa.CheckConstraint("(kind = 'run') = (batch_id IS NOT NULL)", name=op.f("ck_statement_match_a_run")),
        sa.CheckConstraint(
            "(kind IN ('paid', 'returned')) = (disbursement_id IS NOT NULL)", name=op.f("ck_statement_match_a_payment")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_statement_match_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("fk_statement_match_disbursement_id_disbursement")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_statement_match_line_id_statement_line")
        ),
        sa.ForeignKeyConstraint(["matched_by"], ["account.id"], name=op.f("fk_statement_match_matched_by_account")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_match_statement_id_bank_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_match")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_statement_match_batch_id")),
        sa.UniqueConstraint("disbursement_id", "kind", name=op.f("uq_statement_match_disbursement_id_kind")),
        sa.UniqueConstraint("line_id", name=op.f("uq_statement_match_line_id")),
    )
    op.create_index(op.f("ix_statement_match_statement_id"), "statement_match", ["statement_id"], unique=False)
    op.create_table(
        "statement_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day_column", sa.String(), nullable=False),
        sa.Column("day_format", words("dayformat", "iso", "us", "european"), nullable=False),
        sa.Column("amount_column", sa.String(), nullable=True),
        sa.Column("out_column", sa.String(), nullable=True),
        sa.Column("in_column", sa.String(), nullable=True),
        sa.Column("description_column", sa.String(), nullable=False),
        sa.Column("reference_column", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(amount_column IS NULL) = (out_column IS NOT NULL AND in_column IS NOT NULL)",
            name=op.f("ck_statement_mapping_amounts_somewhere"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_statement_mapping_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_statement_mapping_name")),
    )
    connection = op.get_bind()
    text = (_GUARDS / f"2026-11-23_payment_runs_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n\n")[1:]:
        connection.exec_driver_sql(statement.strip())


def downgrade() -> None:
    """Take the shape back. What was paid stays in the ledger."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in filter(None, TABLES.values()):
            op.execute(f"DROP FUNCTION {function}()")
