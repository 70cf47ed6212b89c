"""The way of a case as a picture: its stations, drawn from what the reader sees of the case and its money."""

from collections.abc import Iterable
from datetime import date

from app.cases.rules import day_in
from app.desk.reads.glance import Glance
from app.desk.rules import Milestones, Station, path
from app.disbursements.rules import DisbursementStatus
from app.funds.rules import AwardStatus
from app.work import Work

_UNDER_WAY = frozenset({
    DisbursementStatus.DRAFT,
    DisbursementStatus.SUBMITTED,
    DisbursementStatus.APPROVED,
    DisbursementStatus.RELEASED,
})  # fmt: skip


def way(work: Work, case: Glance) -> list[Station]:
    """The stations of a case that was read already, by the reader's own days."""
    zone, money = work.actor.time_zone, case.money
    awards = money.awards if money is not None else []
    payments = money.disbursements if money is not None else []
    granted = [each for each in awards if each.status not in (AwardStatus.REQUESTED, AwardStatus.REJECTED)]
    return path(
        Milestones(
            offered_on=day_in(case.created_at, zone),
            accepted_on=None if case.opened_at is None else day_in(case.opened_at, zone),
            award_asked_on=_first(each.requested_on for each in awards if each.status is AwardStatus.REQUESTED),
            awarded_on=_first(each.decided_on for each in granted),
            paying_since=_first(each.requested_on for each in payments if each.status in _UNDER_WAY),
            paid_on=_first(each.settled_on for each in payments if each.status is DisbursementStatus.SETTLED),
            closed_on=case.closed_on,
        )
    )


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
