"""Invoices as they are shown."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.agreements.model import Agreement, Invoice, InvoiceLine
from app.agreements.reads.find import invoice_for, lines_of
from app.agreements.reads.judging import judge
from app.agreements.reads.lines import LineView, lines
from app.agreements.rules import InvoiceStatus, LineStatus
from app.agreements.scope import visible_invoices
from app.audit.actions import record
from app.cases.reads import PersonName
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.errors import NotFound
from app.funds.model import Fund
from app.money import Money
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class InvoiceItem:
    """An invoice in a list: what it asks, what was accepted of it, and what was paid of that."""

    id: UUID
    reference: str
    number: str
    status: InvoiceStatus
    agreement_id: UUID
    agreement_reference: str
    agreement: str
    fund_id: UUID
    fund: str
    partner_id: UUID
    partner: str
    invoiced_on: date
    entered_by: PersonName
    entered_at: datetime
    submitted_by: PersonName | None
    submitted_at: datetime | None
    amount: Money
    accepted: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class InvoiceList:
    items: list[InvoiceItem]
    next: str | None


@dataclass(frozen=True, slots=True)
class InvoiceView(InvoiceItem):
    """An invoice with its lines. ``withheld`` is how many lines a wall keeps from this reader."""

    lines: list[LineView]
    withheld: int


_Enterer, _Submitter = aliased(Account, name="enterer"), aliased(Account, name="submitter")
_STANDS = col(InvoiceLine.status) != LineStatus.WITHDRAWN
_TAKEN = col(InvoiceLine.status) == LineStatus.ACCEPTED
_ARRIVED = _TAKEN & (col(Disbursement.status) == DisbursementStatus.SETTLED)


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, col(InvoiceLine.amount)), else_=0)), 0)


_SUMS: Final = (
    select(
        col(InvoiceLine.invoice_id),
        _sum(_STANDS).label("amount"),
        _sum(_TAKEN).label("accepted"),
        _sum(_ARRIVED).label("paid"),
        func.sum(case((_STANDS, 1), else_=0)).label("standing"),
    )
    .outerjoin(Disbursement, col(Disbursement.id) == col(InvoiceLine.disbursement_id))
    .group_by(col(InvoiceLine.invoice_id))
    .subquery("sums")
)
_INVOICE: Select[*tuple[Any, ...]] = (
    select(
        col(Invoice.id),
        col(Invoice.reference),
        col(Invoice.number),
        col(Invoice.status),
        col(Invoice.agreement_id),
        col(Agreement.reference).label("agreement_reference"),
        col(Agreement.name).label("agreement"),
        col(Agreement.fund_id),
        col(Fund.name).label("fund"),
        col(Invoice.partner_id),
        col(Partner.name).label("partner"),
        col(Invoice.invoiced_on),
        col(Invoice.entered_by),
        col(_Enterer.name).label("enterer"),
        col(Invoice.entered_at),
        col(Invoice.submitted_by),
        col(_Submitter.name).label("submitter"),
        col(Invoice.submitted_at),
        func.coalesce(_SUMS.c.amount, 0).label("amount"),
        func.coalesce(_SUMS.c.accepted, 0).label("accepted"),
        func.coalesce(_SUMS.c.paid, 0).label("paid"),
        func.coalesce(_SUMS.c.standing, 0).label("standing"),
    )
    .join(Agreement, col(Agreement.id) == col(Invoice.agreement_id))
    .join(Fund, col(Fund.id) == col(Agreement.fund_id))
    .join(Partner, col(Partner.id) == col(Invoice.partner_id))
    .join(_Enterer, col(_Enterer.id) == col(Invoice.entered_by))
    .outerjoin(_Submitter, col(_Submitter.id) == col(Invoice.submitted_by))
    .outerjoin(_SUMS, _SUMS.c.invoice_id == col(Invoice.id))
)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to list; None is any."""

    status: InvoiceStatus | None = None
    agreement_id: UUID | None = None
    partner_id: UUID | None = None
    fund_id: UUID | None = None


def invoices(
    work: Work, which: InvoiceFilter, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> InvoiceList:
    """The invoices in the actor's reach, newest first; the look is recorded."""
    reach = work.allow(Permission.INVOICE_READ)
    statement = _INVOICE.where(visible_invoices(work.actor, reach))
    wanted = (
        (Invoice.agreement_id, which.agreement_id),
        (Invoice.partner_id, which.partner_id),
        (Agreement.fund_id, which.fund_id),
    )
    statement = statement.where(*(col(column) == value for column, value in wanted if value is not None))
    if which.status is not None:
        statement = statement.where(_is(which.status))
    rows = work.session.execute(keyset.newest_first(statement, col(Invoice.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "invoice.listed", object_type="invoice", count=len(page.rows))
    return InvoiceList([InvoiceItem(**_facts(row)) for row in page.rows], page.next)


def invoice(work: Work, invoice_id: UUID, *, answering: bool = False) -> InvoiceView:
    """One invoice with its lines, each checked as things stand now. Raises NotFound.

    The look is recorded, and with it what opens of the lines' words to an attorney of their cases.
    """
    reach = work.allow(Permission.INVOICE_READ)
    found = invoice_for(work, Permission.INVOICE_READ, invoice_id)
    row = work.session.execute(
        _INVOICE.where(col(Invoice.id) == invoice_id, visible_invoices(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    if not answering:
        record(work, "invoice.read", object_type="invoice", object_id=invoice_id)
    judged = judge(work, found, lines_of(work, invoice_id))
    shown = lines(work, invoice_id, judged, draft=row.status is InvoiceStatus.DRAFT)
    return InvoiceView(**_facts(row), lines=shown, withheld=row.standing - len(shown))


def _is(status: InvoiceStatus) -> Any:
    """The condition of a status as it is shown: paid is accepted, and every accepted line has arrived."""
    everything_came = (_SUMS.c.accepted > 0) & (_SUMS.c.paid == _SUMS.c.accepted)
    closed = col(Invoice.status) == InvoiceStatus.ACCEPTED
    if status is InvoiceStatus.PAID:
        return closed & everything_came
    if status is InvoiceStatus.ACCEPTED:
        return closed & ~everything_came
    return col(Invoice.status) == status


def _facts(row: Any) -> dict[str, Any]:
    """What list and record say alike."""
    came = row.status is InvoiceStatus.ACCEPTED and row.accepted > 0 and row.paid == row.accepted
    return {
        "id": row.id,
        "reference": row.reference,
        "number": row.number,
        "status": InvoiceStatus.PAID if came else row.status,
        "agreement_id": row.agreement_id,
        "agreement_reference": row.agreement_reference,
        "agreement": row.agreement,
        "fund_id": row.fund_id,
        "fund": row.fund,
        "partner_id": row.partner_id,
        "partner": row.partner,
        "invoiced_on": row.invoiced_on,
        "entered_by": PersonName(row.entered_by, row.enterer),
        "entered_at": row.entered_at,
        "submitted_by": None if row.submitted_by is None else PersonName(row.submitted_by, row.submitter),
        "submitted_at": row.submitted_at,
        "amount": Money(int(row.amount)),
        "accepted": Money(int(row.accepted)),
        "paid": Money(int(row.paid)),
    }
