"""The position of the bond fund: how many bonds and dollars are where, as of a day, per fund and in all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Select, bindparam, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.bonds.model import Bond, BondStep
from app.bonds.rules import MOVES, BondStatus, Verb
from app.bonds.rules.money import AGES, EFFECTS, Stand, age_of, stand_of
from app.bonds.scope import visible
from app.cases.rules import day_in
from app.errors import Invalid, Problem
from app.funds.model import Fund, LedgerEntry
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class Figure:
    """So many bonds, and what they come to."""

    bonds: int
    amount: Money


@dataclass(frozen=True, slots=True)
class StatusFigure:
    status: BondStatus
    bonds: int
    amount: Money


@dataclass(frozen=True, slots=True)
class AgeFigure:
    """Bonds that are out and were posted at least ``from_days`` ago, and less than ``to_days``; the last is open."""

    from_days: int
    to_days: int | None
    bonds: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Position:
    """Where bonds stand. Posted is returned, forfeited and outstanding together, in dollars.

    ``returned`` and ``forfeited`` count bonds that are over that way, and all dollars that came back or were lost;
    ``mean`` is the mean bond that was ever posted.
    """

    fund_id: UUID | None
    fund: str | None
    posted: Figure
    returned: Figure
    forfeited: Figure
    outstanding: Figure
    interest: Money
    mean: Money | None
    statuses: list[StatusFigure]
    ages: list[AgeFigure]


@dataclass(frozen=True, slots=True)
class BondPosition:
    """The position of every fund with bonds, and of all together, on the ledger's days up to ``as_of``."""

    as_of: date
    total: Position
    funds: list[Position]


@dataclass(frozen=True, slots=True)
class _Bond:
    fund_id: UUID
    fund: str
    amount: int
    status: BondStatus
    stand: Stand
    posted_on: date | None


_BONDS: Final[Select[*tuple[Any, ...]]] = select(
    *(col(Bond.id), col(Bond.fund_id), col(Fund.name).label("fund"), col(Bond.amount)),
).join(Fund, col(Fund.id) == col(Bond.fund_id))
_STEPS: Final = (
    select(col(BondStep.bond_id), col(BondStep.verb), col(BondStep.on_day))
    .join(Bond, col(Bond.id) == col(BondStep.bond_id))
    .where(col(BondStep.on_day) <= bindparam("as_of", type_=Date()))
    .order_by(col(BondStep.id))
)
_ENTRIES: Final = (
    select(col(LedgerEntry.bond_id), col(LedgerEntry.kind), col(LedgerEntry.amount))
    .join(Bond, col(Bond.id) == col(LedgerEntry.bond_id))
    .where(col(LedgerEntry.kind).in_(EFFECTS), col(LedgerEntry.occurred_on) <= bindparam("as_of", type_=Date()))
)


def position(work: Work, as_of: date | None = None) -> BondPosition:
    """The position of the bonds in the actor's reach; the look is recorded. Raises Invalid for a day to come."""
    reach = work.allow(Permission.BOND_READ)
    today = day_in(work.now, work.actor.time_zone)
    day = as_of or today
    if day > today:
        raise Invalid(Problem("/as_of", "as_of.future", "Enter today or a day before today."))
    reached = visible(work.actor, reach)
    given = {"as_of": day}
    rows = work.session.execute(_BONDS.where(reached)).all()
    statuses = _statuses(work.session.execute(_STEPS.where(reached), given))
    entries: dict[UUID, list[tuple[Any, int]]] = defaultdict(list)
    for row in work.session.execute(_ENTRIES.where(reached), given):
        entries[row.bond_id].append((row.kind, row.amount))
    found = []
    for row in rows:
        status, posted_on = statuses.get(row.id, (None, None))
        if status is not None:
            found.append(_Bond(row.fund_id, row.fund, row.amount, status, stand_of(entries[row.id]), posted_on))
    record(work, "bond.position_read", object_type="bond", count=len(found))
    funds = sorted({(each.fund, each.fund_id) for each in found})
    parts = [
        _position(fund_id, name, [each for each in found if each.fund_id == fund_id], day) for name, fund_id in funds
    ]
    return BondPosition(day, _position(None, None, found, day), parts)


def _statuses(steps: Iterable[Any]) -> dict[UUID, tuple[BondStatus, date | None]]:
    """In which status each bond was after these steps, and since when it is posted."""
    found: dict[UUID, tuple[BondStatus, date | None]] = {}
    for step in steps:
        status, posted_on = found.get(step.bond_id, (BondStatus.REQUESTED, None))
        if step.verb is not Verb.REQUEST:
            status = MOVES[step.verb].new or status
        found[step.bond_id] = status, step.on_day if step.verb is Verb.POST else posted_on
    return found


def _position(fund_id: UUID | None, fund: str | None, bonds: list[_Bond], day: date) -> Position:
    posted = [each for each in bonds if each.stand.posted > 0]
    out = [each for each in posted if each.stand.outstanding > 0]
    lent = sum(each.stand.posted for each in posted)
    return Position(
        fund_id=fund_id,
        fund=fund,
        posted=Figure(len(posted), Money(lent)),
        returned=Figure(_counted(posted, BondStatus.REFUNDED), Money(sum(each.stand.refunded for each in posted))),
        forfeited=Figure(_counted(posted, BondStatus.FORFEITED), Money(sum(each.stand.forfeited for each in posted))),
        outstanding=Figure(len(out), Money(sum(each.stand.outstanding for each in out))),
        interest=Money(sum(each.stand.interest for each in posted)),
        mean=Money(round(lent / len(posted))) if posted else None,
        statuses=[_of_status(bonds, status) for status in BondStatus],
        ages=[_of_age(out, place, day) for place in range(len(AGES))],
    )


def _counted(bonds: list[_Bond], status: BondStatus) -> int:
    return sum(each.status is status for each in bonds)


def _of_status(bonds: list[_Bond], status: BondStatus) -> StatusFigure:
    own = [each.amount for each in bonds if each.status is status]
    return StatusFigure(status, len(own), Money(sum(own)))


def _of_age(out: list[_Bond], place: int, day: date) -> AgeFigure:
    own = [each for each in out if each.posted_on is not None and age_of((day - each.posted_on).days) == place]
    until = AGES[place + 1] if place + 1 < len(AGES) else None
    return AgeFigure(AGES[place], until, len(own), Money(sum(each.stand.outstanding for each in own)))
