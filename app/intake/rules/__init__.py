"""The words of an application, where each answer lies, what a submitted one must have, and what may follow on what."""

from app.intake.rules.answers import POINTERS, SECTIONS, as_body, as_groups, changed_pointers, merge
from app.intake.rules.complete import KnownCodes, problems
from app.intake.rules.statuses import (
    ACTS,
    EDITABLE,
    ENDED,
    Act,
    ApplicationStatus,
    OverrideStatus,
    TurnedAway,
    acts_on,
    refuse,
)

__all__ = [
    "ACTS",
    "EDITABLE",
    "ENDED",
    "POINTERS",
    "SECTIONS",
    "Act",
    "ApplicationStatus",
    "KnownCodes",
    "OverrideStatus",
    "TurnedAway",
    "acts_on",
    "as_body",
    "as_groups",
    "changed_pointers",
    "merge",
    "problems",
    "refuse",
]
