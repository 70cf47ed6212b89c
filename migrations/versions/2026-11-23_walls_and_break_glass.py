"""Walls and break glass."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("wall", "walled", "temporary_help", "glass_holder", "glass_opening")

GUARDS = {
    "sqlite": (
        """CREATE TRIGGER account_role_apart_insert AFTER INSERT ON account_role WHEN EXISTS (SELECT 1 FROM account_role AS one JOIN account_role AS other
        ON other.account_id = one.account_id AND other.role > one.role
        WHERE one.account_id = NEW.account_id AND (one.role = 'auditor' OR other.role = 'auditor'
        OR (one.role = 'fund_administrator' AND other.role = 'system_administrator'))) BEGIN SELECT RAISE(ABORT, 'these roles never meet in one person'); END""",
        """CREATE TRIGGER account_role_apart_update AFTER UPDATE ON account_role WHEN EXISTS (SELECT 1 FROM account_role AS one JOIN account_role AS other
        ON other.account_id = one.account_id AND other.role > one.role
        WHERE one.account_id = NEW.account_id AND (one.role = 'auditor' OR other.role = 'auditor'
        OR (one.role = 'fund_administrator' AND other.role = 'system_administrator'))) BEGIN SELECT RAISE(ABORT, 'these roles never meet in one person'); END""",
        """CREATE TRIGGER wall_never_deleted BEFORE DELETE ON wall BEGIN SELECT RAISE(ABORT, 'a wall is lifted, never deleted'); END""",
        """CREATE TRIGGER walled_never_deleted BEFORE DELETE ON walled BEGIN SELECT RAISE(ABORT, 'a wall is lifted, never deleted'); END""",
        """CREATE TRIGGER glass_holder_never_deleted BEFORE DELETE ON glass_holder BEGIN SELECT RAISE(ABORT, 'who may open in an emergency is ended, never deleted'); END""",
        """CREATE TRIGGER glass_opening_never_deleted BEFORE DELETE ON glass_opening BEGIN SELECT RAISE(ABORT, 'an emergency opening is reviewed, never deleted'); END""",
        """CREATE TRIGGER temporary_help_never_deleted BEFORE DELETE ON temporary_help BEGIN SELECT RAISE(ABORT, 'temporary help is ended, never deleted'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION account_role_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM account WHERE id = NEW.account_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM account_role AS one JOIN account_role AS other
        ON other.account_id = one.account_id AND other.role > one.role
        WHERE one.account_id = NEW.account_id AND (one.role = 'auditor' OR other.role = 'auditor'
        OR (one.role = 'fund_administrator' AND other.role = 'system_administrator'))) THEN RAISE EXCEPTION 'these roles never meet in one person'; END IF; RETURN NULL; END $$""",
        """CREATE TRIGGER account_role_apart AFTER INSERT OR UPDATE ON account_role
        FOR EACH ROW EXECUTE FUNCTION account_role_apart()""",
        """CREATE FUNCTION wall_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a wall is lifted, never deleted'; END $$""",
        """CREATE TRIGGER wall_never_deleted BEFORE DELETE ON wall FOR EACH ROW EXECUTE FUNCTION wall_never_deleted()""",
        """CREATE FUNCTION walled_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a wall is lifted, never deleted'; END $$""",
        """CREATE TRIGGER walled_never_deleted BEFORE DELETE ON walled FOR EACH ROW EXECUTE FUNCTION walled_never_deleted()""",
        """CREATE FUNCTION glass_holder_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'who may open in an emergency is ended, never deleted'; END $$""",
        """CREATE TRIGGER glass_holder_never_deleted BEFORE DELETE ON glass_holder FOR EACH ROW EXECUTE FUNCTION glass_holder_never_deleted()""",
        """CREATE FUNCTION glass_opening_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an emergency opening is reviewed, never deleted'; END $$""",
        """CREATE TRIGGER glass_opening_never_deleted BEFORE DELETE ON glass_opening FOR EACH ROW EXECUTE FUNCTION glass_opening_never_deleted()""",
        """CREATE FUNCTION temporary_help_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'temporary help is ended, never deleted'; END $$""",
        """CREATE TRIGGER temporary_help_never_deleted BEFORE DELETE ON temporary_help FOR EACH ROW EXECUTE FUNCTION temporary_help_never_deleted()""",
    ),
}

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    """A column that holds one of these words."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the shape forward."""
    op.drop_index("ix_tie_account_open", table_name="tie")
    op.add_column("tie", sa.Column("ends_at", MOMENT, nullable=True))
    op.add_column("tie", sa.Column("help_id", sa.Uuid(), nullable=True))
    _index("ix_tie_account_open", "tie", ["account_id", "subject_id", "ends_at"], where=_OF_A_PERSON)
    _index("ix_tie_help_id", "tie", ["help_id"])
    _walls()
    _help()
    _break_glass()
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the shape back."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER account_role_apart_insert")
        op.execute("DROP TRIGGER account_role_apart_update")
    else:
        op.execute("DROP TRIGGER account_role_apart ON account_role")
        op.execute("DROP FUNCTION account_role_apart()")
    for table in ("glass_opening", "glass_holder", "temporary_help", "walled", "wall"):
        op.drop_table(table)
        if dialect == "postgresql":
            op.execute(f"DROP FUNCTION {table}_never_deleted()")
    # A helper's tie must not become an unending one.
    op.execute("UPDATE tie SET until_at = ends_at WHERE ends_at IS NOT NULL AND until_at IS NULL")
    op.drop_index("ix_tie_help_id", table_name="tie")
    op.drop_index("ix_tie_account_open", table_name="tie")
    with op.batch_alter_table("tie") as batch:
        batch.drop_column("help_id")
        batch.drop_column("ends_at")
    _index("ix_tie_account_open", "tie", ["account_id", "subject_id"], where=_OF_A_PERSON)


