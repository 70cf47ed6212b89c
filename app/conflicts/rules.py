"""What a conflict check can say, and when it stands in the way of accepting somebody."""

import enum
from collections.abc import Collection
from uuid import UUID

from app.errors import Conflict


class CheckResult(enum.StrEnum):
    CLEAR = "clear"
    REVIEW = "review"


class Resolution(enum.StrEnum):
    NO_CONFLICT = "no_conflict"
    CONFLICT = "conflict"


def result_of(compared: Collection[object], shared: Collection[object]) -> CheckResult:
    """Clear only when there was something to compare by and nobody shares it: a blank never reads as "no"."""
    return CheckResult.CLEAR if compared and not shared else CheckResult.REVIEW


def refuse_unclear(result: CheckResult | None, resolution: Resolution | None) -> None:
    """Raises Conflict unless the newest check is clear, or its review found no conflict. None: there was no check."""
    if result is None:
        raise Conflict("conflict_check.missing", "Run the conflict check first.")
    if resolution is Resolution.CONFLICT:
        raise Conflict("conflict_check.conflict", "The conflict check found a conflict of interest.")
    if result is CheckResult.REVIEW and resolution is None:
        raise Conflict("conflict_check.review", "The conflict check waits for its review by a second person.")


def refuse_outdated(matched: Collection[UUID], now: Collection[UUID]) -> None:
    """Raises Conflict when somebody shares an identifier now whom the check did not see."""
    if not set(now) <= set(matched):
        raise Conflict("conflict_check.outdated", "Since the conflict check something changed. Run it again.")
