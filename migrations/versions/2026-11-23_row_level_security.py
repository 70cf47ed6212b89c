"""Row level security.

The policies are no part of a revision: they are declared in app/access/policies/ and put into the database after
every upgrade, whichever revision it ends at (migrations/env.py). What is left here is the way back."""

from collections.abc import Sequence

from alembic import op

from app.policing import open_up

revision: str = "0011"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing: each upgrade ends with the policies of the program that runs it."""


def downgrade() -> None:
    """An older program says nobody's name, and would see no row."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        open_up(connection)
