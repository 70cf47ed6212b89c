"""Beginning an invoice, writing its lines, and handing it in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.actions.agreements import Nothing
from app.agreements.actions.hours import LineHours
from app.agreements.model import Invoice, InvoiceLine
from app.agreements.reads.find import FoundInvoice, agreement_for, invoice_for, line_for
from app.agreements.reads.terms import terms_in_force
from app.agreements.rules import (
    Claim,
    InvoiceStatus,
    LineKind,
    LineStatus,
    Stage,
    Terms,
    WorkRole,
    expected,
    in_force,
    tidy,
)
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.model import Case
from app.cases.scope import visible
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import Conflict, Invalid, NotFound, Problem
from app.funds.actions.funds import Line
from app.funds.actions.ledger import Amount
from app.funds.rules import Category
from app.money import Money
from app.once import once
from app.reference import new_reference, read_reference
from app.work import Work

#: Lines of one invoice: a month of a large office.
MOST_LINES = 500


class NewInvoice(BaseModel):
    """An invoice under an agreement, by the partner's own number and its date (today unless given)."""

    model_config = ConfigDict(extra="forbid")

    agreement_id: UUID
    number: Line
    invoiced_on: Day | None = None


class NewLine(BaseModel):
    """One line: a case by its reference, and a stage, or a role with its hours, or a part of the rate by its number.

    Without an amount the line asks what the agreement gives. ``narrative`` is sealed for the case's attorneys.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    case: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    worked_on: Day
    category: Category = Category.REPRESENTATION
    stage: Stage | None = None
    role: WorkRole | None = None
    hours: LineHours | None = None
    instalment: Annotated[int, Field(ge=1, le=24)] | None = None
    amount: Amount | None = None
    narrative: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


def create(work: Work, form: NewInvoice) -> UUID:
    """Begin an invoice and give its id. Raises NotFound for an agreement out of reach, Invalid for a number in use."""
    work.allow(Permission.INVOICE_CREATE)
    try:
        agreement = agreement_for(work, Permission.AGREEMENT_READ, form.agreement_id)
    except NotFound:
        raise Invalid(Problem("/agreement_id", "agreement_id.unknown", "There is no such agreement.")) from None

    def do(invoice_id: UUID) -> None:
        today = agreement.today(work)
        if (form.invoiced_on or today) > today:
            raise Invalid(Problem("/invoiced_on", "invoiced_on.future", "Enter today or a day before today."))
        try:
            work.insert(
                Invoice,
                id=invoice_id,
                reference=new_reference("IN"),
                agreement_id=agreement.id,
                partner_id=agreement.partner_id,
                number=form.number,
                invoiced_on=form.invoiced_on or today,
                status=InvoiceStatus.DRAFT,
                entered_by=work.actor.id,
                entered_at=work.now,
            )
        except IntegrityError:
            raise Invalid(
                Problem("/number", "number.taken", "You have an invoice with this number. Enter another number.")
            ) from None
        record(work, "invoice.created", object_type="invoice", object_id=invoice_id)

    return once(work, form, do)


def add_line(work: Work, invoice_id: UUID, form: NewLine) -> UUID:
    """Add a line and give the invoice's id; what does not fit the agreement is kept and shown, not refused.

    Raises NotFound, Invalid for a case out of reach and for a line that bills nothing, Conflict when it was handed in.
    """
    found = drafted(work, invoice_id)

    def do(_: UUID) -> None:
        problems = put_lines(work, found, [form])
        if problems:
            raise Invalid(*(replace(each, pointer=each.pointer.removeprefix("/lines/0")) for each in problems))

    return once(work, form, do, result_id=invoice_id)


def remove_line(work: Work, invoice_id: UUID, line_id: UUID) -> UUID:
    """Take a line off an invoice that was not handed in. Raises NotFound or Conflict."""
    found, line = line_for(work, Permission.INVOICE_CREATE, invoice_id, line_id)
    _must_be_draft(found)
    work.session.execute(
        update(InvoiceLine).where(col(InvoiceLine.id) == line.id).values(status=LineStatus.WITHDRAWN, narrative=b"")
    )
    record(work, "invoice.line_removed", object_type="invoice", object_id=invoice_id, subject_id=line.case_id)
    return invoice_id


def submit(work: Work, invoice_id: UUID, form: Nothing) -> UUID:
    """Hand an invoice in. Raises NotFound, or Conflict when it has no line or was handed in already."""
    found = drafted(work, invoice_id)

    def do(_: UUID) -> None:
        _must_be_draft(found)
        standing = select(func.count()).where(
            col(InvoiceLine.invoice_id) == invoice_id, col(InvoiceLine.status) != LineStatus.WITHDRAWN
        )
        if work.session.execute(standing).scalar_one() == 0:
            raise Conflict("invoice.empty", "The invoice has no line yet. Add one, then submit it.")
        work.session.execute(
            update(Invoice)
            .where(col(Invoice.id) == invoice_id)
            .values(status=InvoiceStatus.SUBMITTED, submitted_by=work.actor.id, submitted_at=work.now)
        )
        record(work, "invoice.submitted", object_type="invoice", object_id=invoice_id)

    return once(work, form, do, result_id=invoice_id)


def drafted(work: Work, invoice_id: UUID) -> FoundInvoice:
    """An invoice that the actor may write, held until the Work ends. Raises NotFound."""
    return invoice_for(work, Permission.INVOICE_CREATE, invoice_id, lock=True)


def put_lines(work: Work, found: FoundInvoice, forms: Sequence[NewLine], *, keep: bool = True) -> list[Problem]:
    """Put lines on a draft, or none of them: gives everything that keeps a line from being kept, by its place.

    Without ``keep`` they are only looked at. Raises Conflict when the invoice was handed in, or would get too long.
    """
    _must_be_draft(found)
    numbered = select(func.coalesce(func.max(col(InvoiceLine.number)), 0)).where(
        col(InvoiceLine.invoice_id) == found.id
    )
    last = work.session.execute(numbered).scalar_one()
    if last + len(forms) > MOST_LINES:
        raise Conflict("invoice.too_long", "An invoice has at most {most} lines.", {"most": MOST_LINES})
    cases = _cases(work, {read_reference(form.case) for form in forms})
    terms = terms_in_force(work, found.agreement.id)
    problems: list[Problem] = []
    rows = []
    for place, form in enumerate(forms):
        case_id = cases.get(read_reference(form.case) or "")
        claim = _claim(form, terms)
        wrong = _wrong(place, form, case_id, claim)
        problems += wrong
        if not wrong and case_id is not None and claim is not None:
            rows.append((case_id, claim, form.narrative))
    if problems or not keep:
        return problems
    for number, (case_id, claim, narrative) in enumerate(rows, start=last + 1):
        _put(work, found, number, case_id, claim, narrative)
    record(work, "invoice.lines_added", object_type="invoice", object_id=found.id, count=len(rows))
    return []


def _put(work: Work, found: FoundInvoice, number: int, case_id: UUID, claim: Claim, narrative: str | None) -> None:
    line_id = new_id()
    work.insert(
        InvoiceLine,
        id=line_id,
        invoice_id=found.id,
        agreement_id=found.agreement.id,
        case_id=case_id,
        number=number,
        kind=claim.kind,
        stage=claim.stage,
        role=claim.role,
        hours=claim.hours,
        instalment=claim.instalment,
        worked_on=claim.worked_on,
        category=claim.category,
        amount=claim.amount,
        # Sealed also when empty: whether there are words shows nowhere.
        narrative=work.vault.seal(Cell("invoice_line", "narrative", line_id, case_id), Group.NOTES, narrative),
        status=LineStatus.OPEN,
        entered_by=work.actor.id,
        created_at=work.now,
    )


def _cases(work: Work, references: set[str | None]) -> dict[str, UUID]:
    """The cases of these references that the actor may bill: a partner's all, an attorney's own."""
    reach = work.allow(Permission.INVOICE_CREATE)
    rows = work.session.execute(
        select(col(Case.reference), col(Case.id)).where(
            col(Case.reference).in_(references - {None}),
            col(Case.partner_id) == work.actor.partner_id,
            col(Case.erased_at).is_(None),
            visible(work.actor, reach),
        )
    )
    return {row.reference: row.id for row in rows}


def _claim(form: NewLine, terms: list[Terms]) -> Claim | None:
    """What the line bills; without an amount what the agreement gives on its day. None when there is no amount."""
    amount = form.amount
    if amount is None:
        then = in_force(terms, form.worked_on)
        amount = None if then is None else expected(then, form.stage, form.role, form.hours, form.instalment)
    if form.stage is not None:
        kind = LineKind.STAGE
    else:
        kind = LineKind.INSTALMENT if form.instalment is not None else LineKind.HOURS
    claim = Claim(
        kind, form.worked_on, form.category, amount or Money(0), form.stage, form.role, form.hours, form.instalment
    )
    return claim if amount else (claim if not tidy(claim) else None)


def _wrong(place: int, form: NewLine, case_id: UUID | None, claim: Claim | None) -> list[Problem]:
    at = f"/lines/{place}"
    problems = []
    if case_id is None:
        problems.append(
            Problem(f"{at}/case", "case.unknown", "You have no case with this reference. Check how it is written.")
        )
    if claim is None:
        problems.append(
            Problem(f"{at}/amount", "amount.not_agreed", "The agreement gives no amount for this. Enter one.")
        )
    elif not tidy(claim):
        name = "hours" if form.role is not None and form.hours is None else "stage"
        problems.append(
            Problem(f"{at}/{name}", "line.kind", "Enter a stage, or a role with its hours, or the number of a part.")
        )
    return problems


def _must_be_draft(found: FoundInvoice) -> None:
    if found.status is not InvoiceStatus.DRAFT:
        raise Conflict("invoice.status", "This invoice was handed in. Its lines are answered one by one.")
