"""What stood where at the end of a day: the ledger's entries up to it, added up by the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, func, select, type_coerce, union_all
from sqlmodel import col

from app.funds.model import Allocation, LedgerAccount, LedgerEntry
from app.funds.rules import AccountKind
from app.work import Work

Totals = Mapping[AccountKind, int]


def of_funds(work: Work, day: date, fund_id: UUID | None) -> dict[UUID, Totals]:
    """Cents by kind of account for each fund at the end of a day."""
    return _by_key(work, [col(LedgerAccount.fund_id)], day, _only(fund_id))


def of_categories(work: Work, day: date, fund_id: UUID | None) -> dict[tuple[UUID, str], Totals]:
    """The same for each category of each fund: keys are the fund and the category."""
    keys = [col(LedgerAccount.fund_id), col(Allocation.category)]
    return _by_key(work, keys, day, [*_only(fund_id), col(LedgerAccount.allocation_id).is_not(None)])


def of_awards(work: Work, day: date, awards: Select[Any]) -> dict[UUID, Totals]:
    """The same for each of the awards that a statement names."""
    return _by_key(work, [col(LedgerAccount.award_id)], day, [col(LedgerAccount.award_id).in_(awards)])


def _only(fund_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if fund_id is None else [col(LedgerAccount.fund_id) == fund_id]


def _by_key(work: Work, keys: Sequence[Any], day: date, where: Sequence[ColumnElement[bool]]) -> dict[Any, Totals]:
    """Debits less credits, by these keys and the kind of account."""
    moved = union_all(
        *(
            select(
                side.label("account_id"), (sign * type_coerce(col(LedgerEntry.amount), BigInteger)).label("cents")
            ).where(col(LedgerEntry.occurred_on) <= day)
            for side, sign in ((col(LedgerEntry.debit_account_id), 1), (col(LedgerEntry.credit_account_id), -1))
        )
    ).subquery("moved")
    statement = (
        select(*keys, col(LedgerAccount.kind), func.sum(moved.c.cents))
        .select_from(moved)
        .join(LedgerAccount, col(LedgerAccount.id) == moved.c.account_id)
        .outerjoin(Allocation, col(Allocation.id) == col(LedgerAccount.allocation_id))
        .where(*where)
        .group_by(*keys, col(LedgerAccount.kind))
    )
    found: defaultdict[Any, dict[AccountKind, int]] = defaultdict(dict)
    for *key, kind, cents in work.session.execute(statement):
        found[key[0] if len(key) == 1 else tuple(key)][kind] = int(cents)
    return dict(found)
