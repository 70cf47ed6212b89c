"""Identity providers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the shape forward."""
    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("algorithms", sa.String(), nullable=False),
        sa.Column("accepted_acr", sa.String(), nullable=False),
        sa.Column("accepted_amr", sa.String(), nullable=False),
        sa.Column(
            "second_factor",
            sa.Enum("provider", "here", name="secondfactor", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("max_age_minutes", sa.Integer(), nullable=True),
        sa.Column("hosted_domain", sa.String(), nullable=True),
        sa.Column("assume_pkce", sa.Boolean(), nullable=False),
        sa.Column("signs_out_there", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(algorithms) > 0", name=op.f("ck_identity_provider_algorithms")),
        sa.CheckConstraint("max_age_minutes IS NULL OR max_age_minutes > 0", name=op.f("ck_identity_provider_max_age")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_identity_provider_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_identity_provider_issuer_client_id")),
        sa.UniqueConstraint("name", name=op.f("uq_identity_provider_name")),
    )
    with op.batch_alter_table("identity_provider", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_identity_provider_partner_id"), ["partner_id"], unique=False)
    op.create_table(
        "federated_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_federated_identity_account_id_account")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_federated_identity_provider_id_identity_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identity")),
        sa.UniqueConstraint("account_id", "provider_id", name=op.f("uq_federated_identity_account_id_provider_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_federated_identity_issuer_subject")),
    )
    with op.batch_alter_table("federated_identity", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_federated_identity_provider_id"), ["provider_id"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in",
                "invitation",
                "link",
                "prove",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_attempt_account_id_account")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["password_link.id"], name=op.f("fk_sign_in_attempt_link_id_password_link")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_sign_in_attempt_provider_id_identity_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_attempt_digest")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_sign_in_attempt_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_network_created_at", ["network", "created_at"], unique=False)
        batch_op.create_index(op.f("ix_sign_in_attempt_provider_id"), ["provider_id"], unique=False)
    op.create_table(
        "federated_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sid", sa.String(), nullable=True),
        sa.Column("id_token_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_federated_session_provider_id_identity_provider")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_federated_session_session_id_sign_in_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_session")),
        sa.UniqueConstraint("session_id", name=op.f("uq_federated_session_session_id")),
    )
    with op.batch_alter_table("federated_session", schema=None) as batch_op:
        batch_op.create_index("ix_federated_session_provider_id_sid", ["provider_id", "sid"], unique=False)
        batch_op.create_index("ix_federated_session_provider_id_subject", ["provider_id", "subject"], unique=False)
    op.create_table(
        "logout_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_logout_notice_provider_id_identity_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout_notice")),
        sa.UniqueConstraint("provider_id", "digest", name=op.f("uq_logout_notice_provider_id_digest")),
    )
    with op.batch_alter_table("logout_notice", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_logout_notice_ends_at"), ["ends_at"], unique=False)


def downgrade() -> None:
    """Take the shape back."""
    for table in ("logout_notice", "federated_session", "sign_in_attempt", "federated_identity", "identity_provider"):
        op.drop_table(table)
