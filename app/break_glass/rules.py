"""The limits of an emergency opening, and who may do what about it."""

import enum
from datetime import datetime, timedelta
from typing import Final

from app.crypto.groups import Group
from app.errors import Conflict, Denied


class Emergency(enum.StrEnum):
    """Why somebody's details had to be opened by a person who does not work with them."""

    DANGER = "danger"
    DETENTION = "detention"
    ATTORNEY_UNREACHABLE = "attorney_unreachable"
    LEGAL_DUTY = "legal_duty"
    OTHER = "other"


class Finding(enum.StrEnum):
    """How the review of an opening ended."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class OpeningState(enum.StrEnum):
    """Where an opening stands now."""

    OPEN = "open"
    TO_REVIEW = "to_review"
    OVERDUE = "overdue"
    REVIEWED = "reviewed"


#: What can be opened: never criminal history, never notes, nothing of the money.
GROUPS: Final = (Group.IDENTITY, Group.CONTACT, Group.IMMIGRATION)
#: How long an opening lasts.
OPEN_FOR: Final = timedelta(minutes=60)
#: So many openings a person has in so many days.
MOST: Final = 3
WITHIN: Final = timedelta(days=30)
#: Somebody else reviews an opening in this time, or the person opens nothing more until they have.
REVIEW_WITHIN: Final = timedelta(hours=72)
#: So long those concerned see a reviewed opening among their news.
NEWS: Final = timedelta(days=7)


def state(opened_at: datetime, reviewed: bool, now: datetime) -> OpeningState:
    """Where an opening stands at ``now``; whether its hour is over does not matter once it was reviewed."""
    if reviewed:
        return OpeningState.REVIEWED
    if now >= opened_at + REVIEW_WITHIN:
        return OpeningState.OVERDUE
    return OpeningState.OPEN if now < opened_at + OPEN_FOR else OpeningState.TO_REVIEW


def refuse_too_many(openings: int, overdue: int) -> None:
    """Raises Denied for somebody with an opening that nobody reviewed in time, Conflict for one opening too many."""
    if overdue:
        raise Denied(
            "break_glass.closed", "One of your emergency openings was not reviewed in time. Have it reviewed first."
        )
    if openings >= MOST:
        raise Conflict(
            "break_glass.too_often",
            "You made {most} emergency openings in {days} days. Ask somebody else who may.",
            {"most": MOST, "days": WITHIN.days},
        )
