"""Rule sets and reference data: dated files that ship with the program. No database is read here."""

from app.eligibility.reads.library import (
    UnknownRuleSet,
    guidelines,
    library,
    ruleset,
    ruleset_keys,
    rulesets,
    screening,
    versions,
)
from app.eligibility.reads.load import DataFileError, Library, load

__all__ = [
    "DataFileError",
    "Library",
    "UnknownRuleSet",
    "guidelines",
    "library",
    "load",
    "ruleset",
    "ruleset_keys",
    "rulesets",
    "screening",
    "versions",
]
