"""Setting one rule of one fund aside: asked for with a reason by one person, decided by another."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.crypto import Cell, Group
from app.eligibility.rules import RuleVerdict
from app.errors import Conflict, Denied, Invalid, Problem
from app.intake.actions.body import Private
from app.intake.model import Override
from app.intake.reads.find import application_for, override_for
from app.intake.reads.verdicts import Snapshot, snapshot_of
from app.intake.rules import Act, OverrideStatus, refuse
from app.once import once
from app.work import Work


class NewOverride(Private):
    """Which rule of which fund is to be set aside, and why.

    The approver reads the reason and sees the application by reference only: it names no person.
    """

    fund_id: UUID
    rule: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def request_override(work: Work, application_id: UUID, form: NewOverride) -> UUID:
    """Ask that a rule be set aside and give the override's id.

    Raises NotFound; Invalid when the newest screening has no such fund or rule; Conflict when the rule is met, the
    override was asked for already, or the application's status does not allow it.
    """
    found = application_for(work, Permission.APPLICATION_DECIDE, application_id)

    def do(override_id: UUID) -> None:
        refuse(Act.OVERRIDE, found.status)
        snapshot = _snapshot(work, found.applicant_id, found.screening_run, form)
        _refuse_repeated(work, snapshot, form.rule)
        cell = Cell("override", "reason_sealed", override_id, found.applicant_id)
        work.session.execute(
            insert(Override).values(
                id=override_id,
                application_id=application_id,
                screening_id=snapshot.id,
                fund_id=form.fund_id,
                rule=form.rule,
                reason_sealed=work.vault.seal(cell, Group.STAFF, form.reason),
                status=OverrideStatus.PENDING,
                requested_by_id=work.actor.id,
                requested_at=work.now,
            )
        )
        record(
            work,
            "override.requested",
            object_type="override",
            object_id=override_id,
            subject_id=found.applicant_id,
            groups=(Group.FINANCES,),
            details={"rule": form.rule},
        )

    return once(work, form, do)


def approve_override(work: Work, application_id: UUID, override_id: UUID) -> UUID:
    """Set the rule aside. Raises NotFound, Denied for the person who asked, Conflict when it was decided already."""
    return _decide(work, application_id, override_id, OverrideStatus.APPROVED)


def reject_override(work: Work, application_id: UUID, override_id: UUID) -> UUID:
    """Leave the rule standing. Raises NotFound, Denied for the person who asked, Conflict when it was decided."""
    return _decide(work, application_id, override_id, OverrideStatus.REJECTED)


def _decide(work: Work, application_id: UUID, override_id: UUID, status: OverrideStatus) -> UUID:
    row = override_for(work, application_id, override_id)
    if row.requested_by_id == work.actor.id:
        raise Denied("segregation_of_duties", "Somebody else must decide about the override that you asked for.")

    def do(_: UUID) -> None:
        refuse(Act.OVERRIDE, row.application_status)
        if row.status is not OverrideStatus.PENDING:
            raise Conflict("override.decided", "This override was decided already.")
        work.session.execute(
            update(Override)
            .where(col(Override.id) == override_id)
            .values(status=status, decided_by_id=work.actor.id, decided_at=work.now)
        )
        record(
            work,
            f"override.{status.value}",
            object_type="override",
            object_id=override_id,
            subject_id=row.applicant_id,
        )

    return once(work, None, do, result_id=override_id)


def _snapshot(work: Work, applicant_id: UUID, run_id: UUID | None, form: NewOverride) -> Snapshot:
    snapshot = snapshot_of(work, applicant_id, run_id, form.fund_id) if run_id else None
    if snapshot is None:
        raise Invalid(Problem("/fund_id", "fund.not_screened", "Choose a fund that this application was screened for."))
    verdicts = {result.rule: result.verdict for result in snapshot.results}
    if form.rule not in verdicts:
        raise Invalid(Problem("/rule", "rule.unknown", "Choose a rule of this fund."))
    if verdicts[form.rule] is RuleVerdict.PASSED:
        raise Conflict("override.needless", "This rule is met. There is nothing to set aside.")
    return snapshot


def _refuse_repeated(work: Work, snapshot: Snapshot, rule: str) -> None:
    standing: Any = select(col(Override.id)).where(
        col(Override.screening_id) == snapshot.id,
        col(Override.rule) == rule,
        col(Override.status) != OverrideStatus.REJECTED,
    )
    if work.session.execute(standing).first() is not None:
        raise Conflict("override.standing", "This override was asked for already.")
