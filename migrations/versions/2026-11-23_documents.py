"""Documents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    """As it stood when this migration was written: a column's shape does not follow the code."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            words(
                "documentkind",
                "identification",
                "court_notice",
                "application_form",
                "evidence",
                "correspondence",
                "receipt",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("privileged", sa.Boolean(), nullable=False),
        sa.Column("state", words("documentstate", "checking", "ready", "refused"), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("previews", sa.Integer(), nullable=False),
        sa.Column("scan", words("scan", "off", "clean", "found"), nullable=True),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(application_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_document_of_one_matter")),
        sa.CheckConstraint("privileged = (subject_id <> applicant_id)", name=op.f("ck_document_under_one_key")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_document_removed_by_somebody")),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_document_applicant_id_applicant")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_document_application_id_application")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id_case")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_document_created_by_account")),
        sa.ForeignKeyConstraint(["removed_by"], ["account.id"], name=op.f("fk_document_removed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_document_file_id")),
    )
    for column in ("applicant_id", "application_id", "case_id"):
        op.create_index(op.f(f"ix_document_{column}"), "document", [column], unique=False)


def downgrade() -> None:
    """Take the shape back. Files stay in their folder, and nothing opens them."""
    op.drop_table("document")
