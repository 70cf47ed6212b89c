"""Checkpoints of the record: whether they are made, and whether they get to where others keep them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.doctor.rules.findings import Finding, problem, warning

#: One is made every five minutes while the service runs; a pause for an upgrade is no fault.
_MADE_WITHIN: Final = timedelta(minutes=15)
#: A place gets it some seconds later.
_TAKEN_WITHIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class CheckpointFacts:
    """``uncovered``: when the oldest sealed event under no checkpoint was; ``lacking``: places without the newest."""

    now: datetime
    uncovered: datetime | None
    made_at: datetime | None
    size: int
    lacking: tuple[str, ...]


def judge_checkpoints(facts: CheckpointFacts) -> Iterator[Finding]:
    """What others can hold against the record."""
    if facts.uncovered is not None and facts.now - facts.uncovered > _MADE_WITHIN:
        yield warning(
            "checkpoints.old",
            f"Events since {facts.uncovered:%Y-%m-%d %H:%M} UTC are under no checkpoint.",
            "Whoever has the keys could write them anew, and no copy elsewhere would show it.",
            "Start the service. When it runs, run `amparo audit verify`, then `amparo audit checkpoint`.",
        )
    if facts.made_at is not None and facts.now - facts.made_at > _TAKEN_WITHIN and facts.lacking:
        yield problem(
            "checkpoints.behind",
            f"The checkpoint over {facts.size} events is not at {', '.join(facts.lacking)}.",
            "What happened since the last one there could be written anew by whoever has the keys.",
            "See that the place can be written to, then run `amparo audit checkpoint`.",
        )
