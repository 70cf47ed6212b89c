"""Own words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the shape forward."""
    op.add_column("applicant", sa.Column("notes_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("partner", sa.Column("phone", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the shape back."""
    op.drop_column("partner", "phone")
    op.drop_column("applicant", "notes_sealed")
