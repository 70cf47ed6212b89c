"""What an applicant's new key seals anew, and rows of documents that witness themselves."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GUARDS = Path(__file__).parents[1] / "guards"
#: Empty in old rows, until `amparo migrate` takes them as it finds them: a migration has no keys.
_TABLES = ("document",)


def guards(dialect: str, version: str) -> Iterator[str]:
    """The triggers of a screening as a version had them."""
    text = (_GUARDS / f"2026-11-23_{version}_{dialect}.sql").read_text(encoding="utf-8")
    yield from (part.strip() for part in text.split("\n\n")[1:] if "screening_append_only" in part)


def upgrade() -> None:
    """Bring the shape forward."""
    for table in _TABLES:
        op.add_column(table, sa.Column("row_mac", sa.LargeBinary(), nullable=True))
    _put("vault")


def downgrade() -> None:
    """Take the shape back."""
    _put("holds_and_erasure")
    for table in reversed(_TABLES):
        op.drop_column(table, "row_mac")


def _put(version: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("DROP TRIGGER screening_append_only_update")
        op.execute("DROP TRIGGER screening_append_only_delete")
    else:
        op.execute("DROP TRIGGER screening_append_only_change ON screening")
        op.execute("DROP TRIGGER screening_append_only_truncate ON screening")
        op.execute("DROP FUNCTION screening_append_only()")
    for statement in guards(connection.dialect.name, version):
        connection.exec_driver_sql(statement)
