"""How often a person may open sealed fields and find people: far above ordinary work, far below emptying it all.

A curious insider and a stolen session have the same rights as the work needs. What sets them apart is how often: nobody
reads 500 people's fields in a day to help them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Budget:
    """``times`` within any stretch of ``within``."""

    times: int
    within: timedelta


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: By the action as the record calls it. The record itself is what is counted, so no worker of a server forgets.
BUDGETS: Final[Mapping[str, tuple[Budget, ...]]] = {
    "applicant.revealed": (Budget(60, _MINUTE), Budget(500, _DAY)),
    "applicant.searched": (Budget(60, _MINUTE), Budget(1000, _DAY)),
    "conflict.checked": (Budget(60, _HOUR),),
    # A case has up to two hundred documents, and a hearing is prepared with all of them.
    "document.opened": (Budget(60, _MINUTE), Budget(500, _DAY)),
    "document.previewed": (Budget(240, _MINUTE), Budget(3000, _DAY)),
    # What leaves Amparo is out of its hands: a review takes it once, and perhaps again.
    "access.review_exported": (Budget(5, _DAY),),
    "audit.exported": (Budget(5, _DAY),),
    # A court asks for the events of a matter, not for a year's.
    "audit.proved": (Budget(100, _DAY),),
    # A report is run anew at each change of its parameters, to be looked at.
    "report.run": (Budget(600, _HOUR),),
    # As a file it is out of Amparo's hands. A quarter's end takes one in each format for each of a dozen funds.
    "report.exported": (Budget(60, _DAY),),
}
