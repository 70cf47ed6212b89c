"""What is to come of a fund: when its money runs out, and what needs somebody's look."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import col

from app.cases.rules import day_in
from app.funds.model import Award, LedgerAccount, LedgerEntry
from app.funds.reads.funds import fund
from app.funds.reads.ledger import totals_of_funds
from app.funds.reads.terms import terms
from app.funds.rules import OPEN_AWARDS, AccountKind, EntryKind, bonds_out
from app.funds.rules.outlook import PACE_DAYS, Outlook, project
from app.money import Money
from app.work import Work

#: An award that nothing was asked from for so long is shown as unused.
UNUSED_DAYS = 90


@dataclass(frozen=True, slots=True)
class OutlookView:
    """A projection, and what needs a look: ``low`` below the fund's own threshold, awards that nobody uses.

    ``outlives`` is what open awards hold although the fund's term is over.
    """

    projection: Outlook
    low: bool
    alert_below: Money | None
    bonds_out: Money
    unused: int
    unused_amount: Money
    outlives: Money


def outlook(work: Work, fund_id: UUID) -> OutlookView:
    """When a fund's money runs out at its recent pace, and what needs a look. Raises NotFound."""
    found = fund(work, fund_id)
    today = day_in(work.now, found.time_zone)
    alert_below = terms(work, fund_id).alert_below
    unused, unused_cents = _unused(work, fund_id, today - timedelta(days=UNUSED_DAYS))
    return OutlookView(
        projection=project(
            found.balance.available, _promised(work, fund_id, today), found.starts_on, found.ends_on, today
        ),
        low=alert_below is not None and found.balance.available < alert_below,
        alert_below=alert_below,
        bonds_out=bonds_out(totals_of_funds(work, [fund_id])[fund_id].fund),
        unused=unused,
        unused_amount=unused_cents,
        outlives=found.balance.encumbered if today > found.ends_on else Money(0),
    )


def _promised(work: Work, fund_id: UUID, today: date) -> Money:
    """Newly promised to cases in the days of the pace, less what awards gave back, plus what was spent without one."""
    signed = case(
        (col(LedgerEntry.kind).in_([EntryKind.AWARDED, EntryKind.CHARGED]), col(LedgerEntry.amount)),
        else_=-col(LedgerEntry.amount),
    )
    statement = select(func.coalesce(func.sum(signed), 0)).where(
        col(LedgerEntry.fund_id) == fund_id,
        col(LedgerEntry.occurred_on) > today - timedelta(days=PACE_DAYS),
        col(LedgerEntry.occurred_on) <= today,
        col(LedgerEntry.kind).in_([EntryKind.AWARDED, EntryKind.UNAWARDED, EntryKind.CHARGED, EntryKind.UNCHARGED]),
    )
    return Money(int(work.session.execute(statement).scalar_one()))


def _unused(work: Work, fund_id: UUID, before: date) -> tuple[int, Money]:
    """Open awards decided before a day from which nothing was ever reserved or paid."""
    used = (
        select(col(LedgerEntry.number))
        .where(col(LedgerEntry.award_id) == col(Award.id), col(LedgerEntry.kind) == EntryKind.RESERVED)
        .exists()
    )
    statement = (
        select(func.count(), func.coalesce(func.sum(col(LedgerAccount.balance)), 0))
        .select_from(Award)
        .join(LedgerAccount, col(LedgerAccount.award_id) == col(Award.id))
        .where(
            col(Award.fund_id) == fund_id,
            col(Award.status).in_(sorted(OPEN_AWARDS)),
            col(Award.decided_on) <= before,
            col(LedgerAccount.kind) == AccountKind.ENCUMBERED,
            ~used,
        )
    )
    count, cents = work.session.execute(statement).one()
    return count, Money(int(cents))
