"""Bank statements, their lines, and what each line is to us. A closed statement stays as it is."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, append_only, witnessed, words
from app.funds.model.guards import guarded_life
from app.money import Money
from app.statements.rules.words import (
    Basis,
    DayFormat,
    Direction,
    MatchKind,
    OtherReason,
    StatementFormat,
    StatementStatus,
)


class BankStatement(Table, table=True):
    """One statement of one account: ``opening`` plus its lines is ``closing``, to the cent.

    The account's number is kept as a keyed digest and its last four characters. ``subject_id`` has the key under which
    the lines' descriptions are sealed. ``file_digest`` is the SHA-256 of the file, ``bank_id`` the bank's own name for
    the statement: neither comes twice.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("file_digest"),
        UniqueConstraint("account_digest", "bank_id"),
        CheckConstraint("to_on >= from_on", name="ends_after_start"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at_a_time"),
        CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name="closed_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    format: StatementFormat = Field(sa_type=words(StatementFormat))
    account_digest: bytes = Field(sa_type=LargeBinary)
    account_end: str
    bank_id: str | None = None
    file_digest: str
    from_on: date
    to_on: date
    opening: Money = Field(sa_type=Cents)
    closing: Money = Field(sa_type=Cents)
    lines: int
    status: StatementStatus = Field(sa_type=words(StatementStatus))
    subject_id: UUID
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")


class StatementLine(Table, table=True):
    """One line of the bank's. The description can name people and is sealed; empty once the person is erased."""

    __tablename__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "position"),
        CheckConstraint("amount > 0 AND position > 0", name="more_than_nothing"),
    )

    id: UUID = Field(primary_key=True)
    statement_id: UUID = Field(foreign_key="bank_statement.id")
    position: int
    booked_on: date
    amount: Money = Field(sa_type=Cents)
    direction: Direction = Field(sa_type=words(Direction))
    bank_reference: str | None = None
    #: A reference of ours that stands in the bank's words: of a payment, or of a run.
    our_reference: str | None = None
    return_code: str | None = None
    description: bytes = Field(sa_type=LargeBinary)


class StatementMatch(Table, table=True):
    """What one line is, said by one person: a payment of ours, a whole run, a payment that came back, or another."""

    __tablename__ = "statement_match"
    __table_args__ = (
        UniqueConstraint("line_id"),
        UniqueConstraint("disbursement_id", "kind"),
        UniqueConstraint("batch_id"),
        CheckConstraint("(kind IN ('paid', 'returned')) = (disbursement_id IS NOT NULL)", name="a_payment"),
        CheckConstraint("(kind = 'run') = (batch_id IS NOT NULL)", name="a_run"),
        CheckConstraint("(kind = 'other') = (reason IS NOT NULL)", name="another_thing"),
    )

    id: UUID = Field(primary_key=True)
    statement_id: UUID = Field(foreign_key="bank_statement.id", index=True)
    line_id: UUID = Field(foreign_key="statement_line.id")
    kind: MatchKind = Field(sa_type=words(MatchKind))
    disbursement_id: UUID | None = Field(default=None, foreign_key="disbursement.id")
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    reason: OtherReason | None = Field(default=None, sa_type=words(OtherReason))
    basis: Basis = Field(sa_type=words(Basis))
    return_code: str | None = None
    matched_at: datetime = Field(sa_type=UtcTime)
    matched_by: UUID = Field(foreign_key="account.id")


class StatementMapping(Table, table=True):
    """How a bank's CSV file is read: which of its columns says what. Either ``amount_column``, or one for each way."""

    __tablename__ = "statement_mapping"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(
            "(amount_column IS NULL) = (out_column IS NOT NULL AND in_column IS NOT NULL)", name="amounts_somewhere"
        ),
    )

    id: UUID = Field(primary_key=True)
    name: str
    day_column: str
    day_format: DayFormat = Field(sa_type=words(DayFormat))
    amount_column: str | None = None
    out_column: str | None = None
    in_column: str | None = None
    description_column: str
    reference_column: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: UUID = Field(foreign_key="account.id")


append_only("statement_match")
append_only("statement_mapping")

_FIXED = (
    *("id", "format", "account_digest", "account_end", "file_digest", "from_on", "to_on", "opening", "closing"),
    *("lines", "subject_id", "created_at", "created_by"),
)
_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
guarded_life(
    "bank_statement",
    wrong_beginning="NEW.status <> 'open'",
    wrong_change=f"({_CHANGED}) OR OLD.status <> 'open' OR NEW.status <> 'closed'",
    messages=(
        "a statement begins open",
        "a statement is closed once and never changes",
        "a statement is never deleted",
    ),
)
_LINE = ("id", "statement_id", "position", "booked_on", "amount", "direction", "our_reference", "return_code")
_LINE_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _LINE)
guarded_life(
    "statement_line",
    wrong_beginning="length(NEW.description) = 0",
    wrong_change=f"({_LINE_CHANGED}) OR NEW.bank_reference <> OLD.bank_reference OR length(NEW.description) > 0",
    messages=("a line comes with its words", "a line does not change", "a line stays"),
)

witnessed("bank_statement")
witnessed("statement_line")
witnessed("statement_match")
