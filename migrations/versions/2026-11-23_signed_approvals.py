"""Signed approvals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
_METHODS = ("ach", "wire", "check", "card")
_REASONS = ("duplicate", "wrong_amount", "wrong_payee", "missing_document", "bank_return", "not_needed", "other")
_VERBS = ("create", "submit", "approve", "reject", "release", "settle", "return", "reverse", "expire")
_NEW_VERBS = (*_VERBS, "edit")
_CONFIRMED = ("signed", "password", "demo")
_DUTIES = "verb NOT IN ('create', 'approve', 'release', 'settle') OR duty IS NOT NULL"
_ENOUGH = "status NOT IN ('approved', 'released', 'settled', 'reversed') OR approvals IS NULL OR approvals >= approvals_needed"
#: The conditions of each table, as they were and as they become.
_OLD: Mapping[str, Mapping[str, str]] = {
    "disbursement": {"method": f"method IN {_METHODS}", "reasoncode": f"reason_code IN {_REASONS}"},
    "disbursement_step": {"verb": f"verb IN {_VERBS}", "duties_are_taken": _DUTIES},
    "payee": {},
}
_NEW: Mapping[str, Mapping[str, str]] = {
    "disbursement": {
        "method": f"method IN {(*_METHODS, 'agency_portal')}",
        "reasoncode": f"reason_code IN {(*_REASONS, 'filing_rejected', 'debit_bounced')}",
        "authorizationform": "authorization_form IN ('g_1450', 'g_1650')",
        "approved_by_enough": _ENOUGH,
    },
    "disbursement_step": {
        "verb": f"verb IN {_NEW_VERBS}",
        "duties_are_taken": f"{_DUTIES} OR (verb = 'approve' AND coalesce(version, 1) > 1)",
        "confirmed": f"confirmed IN {_CONFIRMED}",
    },
    "payee": {"agency": "agency IN ('uscis', 'eoir')"},
}
_COLUMNS: Mapping[str, tuple[sa.Column[object], ...]] = {
    "disbursement": (
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("approvals", sa.Integer(), nullable=True),
        sa.Column("approvals_needed", sa.Integer(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("authorization_form", sa.String(40), nullable=True),
        sa.Column("authorization_number", sa.String(), nullable=True),
        sa.Column("authorization_on", sa.Date(), nullable=True),
    ),
    "disbursement_step": (
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.String(40), nullable=True),
    ),
    "payee": (
        sa.Column("agency", sa.String(40), nullable=True),
        sa.Column("account_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_changed_by", sa.Uuid(), nullable=True),
    ),
}
_CHANGER = "fk_payee_account_changed_by_account"
_ONE_APPROVAL = "uq_disbursement_step_one_approval_each"


def guards(dialect: str, version: str) -> Iterator[str]:
    """The triggers of a version for one engine; a test compares them with the promises beside the tables."""
    text = (_GUARDS / f"2026-11-23_{version}{dialect}.sql").read_text(encoding="utf-8")
    yield from (part.strip() for part in text.split("\n\n")[1:] if part.strip())


def upgrade() -> None:
    """Bring the shape forward."""
    kept = _triggers_of(tuple(_NEW))
    _drop_life()
    for table in _NEW:
        _change(table, _OLD[table], _NEW[table], added=_COLUMNS[table])
    op.create_index(
        _ONE_APPROVAL,
        "disbursement_step",
        ["disbursement_id", "actor_id", "version"],
        unique=True,
        sqlite_where=sa.text("verb = 'approve'"),
        postgresql_where=sa.text("verb = 'approve'"),
    )
    _create_tables()
    _put_back(kept)
    for statement in guards(_dialect(), "signed_approvals_"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the shape back. Refused while there is what the older one does not know."""
    _refuse_what_is_not_known()
    kept = _triggers_of(tuple(_NEW))
    _drop_life()
    for table in ("disbursement_signature", "confirmation_question", "payee_account_change"):
        op.drop_table(table)
    if not _is_sqlite():
        op.execute("DROP FUNCTION disbursement_signature_append_only()")
        op.execute("DROP FUNCTION payee_account_change_never_deleted()")
    op.drop_index(_ONE_APPROVAL, "disbursement_step")
    for table in _NEW:
        _change(table, _NEW[table], _OLD[table], dropped=_COLUMNS[table])
    _put_back(kept)
    first = [each for each in guards(_dialect(), "") if re.search(r"\bdisbursement_life", each)]
    for statement in first:
        op.get_bind().exec_driver_sql(statement)


