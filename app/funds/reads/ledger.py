"""What the ledger says: balances by fund, allocation and award."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce, union_all
from sqlmodel import col

from app.funds.model import LedgerAccount, LedgerEntry
from app.funds.rules import AccountKind, Totals
from app.work import Work


@dataclass(frozen=True, slots=True)
class FundTotals:
    """Cents by kind of account: of the whole fund, and of each of its allocations by id."""

    fund: Totals
    allocations: Mapping[UUID, Totals]


_OF_FUNDS: Final = (
    select(
        col(LedgerAccount.fund_id),
        col(LedgerAccount.allocation_id),
        col(LedgerAccount.kind),
        func.sum(col(LedgerAccount.balance)).label("cents"),
    )
    .where(col(LedgerAccount.fund_id).in_(bindparam("fund_ids", expanding=True)))
    .group_by(col(LedgerAccount.fund_id), col(LedgerAccount.allocation_id), col(LedgerAccount.kind))
)
_OF_AWARDS: Final = select(col(LedgerAccount.award_id), col(LedgerAccount.kind), col(LedgerAccount.balance)).where(
    col(LedgerAccount.award_id).in_(bindparam("award_ids", expanding=True))
)


def totals_of_funds(work: Work, fund_ids: Iterable[UUID]) -> dict[UUID, FundTotals]:
    """The balances of these funds, summed over their accounts. Its caller has checked that the actor may see them."""
    rows = work.session.execute(_OF_FUNDS, {"fund_ids": list(fund_ids)})
    whole: dict[UUID, dict[AccountKind, int]] = defaultdict(lambda: defaultdict(int))
    parts: dict[UUID, dict[UUID, dict[AccountKind, int]]] = defaultdict(lambda: defaultdict(dict))
    for fund_id, allocation_id, kind, cents in rows:
        whole[fund_id][kind] += cents
        if allocation_id is not None:
            parts[fund_id][allocation_id][kind] = cents
    return {fund_id: FundTotals(totals, parts[fund_id]) for fund_id, totals in whole.items()}


def totals_as_of(work: Work, fund_id: UUID, day: date) -> FundTotals:
    """How a fund stood at the end of a day: the sums of its entries up to it, by account.

    Its caller has checked that the actor may see it. Two looks at the entries' index by fund and day, then one at the
    accounts that moved: awards that came later cost nothing.
    """
    sides: Iterator[Select[*tuple[Any, ...]]] = (
        select(
            col(side).label("account_id"), (sign * type_coerce(col(LedgerEntry.amount), BigInteger)).label("signed")
        ).where(col(LedgerEntry.fund_id) == fund_id, col(LedgerEntry.occurred_on) <= day)
        for side, sign in ((LedgerEntry.debit_account_id, 1), (LedgerEntry.credit_account_id, -1))
    )
    moved = union_all(*sides).subquery("moved")
    rows = work.session.execute(
        select(col(LedgerAccount.allocation_id), col(LedgerAccount.kind), func.sum(moved.c.signed))
        .join(moved, moved.c.account_id == col(LedgerAccount.id))
        .group_by(col(LedgerAccount.allocation_id), col(LedgerAccount.kind))
    )
    whole: dict[AccountKind, int] = defaultdict(int)
    parts: dict[UUID, dict[AccountKind, int]] = defaultdict(dict)
    for allocation_id, kind, cents in rows:
        whole[kind] += int(cents)
        if allocation_id is not None:
            parts[allocation_id][kind] = int(cents)
    return FundTotals(whole, parts)


def totals_of_awards(work: Work, award_ids: Iterable[UUID]) -> dict[UUID, Totals]:
    """The balances of these awards' accounts; an award that was never approved has none."""
    rows = work.session.execute(_OF_AWARDS, {"award_ids": list(award_ids)})
    found: dict[UUID, dict[AccountKind, int]] = defaultdict(dict)
    for award_id, kind, cents in rows:
        found[award_id][kind] = cents
    return dict(found)
