"""What each row that decides was when it was written."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: Empty in old rows, until `amparo migrate` takes them as it finds them: a migration has no keys.
_TABLES = (
    *("access_review", "account", "account_role", "allocation", "applicant", "application", "assignment"),
    *("authenticator_app", "award", "case", "client", "client_secret", "conflict_check", "disbursement"),
    *("disbursement_step", "erasure", "factor_reset", "federated_identity", "fund", "glass_holder", "glass_opening"),
    *("hold", "identity_provider", "ledger_account", "ledger_entry", "override", "partner", "passkey"),
    *("password_link", "payee", "recovery_code", "role_request", "screening", "sign_in_session", "temporary_help"),
    *("tie", "token", "wall", "walled"),
)


def upgrade() -> None:
    """Bring the shape forward."""
    for table in _TABLES:
        op.add_column(table, sa.Column("row_mac", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take the shape back."""
    for table in reversed(_TABLES):
        op.drop_column(table, "row_mac")
