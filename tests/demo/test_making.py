"""What the demo is made of: every status, sums that hold, moments of the past; the same on both engines."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from app.access.model import Account
from app.applicants.model import Applicant
from app.audit.model import AuditEvent
from app.audit.verifying.rows import verify_rows
from app.cases.model import Assignment, Case, Deadline, Hearing
from app.cases.rules import AssignmentStatus, CaseStatus
from app.conflicts.model import ConflictCheck
from app.conflicts.rules import CheckResult, Resolution
from app.demo.days import midnight
from app.demo.givers import Program
from app.demo.making import Wanted, make, prove
from app.demo.past import Life, Past, step
from app.demo.stories import SPAN
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.eligibility.rules import Outcome
from app.funds.model import Award, Fund, LedgerAccount, LedgerEntry, Payee
from app.funds.rules import AccountKind, AwardStatus, EntryKind, PayeeKind
from app.intake.model import Application, Override, Screening
from app.intake.rules import ApplicationStatus, OverrideStatus, TurnedAway
from app.machine import OPERATOR
from app.web.services import Services
from app.work import Work
from tests.demo.conftest import EVERY_KIND, opened

TODAY = EVERY_KIND.today


def rows(services: Services, *columns: Any) -> list[Any]:
    with services.database.looking.connect() as connection:
        return list(connection.execute(select(*columns)))


def counted(services: Services, column: Any) -> Counter[Any]:
    return Counter(value for (value,) in rows(services, column))


def test_every_status_is_there(made: Services) -> None:
    assert set(counted(made, col(Application.status))) == set(ApplicationStatus)
    assert set(counted(made, col(Case.status))) == set(CaseStatus)
    assert set(counted(made, col(Assignment.status))) == set(AssignmentStatus)
    assert set(counted(made, col(Award.status))) == set(AwardStatus)
    assert set(counted(made, col(Override.status))) == set(OverrideStatus)
    assert set(counted(made, col(Screening.verdict))) == set(Outcome)
    # Nobody's act lets a disbursement expire.
    assert set(counted(made, col(Disbursement.status))) == set(DisbursementStatus) - {DisbursementStatus.EXPIRED}
    returned = rows(made, col(Disbursement.settled_on), col(Disbursement.status))
    assert {day is None for day, status in returned if status is DisbursementStatus.RETURNED} == {True, False}
    checks = {
        (row.result, row.resolution) for row in rows(made, col(ConflictCheck.result), col(ConflictCheck.resolution))
    }
    assert checks == {
        (CheckResult.CLEAR, None),
        (CheckResult.REVIEW, None),
        *((CheckResult.REVIEW, resolution) for resolution in Resolution),
    }
    assert {PayeeKind.PARTNER, PayeeKind.ATTORNEY, PayeeKind.AGENCY, PayeeKind.VENDOR} <= set(
        counted(made, col(Payee.kind))
    )
    assert {TurnedAway.OVER_INCOME, TurnedAway.CONFLICT} <= set(counted(made, col(Application.reason)))


def test_as_many_applicants_as_asked_for(made: Services) -> None:
    assert sum(counted(made, col(Applicant.reference)).values()) == EVERY_KIND.applicants


def test_the_funds_are_the_published_ones(made: Services) -> None:
    funds = rows(
        made, col(Fund.name), col(Fund.ruleset), col(Fund.awarded_total), col(Fund.starts_on), col(Fund.ends_on)
    )
    denver = {row.name.partition(": ")[2]: str(row.awarded_total) for row in funds if row.ruleset == Program.DENVER}
    assert denver == {
        "City general fund": "200000.00",
        "City support fund": "50000.00",
        "Vera SAFE grant": "100000.00",
        "Rose Community Foundation": "30000.00",
        "The Denver Foundation": "5000.00",
    }
    assert sum(row.awarded_total for row in funds if row.ruleset == Program.DENVER) == 385_000_00
    colorado = sorted((row.starts_on, row.ends_on) for row in funds if row.ruleset == Program.COLORADO)
    assert all(row.awarded_total == 350_000_00 for row in funds if row.ruleset == Program.COLORADO)
    assert all(before[1] + timedelta(days=1) == after[0] for before, after in pairwise(colorado))
    assert colorado[0][0] <= TODAY - timedelta(days=SPAN)
    assert colorado[-1][1] >= TODAY
    assert len([row for row in funds if row.ruleset == Program.FEES]) == 1


def test_awards_stay_within_their_allocations(made: Services) -> None:
    def sums(kind: EntryKind, column: Any) -> dict[Any, int]:
        statement = (
            select(column, func.sum(col(LedgerEntry.amount)))
            .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.debit_account_id))
            .where(col(LedgerEntry.kind) == kind)
            .group_by(column)
        )
        with made.database.looking.connect() as connection:
            return {place: int(cents) for place, cents in connection.execute(statement)}

    allocated = sums(EntryKind.ALLOCATED, col(LedgerAccount.allocation_id))
    awarded = sums(EntryKind.AWARDED, col(LedgerAccount.allocation_id))
    assert awarded
    assert all(cents <= allocated[place] for place, cents in awarded.items())
    given = sums(EntryKind.GIVEN, col(LedgerAccount.fund_id))
    assert all(cents <= given[fund] for fund, cents in sums(EntryKind.ALLOCATED, col(LedgerAccount.fund_id)).items())
    available = [row.balance for row in rows(made, col(LedgerAccount.kind), col(LedgerAccount.balance))
                 if row.kind is AccountKind.AVAILABLE]  # fmt: skip
    assert min(available) > 0, "something is left for whoever tries the demo"


def test_what_was_made_verifies(made: Services) -> None:
    said = prove(made)
    entries, events = (len(rows(made, column)) for column in (col(LedgerEntry.number), col(AuditEvent.id)))
    assert said.startswith(f"Verified: {entries} ledger entries balance, {events} events")


def test_every_row_is_as_it_is_on_record(made: Services) -> None:
    verdict = verify_rows(made.database, made.vault)
    assert [each.line() for each in verdict.faults] == []
    assert verdict.states > verdict.rows > 100


def test_everything_happened_before_today_in_the_order_of_its_ids(made: Services) -> None:
    moments = [row.at for row in sorted(rows(made, col(AuditEvent.id), col(AuditEvent.at)))]
    assert moments == sorted(moments)
    assert midnight(TODAY - timedelta(days=SPAN + 60)) < moments[0]
    assert moments[-1] < midnight(TODAY)
    assert moments[-1] > midnight(TODAY - timedelta(days=6))
    paid = [day for (day,) in rows(made, col(Disbursement.settled_on)) if day]
    assert min(paid) < TODAY - timedelta(days=365)
    assert max(paid) > TODAY - timedelta(days=90)


def test_there_is_something_to_do_for_everybody(made: Services) -> None:
    people = dict(rows(made, col(Account.email), col(Account.id)))
    offers = rows(made, col(Assignment.attorney_id), col(Assignment.status), col(Assignment.case_id))
    assert people["attorney@demo.example"] in {
        row.attorney_id for row in offers if row.status is AssignmentStatus.OFFERED
    }
    working = {row.attorney_id for row in offers if row.status is AssignmentStatus.ACCEPTED}
    assert {people["attorney@demo.example"], people["attorney2@demo.example"]} <= working
    cases = {row.case_id for row in offers if row.status is AssignmentStatus.ACCEPTED}
    soon = [row for row in rows(made, col(Hearing.case_id), col(Hearing.held_on)) if row.case_id in cases]
    assert any(TODAY < row.held_on <= TODAY + timedelta(days=14) for row in soon)
    due = rows(made, col(Deadline.due_on), col(Deadline.completed_at))
    assert any(TODAY < row.due_on < TODAY + timedelta(days=14) for row in due if row.completed_at is None)


def test_both_engines_tell_the_same(made_on_sqlite: Services, made_on_postgresql: Services) -> None:
    """Two runs of one seed: the same people, statuses, days and amounts, in the same order."""

    def told(services: Services) -> list[list[Any]]:
        ordered = [
            (Application, Application.id, Application.status, Application.reason, Application.submitted_at),
            (Case, Case.id, Case.status, Case.outcome, Case.closed_on, Case.custody, Case.court),
            (Award, Award.id, Award.status, Award.category, Award.amount, Award.requested_on),
            (Disbursement, Disbursement.id, Disbursement.status, Disbursement.amount, Disbursement.settled_on),
            (AuditEvent, AuditEvent.id, AuditEvent.at, AuditEvent.action),
        ]
        return [
            [tuple(row)[1:] for row in sorted(rows(services, *map(col, columns)), key=lambda row: row.id)]
            for _, *columns in ordered
        ]

    assert told(made_on_sqlite) == told(made_on_postgresql)


@pytest.mark.parametrize(
    ("today", "seed"),
    [(date(2026, 6, 28), 5), (date(2027, 1, 2), 6)],
    ids=["before Colorado's new year", "a Saturday after new guidelines"],
)
def test_other_days_and_seeds_are_as_sound(today: date, seed: int, tmp_path: Path) -> None:
    with opened(tmp_path / "data") as services:
        make(services, OPERATOR, Wanted(24, seed, today))
        assert prove(services).startswith("Verified")
        assert set(counted(services, col(Application.status))) == set(ApplicationStatus)


def test_an_interrupted_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path / "data") as services:
        monkeypatch.setattr("app.demo.making.application", interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(services, OPERATOR, Wanted(3, 1, TODAY))
        assert rows(services, col(Account.id)) == []
        assert rows(services, col(Fund.id)) == []


def interrupted(*_: Any) -> Any:
    raise KeyboardInterrupt


def test_a_step_before_one_that_was_done_is_refused(made_on_sqlite: Services) -> None:
    noon = datetime(2026, 1, 5, 19, tzinfo=UTC)

    def life(*hours: int) -> Life:
        for hour in hours:
            yield step(noon + timedelta(hours=hour), "operator", decide_nothing)

    with made_on_sqlite.database.engine.connect() as connection:
        past = Past(connection, made_on_sqlite.vault, noon + timedelta(hours=3))
        past.people["operator"] = OPERATOR
        past.start(life(1, 2, 3, 4))
        past.run()
        assert past.works == 2
        past.start(life(2, 1))
        with pytest.raises(ValueError, match="done already"):
            past.run()


def decide_nothing(work: Work) -> None:
    work.decided = True