_OF_A_PERSON = "until_at IS NULL AND account_id IS NOT NULL"


def _index(name: str, table: str, columns: list[str], *, where: str | None = None, unique: bool = False) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def _walls() -> None:
    op.create_table(
        "wall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            words(
                "wallreason", "former_client", "adverse_party", "family", "personal_interest", "client_request", "other"
            ),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("lift_asked_by", sa.Uuid(), nullable=True),
        sa.Column("lift_asked_at", MOMENT, nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(lifted_by IS NULL) = (lifted_at IS NULL) AND (lift_asked_by IS NULL) = (lift_asked_at IS NULL) AND (lifted_by IS NULL OR (lift_asked_by IS NOT NULL AND lift_asked_by <> lifted_by))",
            name=op.f("ck_wall_lifted_by_two"),
        ),
        sa.CheckConstraint("set_by <> account_id", name=op.f("ck_wall_not_by_oneself")),
        sa.CheckConstraint(
            "(lift_asked_by IS NULL OR lift_asked_by <> account_id) AND (lifted_by IS NULL OR lifted_by <> account_id)",
            name=op.f("ck_wall_not_lifted_by_oneself"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wall_account_id_account")),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_wall_applicant_id_applicant")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_wall_case_id_case")),
        sa.ForeignKeyConstraint(["lift_asked_by"], ["account.id"], name=op.f("fk_wall_lift_asked_by_account")),
        sa.ForeignKeyConstraint(["lifted_by"], ["account.id"], name=op.f("fk_wall_lifted_by_account")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_wall_set_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall")),
    )
    _index("ix_wall_account_id", "wall", ["account_id"])
    _index("ix_wall_applicant_id", "wall", ["applicant_id"])
    _index("ix_wall_case_id", "wall", ["case_id"])
    op.create_table(
        "walled",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wall_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_walled_account_id_account")),
        sa.ForeignKeyConstraint(["wall_id"], ["wall.id"], name=op.f("fk_walled_wall_id_wall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walled")),
    )
    _index("ix_walled_standing", "walled", ["account_id", "subject_id"], where="lifted_at IS NULL", unique=True)
    _index("ix_walled_subject_id", "walled", ["subject_id"])
    _index("ix_walled_wall_id", "walled", ["wall_id"])


def _help() -> None:
    op.create_table(
        "temporary_help",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_temporary_help_ended_by_somebody")),
        sa.CheckConstraint("ends_at > given_at", name=op.f("ck_temporary_help_for_a_time")),
        sa.CheckConstraint("account_id <> given_by", name=op.f("ck_temporary_help_to_somebody_else")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_temporary_help_account_id_account")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_temporary_help_case_id_case")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_temporary_help_ended_by_account")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_temporary_help_given_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temporary_help")),
    )
    _index("ix_temporary_help_account_id", "temporary_help", ["account_id"])
    _index("ix_temporary_help_case_id", "temporary_help", ["case_id"])


def _break_glass() -> None:
    op.create_table(
        "glass_holder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_glass_holder_ended_by_somebody")),
        sa.CheckConstraint("named_by <> account_id", name=op.f("ck_glass_holder_not_by_oneself")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_glass_holder_account_id_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_glass_holder_ended_by_account")),
        sa.ForeignKeyConstraint(["named_by"], ["account.id"], name=op.f("fk_glass_holder_named_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_holder")),
    )
    _index("ix_glass_holder_standing", "glass_holder", ["account_id"], where="ended_at IS NULL", unique=True)
    op.create_table(
        "glass_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            words("emergency", "danger", "detention", "attorney_unreachable", "legal_duty", "other"),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("finding", words("finding", "justified", "not_justified"), nullable=True),
        sa.Column("review_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("ends_at > opened_at", name=op.f("ck_glass_opening_for_a_time")),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL) AND (reviewed_by IS NULL) = (finding IS NULL) AND (reviewed_by IS NULL) = (review_sealed IS NULL)",
            name=op.f("ck_glass_opening_reviewed_whole"),
        ),
        sa.CheckConstraint("reviewed_by <> account_id", name=op.f("ck_glass_opening_second_person")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_glass_opening_account_id_account")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_glass_opening_applicant_id_applicant")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_glass_opening_case_id_case")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_glass_opening_reviewed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_opening")),
    )
    _index("ix_glass_opening_account_id", "glass_opening", ["account_id"])
    _index("ix_glass_opening_case_id", "glass_opening", ["case_id"])
