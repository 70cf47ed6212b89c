"""Which applications came in when, and how far each went."""

import enum
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from app.demo.days import working_day_before
from app.demo.people import Situation, answers

#: How far the demo goes back, in days.
SPAN: Final = 728


class Ending(enum.StrEnum):
    """How far an application went. The later ones have a case; from AWARD_ASKED on there is money."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFORMATION = "needs_information"
    IN_REVIEW = "in_review"  #: the conflict check found somebody, and nobody has looked at it yet
    OVERRIDE_ASKED = "override_asked"
    OVERRIDE_REFUSED = "override_refused"
    DECLINED = "declined"
    CONFLICT = "conflict"
    WITHDRAWN = "withdrawn"
    WAITLISTED = "waitlisted"
    ADVISED = "advised"
    OFFERED = "offered"
    ASKED = "asked"
    TURNED_DOWN = "turned_down"
    OPEN = "open"
    AWARD_ASKED = "award_asked"
    AWARD_REFUSED = "award_refused"
    AWARDED = "awarded"
    PAID = "paid"
    OVERRIDDEN = "overridden"
    FROM_WAITLIST = "from_waitlist"
    FEES = "fees"
    CLOSED = "closed"


_E = Ending

#: Applications come as often as this; the first of each stand in front, so that a small demo has many kinds.
DECK: Final = (
    _E.PAID, _E.CLOSED, _E.DRAFT, _E.SUBMITTED, _E.DECLINED, _E.ASKED, _E.NEEDS_INFORMATION, _E.FEES, _E.WAITLISTED,
    _E.OFFERED, _E.PAID, _E.WITHDRAWN, _E.ADVISED, _E.AWARD_ASKED, _E.OVERRIDE_ASKED, _E.TURNED_DOWN, _E.OPEN,
    _E.AWARDED, _E.FROM_WAITLIST, _E.OVERRIDDEN, _E.PAID, _E.CLOSED, _E.IN_REVIEW, _E.CONFLICT, _E.AWARD_REFUSED,
    _E.OVERRIDE_REFUSED, _E.PAID, _E.PAID, _E.PAID, _E.PAID, _E.PAID, _E.PAID, _E.PAID, _E.PAID, _E.CLOSED, _E.CLOSED,
    _E.CLOSED, _E.CLOSED, _E.CLOSED, _E.CLOSED, _E.CLOSED, _E.DECLINED, _E.DECLINED, _E.DECLINED, _E.DECLINED,
    _E.DECLINED, _E.ADVISED, _E.FEES,
)  # fmt: skip

#: How many days ago an application that went so far came in: least and most. What is under way is recent.
_AGES: Final = {
    _E.DRAFT: (1, 8), _E.SUBMITTED: (1, 6), _E.NEEDS_INFORMATION: (5, 20), _E.IN_REVIEW: (5, 12),
    _E.OVERRIDE_ASKED: (13, 22), _E.OFFERED: (18, 30), _E.ASKED: (22, 34), _E.TURNED_DOWN: (28, 44),
    _E.AWARD_ASKED: (60, 160), _E.WAITLISTED: (20, 250), _E.OPEN: (60, 400), _E.AWARDED: (75, 300),
    _E.PAID: (180, SPAN), _E.CLOSED: (260, SPAN), _E.FROM_WAITLIST: (300, SPAN), _E.CONFLICT: (20, 500),
}  # fmt: skip
_LONG_AGO: Final = (60, SPAN)

_S = Situation
_SITUATIONS: Final = {
    _E.NEEDS_INFORMATION: _S.INCOME_UNKNOWN,
    _E.OVERRIDE_ASKED: _S.SLIGHTLY_OVER_INCOME,
    _E.OVERRIDE_REFUSED: _S.SLIGHTLY_OVER_INCOME,
    _E.OVERRIDDEN: _S.SLIGHTLY_OVER_INCOME,
    _E.FEES: _S.NO_PROCEEDING,
}
#: Those who are declined, in turn; the reason goes with the situation.
_DECLINED: Final = (_S.OVER_INCOME, _S.ELSEWHERE, _S.FITS, _S.NO_PROCEEDING, _S.HAS_COUNSEL, _S.FITS)
#: Endings in which the conflict check finds somebody, and one in so many of the others.
_SHARING: Final = frozenset({_E.IN_REVIEW, _E.CONFLICT})
_ALSO_SHARING: Final = 17


@dataclass(frozen=True, slots=True)
class Story:
    """One application: its answers, the day it came in and how far it went.

    ``turn`` counts the stories of this ending, so that variants take turns. ``chance`` is the story's own: how much of
    it one story uses up changes no other.
    """

    number: int
    ending: Ending
    turn: int
    situation: Situation
    taken_on: date
    answers: dict[str, Any] = field(repr=False)
    chance: random.Random = field(repr=False, compare=False)


def stories(count: int, seed: int, today: date) -> Iterator[Story]:
    """``count`` applications over the two years before ``today``, oldest first; the same for the same seed."""
    chance = random.Random(f"{seed}")  # noqa: S311 - the same people again, not a secret
    drawn = [(chance.randint(*_AGES.get(ending, _LONG_AGO)), ending) for ending in _dealt(count)]
    drawn.sort(key=lambda each: -each[0])
    turns: Counter[Ending] = Counter()
    for number, (age, ending) in enumerate(drawn):
        own = random.Random(f"{seed} {number}")  # noqa: S311 - as above
        turn, turns[ending] = turns[ending], turns[ending] + 1
        situation = _DECLINED[turn % len(_DECLINED)] if ending is _E.DECLINED else _SITUATIONS.get(ending, _S.FITS)
        taken_on = working_day_before(today - timedelta(days=age))
        shares = ending in _SHARING or number % _ALSO_SHARING == _ALSO_SHARING - 1
        # Somebody whose application was decided long before, or the oldest of a few.
        earlier = max(0, number - max(20, count // 8)) if shares and number else None
        yield Story(number, ending, turn, situation, taken_on, answers(own, number, taken_on, situation, earlier), own)


def _dealt(count: int) -> Iterator[Ending]:
    return (DECK[place % len(DECK)] for place in range(count))
