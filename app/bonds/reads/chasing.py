"""The chase list: bonds about which somebody should do something, those that wait longest first."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.bonds.model import Bond, Obligor
from app.bonds.reads.bonds import stands_of
from app.bonds.rules import OUT, BondStatus
from app.bonds.rules.dues import Due, due_of
from app.bonds.scope import visible
from app.cases.model import Case
from app.cases.rules import day_in
from app.errors import Invalid, Problem
from app.funds.model import Fund
from app.keyset import DEFAULT_LIMIT
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class Chased:
    """Something to do about a bond: what, since which day it waits, how many days that is, and how much is out."""

    bond_id: UUID
    reference: str
    case_id: UUID
    case_reference: str
    fund_id: UUID
    fund: str
    status: BondStatus
    due: Due
    since: date
    days: int
    outstanding: Money


@dataclass(frozen=True, slots=True)
class ChaseList:
    """A page of the list; ``count`` and ``outstanding`` are of the whole list, each bond's money once."""

    count: int
    outstanding: Money
    items: list[Chased]
    next: str | None


_OUT: Final[Select[*tuple[Any, ...]]] = (
    select(
        *(col(Bond.id), col(Bond.reference), col(Bond.case_id), col(Bond.fund_id), col(Bond.status)),
        *(col(Bond.decided_on), col(Bond.redelivered_on), col(Bond.cancelled_on), col(Bond.claimed_on)),
        *(col(Bond.breached_on), col(Bond.contested_on), col(Obligor.confirmed_on)),
        *(col(Case.reference).label("case_reference"), col(Case.closed_on).label("case_closed_on")),
        *(col(Fund.name).label("fund"), col(Fund.time_zone)),
    )
    .join(Case, col(Case.id) == col(Bond.case_id))
    .join(Fund, col(Fund.id) == col(Bond.fund_id))
    .join(Obligor, col(Obligor.id) == col(Bond.obligor_id))
    .where(col(Bond.status).in_(OUT))
)


def chase(
    work: Work,
    due: Due | None = None,
    fund_id: UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> ChaseList:
    """What there is to do about the bonds in the actor's reach, oldest first; the look is recorded."""
    found = _chased(work, due, fund_id)
    outstanding = {each.bond_id: each.outstanding for each in found}
    rest = found if cursor is None else [each for each in found if _key(each) > _read(cursor)]
    shown = rest[:limit]
    record(work, "bond.chased", object_type="bond", count=len(shown))
    last = shown[-1] if len(rest) > limit else None
    following = None if last is None else "_".join(_key(last))
    return ChaseList(len(found), Money(sum(outstanding.values())), shown, following)


def due_bonds(work: Work, due: Due) -> frozenset[UUID]:
    """The bonds in the actor's reach about which this is due."""
    return frozenset(each.bond_id for each in _chased(work, due, None))


def _chased(work: Work, due: Due | None, fund_id: UUID | None) -> list[Chased]:
    reach = work.allow(Permission.BOND_READ)
    statement = _OUT.where(visible(work.actor, reach))
    if fund_id is not None:
        statement = statement.where(col(Bond.fund_id) == fund_id)
    rows = work.session.execute(statement).all()
    stands = stands_of(work, [row.id for row in rows])
    found = []
    for row in rows:
        today = day_in(work.now, row.time_zone)
        for what, since in due_of(row, today).items():
            if due in (None, what):
                found.append(_chase(row, what, since, today, Money(stands[row.id].outstanding)))
    return sorted(found, key=_key)


def _chase(row: Any, due: Due, since: date, today: date, outstanding: Money) -> Chased:
    return Chased(
        bond_id=row.id,
        reference=row.reference,
        case_id=row.case_id,
        case_reference=row.case_reference,
        fund_id=row.fund_id,
        fund=row.fund,
        status=row.status,
        due=due,
        since=since,
        days=(today - since).days,
        outstanding=outstanding,
    )


def _key(each: Chased) -> tuple[str, str, str]:
    return each.since.isoformat(), str(each.bond_id), each.due.value


def _read(cursor: str) -> tuple[str, ...]:
    parts = tuple(cursor.split("_"))
    if len(parts) != 3:
        raise Invalid(Problem("/cursor", "cursor.format", "Use the cursor from the field next of the page before."))
    return parts
