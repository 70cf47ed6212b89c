"""Machine clients."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the shape forward."""
    op.add_column("account", sa.Column("machine", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("token", sa.Column("scopes", sa.String(), nullable=True))
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["account.id"], name=op.f("fk_client_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_secret_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
    )
    with op.batch_alter_table("client_secret", schema=None) as batch_op:
        batch_op.create_index("ix_client_secret_client_id", ["client_id"], unique=False)
    op.create_table(
        "client_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_failure")),
    )
    with op.batch_alter_table("client_failure", schema=None) as batch_op:
        batch_op.create_index("ix_client_failure_network_at", ["network", "at"], unique=False)
        batch_op.create_index("ix_client_failure_who_at", ["who", "at"], unique=False)


def downgrade() -> None:
    """Take the shape back. A program is no person: what an older version would take for one is suspended by then."""
    op.drop_table("client_failure")
    op.drop_table("client_secret")
    op.drop_table("client")
    op.execute(sa.text("UPDATE account SET status = 'suspended' WHERE machine"))
    op.execute(sa.text("DELETE FROM token WHERE scopes IS NOT NULL"))
    op.drop_column("token", "scopes")
    op.drop_column("account", "machine")
