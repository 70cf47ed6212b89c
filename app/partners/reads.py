"""Partners as they are shown."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.errors import NotFound
from app.partners.model import Partner
from app.partners.rules import PartnerKind
from app.partners.scope import visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class PartnerView:
    id: UUID
    name: str
    kind: PartnerKind
    phone: str | None
    active: bool
    capacity: int | None
    version: int


@dataclass(frozen=True, slots=True)
class PartnerList:
    items: list[PartnerView]
    next: str | None


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        col(Partner.id),
        col(Partner.name),
        col(Partner.kind),
        col(Partner.phone),
        col(Partner.active),
        col(Partner.capacity),
        col(Partner.version),
    )


def partners(work: Work) -> PartnerList:
    """All partners the actor may see, by name. There are as many as organizations in a state: one page."""
    reach = work.allow(Permission.PARTNER_READ)
    rows = work.session.execute(_columns().where(visible(work.actor, reach)).order_by(col(Partner.name)))
    return PartnerList([PartnerView(*row) for row in rows], None)


def partner(work: Work, partner_id: UUID) -> PartnerView:
    """One partner. Raises NotFound when it is absent or out of the actor's scope."""
    reach = work.allow(Permission.PARTNER_READ)
    row = work.session.execute(
        _columns().where(col(Partner.id) == partner_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return PartnerView(*row)


def partner_to_change(work: Work, partner_id: UUID) -> PartnerView:
    """One partner, locked until the Work ends. Raises NotFound."""
    reach = work.allow(Permission.PARTNER_MANAGE)
    row = work.session.execute(
        _columns().where(col(Partner.id) == partner_id, visible(work.actor, reach)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    return PartnerView(*row)


def changeable(work: Work, partner_id: UUID) -> int:
    """For the door: the version of a partner that the actor may change. Raises NotFound."""
    return partner_to_change(work, partner_id).version
