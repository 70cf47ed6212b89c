"""Holds and erasure."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from app.policing import open_up

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
#: What this version guards, by the name of the function on PostgreSQL.
_NEW = {
    "applicant_erased_once": "applicant",
    "case_erased_once": '"case"',
    "case_note_of_the_living": "case_note",
    "deadline_of_the_living": "deadline",
    "hearing_of_the_living": "hearing",
}


def guards(dialect: str, version: str) -> Iterator[str]:
    """The triggers of a version for one engine; a test compares them with the promises beside the tables."""
    text = (_GUARDS / f"2026-11-23_{version}{dialect}.sql").read_text(encoding="utf-8")
    yield from (part.strip() for part in text.split("\n\n")[1:] if part.strip())


def upgrade() -> None:
    """Bring the shape forward."""
    for table in ("applicant", "application", "case"):
        op.add_column(table, sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "index_key",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_index_key_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_index_key")),
    )
    op.execute("INSERT INTO index_key (one, version) VALUES (1, 1)")
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "retention_class",
            sa.Enum(
                "declined_inquiry",
                "withdrawn_draft",
                "closed_matter",
                "financial_record",
                "audit_record",
                name="retentionclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "schedule",
                "person_asked",
                "court_order",
                "entered_in_error",
                name="erasurecause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "noticed",
                "approved",
                "erased",
                "withdrawn",
                name="erasurestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_until", sa.Date(), nullable=False),
        sa.Column("notified_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tombstone", sa.Uuid(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("keys_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("epoch_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("root_changed", sa.Boolean(), nullable=False),
        sa.Column("horizon_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL) AND (status NOT IN ('approved', 'erased') OR approved_by_id IS NOT NULL)",
            name=op.f("ck_erasure_approved_by_somebody"),
        ),
        sa.CheckConstraint("(status = 'erased') = (erased_at IS NOT NULL)", name=op.f("ck_erasure_erased_at_a_moment")),
        sa.CheckConstraint("approved_by_id <> asked_by_id", name=op.f("ck_erasure_second_person")),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_erasure_applicant_id_applicant")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f("fk_erasure_approved_by_id_account")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_erasure_asked_by_id_account")),
        sa.ForeignKeyConstraint(["notified_id"], ["account.id"], name=op.f("fk_erasure_notified_id_account")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_erasure_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("tombstone", name=op.f("uq_erasure_tombstone")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index("ix_erasure_notified_id", ["notified_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_erasure_status_id", ["status", "id"], unique=False)
        batch_op.create_index(
            "uq_erasure_applicant_under_way",
            ["applicant_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'withdrawn'"),
            postgresql_where=sa.text("status <> 'withdrawn'"),
        )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "applicant",
                "case",
                "everything",
                name="holdscope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason_code",
            sa.Enum(
                "legal_demand",
                "litigation",
                "complaint",
                "audit",
                "other",
                name="holdreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lift_asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("lift_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(scope = 'applicant' AND applicant_id IS NOT NULL AND case_id IS NULL) OR (scope = 'case' AND applicant_id IS NOT NULL AND case_id IS NOT NULL) OR (scope = 'everything' AND applicant_id IS NULL AND case_id IS NULL)",
            name=op.f("ck_hold_names_what_it_holds"),
        ),
        sa.CheckConstraint(
            "(lift_asked_by_id IS NULL) = (lift_asked_at IS NULL)", name=op.f("ck_hold_lift_asked_by_somebody")
        ),
        sa.CheckConstraint("(lifted_by_id IS NULL) = (lifted_at IS NULL)", name=op.f("ck_hold_lifted_by_somebody")),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR (lift_asked_by_id IS NOT NULL AND lift_asked_by_id <> lifted_by_id)",
            name=op.f("ck_hold_lifted_by_two"),
        ),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_hold_applicant_id_applicant")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hold_case_id_case")),
        sa.ForeignKeyConstraint(["lift_asked_by_id"], ["account.id"], name=op.f("fk_hold_lift_asked_by_id_account")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["account.id"], name=op.f("fk_hold_lifted_by_id_account")),
        sa.ForeignKeyConstraint(["set_by_id"], ["account.id"], name=op.f("fk_hold_set_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_applicant_id", ["applicant_id"], unique=False)
        batch_op.create_index("ix_hold_case_id", ["case_id"], unique=False)
    connection = op.get_bind()
    _drop_screening(connection.dialect.name)
    for statement in guards(connection.dialect.name, "holds_and_erasure_"):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take the shape back."""
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "postgresql":
        # Policies of other tables ask these ones. A newer program puts its own in place again.
        open_up(connection)
    _drop_screening(dialect)
    for name, table in _NEW.items():
        op.execute(f"DROP TRIGGER {name}" if dialect == "sqlite" else f"DROP TRIGGER {name} ON {table}")
        if dialect == "sqlite" and name.endswith("once"):
            op.execute(f"DROP TRIGGER {name}_held")
        if dialect == "postgresql":
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("hold")
    op.drop_table("erasure")
    op.drop_table("index_key")
    for function in ("hold_life", "erasure_life") if dialect == "postgresql" else ():
        op.execute(f"DROP FUNCTION {function}()")
    for statement in guards(dialect, ""):
        if "screening_append_only" in statement:
            connection.exec_driver_sql(statement)
    for table in ("case", "application", "applicant"):
        op.drop_column(table, "erased_at")


def _drop_screening(dialect: str) -> None:
    if dialect == "sqlite":
        op.execute("DROP TRIGGER screening_append_only_update")
        op.execute("DROP TRIGGER screening_append_only_delete")
        return
    op.execute("DROP TRIGGER screening_append_only_change ON screening")
    op.execute("DROP TRIGGER screening_append_only_truncate ON screening")
    op.execute("DROP FUNCTION screening_append_only()")
