"""Finding one bond through its scope, with what its verbs need to know."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.access.ties import within
from app.bonds.model import Bond, Obligor, ObligorPaper
from app.bonds.rules import BondKind, BondStatus, ObligorKind, Paper
from app.bonds.rules.money import EFFECTS, Stand, stand_of
from app.bonds.scope import visible
from app.cases.model import Case
from app.errors import NotFound
from app.funds.model import Award, Fund, LedgerEntry
from app.funds.rules import AwardStatus
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundBond:
    """What a verb needs to know of a bond before it moves it, and how the actor stands to it."""

    id: UUID
    case_id: UUID
    partner_id: UUID
    award_id: UUID
    award_status: AwardStatus
    fund_id: UUID
    allocation_id: UUID
    kind: BondKind
    amount: Money
    status: BondStatus
    obligor_id: UUID
    obligor_kind: ObligorKind
    obligor_payee_id: UUID | None
    obligor_partner_id: UUID | None
    requested_by: UUID
    claimed_by: UUID | None
    signed_on: date | None
    posted_on: date | None
    claimed_on: date | None
    breached_on: date | None
    contested_on: date | None
    redelivered_on: date | None
    time_zone: str
    version: int
    on_the_case: bool


_COLUMNS = (
    *(col(Bond.id), col(Bond.case_id), col(Case.partner_id), col(Bond.award_id), col(Award.status)),
    *(col(Bond.fund_id), col(Award.allocation_id), col(Bond.kind), col(Bond.amount), col(Bond.status)),
    *(col(Bond.obligor_id), col(Obligor.kind), col(Obligor.payee_id), col(Obligor.partner_id)),
    *(col(Bond.requested_by), col(Bond.claimed_by), col(Bond.signed_on), col(Bond.posted_on)),
    *(col(Bond.claimed_on), col(Bond.breached_on), col(Bond.contested_on), col(Bond.redelivered_on)),
    *(col(Fund.time_zone), col(Bond.version)),
)


def find(work: Work, permission: Permission, bond_id: UUID) -> FoundBond:
    """A bond that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    statement: Select[*tuple[Any, ...]] = (
        select(*_COLUMNS, within(work.actor, Reach.ASSIGNED, col(Bond.case_id)))
        .join(Case, col(Case.id) == col(Bond.case_id))
        .join(Award, col(Award.id) == col(Bond.award_id))
        .join(Fund, col(Fund.id) == col(Bond.fund_id))
        .join(Obligor, col(Obligor.id) == col(Bond.obligor_id))
        .where(col(Bond.id) == bond_id, visible(work.actor, reach))
    )
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return FoundBond(*row)


def papers_seen(work: Work, obligor_id: UUID) -> frozenset[Paper]:
    """The papers of an obligor that somebody saw."""
    return frozenset(
        work.session.execute(
            select(col(ObligorPaper.paper)).where(col(ObligorPaper.obligor_id) == obligor_id)
        ).scalars()
    )


def stand(work: Work, bond_id: UUID) -> Stand:
    """A bond's money, from its entries."""
    rows = work.session.execute(
        select(col(LedgerEntry.kind), col(LedgerEntry.amount)).where(
            col(LedgerEntry.bond_id) == bond_id, col(LedgerEntry.kind).in_(EFFECTS)
        )
    )
    return stand_of((row.kind, row.amount) for row in rows)


def readable(work: Work, bond_id: UUID) -> int:
    """For the door: the version of a bond that the actor may see. Raises NotFound."""
    return find(work, Permission.BOND_READ, bond_id).version
