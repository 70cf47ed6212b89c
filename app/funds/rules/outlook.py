"""When a fund runs out, at its recent pace: a projection with its assumptions, or plainly none."""

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.money import Money

#: The pace is what was newly promised to cases in this many days before today. Fewer days of history say too little.
PACE_DAYS: Final = 90
LEAST_DAYS: Final = 30


class Finding(enum.StrEnum):
    """What can be said about the end of a fund's money."""

    TOO_EARLY = "too_early"  #: not enough history
    NOT_SPENT = "not_spent"  #: nothing was promised lately
    RUNS_OUT = "runs_out"  #: on a day of its term
    LASTS = "lasts"  #: longer than its term: money will be left
    EMPTY = "empty"  #: nothing is available now


@dataclass(frozen=True, slots=True)
class Outlook:
    """A projection. ``per_day`` is the pace in cents a day; ``left`` what stays at the end of the term."""

    finding: Finding
    available: Money
    promised: Money
    days: int
    runs_out_on: date | None = None
    left: Money | None = None


def project(available: Money, promised: Money, begun_on: date, ends_on: date, today: date) -> Outlook:
    """What the available money does when cases go on asking as they did.

    ``promised`` is what was newly promised, less what came back, in the days of the pace that the fund has lived:
    90, or fewer when it began later. Assumed: the same pace every day, awards cost what was promised, no bond comes
    back and nothing is given anew.
    """
    days = min(PACE_DAYS, (today - begun_on).days)
    if available <= 0:
        return Outlook(Finding.EMPTY, available, promised, max(days, 0))
    if days < LEAST_DAYS:
        return Outlook(Finding.TOO_EARLY, available, promised, max(days, 0))
    if promised <= 0:
        return Outlook(Finding.NOT_SPENT, available, promised, days, left=available)
    lasts = available * days // promised
    until_end = max((ends_on - today).days, 0)
    if lasts <= until_end:
        return Outlook(Finding.RUNS_OUT, available, promised, days, runs_out_on=today + timedelta(days=lasts))
    return Outlook(Finding.LASTS, available, promised, days, left=Money(available - promised * until_end // days))
