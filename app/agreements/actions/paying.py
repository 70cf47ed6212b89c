"""Asking for the money of accepted lines: a disbursement each, which then goes through the hands of four people."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.model import InvoiceLine
from app.agreements.reads.find import FoundInvoice, invoice_for, lines_of
from app.agreements.reads.judging import COME_TO_NOTHING
from app.agreements.rules import LineStatus
from app.audit.actions import record
from app.disbursements.actions.create import NewDisbursement
from app.disbursements.actions.create import create as create_disbursement
from app.disbursements.model import Disbursement
from app.disbursements.rules import Method
from app.errors import Conflict, Invalid, Problem
from app.funds.model import Payee
from app.funds.rules import PayeeKind
from app.funds.scope import visible_payees
from app.once import once
from app.work import Work


class PaymentRequest(BaseModel):
    """How the partner is paid. The payee may be left out when the partner has one of its own."""

    model_config = ConfigDict(extra="forbid")

    payee_id: UUID | None = None
    method: Method = Method.ACH


def request_payment(work: Work, invoice_id: UUID, form: PaymentRequest) -> UUID:
    """Draft a disbursement for each accepted line that none is under way for. Gives the invoice's id.

    Whoever asks is their requester; others approve, release and settle them. Raises NotFound, Invalid for a payee that
    is not the partner, Conflict when there is nothing to ask for or an award has too little left by now.
    """
    found = invoice_for(work, Permission.INVOICE_CREATE, invoice_id, lock=True)
    work.allow(Permission.DISBURSEMENT_CREATE)

    def do(_: UUID) -> None:
        payee_id = _payee(work, found, form)
        ended = _ended(work, invoice_id)
        owed = [
            line
            for line in lines_of(work, invoice_id)
            if line.status is LineStatus.ACCEPTED and (line.disbursement_id is None or line.disbursement_id in ended)
        ]
        if not owed:
            raise Conflict("invoice.nothing_to_pay", "There is no accepted line whose payment is not asked for yet.")
        # The key of this request stands for all of them: each disbursement is made within it, once.
        key, work.key = work.key, None
        try:
            for line in owed:
                assert line.award_id is not None
                made = NewDisbursement(
                    award_id=line.award_id, payee_id=payee_id, amount=line.claim.amount, method=form.method
                )
                disbursement_id = create_disbursement(work, made)
                work.session.execute(
                    update(InvoiceLine).where(col(InvoiceLine.id) == line.id).values(disbursement_id=disbursement_id)
                )
        finally:
            work.key = key
        record(work, "invoice.payment_requested", object_type="invoice", object_id=invoice_id, count=len(owed))

    return once(work, form, do, result_id=invoice_id)


def _ended(work: Work, invoice_id: UUID) -> frozenset[UUID]:
    """The payments of this invoice that came to nothing."""
    rows = work.session.execute(
        select(col(Disbursement.id))
        .join(InvoiceLine, col(InvoiceLine.disbursement_id) == col(Disbursement.id))
        .where(col(InvoiceLine.invoice_id) == invoice_id, col(Disbursement.status).in_(COME_TO_NOTHING))
    )
    return frozenset(rows.scalars())


def _payee(work: Work, found: FoundInvoice, form: PaymentRequest) -> UUID:
    """The partner as a payee: the one that is named, or its only one. Raises Invalid."""
    reach = work.allow(Permission.PAYEE_READ)
    own = (
        col(Payee.kind) == PayeeKind.PARTNER,
        col(Payee.partner_id) == found.agreement.partner_id,
        visible_payees(work.actor, reach),
    )
    ids: list[UUID] = list(work.session.execute(select(col(Payee.id)).where(*own)).scalars())
    if form.payee_id is not None and form.payee_id in ids:
        return form.payee_id
    if form.payee_id is None and len(ids) == 1:
        return ids[0]
    if not ids:
        raise Invalid(Problem("/payee_id", "payee_id.none", "Enter your organization as a payee first."))
    raise Invalid(Problem("/payee_id", "payee_id.not_partner", "Choose your organization as the payee."))
