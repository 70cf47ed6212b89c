"""Which agreements and invoices an actor may see: the fund all, a partner its own, an attorney their own.

Lines on a matter that the actor is walled off from are never shown; an invoice only says how many it keeps back.
"""

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.walls import outside
from app.agreements.model import Agreement, Invoice, InvoiceLine
from app.agreements.rules import InvoiceStatus


def visible_agreements(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``agreement`` within ``reach``."""
    return true() if reach is Reach.ALL else col(Agreement.partner_id) == actor.partner_id


def visible_invoices(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``invoice`` within ``reach``; an attorney's are those that they entered for where they work now.

    Drafts are their partner's own affair: for the fund there are none.
    """
    if reach is Reach.ALL:
        return col(Invoice.status) != InvoiceStatus.DRAFT
    own = col(Invoice.partner_id) == actor.partner_id
    return own if reach is Reach.PARTNER else and_(own, col(Invoice.entered_by) == actor.id)


def visible_lines(actor: Actor) -> ColumnElement[bool]:
    """Of the lines of visible invoices, those on matters that no wall keeps from the actor."""
    return outside(actor, col(InvoiceLine.case_id))
