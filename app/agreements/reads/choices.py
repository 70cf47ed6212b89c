"""What the forms of agreements and invoices can choose from: ids and names, within the actor's reach."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.model import Agreement
from app.agreements.scope import visible_agreements
from app.funds.model import Fund, Payee
from app.funds.rules import PayeeKind
from app.funds.scope import visible_payees
from app.partners.reads import partners as every_partner
from app.partners.rules import PartnerKind
from app.work import Work

Choice = tuple[str, str]


def funds(work: Work) -> list[Choice]:
    """The funds, for who may make agreements; for others none."""
    if work.actor.reach(Permission.AGREEMENT_DRAFT) is None:
        return []
    rows = work.session.execute(select(col(Fund.id), col(Fund.name)).order_by(col(Fund.name)))
    return [(str(row.id), row.name) for row in rows]


def partners(work: Work) -> list[Choice]:
    """The organizations that take cases, for who may make agreements; for others none."""
    if work.actor.reach(Permission.AGREEMENT_DRAFT) is None:
        return []
    found = every_partner(work).items
    return [(str(each.id), each.name) for each in found if each.active and each.kind is PartnerKind.LEGAL_SERVICES]


def agreements(work: Work) -> list[Choice]:
    """The agreements that the actor may send an invoice under, by name."""
    reach = work.actor.reach(Permission.INVOICE_CREATE)
    if reach is None:
        return []
    rows = work.session.execute(
        select(col(Agreement.id), col(Agreement.name), col(Agreement.reference), col(Fund.name).label("fund"))
        .join(Fund, col(Fund.id) == col(Agreement.fund_id))
        .where(visible_agreements(work.actor, reach))
        .order_by(col(Agreement.name))
    )
    return [(str(row.id), f"{row.name} · {row.fund}") for row in rows]


def payees(work: Work, partner_id: UUID) -> list[Choice]:
    """The partner itself as a payee, by the end of its account; for who may ask for payments."""
    reach = work.actor.reach(Permission.PAYEE_READ)
    if reach is None or work.actor.reach(Permission.INVOICE_CREATE) is None:
        return []
    rows = work.session.execute(
        select(col(Payee.id), col(Payee.name), col(Payee.account_end)).where(
            col(Payee.kind) == PayeeKind.PARTNER, col(Payee.partner_id) == partner_id, visible_payees(work.actor, reach)
        )
    )
    return [(str(row.id), f"{row.name} {row.account_end or ''}".strip()) for row in rows]
