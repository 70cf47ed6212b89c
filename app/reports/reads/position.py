"""Two reports of whole funds: how each stands at the end of a day, and its budget against what was spent."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.cases.rules import day_in
from app.funds.model import Fund
from app.funds.rules import Category, balance_of_allocation, balance_of_fund
from app.money import Money
from app.reports.reads import limits, standing
from app.reports.reads.asked import AsOf, Over
from app.reports.reads.tables import Kind, Plan, Table, Value, finished
from app.web.i18n import N_
from app.work import Work

_LEDGER: Final = N_(
    "Every figure is the sum of the ledger's entries up to the end of the day. Available is the budget less what is "
    "encumbered and what is paid."
)
POSITION: Final = Plan(
    "fund-position",
    N_("Position of the funds"),
    _LEDGER,
    (
        ("fund", N_("Fund"), Kind.TEXT),
        ("giver", N_("Giver"), Kind.TEXT),
        ("starts_on", N_("First day"), Kind.DAY),
        ("ends_on", N_("Last day"), Kind.DAY),
        ("budget", N_("Budget"), Kind.MONEY),
        ("encumbered", N_("Encumbered"), Kind.MONEY),
        ("paid", N_("Paid"), Kind.MONEY),
        ("available", N_("Available"), Kind.MONEY),
    ),
)
BUDGET: Final = Plan(
    "budget",
    N_("Budget against actual"),
    N_(
        "Budget, encumbered and available are as they stood at the end of the last day. Paid before and paid in the "
        "period are net: what came back is taken off on the day on which it did."
    ),
    (
        ("fund", N_("Fund"), Kind.TEXT),
        ("category", N_("Category"), Kind.CATEGORY),
        ("budget", N_("Budget"), Kind.MONEY),
        ("paid_before", N_("Paid before"), Kind.MONEY),
        ("paid", N_("Paid in the period"), Kind.MONEY),
        ("encumbered", N_("Encumbered"), Kind.MONEY),
        ("available", N_("Available"), Kind.MONEY),
    ),
)
_TURN: Final = {category: place for place, category in enumerate(Category)}


def position(work: Work, question: AsOf) -> Table:
    """How every fund stood at the end of a day. Raises Invalid for a fund that is not there."""
    fund = limits.fund_must_be_open(work, work.allow(Permission.FUND_REPORT_READ), question.fund_id)
    asked = question.asked(day_in(work.now, work.actor.time_zone))
    totals = standing.of_funds(work, asked["as_of"], question.fund_id)
    rows: list[dict[str, Value]] = []
    for row in _funds(work, question.fund_id):
        balance = balance_of_fund(totals.get(row.id, {}))
        rows.append(
            {
                "fund": row.name,
                "giver": row.giver,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "budget": balance.budget,
                "encumbered": balance.encumbered,
                "paid": balance.paid,
                "available": balance.available,
            }
        )
    return finished(work, POSITION, question.format, asked | {"fund": fund}, rows)


def budget(work: Work, question: Over) -> Table:
    """Budget against actual by fund and category over a period. Raises Invalid for a fund that is not there."""
    fund = limits.fund_must_be_open(work, work.allow(Permission.FUND_REPORT_READ), question.fund_id)
    names = {row.id: row.name for row in _funds(work, question.fund_id)}
    before = standing.of_categories(work, question.from_ - timedelta(days=1), question.fund_id)
    after = standing.of_categories(work, question.to, question.fund_id)
    rows: list[dict[str, Value]] = []
    for key in sorted(after, key=lambda key: (names[key[0]], _TURN[Category(key[1])])):
        now, then = balance_of_allocation(after[key]), balance_of_allocation(before.get(key, {}))
        rows.append(
            {
                "fund": names[key[0]],
                "category": Category(key[1]),
                "budget": now.budget,
                "paid_before": then.paid,
                "paid": Money(now.paid - then.paid),
                "encumbered": now.encumbered,
                "available": now.available,
            }
        )
    return finished(work, BUDGET, question.format, question.asked() | {"fund": fund}, rows)


def _funds(work: Work, fund_id: UUID | None) -> list[Any]:
    statement = select(col(Fund.id), col(Fund.name), col(Fund.giver), col(Fund.starts_on), col(Fund.ends_on)).order_by(
        col(Fund.name)
    )
    if fund_id is not None:
        statement = statement.where(col(Fund.id) == fund_id)
    return list(work.session.execute(statement))
