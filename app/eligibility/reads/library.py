"""The questions that other rooms ask of the rule sets and the reference data."""

from datetime import date
from functools import lru_cache
from importlib.resources import files

from app.eligibility.reads.load import Library, load
from app.eligibility.rules import (
    Answers,
    PovertyGuidelines,
    RuleSet,
    Verdict,
    guidelines_in_force,
    ruleset_in_force,
    screen,
    screen_without_rules,
)


class UnknownRuleSet(LookupError):
    """No rule set has this key."""


@lru_cache(maxsize=1)
def library() -> Library:
    """The data files of this installation. Raises DataFileError, at start rather than in an interview."""
    return load(files("app.eligibility") / "data")


def ruleset_keys() -> tuple[str, ...]:
    """The key of every rule set on file, in alphabetical order."""
    return tuple(sorted(library().rulesets))


def versions(key: str) -> tuple[RuleSet, ...]:
    """Every version of a rule set, oldest first. Raises UnknownRuleSet."""
    try:
        return library().rulesets[key]
    except KeyError:
        raise UnknownRuleSet(key) from None


def ruleset(key: str, on: date) -> RuleSet | None:
    """The version in force on a date, or None. Raises UnknownRuleSet."""
    return ruleset_in_force(versions(key), on)


def rulesets(on: date) -> tuple[RuleSet, ...]:
    """Every rule set in force on a date, by key."""
    return tuple(found for key in ruleset_keys() if (found := ruleset(key, on)))


def guidelines(on: date) -> PovertyGuidelines | None:
    """The poverty guidelines in force on a date, or None before the first on file."""
    return guidelines_in_force(library().guidelines, on)


def screening(key: str, answers: Answers, on: date) -> Verdict:
    """Screen by the rules and reference data of a date. A date before the rules began needs information.

    Raises UnknownRuleSet.
    """
    found = ruleset(key, on)
    if found is None:
        return screen_without_rules(key, versions(key)[0].program, on)
    return screen(answers, on, found, guidelines(on))
