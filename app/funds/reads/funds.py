"""Funds as they are shown: their terms, their allocations, and how their budgets stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.cases.rules import day_in
from app.errors import Invalid, NotFound, Problem
from app.funds.model import Allocation, Fund
from app.funds.reads.ledger import FundTotals, totals_as_of, totals_of_funds
from app.funds.rules import Balance, Category, balance_of_allocation, balance_of_fund, in_term
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class AllocationView:
    id: UUID
    category: Category
    balance: Balance


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund. ``open`` says whether today is in its term: only then are new awards made from it."""

    id: UUID
    name: str
    giver: str
    starts_on: date
    ends_on: date
    time_zone: str
    awarded_total: Money
    ruleset: str | None
    open: bool
    balance: Balance
    allocations: list[AllocationView]


@dataclass(frozen=True, slots=True)
class FundList:
    items: list[FundView]
    next: str | None


@dataclass(frozen=True, slots=True)
class OpenFund:
    """What screening needs of a fund."""

    id: UUID
    name: str
    ruleset: str


_FUND: Select[*tuple[Any, ...]] = select(
    col(Fund.id),
    col(Fund.name),
    col(Fund.giver),
    col(Fund.starts_on),
    col(Fund.ends_on),
    col(Fund.time_zone),
    col(Fund.awarded_total),
    col(Fund.ruleset),
)
_ONE: Final = _FUND.where(col(Fund.id) == bindparam("fund_id", type_=Uuid()))
_ALLOCATIONS: Final = (
    select(col(Allocation.id), col(Allocation.fund_id), col(Allocation.category))
    .where(col(Allocation.fund_id).in_(bindparam("fund_ids", expanding=True)))
    .order_by(col(Allocation.id))
)
_NOTHING = FundTotals({}, {})


def funds(work: Work, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> FundList:
    """All funds with their balances, newest first."""
    work.allow(Permission.FUND_READ)
    found = work.session.execute(keyset.newest_first(_FUND, col(Fund.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(found, limit)
    return FundList(_views(work, page.rows), page.next)


def fund(work: Work, fund_id: UUID, as_of: date | None = None) -> FundView:
    """One fund, as it stands or as it stood at the end of a day.

    Raises NotFound when it is absent, Invalid for a day to come.
    """
    work.allow(Permission.FUND_READ)
    row = _one(work, fund_id)
    if as_of is None:
        return _views(work, [row])[0]
    if as_of > day_in(work.now, row.time_zone):
        raise Invalid(Problem("/as_of", "as_of.future", "Enter today or a day before today."))
    return _views(work, [row], {fund_id: totals_as_of(work, fund_id, as_of)})[0]


def exists(work: Work, fund_id: UUID) -> None:
    """For the door: this fund is there. Raises NotFound."""
    work.allow(Permission.FUND_READ)
    _one(work, fund_id)


def allocation(work: Work, fund_id: UUID, category: Category) -> AllocationView:
    """A fund's allocation for a category. Raises NotFound when the fund has none."""
    for each in fund(work, fund_id).allocations:
        if each.category is category:
            return each
    raise NotFound


def views_of(work: Work, fund_ids: list[UUID]) -> list[FundView]:
    """These funds, in this order. For this room's other reads."""
    work.allow(Permission.FUND_READ)
    rows = {row.id: row for row in work.session.execute(_FUND.where(col(Fund.id).in_(fund_ids)))}
    return _views(work, [rows[each] for each in fund_ids])


def open_funds(work: Work) -> list[OpenFund]:
    """The funds that people are screened for now: in their term, with a rule set. For other rooms, not for a door."""
    return [OpenFund(row.id, row.name, row.ruleset) for row in _in_term(work) if row.ruleset is not None]


def _in_term(work: Work) -> list[Any]:
    rows = work.session.execute(_FUND.order_by(col(Fund.name))).all()
    return [row for row in rows if in_term(row.starts_on, row.ends_on, day_in(work.now, row.time_zone))]


def _one(work: Work, fund_id: UUID) -> Any:
    row = work.session.execute(_ONE, {"fund_id": fund_id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def _views(work: Work, rows: Sequence[Any], given: Mapping[UUID, FundTotals] | None = None) -> list[FundView]:
    ids = [row.id for row in rows]
    totals = totals_of_funds(work, ids) if given is None else given
    allocations = work.session.execute(_ALLOCATIONS, {"fund_ids": ids}).all()
    return [
        FundView(
            id=row.id,
            name=row.name,
            giver=row.giver,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            time_zone=row.time_zone,
            awarded_total=row.awarded_total,
            ruleset=row.ruleset,
            open=in_term(row.starts_on, row.ends_on, day_in(work.now, row.time_zone)),
            balance=balance_of_fund(totals.get(row.id, _NOTHING).fund),
            allocations=[
                AllocationView(
                    each.id,
                    each.category,
                    balance_of_allocation(totals.get(row.id, _NOTHING).allocations.get(each.id, {})),
                )
                for each in allocations
                if each.fund_id == row.id
            ],
        )
        for row in rows
    ]
