"""Words of overseeing: formats of an export, why somebody reaches something, and what a review looks for."""

import enum
from datetime import date, datetime, timedelta
from typing import Final

#: Nobody needs an account that they have not used for so long.
DORMANT_AFTER: Final = timedelta(days=90)
#: An invitation that is older was not taken up in its time.
STALE_AFTER: Final = timedelta(hours=72)


class Format(enum.StrEnum):
    CSV = "csv"
    JSON = "json"


class Why(enum.StrEnum):
    """Why somebody reaches a matter, or does not."""

    ASSIGNMENT = "assignment"
    HELP = "help"
    ORGANIZATION = "organization"
    ROLE = "role"


def quarter_of(day: date) -> str:
    """The quarter of a year that a day lies in, like 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def is_dormant(created_at: datetime, seen_at: datetime | None, now: datetime) -> bool:
    """True when nobody signed in to an account for 90 days; one that was never used counts from its making."""
    return (seen_at or created_at) + DORMANT_AFTER <= now


def is_stale(linked_at: datetime, now: datetime) -> bool:
    """True when an invitation was made more than 72 hours ago."""
    return linked_at + STALE_AFTER <= now
