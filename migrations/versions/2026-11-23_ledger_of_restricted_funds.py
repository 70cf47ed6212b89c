"""The ledger of restricted funds."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
_ACCOUNTS = ("giver", "unallocated", "available", "encumbered", "reserved", "paid")
_NEW_ACCOUNTS = ("income", "transfers", "returned", "charged", "bond_receivable", "forfeited")
_ENTRIES = ("given", "allocated", "awarded", "reserved", "freed", "settled", "reversed", "unawarded")
_NEW_ENTRIES = (
    *("reserved_more", "reserved_less"),
    *("deallocated", "charged", "uncharged", "income_received", "transferred_out", "transferred_in"),
    *("returned_to_giver", "bond_posted", "bond_unposted", "bond_refunded", "bond_forfeited", "bond_reinstated"),
)
_LEVEL = "(kind IN ({fund})) = (allocation_id IS NULL) AND (kind IN ({award})) = (award_id IS NOT NULL)"
#: The conditions of each table, as they were and as they become.
_OLD = {
    "ledger_account": {
        "accountkind": f"kind IN {_ACCOUNTS}",
        "at_its_level": _LEVEL.format(fund="'giver', 'unallocated'", award="'encumbered', 'reserved', 'paid'"),
    },
    "ledger_entry": {"entrykind": f"kind IN {_ENTRIES}"},
}
_NEW = {
    "ledger_account": {
        "accountkind": f"kind IN {_ACCOUNTS + _NEW_ACCOUNTS}",
        "at_its_level": _LEVEL.format(
            fund="'giver', 'income', 'transfers', 'returned', 'unallocated'",
            award="'encumbered', 'reserved', 'paid', 'bond_receivable', 'forfeited'",
        ),
        "income_only_comes": "kind <> 'income' OR balance <= 0",
        **{
            f"{kind}_not_overdrawn": f"kind <> '{kind}' OR balance >= 0"
            for kind in ("returned", "charged", "bond_receivable", "forfeited")
        },
    },
    "ledger_entry": {"entrykind": f"kind IN {_ENTRIES + _NEW_ENTRIES}"},
}
_COLUMNS = ("bond_id", "transfer_id")
_GUARDED = ("ledger_account", "ledger_entry")


def upgrade() -> None:
    """Bring the shape forward."""
    kept = _triggers_of(_GUARDED)
    for column in _COLUMNS:
        op.add_column("ledger_entry", sa.Column(column, sa.Uuid(), nullable=True))
    _change_conditions(_OLD, _NEW)
    op.create_index(
        "uq_ledger_entry_transfer_id_fund_id_kind", "ledger_entry", ["transfer_id", "fund_id", "kind"], unique=True
    )
    op.create_index(
        "ix_ledger_entry_bond_id",
        "ledger_entry",
        ["bond_id"],
        sqlite_where=sa.text("bond_id IS NOT NULL"),
        postgresql_where=sa.text("bond_id IS NOT NULL"),
    )
    op.create_index("ix_ledger_entry_fund_id_occurred_on", "ledger_entry", ["fund_id", "occurred_on"])
    _guard_again(kept, _ONCE, f"{_ONCE}{_ONCE_A_TRANSFER}")
    _make_tables()
    connection = op.get_bind()
    text = (_GUARDS / f"2026-11-23_restricted_funds_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split("\n\n")[1:]:
        connection.exec_driver_sql(statement.strip())


def downgrade() -> None:
    """Take the shape back. Refused while the ledger holds money that the older one does not know."""
    _refuse_what_is_not_known()
    op.execute("DROP TRIGGER ledger_entry_period" + ("" if _is_sqlite() else " ON ledger_entry"))
    for table in ("fund_transfer", "fund_terms", "programme"):
        op.drop_table(table)
    for function in () if _is_sqlite() else ("ledger_entry_period", "fund_terms_life", "fund_transfer_life"):
        op.execute(f"DROP FUNCTION {function}()")
    kept = _triggers_of(_GUARDED)
    for index in (
        "ix_ledger_entry_fund_id_occurred_on",
        "ix_ledger_entry_bond_id",
        "uq_ledger_entry_transfer_id_fund_id_kind",
    ):
        op.drop_index(index, "ledger_entry")
    _drop_sqlite_triggers(kept)
    for column in reversed(_COLUMNS):
        op.drop_column("ledger_entry", column)
    _change_conditions(_NEW, _OLD)
    _guard_again(kept, f"{_ONCE}{_ONCE_A_TRANSFER}", _ONCE)


#: In SQLite's trigger against INSERT OR REPLACE: what may be there once only.
_ONCE = "(disbursement_id = NEW.disbursement_id AND kind = NEW.kind)"
_ONCE_A_TRANSFER = " OR (transfer_id = NEW.transfer_id AND fund_id = NEW.fund_id AND kind = NEW.kind)"

Triggers = dict[str, str]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _triggers_of(tables: Sequence[str]) -> Triggers:
    """SQLite's triggers on these tables: they go with a table that is made again."""
    if not _is_sqlite():
        return {}
    found = op.get_bind().execute(sa.text("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    return {name: sql for name, sql, table in found if table in tables}


def _drop_sqlite_triggers(kept: Triggers) -> None:
    """Nothing but what `_guard_again` puts back."""
    for name in kept:
        op.get_bind().exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def _guard_again(kept: Triggers, old: str, new: str) -> None:
    for sql in kept.values():
        op.get_bind().exec_driver_sql(sql.replace(old, new))


def _change_conditions(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> None:
    if _is_sqlite():
        _drop_sqlite_triggers(_triggers_of(_GUARDED))
    for table in new:
        if _is_sqlite():
            _make_again(table, old[table], new[table])
            continue
        for name in old[table]:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        for name, condition in new[table].items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _make_again(table: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """SQLite changes no condition of a table: make one beside it, take the rows over, and let it take the name."""
    connection = op.get_bind()
    (made,) = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), {"table": table}
    ).one()
    indexes = list(
        connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"),
            {"table": table},
        ).scalars()
    )
    for name in old:
        made, found = re.subn(rf",\s*CONSTRAINT ck_{table}_{name} CHECK \(.*\)(?=,?\s*\n)", "", made)
        if found != 1:
            raise RuntimeError(f"{table} is not as the older versions made it")
    conditions = "".join(f"\n\tCONSTRAINT ck_{table}_{name} CHECK ({condition}), " for name, condition in new.items())
    made = re.sub(r"\n\s*CONSTRAINT ", lambda first: conditions + first.group(0), made, count=1)
    made = re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", made)
    connection.exec_driver_sql(made)
    columns = ", ".join(each["name"] for each in sa.inspect(connection).get_columns(table))
    rows = f"SELECT {columns} FROM {table}"  # noqa: S608 - names of the database's own columns
    connection.exec_driver_sql(f"INSERT INTO {table}_new ({columns}) {rows}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")
    for sql in indexes:
        connection.exec_driver_sql(sql)


def _refuse_what_is_not_known() -> None:
    entries = sa.table("ledger_entry", sa.column("kind"))
    count = sa.select(sa.func.count()).select_from(entries).where(entries.c.kind.in_(_NEW_ENTRIES))
    known = op.get_bind().execute(count).scalar_one()
    if known:
        raise RuntimeError(f"{known} entries of the ledger are of kinds that the older version does not know")


def _make_tables() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_programme_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_programme_name")),
    )
    op.create_table(
        "fund_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open", "closing", "closed", name="fundstatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("case_types", sa.JSON(), nullable=False),
        sa.Column("custodies", sa.JSON(), nullable=False),
        sa.Column("per_case", sa.BigInteger(), nullable=True),
        sa.Column("per_person", sa.BigInteger(), nullable=True),
        sa.Column("administration", sa.Integer(), nullable=True),
        sa.Column("reserve", sa.BigInteger(), nullable=False),
        sa.Column("alert_below", sa.BigInteger(), nullable=True),
        sa.Column("federal", sa.Boolean(), nullable=False),
        sa.Column("locked_through", sa.Date(), nullable=True),
        sa.Column("unlock_asked_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("administration BETWEEN 0 AND 10000", name=op.f("ck_fund_terms_share_of_a_whole")),
        sa.CheckConstraint(
            "per_case > 0 AND per_person > 0 AND alert_below > 0", name=op.f("ck_fund_terms_limits_above_zero")
        ),
        sa.CheckConstraint("reserve >= 0", name=op.f("ck_fund_terms_reserve_not_below_zero")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_fund_terms_changed_by_account")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_terms_fund_id_fund")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_fund_terms_programme_id_programme")),
        sa.ForeignKeyConstraint(
            ["unlock_asked_by"], ["account.id"], name=op.f("fk_fund_terms_unlock_asked_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_terms")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_fund_terms_fund_id")),
    )
    op.create_index(op.f("ix_fund_terms_programme_id"), "fund_terms", ["programme_id"], unique=False)
    op.create_table(
        "fund_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "between_funds",
                "between_categories",
                "administration",
                "spent_before",
                "income",
                "given_back",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("to_fund_id", sa.Uuid(), nullable=True),
        sa.Column(
            "category",
            sa.Enum(
                "representation",
                "filing_fees",
                "bond",
                "interpreter",
                "expert",
                "travel",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_category",
            sa.Enum(
                "representation",
                "filing_fees",
                "bond",
                "interpreter",
                "expert",
                "travel",
                "other",
                name="to_category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "approved",
                "rejected",
                name="transferstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'between_funds') = (to_fund_id IS NOT NULL) AND to_fund_id <> fund_id",
            name=op.f("ck_fund_transfer_to_another_fund"),
        ),
        sa.CheckConstraint(
            "(kind IN ('between_categories', 'administration', 'spent_before')) = (category IS NOT NULL) AND (kind = 'between_categories') = (to_category IS NOT NULL) AND to_category <> category",
            name=op.f("ck_fund_transfer_names_its_categories"),
        ),
        sa.CheckConstraint(
            "(status = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_fund_transfer_decided_by_somebody"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_transfer_more_than_nothing")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_fund_transfer_decided_by_another")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_fund_transfer_asked_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_fund_transfer_decided_by_account")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_transfer_fund_id_fund")),
        sa.ForeignKeyConstraint(["to_fund_id"], ["fund.id"], name=op.f("fk_fund_transfer_to_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_transfer")),
    )
    op.create_index("ix_fund_transfer_fund_id_id", "fund_transfer", ["fund_id", "id"], unique=False)
    op.create_index("ix_fund_transfer_to_fund_id_id", "fund_transfer", ["to_fund_id", "id"], unique=False)
