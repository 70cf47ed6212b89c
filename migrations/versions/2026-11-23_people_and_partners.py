"""People and partners."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DECIDED = "a decided request stays as it is"
_REVIEWED = "access_review is append-only"

_GUARDS = {
    "sqlite": (
        f"""CREATE TRIGGER role_request_decided_once BEFORE UPDATE ON role_request
        WHEN OLD.status <> 'waiting' BEGIN SELECT RAISE(ABORT, '{_DECIDED}'); END""",
        f"""CREATE TRIGGER role_request_never_deleted BEFORE DELETE ON role_request
        BEGIN SELECT RAISE(ABORT, '{_DECIDED}'); END""",
        f"""CREATE TRIGGER access_review_append_only_update BEFORE UPDATE ON access_review
        BEGIN SELECT RAISE(ABORT, '{_REVIEWED}'); END""",
        f"""CREATE TRIGGER access_review_append_only_delete BEFORE DELETE ON access_review
        BEGIN SELECT RAISE(ABORT, '{_REVIEWED}'); END""",
    ),
    "postgresql": (
        f"""CREATE FUNCTION role_request_decided_once() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_DECIDED}'; END $$""",
        """CREATE TRIGGER role_request_decided_once BEFORE UPDATE ON role_request
        FOR EACH ROW WHEN (OLD.status <> 'waiting') EXECUTE FUNCTION role_request_decided_once()""",
        """CREATE TRIGGER role_request_never_deleted BEFORE DELETE ON role_request
        FOR EACH ROW EXECUTE FUNCTION role_request_decided_once()""",
        f"""CREATE FUNCTION access_review_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REVIEWED}'; END $$""",
        """CREATE TRIGGER access_review_append_only_change BEFORE UPDATE OR DELETE ON access_review
        FOR EACH ROW EXECUTE FUNCTION access_review_append_only()""",
        """CREATE TRIGGER access_review_append_only_truncate BEFORE TRUNCATE ON access_review
        FOR EACH STATEMENT EXECUTE FUNCTION access_review_append_only()""",
    ),
}


def upgrade() -> None:
    """Bring the shape forward."""
    op.add_column("account", sa.Column("partner_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("partner", sa.Column("capacity", sa.Integer(), nullable=True))
    op.create_table("role_request", *_role_request())
    op.create_index("ix_role_request_account_id", "role_request", ["account_id"])
    op.create_index(
        "uq_role_request_waiting",
        "role_request",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "access_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("dormant", sa.Integer(), nullable=False),
        sa.Column("beyond", sa.Integer(), nullable=False),
        sa.Column("invitations", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_access_review_reviewed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
    )
    op.create_index("ix_access_review_quarter", "access_review", ["quarter"])
    connection = op.get_bind()
    for statement in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take the shape back."""
    op.drop_table("access_review")
    op.drop_table("role_request")
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION access_review_append_only()")
        connection.exec_driver_sql("DROP FUNCTION role_request_decided_once()")
    op.drop_column("partner", "capacity")
    op.drop_column("account", "version")
    op.drop_column("account", "partner_since")


def _role_request() -> Iterator[sa.schema.SchemaItem]:
    statuses = ("waiting", "approved", "rejected", "withdrawn", "expired")
    status = sa.Enum(*statuses, name="requeststatus", native_enum=False, create_constraint=True, length=40)
    yield from (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("roles_before", sa.String(), nullable=False),
        sa.Column("roles_after", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("reinstates", sa.Boolean(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "asked_by <> account_id AND (decided_by IS NULL OR decided_by <> account_id)",
            name=op.f("ck_role_request_not_by_oneself"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)"
            " AND (status NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> asked_by))",
            name=op.f("ck_role_request_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_request_account_id_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_role_request_decided_by_account")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_role_request_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_request")),
    )
