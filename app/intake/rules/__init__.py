"""The words of an application, where each answer lies, what a submitted one must have, and what may follow on what."""

from app.intake.rules.answers import POINTERS, SECTIONS, as_body, as_groups, changed_pointers, merge
from app.intake.rules.complete import KnownCodes, problems
from app.intake.rules.incomes import MOST_INCOMES, PAYMENTS, Period, year_of
from app.intake.rules.statuses import (
    ACTS,
    EDITABLE,
    ENDED,
    Act,
    ApplicationStatus,
    Next,
    OverrideStatus,
    TurnedAway,
    acts_on,
    next_step,
    refuse,
)

__all__ = [
    "ACTS",
    "EDITABLE",
    "ENDED",
    "MOST_INCOMES",
    "PAYMENTS",
    "POINTERS",
    "SECTIONS",
    "Act",
    "ApplicationStatus",
    "KnownCodes",
    "Next",
    "OverrideStatus",
    "Period",
    "TurnedAway",
    "acts_on",
    "as_body",
    "as_groups",
    "changed_pointers",
    "merge",
    "next_step",
    "problems",
    "refuse",
    "year_of",
]
