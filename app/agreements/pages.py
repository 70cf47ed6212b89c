"""Pages of agreements and invoices: what is paid for, what is asked, and what the agreement says to it."""

from datetime import date
from uuid import UUID

from app.access.grants import Permission
from app.agreements.actions.sheets import COLUMNS, MOST_BYTES
from app.agreements.reads import agreements as agreement_reads
from app.agreements.reads import choices
from app.agreements.reads import invoices as reads
from app.agreements.rules import InvoiceStatus, Stage, WorkRole
from app.web.addresses import page_of
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/agreements", Permission.AGREEMENT_READ)
def agreements_page(work: Work, cursor: str | None = None) -> Page:
    """The agreements one may see, and the form that makes another."""
    found = agreement_reads.agreements(work, cursor=cursor)
    return Page(
        "agreements/agreements.html",
        {
            "agreements": found.items,
            "funds": choices.funds(work),
            "partners": choices.partners(work),
            "next_url": page_of("/agreements", found.next, {}),
            "first_url": "/agreements" if cursor else None,
        },
    )


@door.page("/agreements/{agreement_id}", Permission.AGREEMENT_READ)
def agreement_page(work: Work, agreement_id: UUID, as_of: str = "") -> Page:
    """One agreement: what holds on a day, its versions, and its reports. A day that can not be read is today."""
    found = agreement_reads.agreement(work, agreement_id, _day(as_of))
    return Page(
        "agreements/agreement.html",
        {"agreement": found, "stages": list(Stage), "roles": list(WorkRole), "me": work.actor.id},
    )


@door.page("/invoices", Permission.INVOICE_READ)
def invoices_page(work: Work, status: str = "", cursor: str | None = None) -> Page:
    """Invoices, newest first, and the form that begins one. What the filter can not read is not chosen."""
    only = InvoiceStatus(status) if status in set(InvoiceStatus) else None
    found = reads.invoices(work, reads.InvoiceFilter(status=only), cursor=cursor)
    return Page(
        "agreements/invoices.html",
        {
            "invoices": found.items,
            "only": only,
            "agreements": choices.agreements(work),
            "next_url": page_of("/invoices", found.next, {"status": status if only else ""}),
            "first_url": "/invoices" if cursor else None,
        },
    )


@door.page("/invoices/{invoice_id}", Permission.INVOICE_READ)
def invoice_page(work: Work, invoice_id: UUID) -> Page:
    """One invoice: its lines beside what the agreement says, and what the reader may do."""
    found = reads.invoice(work, invoice_id)
    return Page(
        "agreements/invoice.html",
        {
            "invoice": found,
            "terms": agreement_reads.agreement(work, found.agreement_id).in_force,
            "columns": ",".join(COLUMNS),
            "most": MOST_BYTES,
            "payees": choices.payees(work, found.partner_id),
        },
    )


def _day(text: str) -> date | None:
    """The day in an address; None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
