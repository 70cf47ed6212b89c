"""Reports that open the later parts of a caseload's rate: one person notes that it came, another approves it."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.actions.agreements import Nothing
from app.agreements.model import AgreementReport
from app.agreements.reads.find import agreement_for
from app.agreements.reads.terms import terms_in_force
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.once import once
from app.work import Work


class NewReport(BaseModel):
    """For which part of the rate a report came, and on which day (today unless given)."""

    model_config = ConfigDict(extra="forbid")

    number: int
    received_on: Day | None = None


def receive(work: Work, agreement_id: UUID, form: NewReport) -> UUID:
    """Note that the report for a part came. Raises NotFound, Invalid, Conflict when it is noted already."""
    found = agreement_for(work, Permission.AGREEMENT_DRAFT, agreement_id, lock=True)

    def do(_: UUID) -> None:
        today = found.today(work)
        if not any(form.number == each.number for terms in terms_in_force(work, found.id) for each in terms.tranches):
            raise Invalid(Problem("/number", "number.unknown", "The agreement has no such part."))
        received_on = form.received_on or today
        if received_on > today:
            raise Invalid(Problem("/received_on", "received_on.future", "Enter today or a day before today."))
        try:
            work.insert(
                AgreementReport,
                id=new_id(),
                agreement_id=agreement_id,
                number=form.number,
                received_on=received_on,
                received_by=work.actor.id,
                received_at=work.now,
            )
        except IntegrityError:
            raise Conflict("agreement.report", "The report for this part is noted already.") from None
        record(work, "agreement.report_received", object_type="agreement", object_id=agreement_id)

    return once(work, form, do, result_id=agreement_id)


def approve_report(work: Work, agreement_id: UUID, number: int, form: Nothing) -> UUID:
    """Approve a report that came; somebody else than who noted it. Raises NotFound, Denied, Conflict."""
    agreement_for(work, Permission.AGREEMENT_APPROVE, agreement_id, lock=True)
    here = (col(AgreementReport.agreement_id) == agreement_id, col(AgreementReport.number) == number)
    row = work.session.execute(
        select(col(AgreementReport.received_by), col(AgreementReport.approved_by)).where(*here)
    ).one_or_none()
    if row is None:
        raise NotFound

    def do(_: UUID) -> None:
        if row.received_by == work.actor.id:
            raise Denied("segregation_of_duties", "You noted that this report came. Somebody else must approve it.")
        if row.approved_by is not None:
            raise Conflict("agreement.report", "This report is approved already.")
        work.session.execute(
            update(AgreementReport).where(*here).values(approved_by=work.actor.id, approved_at=work.now)
        )
        record(work, "agreement.report_approved", object_type="agreement", object_id=agreement_id)

    return once(work, form, do, result_id=agreement_id)
