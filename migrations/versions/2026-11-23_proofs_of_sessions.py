"""Proofs of sessions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the shape forward."""
    op.add_column("sign_in_session", sa.Column("methods", sa.String(), server_default="", nullable=False))
    op.add_column("sign_in_session", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the shape back."""
    op.drop_column("sign_in_session", "proved_at")
    op.drop_column("sign_in_session", "methods")
