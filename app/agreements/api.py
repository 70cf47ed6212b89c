"""Agreements and invoices over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.access.grants import Permission
from app.agreements.actions import agreements as agreeing
from app.agreements.actions import deciding, paying, reporting, sheets
from app.agreements.actions import invoices as invoicing
from app.agreements.actions.agreements import Nothing
from app.agreements.reads import agreements as agreement_reads
from app.agreements.reads import find
from app.agreements.reads import invoices as reads
from app.agreements.rules import InvoiceStatus
from app.cases.actions.dates import Day
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.answers import MULTIPART, Turns
from app.web.door import Door
from app.work import Work

agreements = Door("/agreements")
door = Door("/invoices")


@agreements.get("", Permission.AGREEMENT_READ)
def list_agreements(
    work: Work,
    fund_id: UUID | None = None,
    partner_id: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> agreement_reads.AgreementList:
    """The agreements in your reach, newest first."""
    return agreement_reads.agreements(work, fund_id, partner_id, limit, cursor)


@agreements.get("/{agreement_id}", Permission.AGREEMENT_READ)
def get_agreement(
    work: Work, agreement_id: UUID, as_of: Annotated[Day | None, Query()] = None
) -> agreement_reads.AgreementView:
    """One agreement with all its versions; ``in_force`` is the one that holds on ``as_of``, today unless given."""
    return agreement_reads.agreement(work, agreement_id, as_of)


@agreements.post("", Permission.AGREEMENT_DRAFT, key=True, status_code=201)
def create_agreement(work: Work, form: agreeing.NewAgreement) -> agreement_reads.AgreementView:
    """Make an agreement between a fund and a partner; its terms follow."""
    return agreement_reads.agreement(work, agreeing.create(work, form), answering=True)


@agreements.post("/{agreement_id}/versions", Permission.AGREEMENT_DRAFT, finds=find.drafting, key=True, status_code=201)
def draft_version(work: Work, agreement_id: UUID, form: agreeing.NewVersion) -> agreement_reads.AgreementView:
    """Draft terms from a day on; they wait for a second person."""
    return agreement_reads.agreement(work, agreeing.draft(work, agreement_id, form), answering=True)


@agreements.post(
    "/{agreement_id}/versions/{version_id}/approve",
    Permission.AGREEMENT_APPROVE,
    finds=find.approving_version,
    key=True,
)
def approve_version(
    work: Work, agreement_id: UUID, version_id: UUID, form: Nothing | None = None
) -> agreement_reads.AgreementView:
    """Put terms in force that somebody else drafted."""
    agreeing.approve(work, agreement_id, version_id, form or Nothing())
    return agreement_reads.agreement(work, agreement_id, answering=True)


@agreements.post("/{agreement_id}/reports", Permission.AGREEMENT_DRAFT, finds=find.drafting, key=True, status_code=201)
def receive_report(work: Work, agreement_id: UUID, form: reporting.NewReport) -> agreement_reads.AgreementView:
    """Note that the report for a part of the rate came."""
    return agreement_reads.agreement(work, reporting.receive(work, agreement_id, form), answering=True)


@agreements.post(
    "/{agreement_id}/reports/{number}/approve", Permission.AGREEMENT_APPROVE, finds=find.approving_report, key=True
)
def approve_report(
    work: Work, agreement_id: UUID, number: int, form: Nothing | None = None
) -> agreement_reads.AgreementView:
    """Approve a report that somebody else noted."""
    reporting.approve_report(work, agreement_id, number, form or Nothing())
    return agreement_reads.agreement(work, agreement_id, answering=True)


@door.get("", Permission.INVOICE_READ)
def list_invoices(
    work: Work,
    status: InvoiceStatus | None = None,
    agreement_id: UUID | None = None,
    partner_id: UUID | None = None,
    fund_id: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.InvoiceList:
    """The invoices in your reach, newest first."""
    return reads.invoices(work, reads.InvoiceFilter(status, agreement_id, partner_id, fund_id), limit, cursor)


@door.get("/{invoice_id}", Permission.INVOICE_READ)
def get_invoice(work: Work, invoice_id: UUID) -> reads.InvoiceView:
    """One invoice with its lines, each held against the agreement as things stand now."""
    return reads.invoice(work, invoice_id)


@door.post("", Permission.INVOICE_CREATE, key=True, status_code=201)
def create_invoice(work: Work, form: invoicing.NewInvoice) -> reads.InvoiceView:
    """Begin an invoice under an agreement."""
    return reads.invoice(work, invoicing.create(work, form), answering=True)


@door.post("/{invoice_id}/lines", Permission.INVOICE_CREATE, finds=find.entering, key=True, status_code=201)
def add_line(work: Work, invoice_id: UUID, form: invoicing.NewLine) -> reads.InvoiceView:
    """Add a line; the answer says how it stands to the agreement."""
    return reads.invoice(work, invoicing.add_line(work, invoice_id, form), answering=True)


@door.post(
    "/{invoice_id}/lines/file",
    Permission.INVOICE_CREATE,
    finds=find.entering,
    key=True,
    takes=MULTIPART,
    status_code=201,
)
def add_lines_of_file(turns: Turns, invoice_id: UUID, request: Request) -> reads.InvoiceView:
    """Add the lines of a CSV ``file``: all, or none, and every bad one is named by its number and field."""
    sheets.add_sheet(turns, invoice_id, request.scope["amparo.upload"])
    return turns(lambda work: reads.invoice(work, invoice_id, answering=True))


@door.delete("/{invoice_id}/lines/{line_id}", Permission.INVOICE_CREATE, finds=find.writing)
def remove_line(work: Work, invoice_id: UUID, line_id: UUID) -> None:
    """Take a line off an invoice that was not handed in."""
    invoicing.remove_line(work, invoice_id, line_id)


@door.post("/{invoice_id}/submit", Permission.INVOICE_CREATE, finds=find.entering, key=True)
def submit_invoice(work: Work, invoice_id: UUID, form: Nothing | None = None) -> reads.InvoiceView:
    """Hand an invoice in."""
    return reads.invoice(work, invoicing.submit(work, invoice_id, form or Nothing()), answering=True)


@door.post("/{invoice_id}/lines/{line_id}/accept", Permission.INVOICE_DECIDE, finds=find.deciding, key=True)
def accept_line(work: Work, invoice_id: UUID, line_id: UUID, form: Nothing | None = None) -> reads.InvoiceView:
    """Accept a line that fits the agreement."""
    return reads.invoice(work, deciding.accept(work, invoice_id, line_id, form or Nothing()), answering=True)


@door.post("/{invoice_id}/lines/{line_id}/dispute", Permission.INVOICE_DECIDE, finds=find.deciding, key=True)
def dispute_line(work: Work, invoice_id: UUID, line_id: UUID, form: deciding.Dispute) -> reads.InvoiceView:
    """Dispute a line, with a reason."""
    return reads.invoice(work, deciding.dispute(work, invoice_id, line_id, form), answering=True)


@door.post("/{invoice_id}/lines/{line_id}/reject", Permission.INVOICE_DECIDE, finds=find.deciding, key=True)
def reject_line(work: Work, invoice_id: UUID, line_id: UUID, form: deciding.Dispute) -> reads.InvoiceView:
    """Reject a line for good, with a reason."""
    return reads.invoice(work, deciding.reject(work, invoice_id, line_id, form), answering=True)


@door.post("/{invoice_id}/lines/{line_id}/answer", Permission.INVOICE_CREATE, finds=find.writing, key=True)
def answer_line(work: Work, invoice_id: UUID, line_id: UUID, form: deciding.NewAnswer) -> reads.InvoiceView:
    """Answer a dispute: correct the line, stand by it, or withdraw it."""
    return reads.invoice(work, deciding.answer(work, invoice_id, line_id, form), answering=True)


@door.post("/{invoice_id}/payments", Permission.INVOICE_CREATE, finds=find.entering, key=True, status_code=201)
def request_payment(work: Work, invoice_id: UUID, form: paying.PaymentRequest | None = None) -> reads.InvoiceView:
    """Ask for the money of the accepted lines: a draft disbursement to the partner for each."""
    return reads.invoice(
        work, paying.request_payment(work, invoice_id, form or paying.PaymentRequest()), answering=True
    )
