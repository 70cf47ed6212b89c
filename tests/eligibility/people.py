"""Fictional answers: one person whom every shipped rule set helps, and changes to them."""

from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack

from app.eligibility.reads import library
from app.eligibility.rules import (
    Answers,
    Custody,
    LegalStatus,
    Missing,
    Parameters,
    PovertyGuidelines,
    Rule,
    RuleResult,
    RuleSet,
    YesNo,
    screen,
)

A_DAY = date(2026, 6, 1)

HELPED_BY_ALL = Answers(
    household_size=4,
    annual_income=3_000_000,
    city="Denver",
    county="Denver",
    state="CO",
    in_removal_proceedings=YesNo.YES,
    custody=Custody.RELEASED,
    court="DEN",
    has_counsel=YesNo.NO,
)


class Changes(TypedDict, total=False):
    """What may differ from the person above."""

    household_size: int | Missing
    annual_income: int | Missing
    city: str | Missing
    county: str | Missing
    state: str | Missing
    in_removal_proceedings: YesNo | Missing
    custody: Custody | Missing
    court: str | Missing
    has_counsel: YesNo | Missing


def person(**changes: Unpack[Changes]) -> Answers:
    """The person above, with changes."""
    return replace(HELPED_BY_ALL, **changes)


LATEST = library().guidelines[-1]


def result(parameters: Parameters, answers: Answers, guidelines: PovertyGuidelines | None = LATEST) -> RuleResult:
    """What one rule alone says of the answers."""
    rule = Rule("income", "income", "Household income", "Basis", "Source", parameters)
    ruleset = RuleSet(
        key="one-rule",
        program="One rule",
        version="1",
        effective_from=date(2017, 1, 1),
        effective_to=None,
        effective_note="-",
        legal_status=LegalStatus.ILLUSTRATION,
        source="-",
        example_for_confirmation=True,
        not_checked=(),
        rules=(rule,),
    )
    return screen(answers, A_DAY, ruleset, guidelines).rules[0]
