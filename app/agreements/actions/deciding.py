"""What the fund says to each line, and what the partner answers. Nobody accepts what they entered."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.access.ties import is_tied
from app.agreements.actions.agreements import Nothing
from app.agreements.actions.hours import LineHours
from app.agreements.model import Invoice, InvoiceLine
from app.agreements.reads.find import FoundInvoice, FoundLine, agreement_for, line_for, lines_of
from app.agreements.reads.judging import judge
from app.agreements.rules import Answer, DisputeCode, InvoiceStatus, LineKind, LineStatus, invoice_status
from app.audit.actions import record
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.ledger import Amount
from app.once import once
from app.work import Work

_WAITS = frozenset({LineStatus.OPEN, LineStatus.ANSWERED})


class Dispute(BaseModel):
    """Why not: by a code for everybody, and in words for the case's attorneys, which are sealed."""

    model_config = ConfigDict(extra="forbid")

    code: DisputeCode
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


class NewAnswer(BaseModel):
    """What the partner says to a dispute. A correction brings the right amount, and hours where the line has some."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer
    amount: Amount | None = None
    hours: LineHours | None = None


def accept(work: Work, invoice_id: UUID, line_id: UUID, form: Nothing) -> UUID:
    """Accept a line as the agreement stands now: its partner may ask for the payment. Gives the invoice's id.

    Raises NotFound; Denied for who entered it, works on its case or belongs to the partner; Conflict when it was
    decided, or does not fit the agreement, the case or its award.
    """
    found, line = line_for(work, Permission.INVOICE_DECIDE, invoice_id, line_id)

    def do(_: UUID) -> None:
        # One at a time under an agreement: caps are counted over all its invoices.
        agreement_for(work, Permission.AGREEMENT_READ, found.agreement.id, lock=True)
        _must_be_another(work, found, line)
        _must_wait(found, line, _WAITS)
        judged = judge(work, found, lines_of(work, invoice_id))[line.id]
        if not judged.finding.acceptable or judged.terms is None or judged.award_id is None:
            raise Conflict(
                "invoice.line_does_not_fit",
                "This line does not fit the agreement. Dispute it, so that the partner can correct it.",
            )
        try:
            _set(
                work,
                line,
                status=LineStatus.ACCEPTED,
                accepted_by=work.actor.id,
                accepted_at=work.now,
                expected=judged.finding.expected,
                version_id=judged.terms.id,
                award_id=judged.award_id,
            )
        except IntegrityError:
            raise Conflict("invoice.billed_already", "This was accepted on another line already.") from None
        record_line(work, found, line, "invoice.line_accepted")

    return once(work, form, do, result_id=invoice_id)


def dispute(work: Work, invoice_id: UUID, line_id: UUID, form: Dispute) -> UUID:
    """Dispute a line, with a reason: the partner answers. Raises NotFound, Denied, Conflict."""
    return _refuse(work, invoice_id, line_id, form, LineStatus.DISPUTED, "invoice.line_disputed", _WAITS)


def reject(work: Work, invoice_id: UUID, line_id: UUID, form: Dispute) -> UUID:
    """Reject a line for good, with a reason. Raises NotFound, Denied, Conflict."""
    old = _WAITS | {LineStatus.DISPUTED}
    return _refuse(work, invoice_id, line_id, form, LineStatus.REJECTED, "invoice.line_rejected", old)


def answer(work: Work, invoice_id: UUID, line_id: UUID, form: NewAnswer) -> UUID:
    """Answer a dispute: correct the line, stand by it, or withdraw it. Raises NotFound, Invalid, Conflict."""
    found, line = line_for(work, Permission.INVOICE_CREATE, invoice_id, line_id)

    def do(_: UUID) -> None:
        _must_wait(found, line, frozenset({LineStatus.DISPUTED}))
        values: dict[str, Any] = {"answer": form.answer, "status": LineStatus.ANSWERED}
        if form.answer is Answer.CORRECTED:
            values |= _corrected(line, form)
        elif form.amount is not None or form.hours is not None:
            raise Invalid(Problem("/amount", "amount.not_kept", "Leave amount and hours out, or correct the line."))
        if form.answer is Answer.WITHDRAWN:
            values["status"] = LineStatus.WITHDRAWN
        _set(work, line, **values)
        record_line(work, found, line, "invoice.line_answered")

    return once(work, form, do, result_id=invoice_id)


def _refuse(
    work: Work,
    invoice_id: UUID,
    line_id: UUID,
    form: Dispute,
    new: LineStatus,
    action: str,
    old: frozenset[LineStatus],
) -> UUID:
    found, line = line_for(work, Permission.INVOICE_DECIDE, invoice_id, line_id)

    def do(_: UUID) -> None:
        _must_be_another(work, found, line)
        _must_wait(found, line, old)
        cell = Cell("invoice_line", "dispute_words", line.id, line.case_id)
        sealed = work.vault.seal(cell, Group.NOTES, form.words)
        _set(work, line, status=new, dispute_code=form.code, dispute_words=sealed, answer=None)
        record_line(work, found, line, action)

    return once(work, form, do, result_id=invoice_id)


def _corrected(line: FoundLine, form: NewAnswer) -> dict[str, Any]:
    if form.amount is None and form.hours is None:
        raise Invalid(Problem("/amount", "amount.required", "Enter the right amount."))
    if form.hours is not None and line.claim.kind is not LineKind.HOURS:
        raise Invalid(Problem("/hours", "hours.not_kept", "Leave the hours out. This line has none."))
    corrected = {"amount": form.amount, "hours": form.hours}
    return {name: value for name, value in corrected.items() if value is not None}


def _must_be_another(work: Work, found: FoundInvoice, line: FoundLine) -> None:
    own = work.actor.partner_id == found.agreement.partner_id
    if work.actor.id == line.entered_by or own or is_tied(work.session, work.actor.id, line.case_id):
        raise Denied(
            "segregation_of_duties", "You entered this line, or work on its case. Somebody else must decide about it."
        )


def _must_wait(found: FoundInvoice, line: FoundLine, statuses: frozenset[LineStatus]) -> None:
    if found.status is InvoiceStatus.DRAFT or line.status not in statuses:
        raise Conflict("invoice.line_status", "The line is not in a status that allows this. Load the invoice again.")


def _set(work: Work, line: FoundLine, **values: Any) -> None:
    work.session.execute(update(InvoiceLine).where(col(InvoiceLine.id) == line.id).values(**values))


def record_line(work: Work, found: FoundInvoice, line: FoundLine, action: str) -> None:
    """The invoice is what its lines are."""
    of_invoice = select(col(InvoiceLine.status)).where(col(InvoiceLine.invoice_id) == found.id)
    status = invoice_status(list(work.session.execute(of_invoice).scalars()))
    work.session.execute(update(Invoice).where(col(Invoice.id) == found.id).values(status=status))
    record(work, action, object_type="invoice", object_id=found.id, subject_id=line.case_id)
