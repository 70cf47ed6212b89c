"""What somebody should do about a bond now, and since when it waits."""

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.bonds.rules import OUT, BondStatus


class Due(enum.StrEnum):
    """What somebody should do about a bond."""

    CLAIM = "claim"  #: cancelled, and nobody claimed the refund
    MONEY = "money"  #: claimed, and the money did not come
    CONTEST = "contest"  #: breached, and nobody contested it
    CANCELLATION = "cancellation"  #: the case is closed or the person detained again, and no I-391 came
    ADDRESS = "address"  #: nobody confirmed the obligor's address for too long


#: How long a confirmed address counts. Source: none in law; the fund's own control: the refund goes only there.
ADDRESS_HOLDS = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Dates:
    """What decides whether something is due about a bond."""

    status: BondStatus
    approved_on: date | None = None
    redelivered_on: date | None = None
    cancelled_on: date | None = None
    claimed_on: date | None = None
    breached_on: date | None = None
    contested_on: date | None = None
    case_closed_on: date | None = None
    address_confirmed_on: date | None = None


def dues(dates: Dates, today: date) -> dict[Due, date]:
    """What is due about a bond, each with the day since which it waits."""
    found: dict[Due, date | None] = {}
    match dates.status:
        case BondStatus.CANCELLED:
            found[Due.CLAIM] = dates.cancelled_on
        case BondStatus.REFUND_CLAIMED:
            found[Due.MONEY] = dates.claimed_on
        case BondStatus.BREACHED if dates.contested_on is None:
            found[Due.CONTEST] = dates.breached_on
        case BondStatus.POSTED:
            since = [each for each in (dates.redelivered_on, dates.case_closed_on) if each is not None]
            found[Due.CANCELLATION] = min(since, default=None)
    if dates.status in OUT:
        found[Due.ADDRESS] = _address_due(dates, today)
    return {due: since for due, since in found.items() if since is not None and since <= today}


def _address_due(dates: Dates, today: date) -> date | None:
    """Since when the address should have been confirmed; a new obligor's at once."""
    if dates.address_confirmed_on is None:
        return dates.approved_on
    due_on = dates.address_confirmed_on + ADDRESS_HOLDS
    return due_on if due_on <= today else None


def due_of(row: Any, today: date) -> dict[Due, date]:
    """What is due about a bond's row: its own days, ``case_closed_on`` and the obligor's ``confirmed_on``."""
    dates = Dates(
        status=row.status,
        approved_on=row.decided_on,
        redelivered_on=row.redelivered_on,
        cancelled_on=row.cancelled_on,
        claimed_on=row.claimed_on,
        breached_on=row.breached_on,
        contested_on=row.contested_on,
        case_closed_on=row.case_closed_on,
        address_confirmed_on=row.confirmed_on,
    )
    return dues(dates, today)