def _dialect() -> str:
    return op.get_bind().dialect.name


def _is_sqlite() -> bool:
    return _dialect() == "sqlite"


def _drop_life() -> None:
    if _is_sqlite():
        for name in ("begin", "change", "stay"):
            op.execute(f"DROP TRIGGER disbursement_life_{name}")
        return
    op.execute("DROP TRIGGER disbursement_life ON disbursement")
    op.execute("DROP TRIGGER disbursement_life_truncate ON disbursement")
    op.execute("DROP FUNCTION disbursement_life()")


def _triggers_of(tables: Sequence[str]) -> list[str]:
    """SQLite's other triggers on these tables: they go with a table that is made again, and are put back."""
    if not _is_sqlite():
        return []
    found = op.get_bind().execute(sa.text("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    return [sql for name, sql, table in found if table in tables and not name.startswith("disbursement_life")]


def _put_back(kept: Sequence[str]) -> None:
    for sql in kept:
        op.get_bind().exec_driver_sql(sql)


def _change(
    table: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    *,
    added: Sequence[sa.Column[object]] = (),
    dropped: Sequence[sa.Column[object]] = (),
) -> None:
    """Other conditions and columns for a table."""
    if _is_sqlite():
        _make_again(table, old, new, added, dropped)
        return
    for name in old:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    if dropped and table == "payee":
        op.drop_constraint(_CHANGER, table, type_="foreignkey")
    for column in dropped:
        op.drop_column(table, column.name)
    for column in added:
        op.add_column(table, sa.Column(column.name, column.type, nullable=True))
    if added and table == "payee":
        op.create_foreign_key(_CHANGER, table, "account", ["account_changed_by"], ["id"])
    for name, condition in new.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _make_again(
    table: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    added: Sequence[sa.Column[object]],
    dropped: Sequence[sa.Column[object]],
) -> None:
    """SQLite changes no condition of a table: make one beside it, take the rows over, and let it take the name."""
    connection = op.get_bind()
    of_table = {"table": table}
    (made,) = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), of_table
    ).one()
    indexes = list(
        connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"),
            of_table,
        ).scalars()
    )
    gone = {column.name for column in dropped}
    columns = ", ".join(each["name"] for each in sa.inspect(connection).get_columns(table) if each["name"] not in gone)
    for name in old:
        made = _without(rf"CONSTRAINT ck_{table}_{name} CHECK \(.*\)", made)
    if "account_changed_by" in gone:
        made = _without(rf"CONSTRAINT {_CHANGER} FOREIGN KEY\(account_changed_by\) REFERENCES account \(id\)", made)
    for column in dropped:
        made = _without(rf"{column.name} [A-Z][A-Z0-9() ]*", made)
    lines = [f"{each.name} {each.type.compile(dialect=connection.dialect)}" for each in added]
    lines += [f"CONSTRAINT ck_{table}_{name} CHECK ({condition})" for name, condition in new.items()]
    if any(each.name == "account_changed_by" for each in added):
        lines.append(f"CONSTRAINT {_CHANGER} FOREIGN KEY(account_changed_by) REFERENCES account (id)")
    first = "".join(f"\n\t{line}, " for line in lines)
    made = re.sub(r"\n\s*CONSTRAINT ", lambda found: first + found.group(0), made, count=1)
    made = re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", made)
    connection.exec_driver_sql(made)
    rows = f"SELECT {columns} FROM {table}"  # noqa: S608 - names of the database's own columns
    connection.exec_driver_sql(f"INSERT INTO {table}_new ({columns}) {rows}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    # Triggers of other tables name this one: in the old way they are left as they are.
    connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    connection.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")
    connection.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
    for sql in indexes:
        connection.exec_driver_sql(sql)


def _without(line: str, made: str) -> str:
    made, found = re.subn(rf"(?:,[ \t]*\n?|(?<=\()\n)\s*{line}(?=,?[ \t]*\n)", "", made, count=1)
    if found != 1:
        raise RuntimeError(f"a table is not as the older versions made it: {line}")
    return made


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(name: str, enum: str, *values: str, nullable: bool = False) -> sa.Column[object]:
    kind = sa.Enum(*values, name=enum, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _create_tables() -> None:
    _create_account_changes()
    _create_questions()
    _create_signatures()


def _create_account_changes() -> None:
    name = "payee_account_change"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        _words("status", "accountchange", "proposed", "confirmed", "rejected"),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("account_end", sa.String(), nullable=True),
        sa.Column("former", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        _moment("asked_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _moment("decided_at", nullable=True),
        sa.Column("called_on", sa.Date(), nullable=True),
        _words("number_from", "numberfrom", "partner_record", "agreement", "earlier_invoice", nullable=True),
        sa.Column("number_end", sa.String(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f(f"ck_{name}_two_people")),
        sa.CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name=op.f(f"ck_{name}_decided_by_somebody")),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f(f"ck_{name}_decided_at_a_moment")),
        sa.CheckConstraint(
            "status <> 'confirmed' OR (called_on IS NOT NULL AND number_from IS NOT NULL)",
            name=op.f(f"ck_{name}_called_back"),
        ),
        _refers(name, "payee_id", "payee"),
        _refers(name, "asked_by", "account"),
        _refers(name, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_payee_id"), name, ["payee_id"])
    _once_while(name, "payee_id", "proposed")


def _once_while(table: str, column: str, status: str) -> None:
    where = sa.text(f"status = '{status}'")
    op.create_index(f"uq_{table}_{status}", table, [column], unique=True, sqlite_where=where, postgresql_where=where)


def _create_questions() -> None:
    name = "confirmation_question"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disbursement_id", sa.Uuid(), nullable=False),
        _words("verb", "verb", *_NEW_VERBS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        _moment("created_at"),
        _moment("ends_at"),
        _moment("used_at", nullable=True),
        _refers(name, "disbursement_id", "disbursement"),
        _refers(name, "actor_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("challenge", name=op.f(f"uq_{name}_challenge")),
    )
    for column in ("disbursement_id", "ends_at"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _create_signatures() -> None:
    name = "disbursement_signature"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disbursement_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        _words("verb", "verb", *_NEW_VERBS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("passkey_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(column, sa.LargeBinary(), nullable=False)
            for column in (
                *("credential_id", "public_key", "client_data", "authenticator_data", "signature", "nonce"),
                *("account_hash", "memo_hash"),
            )
        ),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        _moment("created_at"),
        sa.Column("row_mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f(f"ck_{name}_of_a_version")),
        _refers(name, "disbursement_id", "disbursement"),
        _refers(name, "step_id", "disbursement_step"),
        _refers(name, "actor_id", "account"),
        _refers(name, "passkey_id", "passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("step_id", name=op.f(f"uq_{name}_step_id")),
        sa.UniqueConstraint("nonce", name=op.f(f"uq_{name}_nonce")),
    )
    op.create_index(op.f(f"ix_{name}_disbursement_id"), name, ["disbursement_id"])


def _refuse_what_is_not_known() -> None:
    counts = (
        "SELECT count(*) FROM disbursement WHERE method = 'agency_portal' OR version > 1 OR approvals_needed > 1",
        "SELECT count(*) FROM disbursement WHERE reason_code IN ('filing_rejected', 'debit_bounced')",
        "SELECT count(*) FROM disbursement_signature",
        "SELECT count(*) FROM payee_account_change",
    )
    known = sum(op.get_bind().execute(sa.text(each)).scalar_one() for each in counts)
    if known:
        raise RuntimeError(f"{known} records of payments are of kinds that the older version does not know")
