"""Checkpoints over the record."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the shape forward. The tree over what was recorded before is made at the first checkpoint."""
    op.create_table(
        "audit_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", _COUNTER, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_audit_tile")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("number", _COUNTER, autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint("size", name=op.f("uq_audit_checkpoint_size")),
    )
    op.create_table(
        "audit_place",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_place")),
    )
    connection = op.get_bind()
    text = (_GUARDS / f"2026-11-23_checkpoints_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n\n")[1:]:
        connection.exec_driver_sql(statement.strip())


def downgrade() -> None:
    """Take the shape back. The copies of the checkpoints elsewhere stay."""
    for table in ("audit_place", "audit_checkpoint", "audit_tile"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_checkpoint", "audit_tile"):
            op.execute(f"DROP FUNCTION {table}_append_only()")
