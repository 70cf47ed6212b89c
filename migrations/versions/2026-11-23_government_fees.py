"""Government fees."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
_TABLES = ("fee_notice", "fee_waiver", "fee_quote", "fee_schedule")

_DEADLINES = (
    *("asylum_filing", "work_authorization", "pre_hearing_filing", "evidence", "fee", "appeal", "appeal_brief"),
    *("motion", "petition_for_review", "other"),
)
_WITH_THE_YEARLY = (*_DEADLINES[:5], "annual_asylum_fee", *_DEADLINES[5:])

_KEPT = "a schedule of fees stays on record"
_SAME = "a schedule does not change like this"
_QUOTED = "a quote stays as it was made"
_FIXED = ("id", "number", "content", "digest", "fees", "loaded_by_id", "loaded_at")
_WRONG = (
    f"({' OR '.join(f'NEW.{each} IS DISTINCT FROM OLD.{each}' for each in _FIXED)})"
    " OR NOT (NEW.status = OLD.status OR (OLD.status = 'proposed' AND NEW.status = 'in_force')"
    " OR (OLD.status = 'proposed' AND NEW.status = 'withdrawn') OR (OLD.status = 'in_force' AND NEW.status = 'ended'))"
)


def _refusing(name: str, table: str, when: str, condition: str, sentence: str) -> dict[str, tuple[str, ...]]:
    """A trigger that refuses, for each engine."""
    asked = f" WHEN {condition}" if condition else ""
    body = (
        f"RAISE EXCEPTION '{sentence}';"
        if not condition
        else f"IF {condition} THEN RAISE EXCEPTION '{sentence}'; END IF; RETURN NEW;"
    )
    return {
        "sqlite": (
            f"CREATE TRIGGER {name} BEFORE {when} ON {table}{asked} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        ),
        "postgresql": (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    }


_GUARDS = (
    _refusing("fee_schedule_never_deleted", "fee_schedule", "DELETE", "", _KEPT),
    _refusing("fee_schedule_unchanging", "fee_schedule", "UPDATE", _WRONG, _SAME),
    _refusing("fee_quote_unchanging", "fee_quote", "UPDATE", "NEW.id IS NOT NULL", _QUOTED),
)
#: SQLite makes the table anew for another list of words, and loses its trigger with the old one.
_DEADLINE_GUARD = """CREATE TRIGGER deadline_of_the_living BEFORE INSERT ON deadline
WHEN (SELECT erased_at FROM "case" WHERE id = NEW.case_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the person of this case is erased'); END"""


def words(name: str, *values: str) -> sa.Enum:
    """As it stood when this migration was written: a column's shape does not follow the code."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def agency() -> sa.Enum:
    return words("agency", "uscis", "eoir")


def upgrade() -> None:
    """Bring the shape forward."""
    _deadline_kinds(_DEADLINES, _WITH_THE_YEARLY)
    _schedules()
    _quotes()
    _waivers()
    _notices()
    connection = op.get_bind()
    for each in _GUARDS:
        for statement in each[connection.dialect.name]:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take the shape back. Deadlines of the yearly fee stay, as deadlines of a fee."""
    for table in _TABLES:
        op.drop_table(table)
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for each in _GUARDS:
            function = each["postgresql"][0].split("(")[0].removeprefix("CREATE FUNCTION ")
            connection.exec_driver_sql(f"DROP FUNCTION {function}()")
    op.execute("UPDATE deadline SET kind = 'fee' WHERE kind = 'annual_asylum_fee'")
    _deadline_kinds(_WITH_THE_YEARLY, _DEADLINES)


def _deadline_kinds(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_deadline_deadlinekind"), "deadline", type_="check")
        listed = ", ".join(f"'{each}'" for each in new)
        op.create_check_constraint(op.f("ck_deadline_deadlinekind"), "deadline", f"kind IN ({listed})")
        return
    with op.batch_alter_table("deadline", recreate="always") as batch:
        batch.alter_column(
            "kind",
            existing_type=words("deadlinekind", *old),
            type_=words("deadlinekind", *new),
            existing_nullable=False,
        )
    connection.exec_driver_sql(_DEADLINE_GUARD)


def _schedules() -> None:
    op.create_table(
        "fee_schedule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("fees", sa.Integer(), nullable=False),
        sa.Column("status", words("schedulestatus", "proposed", "in_force", "ended", "withdrawn"), nullable=False),
        sa.Column("loaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("confirmed_by_id <> loaded_by_id", name=op.f("ck_fee_schedule_by_two")),
        sa.CheckConstraint(
            "(status IN ('in_force', 'ended')) = (confirmed_by_id IS NOT NULL)"
            " AND (confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_fee_schedule_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status IN ('ended', 'withdrawn')) = (ended_at IS NOT NULL)",
            name=op.f("ck_fee_schedule_ended_at_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_fee_schedule_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["account.id"], name=op.f("fk_fee_schedule_loaded_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_schedule")),
        sa.UniqueConstraint("number", name=op.f("uq_fee_schedule_number")),
    )
    op.create_index(
        "uq_fee_schedule_in_force",
        "fee_schedule",
        ["status"],
        unique=True,
        sqlite_where=sa.text("status = 'in_force'"),
        postgresql_where=sa.text("status = 'in_force'"),
    )


def _quotes() -> None:
    op.create_table(
        "fee_quote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("schedule_number", sa.Integer(), nullable=False),
        sa.Column("schedule_digest", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("firm", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fee_quote_case_id_case")),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["fee_schedule.id"], name=op.f("fk_fee_quote_schedule_id_fee_schedule")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_fee_quote_made_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_quote")),
    )
    op.create_index("ix_fee_quote_case_id_id", "fee_quote", ["case_id", "id"])


def _waivers() -> None:
    states = ("not_requested", "pending", "granted", "denied", "not_required")
    op.create_table(
        "fee_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency", agency(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("state", words("waiverstate", *states), nullable=False),
        sa.Column("basis", words("waiverbasis", "means_tested_benefit", "income", "hardship"), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('granted', 'denied')) = (decided_on IS NOT NULL)", name=op.f("ck_fee_waiver_decided_on_a_day")
        ),
        sa.CheckConstraint(
            "(state IN ('pending', 'granted', 'denied')) = (filed_on IS NOT NULL)"
            " AND (filed_on IS NULL) = (basis IS NULL)",
            name=op.f("ck_fee_waiver_filed_on_a_day"),
        ),
        sa.CheckConstraint("decided_on >= filed_on", name=op.f("ck_fee_waiver_filed_first")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fee_waiver_case_id_case")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["account.id"], name=op.f("fk_fee_waiver_changed_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_waiver")),
        sa.UniqueConstraint("case_id", "agency", "form", name=op.f("uq_fee_waiver_case_id_agency_form")),
    )


def _notices() -> None:
    op.create_table(
        "fee_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("agency", agency(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("schedule_number", sa.Integer(), nullable=False),
        sa.Column("schedule_digest", sa.String(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("due_on > noticed_on", name=op.f("ck_fee_notice_due_afterwards")),
        sa.CheckConstraint("(paid_on IS NULL) = (paid_by_id IS NULL)", name=op.f("ck_fee_notice_paid_by_somebody")),
        sa.CheckConstraint("(award_id IS NULL) = (quote_id IS NULL)", name=op.f("ck_fee_notice_asked_by_a_quote")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_fee_notice_case_id_case")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_fee_notice_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_fee_notice_created_by_id_account")),
        sa.ForeignKeyConstraint(["quote_id"], ["fee_quote.id"], name=op.f("fk_fee_notice_quote_id_fee_quote")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["account.id"], name=op.f("fk_fee_notice_paid_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_notice")),
    )
    op.create_index("ix_fee_notice_case_id", "fee_notice", ["case_id"])
