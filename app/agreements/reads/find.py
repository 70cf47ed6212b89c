"""Finding one agreement, invoice or line through its scope, for the verbs that change it and the door before them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.model import Agreement, AgreementReport, AgreementVersion, Invoice, InvoiceLine
from app.agreements.rules import Claim, InvoiceStatus, LineStatus
from app.agreements.scope import visible_agreements, visible_invoices, visible_lines
from app.cases.rules import day_in
from app.errors import NotFound
from app.funds.model import Fund
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundAgreement:
    """What a verb needs to know of an agreement."""

    id: UUID
    fund_id: UUID
    partner_id: UUID
    time_zone: str

    def today(self, work: Work) -> date:
        """Today in the fund's zone."""
        return day_in(work.now, self.time_zone)


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """What a verb needs to know of an invoice."""

    id: UUID
    status: InvoiceStatus
    entered_by: UUID
    agreement: FoundAgreement


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line as the check and the verbs need it. ``order`` says which of two came first."""

    id: UUID
    invoice_id: UUID
    case_id: UUID
    number: int
    claim: Claim
    status: LineStatus
    entered_by: UUID
    award_id: UUID | None
    disbursement_id: UUID | None
    order: tuple[Any, ...]


_AGREEMENT: Select[*tuple[Any, ...]] = select(
    col(Agreement.id), col(Agreement.fund_id), col(Agreement.partner_id), col(Fund.time_zone)
).join(Fund, col(Fund.id) == col(Agreement.fund_id))

LINES: Select[*tuple[Any, ...]] = select(
    col(InvoiceLine.id),
    col(InvoiceLine.invoice_id),
    col(InvoiceLine.case_id),
    col(InvoiceLine.number),
    col(InvoiceLine.kind),
    col(InvoiceLine.worked_on),
    col(InvoiceLine.category),
    col(InvoiceLine.amount),
    col(InvoiceLine.stage),
    col(InvoiceLine.role),
    col(InvoiceLine.hours),
    col(InvoiceLine.instalment),
    col(InvoiceLine.status),
    col(InvoiceLine.entered_by),
    col(InvoiceLine.award_id),
    col(InvoiceLine.disbursement_id),
    col(InvoiceLine.created_at),
)


def agreement_for(work: Work, permission: Permission, agreement_id: UUID, *, lock: bool = False) -> FoundAgreement:
    """An agreement that the actor may use this permission on, held until the Work ends by ``lock``. Raises NotFound."""
    reach = work.allow(permission)
    statement = _AGREEMENT.where(col(Agreement.id) == agreement_id, visible_agreements(work.actor, reach))
    if lock:
        statement = statement.with_for_update(of=Agreement)
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return FoundAgreement(*row)


def invoice_for(work: Work, permission: Permission, invoice_id: UUID, *, lock: bool = False) -> FoundInvoice:
    """An invoice that the actor may use this permission on; ``lock`` holds it until the Work ends. Raises NotFound."""
    reach = work.allow(permission)
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(Invoice.id),
            col(Invoice.status),
            col(Invoice.entered_by),
            col(Agreement.id).label("agreement_id"),
            col(Agreement.fund_id),
            col(Agreement.partner_id),
            col(Fund.time_zone),
        )
        .join(Agreement, col(Agreement.id) == col(Invoice.agreement_id))
        .join(Fund, col(Fund.id) == col(Agreement.fund_id))
        .where(col(Invoice.id) == invoice_id, visible_invoices(work.actor, reach))
    )
    if lock:
        statement = statement.with_for_update(of=Invoice)
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    agreement = FoundAgreement(row.agreement_id, row.fund_id, row.partner_id, row.time_zone)
    return FoundInvoice(row.id, row.status, row.entered_by, agreement)


def lines_of(work: Work, invoice_id: UUID) -> list[FoundLine]:
    """All lines of an invoice that the caller has found, by number; those behind a wall too, for their sums."""
    statement = LINES.where(col(InvoiceLine.invoice_id) == invoice_id).order_by(col(InvoiceLine.number))
    return [found_line(row) for row in work.session.execute(statement)]


def line_for(work: Work, permission: Permission, invoice_id: UUID, line_id: UUID) -> tuple[FoundInvoice, FoundLine]:
    """A line of an invoice that the actor may use this permission on. Raises NotFound, also for one behind a wall."""
    invoice = invoice_for(work, permission, invoice_id, lock=work.writes)
    here = (
        col(InvoiceLine.invoice_id) == invoice_id,
        col(InvoiceLine.id) == line_id,
        visible_lines(work.actor),
        col(InvoiceLine.status) != LineStatus.WITHDRAWN,
    )
    row = work.session.execute(LINES.where(*here)).one_or_none()
    if row is None:
        raise NotFound
    return invoice, found_line(row)


def found_line(row: Any) -> FoundLine:
    """A row of LINES."""
    claim = Claim(row.kind, row.worked_on, row.category, row.amount, row.stage, row.role, row.hours, row.instalment)
    return FoundLine(
        row.id,
        row.invoice_id,
        row.case_id,
        row.number,
        claim,
        row.status,
        row.entered_by,
        row.award_id,
        row.disbursement_id,
        (row.created_at, row.invoice_id, row.number),
    )


def drafting(work: Work, agreement_id: UUID) -> None:
    """For the door: the actor may draft terms of this agreement. Raises NotFound."""
    agreement_for(work, Permission.AGREEMENT_DRAFT, agreement_id)


def approving_version(work: Work, agreement_id: UUID, version_id: UUID) -> None:
    """For the door: the actor may decide about this version. Raises NotFound."""
    agreement_for(work, Permission.AGREEMENT_APPROVE, agreement_id)
    here = (col(AgreementVersion.id) == version_id, col(AgreementVersion.agreement_id) == agreement_id)
    if work.session.execute(select(col(AgreementVersion.id)).where(*here)).one_or_none() is None:
        raise NotFound


def approving_report(work: Work, agreement_id: UUID, number: str) -> None:
    """For the door: the actor may decide about this report. Raises NotFound."""
    agreement_for(work, Permission.AGREEMENT_APPROVE, agreement_id)
    part = int(number) if number.isdecimal() and len(number) < 4 else 0
    here = (col(AgreementReport.agreement_id) == agreement_id, col(AgreementReport.number) == part)
    if work.session.execute(select(col(AgreementReport.id)).where(*here)).one_or_none() is None:
        raise NotFound


def entering(work: Work, invoice_id: UUID) -> None:
    """For the door: the actor may write on this invoice. Raises NotFound."""
    invoice_for(work, Permission.INVOICE_CREATE, invoice_id)


def writing(work: Work, invoice_id: UUID, line_id: UUID) -> None:
    """For the door: the actor may write on this line. Raises NotFound."""
    line_for(work, Permission.INVOICE_CREATE, invoice_id, line_id)


def deciding(work: Work, invoice_id: UUID, line_id: UUID) -> None:
    """For the door: the actor may decide about this line. Raises NotFound."""
    line_for(work, Permission.INVOICE_DECIDE, invoice_id, line_id)
