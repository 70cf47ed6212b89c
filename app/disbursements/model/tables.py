"""Disbursements and the steps of their lives. The database refuses a step out of order and a person in two parts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.db import Cents, Table, UtcTime, append_only, witnessed, words
from app.disbursements.rules import (
    STATUS_MOVES,
    AuthorizationForm,
    Confirmed,
    DisbursementStatus,
    Duty,
    Method,
    ReasonCode,
    Verb,
)
from app.funds.model.guards import guarded_life
from app.funds.rules import Category
from app.money import Money


class Disbursement(Table, table=True):
    """One payment out of an award. Days are days in the fund's time zone.

    ``requested_on`` is the day it was drafted and then the day it was submitted. ``reversed_on`` is the day on which
    money that was settled came back, by a reversal or returned by the bank: in a report a negative line on that day.

    ``version`` counts the changes of what is signed (None is 1), ``approvals`` those of this version.
    ``account_hash`` is the digest of the payee's sealed account as it was when the payment was asked for or changed.
    """

    __tablename__ = "disbursement"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("amount > 0", name="more_than_nothing"),
        CheckConstraint(
            "status NOT IN ('approved', 'released', 'settled', 'reversed') OR approved_on IS NOT NULL",
            name="approved_on_a_day",
        ),
        CheckConstraint(
            "status NOT IN ('released', 'settled', 'reversed', 'returned') OR released_on IS NOT NULL",
            name="released_on_a_day",
        ),
        CheckConstraint("status NOT IN ('settled', 'reversed') OR settled_on IS NOT NULL", name="settled_on_a_day"),
        CheckConstraint(
            "(reversed_on IS NOT NULL) = (settled_on IS NOT NULL AND status IN ('returned', 'reversed'))",
            name="reversed_on_a_day",
        ),
        CheckConstraint(
            "(status IN ('rejected', 'returned', 'reversed')) = (reason_code IS NOT NULL AND reason IS NOT NULL)",
            name="with_a_reason",
        ),
        CheckConstraint(
            "status NOT IN ('approved', 'released', 'settled', 'reversed') OR approvals IS NULL"
            " OR approvals >= approvals_needed",
            name="approved_by_enough",
        ),
        ForeignKeyConstraint(["award_id", "fund_id"], ["award.id", "award.fund_id"]),
        Index("ix_disbursement_status_id", "status", "id"),
        Index("ix_disbursement_case_id_id", "case_id", "id"),
        Index("ix_disbursement_award_id_id", "award_id", "id"),
        Index("ix_disbursement_fund_id_settled_on", "fund_id", "settled_on"),
        Index("ix_disbursement_settled_on", "settled_on"),
        Index("ix_disbursement_reversed_on", "reversed_on"),
        Index("ix_disbursement_requested_on", "requested_on"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    award_id: UUID
    case_id: UUID = Field(foreign_key="case.id")
    fund_id: UUID
    category: Category = Field(sa_type=words(Category))
    partner_id: UUID = Field(foreign_key="partner.id")
    payee_id: UUID = Field(foreign_key="payee.id", index=True)
    amount: Money = Field(sa_type=Cents)
    method: Method = Field(sa_type=words(Method))
    status: DisbursementStatus = Field(sa_type=words(DisbursementStatus))
    memo: bytes = Field(sa_type=LargeBinary)
    bank_reference: str | None = None
    reason_code: ReasonCode | None = Field(default=None, sa_type=words(ReasonCode))
    reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    requested_on: date
    approved_on: date | None = None
    released_on: date | None = None
    settled_on: date | None = None
    returned_on: date | None = None
    reversed_on: date | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    # Empty in rows that an older version wrote.
    version: int | None = None
    approvals: int | None = None
    approvals_needed: int | None = None
    account_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    authorization_form: AuthorizationForm | None = Field(default=None, sa_type=words(AuthorizationForm))
    authorization_number: str | None = None
    authorization_on: date | None = None


class DisbursementStep(Table, table=True):
    """One step of a disbursement's life. ``duty`` is the part its actor took by it, and nobody takes two.

    A step has none when it is nobody's duty (a rejection), or when the person had the duty already (the one who made
    the draft submits it, whoever approved an earlier version approves the next). An expiry has no actor.
    """

    __tablename__ = "disbursement_step"
    __table_args__ = (
        Index(
            "uq_disbursement_step_one_duty_each",
            "disbursement_id",
            "actor_id",
            unique=True,
            sqlite_where=text("duty IS NOT NULL"),
            postgresql_where=text("duty IS NOT NULL"),
        ),
        Index(
            "uq_disbursement_step_one_approval_each",
            *("disbursement_id", "actor_id", "version"),
            unique=True,
            sqlite_where=text("verb = 'approve'"),
            postgresql_where=text("verb = 'approve'"),
        ),
        CheckConstraint(
            "verb NOT IN ('create', 'approve', 'release', 'settle') OR duty IS NOT NULL"
            " OR (verb = 'approve' AND coalesce(version, 1) > 1)",
            name="duties_are_taken",
        ),
        CheckConstraint("(verb = 'expire') = (actor_id IS NULL)", name="somebody_acts"),
        Index("ix_disbursement_step_disbursement_id_id", "disbursement_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    disbursement_id: UUID = Field(foreign_key="disbursement.id")
    verb: Verb = Field(sa_type=words(Verb))
    actor_id: UUID | None = Field(default=None, foreign_key="account.id")
    duty: Duty | None = Field(default=None, sa_type=words(Duty))
    on_day: date
    at: datetime = Field(sa_type=UtcTime)
    #: Of which version of the payment, and how the actor showed that it was them; empty where nobody asked.
    version: int | None = None
    confirmed: Confirmed | None = Field(default=None, sa_type=words(Confirmed))


append_only("disbursement_step")

_FIXED = ("id", "reference", "award_id", "case_id", "fund_id", "category", "partner_id")
_SIGNED = ("payee_id", "amount", "method")
_CHANGED, _SIGNED_CHANGED = (
    " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns) for columns in (_FIXED, _SIGNED)
)
_OLD_VERSION, _NEW_VERSION = (f"coalesce({row}.version, 1)" for row in ("OLD", "NEW"))
#: What is signed changes with a new version only, which is a draft, and money that is on its way has no new one.
_UNSIGNED = (
    f"(({_SIGNED_CHANGED}) OR (NEW.status = 'draft' AND OLD.status <> 'draft') OR {_NEW_VERSION} <> {_OLD_VERSION})"
    f" AND NOT (NEW.status = 'draft' AND {_NEW_VERSION} = {_OLD_VERSION} + 1)"
)
_MOVED = " OR ".join(
    f"(OLD.status = '{old.value}' AND NEW.status = '{new.value}')" for old, new in sorted(STATUS_MOVES)
)

guarded_life(
    "disbursement",
    wrong_beginning="NEW.status <> 'draft'",
    wrong_change=f"({_CHANGED}) OR ({_UNSIGNED}) OR NOT (NEW.status = OLD.status OR {_MOVED})",
    messages=(
        "a disbursement begins as a draft",
        "a disbursement does not change like this",
        "a disbursement is rejected or reversed, never deleted",
    ),
)

witnessed("disbursement")
witnessed("disbursement_step")
