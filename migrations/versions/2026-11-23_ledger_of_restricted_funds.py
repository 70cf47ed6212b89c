"""The ledger of restricted funds."""

import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ACCOUNTS = ("giver", "unallocated", "available", "encumbered", "reserved", "paid")
_NEW_ACCOUNTS = ("income", "transfers", "returned", "charged", "bond_receivable", "forfeited")
_ENTRIES = ("given", "allocated", "awarded", "reserved", "freed", "settled", "reversed", "unawarded")
_NEW_ENTRIES = (
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


def downgrade() -> None:
    """Take the shape back. Refused while the ledger holds money that the older one does not know."""
    _refuse_what_is_not_known()
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
