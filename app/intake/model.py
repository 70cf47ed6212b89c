"""Applications, the snapshots of their screening, and overrides. Answers are sealed in the record of the person."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.db import Table, UtcTime, guard, witnessed, words
from app.eligibility.rules import Outcome
from app.intake.rules import ApplicationStatus, OverrideStatus, TurnedAway


class Application(Table, table=True):
    """One request for help. ``screening_run`` names the newest screening; ``reason`` is a code, to be counted.

    What people write about it (a referral, what is still to be asked) is sealed under the applicant's key.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("reference"),
        Index("ix_application_partner_id_status_id", "partner_id", "status", "id"),
        Index("ix_application_partner_id_id", "partner_id", "id"),
        CheckConstraint("(status = 'accepted') = (case_id IS NOT NULL)", name="accepted_with_case"),
        CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="declined_with_reason"),
    )

    id: UUID = Field(primary_key=True)
    reference: str
    applicant_id: UUID = Field(foreign_key="applicant.id", index=True)
    partner_id: UUID = Field(foreign_key="partner.id")
    taken_by_id: UUID = Field(foreign_key="account.id")
    status: ApplicationStatus = Field(sa_type=words(ApplicationStatus))
    consent_store: bool | None = None
    consent_share: bool | None = None
    remarks_sealed: bytes = Field(sa_type=LargeBinary)
    screening_run: UUID | None = None
    reason: TurnedAway | None = Field(default=None, sa_type=words(TurnedAway))
    case_id: UUID | None = Field(default=None, foreign_key="case.id")
    created_at: datetime = Field(sa_type=UtcTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    version: int = 1
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Screening(Table, table=True):
    """One fund's verdict on one day. The snapshot (answers, rules, arithmetic) is sealed with the person's finances."""

    __tablename__ = "screening"
    __table_args__ = (
        UniqueConstraint("run_id", "fund_id"),
        Index("ix_screening_application_id_run_id", "application_id", "run_id"),
    )

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(foreign_key="application.id")
    run_id: UUID
    fund_id: UUID = Field(foreign_key="fund.id")
    verdict: Outcome = Field(sa_type=words(Outcome))
    as_of: date
    ruleset: str | None = None
    reference_data: str | None = None
    snapshot_sealed: bytes = Field(sa_type=LargeBinary)
    screened_by_id: UUID = Field(foreign_key="account.id")
    screened_at: datetime = Field(sa_type=UtcTime)


_FIXED = ("id", "application_id", "run_id", "fund_id", "verdict", "as_of", "ruleset", "reference_data")
_UNCHANGED = (*_FIXED, "screened_by_id", "screened_at")
_SAME = (f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _UNCHANGED)
#: A screening sees two changes only. Its snapshot is emptied with everything else of a person who is erased.
_EMPTIED = " AND ".join(
    (
        *_SAME,
        "length(NEW.snapshot_sealed) = 0",
        "EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)",
    )
)
#: And it is sealed anew, in the same length, under another key of its person: bytes 3 to 18 say which key that is. The
#: row's MAC must be another one too, and so the change is on record.
_RESEALED = " AND ".join(
    (
        *(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _UNCHANGED),
        "length(OLD.snapshot_sealed) > 0",
        "length(NEW.snapshot_sealed) = length(OLD.snapshot_sealed)",
        "substr(NEW.snapshot_sealed, 1, 2) = substr(OLD.snapshot_sealed, 1, 2)",
        "substr(NEW.snapshot_sealed, 3, 16) <> substr(OLD.snapshot_sealed, 3, 16)",
        "NEW.row_mac IS DISTINCT FROM OLD.row_mac",
    )
)
_ALLOWED = f"({_EMPTIED}) OR ({_RESEALED})"
_REFUSED = "'screening is append-only'"
guard(
    "screening",
    "screening_append_only",
    sqlite=(
        (
            f"CREATE TRIGGER screening_append_only_update BEFORE UPDATE ON screening WHEN NOT ({_ALLOWED})"
            f" BEGIN SELECT RAISE(ABORT, {_REFUSED}); END"
        ),
        (
            "CREATE TRIGGER screening_append_only_delete BEFORE DELETE ON screening"
            f" BEGIN SELECT RAISE(ABORT, {_REFUSED}); END"
        ),
    ),
    postgresql=(
        (
            "CREATE FUNCTION screening_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP = 'UPDATE' THEN IF {_ALLOWED} THEN RETURN NEW; END IF; END IF;"
            f" RAISE EXCEPTION {_REFUSED}; END $$"
        ),
        (
            "CREATE TRIGGER screening_append_only_change BEFORE UPDATE OR DELETE ON screening"
            " FOR EACH ROW EXECUTE FUNCTION screening_append_only()"
        ),
        (
            "CREATE TRIGGER screening_append_only_truncate BEFORE TRUNCATE ON screening"
            " FOR EACH STATEMENT EXECUTE FUNCTION screening_append_only()"
        ),
    ),
)


class Override(Table, table=True):
    """A rule of one fund set aside for one application: asked for by one person, decided by another."""

    __tablename__ = "override"
    __table_args__ = (
        Index("ix_override_application_id", "application_id"),
        Index("ix_override_status_id", "status", "id"),
        CheckConstraint("(status = 'pending') = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("decided_by_id <> requested_by_id", name="second_person"),
    )

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(foreign_key="application.id")
    screening_id: UUID = Field(foreign_key="screening.id")
    fund_id: UUID = Field(foreign_key="fund.id")
    rule: str
    reason_sealed: bytes = Field(sa_type=LargeBinary)
    status: OverrideStatus = Field(sa_type=words(OverrideStatus))
    requested_by_id: UUID = Field(foreign_key="account.id")
    requested_at: datetime = Field(sa_type=UtcTime)
    decided_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


for _name in ("application", "screening", "override"):
    witnessed(_name)
