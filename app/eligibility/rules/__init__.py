"""The words and pure decisions of eligibility. No file, clock, database or setting is read here."""

from app.eligibility.rules.answers import POINTERS, Answers, Custody, Missing, YesNo, answers_from
from app.eligibility.rules.digest import digest
from app.eligibility.rules.finding import RuleVerdict
from app.eligibility.rules.guidelines import (
    LARGEST_HOUSEHOLD,
    PovertyGuidelines,
    RegionAmounts,
    guidelines_digest,
    guidelines_in_force,
    income_limit,
    poverty_percent,
)
from app.eligibility.rules.legal import LegalStatus
from app.eligibility.rules.messages import Message
from app.eligibility.rules.places import STATE_NAMES, Region, region_of, state_code
from app.eligibility.rules.rulesets import (
    Detained,
    HomeInCity,
    HomeInCounty,
    IncomeAtMost,
    IncomeSteps,
    InRemovalProceedings,
    InState,
    Parameters,
    Rule,
    RuleSet,
    WithoutCounsel,
    ruleset_digest,
    ruleset_in_force,
)
from app.eligibility.rules.screen import (
    Citation,
    Outcome,
    RuleResult,
    Verdict,
    outcome,
    screen,
    screen_without_rules,
)

__all__ = [
    "LARGEST_HOUSEHOLD",
    "POINTERS",
    "STATE_NAMES",
    "Answers",
    "Citation",
    "Custody",
    "Detained",
    "HomeInCity",
    "HomeInCounty",
    "InRemovalProceedings",
    "InState",
    "IncomeAtMost",
    "IncomeSteps",
    "LegalStatus",
    "Message",
    "Missing",
    "Outcome",
    "Parameters",
    "PovertyGuidelines",
    "Region",
    "RegionAmounts",
    "Rule",
    "RuleResult",
    "RuleSet",
    "RuleVerdict",
    "Verdict",
    "WithoutCounsel",
    "YesNo",
    "answers_from",
    "digest",
    "guidelines_digest",
    "guidelines_in_force",
    "income_limit",
    "outcome",
    "poverty_percent",
    "region_of",
    "ruleset_digest",
    "ruleset_in_force",
    "screen",
    "screen_without_rules",
    "state_code",
]
