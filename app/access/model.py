"""Accounts, roles, sign-in sessions, tokens, and ties: all that answers "who may see this subject"."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field

from app.access.grants import Role
from app.db import Table, UtcTime, guard, never_deleted, witnessed, words


class AccountStatus(enum.StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


#: Only open ties are looked up, and each by its kind of holder.
_OPEN_OF_A_PERSON = text("until_at IS NULL AND account_id IS NOT NULL")
_OPEN_OF_A_PARTNER = text("until_at IS NULL AND partner_id IS NOT NULL")


class Account(Table, table=True):
    """A member of staff. Not a client: name and e-mail stand in clear, like on a letterhead."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("email"),)

    id: UUID = Field(primary_key=True)
    email: str
    name: str
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id", index=True)
    status: AccountStatus = Field(sa_type=words(AccountStatus))
    password_hash: str | None = None
    #: What the person must be told on every page until they have read it; empty most of the time.
    notice: str = Field(default="", sa_column_kwargs={"server_default": ""})
    language: str | None = None
    time_zone: str = "America/Denver"
    #: A program's account (app.clients): it has no password, stands in no list of people, and is on record as itself.
    machine: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(sa_type=UtcTime)
    #: Since when this person works for their organization; None is since the account was made.
    partner_since: datetime | None = Field(default=None, sa_type=UtcTime)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class AccountRole(Table, table=True):
    __tablename__ = "account_role"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    role: Role = Field(primary_key=True, sa_type=words(Role))


#: ``grants.APART`` once more where no program can go round it: two roles of one person that may not meet.
_MEET = """EXISTS (SELECT 1 FROM account_role AS one JOIN account_role AS other
        ON other.account_id = one.account_id AND other.role > one.role
        WHERE one.account_id = NEW.account_id AND (one.role = 'auditor' OR other.role = 'auditor'
        OR (one.role = 'fund_administrator' AND other.role = 'system_administrator')))"""
_APART = "these roles never meet in one person"

guard(
    "account_role",
    "account_role_apart",
    sqlite=tuple(
        f"CREATE TRIGGER account_role_apart_{event} AFTER {event.upper()} ON account_role WHEN {_MEET}"
        f" BEGIN SELECT RAISE(ABORT, '{_APART}'); END"
        for event in ("insert", "update")
    ),
    postgresql=(
        # The account's row is locked first: two roles given at the same moment take turns.
        f"""CREATE FUNCTION account_role_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM account WHERE id = NEW.account_id FOR NO KEY UPDATE;
        IF {_MEET} THEN RAISE EXCEPTION '{_APART}'; END IF; RETURN NULL; END $$""",
        """CREATE TRIGGER account_role_apart AFTER INSERT OR UPDATE ON account_role
        FOR EACH ROW EXECUTE FUNCTION account_role_apart()""",
    ),
)


class SignInSession(Table, table=True):
    """One browser's sign-in. The table keeps a digest of the cookie, so that a dump lets nobody in."""

    __tablename__ = "sign_in_session"
    __table_args__ = (UniqueConstraint("digest"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    browser: str = ""
    #: How it was proved who this is: words of ``app.access.methods`` with spaces between; empty before they were kept.
    methods: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: When it was last proved: at the sign-in, or later when something asked for it again. None means at the sign-in.
    proved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Token(Table, table=True):
    """A bearer token of a person's own, or a program's for some minutes; kept as a digest only."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("digest"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str
    #: Names of permissions with spaces between; None is all that the roles allow.
    scopes: str | None = None
    digest: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PasswordLink(Table, table=True):
    """A link to choose the first password, or a new one; used once."""

    __tablename__ = "password_link"
    __table_args__ = (UniqueConstraint("digest"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Tie(Table, table=True):
    """A person's or an organization's tie to a subject (a case, an applicant), from one moment to another.

    Either ``account_id`` or ``partner_id`` is set. Access ends with ``until_at``, or by itself at ``ends_at``, which a
    helper's tie has (``help_id`` names what gave it); a tie is never deleted.
    """

    __tablename__ = "tie"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (partner_id IS NULL)", name="one_holder"),
        Index(
            "ix_tie_account_open",
            "account_id",
            "subject_id",
            "ends_at",
            sqlite_where=_OPEN_OF_A_PERSON,
            postgresql_where=_OPEN_OF_A_PERSON,
        ),
        Index(
            "ix_tie_partner_open",
            "partner_id",
            "subject_id",
            sqlite_where=_OPEN_OF_A_PARTNER,
            postgresql_where=_OPEN_OF_A_PARTNER,
        ),
    )

    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    partner_id: UUID | None = Field(default=None, foreign_key="partner.id")
    from_at: datetime = Field(sa_type=UtcTime)
    until_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    help_id: UUID | None = Field(default=None, index=True)


class Walled(Table, table=True):
    """A subject that a person is kept away from; why and by whom stands in ``wall``. Lifted, never deleted.

    Only standing rows are looked up, by every statement that shows rows of a matter.
    """

    __tablename__ = "walled"
    __table_args__ = (
        Index(
            "ix_walled_standing",
            "account_id",
            "subject_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    wall_id: UUID = Field(foreign_key="wall.id", index=True)
    account_id: UUID = Field(foreign_key="account.id")
    subject_id: UUID = Field(index=True)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)


never_deleted("walled", "a wall is lifted, never deleted")

# A session's last use is written once a minute and decides nothing but its own idle end.
witnessed("account")
witnessed("account_role")
witnessed("sign_in_session", but=("seen_at",))
witnessed("token")
witnessed("password_link")
witnessed("tie")
witnessed("walled")
