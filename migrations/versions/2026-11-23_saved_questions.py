"""Saved questions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "saved_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_saved_question_named")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_saved_question_owner_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_question")),
        sa.UniqueConstraint("owner_id", "report", "name", name=op.f("uq_saved_question_owner_id_report_name")),
    )
    with op.batch_alter_table("saved_question", schema=None) as batch_op:
        batch_op.create_index("ix_saved_question_owner_id_id", ["owner_id", "id"], unique=False)


def downgrade() -> None:
    """Bring the shape back."""
    op.drop_table("saved_question")
