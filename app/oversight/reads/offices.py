"""A partner organization as its page shows it: its people, how much it carries, and which offers are open."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.cases.model import Assignment, Case
from app.cases.rules import AssignmentStatus, CaseStatus
from app.cases.scope import visible
from app.partners import reads as partners
from app.staff import reads as staff
from app.work import Work


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that was offered to somebody who has not answered, or that nobody was asked to take yet."""

    case_id: UUID
    reference: str
    attorney: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases are open, offered and closed."""

    open: int
    offered: int
    closed: int


@dataclass(frozen=True, slots=True)
class Office:
    """``people``, ``load`` and ``offers`` are None for who may not see them."""

    partner: partners.PartnerView
    people: list[staff.StaffView] | None
    load: Load | None
    offers: list[Offer] | None


def office(work: Work, partner_id: UUID) -> Office:
    """One organization with everything the reader may know of it. Raises NotFound when out of their scope."""
    partner = partners.partner(work, partner_id)
    permissions = work.actor.permissions
    sees_people = Permission.STAFF_READ in permissions
    return Office(
        partner=partner,
        people=staff.staff(work, partner_id).items if sees_people else None,
        load=_load(work, partner_id),
        offers=_offers(work, partner_id),
    )


def _load(work: Work, partner_id: UUID) -> Load | None:
    reach = work.actor.reach(Permission.CASE_READ)
    if reach is None:
        return None
    rows = work.session.execute(
        select(col(Case.status), func.count(col(Case.id)))
        .where(col(Case.partner_id) == partner_id, visible(work.actor, reach))
        .group_by(col(Case.status))
    )
    counts: dict[CaseStatus, int] = {row[0]: row[1] for row in rows}
    return Load(*(counts.get(each, 0) for each in (CaseStatus.OPEN, CaseStatus.OFFERED, CaseStatus.CLOSED)))


def _offers(work: Work, partner_id: UUID) -> list[Offer] | None:
    reach = work.actor.reach(Permission.CASE_READ)
    if reach is None:
        return None
    offered = (col(Assignment.case_id) == col(Case.id)) & (col(Assignment.status) == AssignmentStatus.OFFERED)
    rows = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Account.name))
        .outerjoin(Assignment, offered)
        .outerjoin(Account, col(Account.id) == col(Assignment.attorney_id))
        .where(
            col(Case.partner_id) == partner_id,
            col(Case.status) == CaseStatus.OFFERED,
            visible(work.actor, reach),
        )
        .order_by(col(Case.id))
        .limit(200)
    )
    return [Offer(*row) for row in rows]
