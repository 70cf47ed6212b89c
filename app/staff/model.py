"""Failed sign-ins, and requests to change what somebody may do. Accounts themselves stand in ``app.access``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.db import Table, UtcTime, guard, witnessed, words
from app.staff.rules import RequestStatus

_WAITING = text("status = 'waiting'")


class SignInFailure(Table, table=True):
    """One failure; ``who`` and ``network`` are keyed digests, so that a dump names neither people nor addresses."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_who_at", "who", "at"),
        Index("ix_sign_in_failure_network_at", "network", "at"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    who: bytes = Field(sa_type=LargeBinary)
    network: bytes = Field(sa_type=LargeBinary)


class RoleRequest(Table, table=True):
    """A change that one person asked for and a second one decides: roles, organization, or coming back.

    The roles are words with spaces between, as they stood when it was asked and as they shall be. Whom it is about
    neither asks nor decides; who asked does not decide. One request of a person waits at a time.
    """

    __tablename__ = "role_request"
    __table_args__ = (
        Index("uq_role_request_waiting", "account_id", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        CheckConstraint(
            "asked_by <> account_id AND (decided_by IS NULL OR decided_by <> account_id)", name="not_by_oneself"
        ),
        CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)"
            " AND (status NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> asked_by))",
            name="decided_by_another",
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    roles_before: str
    roles_after: str
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id")
    reinstates: bool = False
    status: RequestStatus = Field(sa_type=words(RequestStatus))
    asked_by: UUID
    asked_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


_DECIDED = "a decided request stays as it is"
guard(
    "role_request",
    "role_request_decided_once",
    sqlite=(
        f"""CREATE TRIGGER role_request_decided_once BEFORE UPDATE ON role_request
        WHEN OLD.status <> 'waiting' BEGIN SELECT RAISE(ABORT, '{_DECIDED}'); END""",
        f"""CREATE TRIGGER role_request_never_deleted BEFORE DELETE ON role_request
        BEGIN SELECT RAISE(ABORT, '{_DECIDED}'); END""",
    ),
    postgresql=(
        f"""CREATE FUNCTION role_request_decided_once() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_DECIDED}'; END $$""",
        """CREATE TRIGGER role_request_decided_once BEFORE UPDATE ON role_request
        FOR EACH ROW WHEN (OLD.status <> 'waiting') EXECUTE FUNCTION role_request_decided_once()""",
        """CREATE TRIGGER role_request_never_deleted BEFORE DELETE ON role_request
        FOR EACH ROW EXECUTE FUNCTION role_request_decided_once()""",
    ),
)

witnessed("role_request")
