"""Screening: every open fund's rules of today, kept as a snapshot that is never changed and never computed again."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.rules import day_in
from app.crypto import Cell, Group
from app.db import new_id
from app.eligibility.reads import UnknownRuleSet, screening
from app.eligibility.rules import Answers, Verdict, answers_from, screen_without_rules
from app.funds.reads.funds import OpenFund, open_funds
from app.intake.model import Application, Screening
from app.intake.reads.find import GROUPS, answers_of, application_for
from app.intake.rules import Act, refuse
from app.once import once
from app.work import Work

#: Snapshots are sealed to at least this many bytes: verdicts differ in length.
SNAPSHOT_FLOOR: Final = 4096


def screen(work: Work, application_id: UUID, applicant_id: UUID, body: dict[str, Any]) -> UUID:
    """Screen these answers by every open fund's rules of today, keep the snapshots, and give the id of the run.

    The caller writes the run into the application and records.
    """
    run_id = new_id()
    on = day_in(work.now, work.actor.time_zone)
    answers = answers_from(body)
    rows = []
    for fund in open_funds(work):
        verdict = _verdict(fund, answers, on)
        screening_id = new_id()
        snapshot = {**verdict.as_json(), "answers": answers.as_json()}
        cell = Cell("screening", "snapshot_sealed", screening_id, applicant_id)
        rows.append(
            {
                "id": screening_id,
                "application_id": application_id,
                "run_id": run_id,
                "fund_id": fund.id,
                "verdict": verdict.verdict,
                "as_of": on,
                "ruleset": verdict.ruleset.id if verdict.ruleset else None,
                "reference_data": verdict.reference_data.id if verdict.reference_data else None,
                "snapshot_sealed": work.vault.seal(cell, Group.FINANCES, snapshot, floor=SNAPSHOT_FLOOR),
                "screened_by_id": work.actor.id,
                "screened_at": work.now,
            }
        )
    if rows:
        work.session.execute(insert(Screening), rows)
    return run_id


def screen_again(work: Work, application_id: UUID) -> UUID:
    """Screen on today's rules; the old snapshot stays. Raises NotFound, Conflict when the status does not allow it."""
    found = application_for(work, Permission.APPLICATION_CHANGE, application_id)

    def do(_: UUID) -> None:
        refuse(Act.SCREEN, found.status)
        run_id = screen(work, application_id, found.applicant_id, answers_of(work, found))
        work.session.execute(
            update(Application)
            .where(col(Application.id) == application_id)
            .values(screening_run=run_id, version=col(Application.version) + 1)
        )
        record(
            work,
            "application.screened",
            object_type="application",
            object_id=application_id,
            subject_id=found.applicant_id,
            groups=GROUPS,
        )

    return once(work, None, do, result_id=application_id)


def _verdict(fund: OpenFund, answers: Answers, on: Any) -> Verdict:
    try:
        return screening(fund.ruleset, answers, on)
    except UnknownRuleSet:
        return screen_without_rules(fund.ruleset, fund.name, on)
