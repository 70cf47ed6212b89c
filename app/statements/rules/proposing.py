"""Which of our payments a line of the bank's may be: by our reference, else by amount and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from app.statements.rules.words import Basis, Direction, MatchKind

#: A payment shows in the account on the day of its release or within so many days; what comes back may take longer.
SHOWS_WITHIN: Final = timedelta(days=10)
COMES_BACK_WITHIN: Final = timedelta(days=70)
#: A person looks at this many at most.
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Ours:
    """A payment or a run that the bank may show: since when, and the last digits of whose account.

    ``shown`` says that a statement showed it going out already: then it can only come back.
    """

    id: UUID
    reference: str
    cents: int
    since: date
    is_run: bool
    shown: bool
    account_end: str | None = None


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the bank's, with its words."""

    booked_on: date
    cents: int
    direction: Direction
    our_reference: str | None
    words: str

    def __repr__(self) -> str:
        return f"<Theirs of {self.booked_on}>"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the line may be, and why."""

    ours: Ours
    kind: MatchKind
    basis: Basis


def proposals(line: Theirs, candidates: Sequence[Ours]) -> list[Proposed]:
    """What a line may be, best first; nothing where nothing of ours has its amount."""
    exact: list[Proposed] = []
    ends: list[Proposed] = []
    likely: list[Proposed] = []
    for ours in candidates:
        kind = _kind(line, ours)
        if kind is None or ours.cents != line.cents:
            continue
        if line.our_reference == ours.reference:
            exact.append(Proposed(ours, kind, Basis.EXACT))
        elif line.our_reference is None and _in_time(line, ours, kind):
            by_account = ours.account_end is not None and ours.account_end in line.words
            (ends if by_account else likely).append(Proposed(ours, kind, Basis.LIKELY))
    return (exact or [*ends, *likely])[:MOST]


def _kind(line: Theirs, ours: Ours) -> MatchKind | None:
    if line.direction is Direction.OUT and ours.shown:
        return None
    if line.direction is Direction.OUT:
        return MatchKind.RUN if ours.is_run else MatchKind.PAID
    return None if ours.is_run else MatchKind.RETURNED


def _in_time(line: Theirs, ours: Ours, kind: MatchKind) -> bool:
    within = COMES_BACK_WITHIN if kind is MatchKind.RETURNED else SHOWS_WITHIN
    return timedelta(0) <= line.booked_on - ours.since <= within
