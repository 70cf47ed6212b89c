"""Screening: a pure function of the answers, the date, a rule set and the reference data."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from app.eligibility.rules import messages as m
from app.eligibility.rules.answers import Answers
from app.eligibility.rules.finding import Finding, RuleVerdict, still_open
from app.eligibility.rules.guidelines import Json, PovertyGuidelines, guidelines_digest
from app.eligibility.rules.income import check_income
from app.eligibility.rules.messages import Message, say
from app.eligibility.rules.rulesets import (
    Detained,
    HomeInCity,
    HomeInCounty,
    IncomeAtMost,
    IncomeSteps,
    InRemovalProceedings,
    InState,
    Rule,
    RuleSet,
    WithoutCounsel,
    ruleset_digest,
)
from app.eligibility.rules.situation import (
    check_city,
    check_counsel,
    check_county,
    check_detained,
    check_removal,
    check_state,
)


class Outcome(StrEnum):
    """What screening says of one fund."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    NEEDS_INFORMATION = "needs_information"


@dataclass(frozen=True, slots=True)
class Citation:
    """Which dated text was used, word for word: `digest` is that of its whole content."""

    id: str
    source: str
    legal_status: str
    effective_from: date
    digest: str

    def as_json(self) -> Json:
        """For the snapshot."""
        return {
            "id": self.id,
            "source": self.source,
            "legal_status": self.legal_status,
            "effective_from": self.effective_from.isoformat(),
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule's verdict. `title` and `basis` are msgids; `plain` is for readers of money only."""

    rule: str
    title: str
    basis: str
    source: str
    verdict: RuleVerdict
    explanation: Message
    plain: Message
    missing: tuple[str, ...]
    step: int | None

    def as_json(self) -> Json:
        """For the sealed snapshot: `explanation` holds the household's arithmetic."""
        return {**self.as_plain_json(), "explanation": self.explanation.as_json(), "missing": list(self.missing)}

    def as_plain_json(self) -> Json:
        """Without arithmetic and without the application's answers."""
        return {
            "rule": self.rule,
            "title": self.title,
            "basis": self.basis,
            "source": self.source,
            "verdict": self.verdict.value,
            "plain": self.plain.as_json(),
            "step": self.step,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fund's screening. `missing` points to the answers that would settle it when it needs information."""

    verdict: Outcome
    as_of: date
    key: str
    program: str
    ruleset: Citation | None
    reference_data: Citation | None
    rules: tuple[RuleResult, ...]
    missing: tuple[str, ...]
    remarks: tuple[Message, ...]

    def as_json(self) -> Json:
        """The snapshot: everything needed to show this screening again without computing it again.

        It holds the household's arithmetic, so it is stored sealed.
        """
        rules = [result.as_json() for result in self.rules]
        return {**self.as_plain_json(), "rules": rules, "missing": list(self.missing)}

    def as_plain_json(self) -> Json:
        """The same for readers of money only: no number about a household."""
        return {
            "verdict": self.verdict.value,
            "as_of": self.as_of.isoformat(),
            "key": self.key,
            "program": self.program,
            "ruleset": self.ruleset.as_json() if self.ruleset else None,
            "reference_data": self.reference_data.as_json() if self.reference_data else None,
            "rules": [result.as_plain_json() for result in self.rules],
            "remarks": [remark.as_json() for remark in self.remarks],
        }


def screen(answers: Answers, on: date, ruleset: RuleSet, guidelines: PovertyGuidelines | None) -> Verdict:
    """Screen one application against one rule set. Nothing in the answers can make it raise."""
    results = tuple(_result(rule, _test(rule, answers, guidelines, on)) for rule in ruleset.rules)
    verdict = outcome(results)
    return Verdict(
        verdict=verdict,
        as_of=on,
        key=ruleset.key,
        program=ruleset.program,
        ruleset=_cite_ruleset(ruleset),
        reference_data=_cite_guidelines(guidelines) if guidelines else None,
        rules=results,
        missing=_missing(results) if verdict is Outcome.NEEDS_INFORMATION else (),
        remarks=_remarks(ruleset, guidelines, on),
    )


def screen_without_rules(key: str, program: str, on: date) -> Verdict:
    """The verdict of a program that has no rules in force on a date: it needs information, from the office."""
    return Verdict(
        verdict=Outcome.NEEDS_INFORMATION,
        as_of=on,
        key=key,
        program=program,
        ruleset=None,
        reference_data=None,
        rules=(),
        missing=(),
        remarks=(say(m.NOT_IN_FORCE, day=on),),
    )


def outcome(results: Iterable[RuleResult], overridden: Collection[str] = ()) -> Outcome:
    """One failed rule is enough to be ineligible; else one open rule to need information.

    `overridden` are ids of rules that an approved override sets aside. No rules at all is not a yes.
    """
    results = tuple(results)
    verdicts = {result.verdict for result in results if result.rule not in overridden}
    if RuleVerdict.FAILED in verdicts:
        return Outcome.INELIGIBLE
    if RuleVerdict.UNKNOWN in verdicts or not results:
        return Outcome.NEEDS_INFORMATION
    return Outcome.ELIGIBLE


def _test(rule: Rule, answers: Answers, guidelines: PovertyGuidelines | None, on: date) -> Finding:
    match rule.parameters:
        case IncomeAtMost() | IncomeSteps() as parameters:
            if guidelines is None:
                return still_open(say(m.NO_GUIDELINES_THEN, day=on), plain=say(m.INCOME_OPEN_PLAIN))
            return check_income(parameters, answers, guidelines)
        case HomeInCity() as parameters:
            return check_city(parameters, answers)
        case HomeInCounty() as parameters:
            return check_county(parameters, answers)
        case InState() as parameters:
            return check_state(parameters, answers)
        case InRemovalProceedings() as parameters:
            return check_removal(parameters, answers)
        case Detained():
            return check_detained(answers)
        case WithoutCounsel():
            return check_counsel(answers)
        case never:
            assert_never(never)


def _result(rule: Rule, found: Finding) -> RuleResult:
    return RuleResult(
        rule=rule.id,
        title=rule.title,
        basis=rule.basis,
        source=rule.source,
        verdict=found.verdict,
        explanation=found.explanation,
        plain=found.plain,
        missing=found.missing,
        step=found.step,
    )


def _missing(results: tuple[RuleResult, ...]) -> tuple[str, ...]:
    """Each pointer once, in the order of the rules."""
    return tuple(dict.fromkeys(pointer for result in results for pointer in result.missing))


def _remarks(ruleset: RuleSet, guidelines: PovertyGuidelines | None, on: date) -> tuple[Message, ...]:
    remarks = []
    if ruleset.example_for_confirmation:
        remarks.append(say(m.EXAMPLE_RULES))
    reads_guidelines = any(isinstance(rule.parameters, IncomeAtMost | IncomeSteps) for rule in ruleset.rules)
    # New guidelines come every January. From March on, last year's are named as such, not used in silence.
    if reads_guidelines and guidelines is not None and on >= date(guidelines.year + 1, 3, 1):
        remarks.append(say(m.STALE_GUIDELINES, year=str(guidelines.year)))
    return tuple(remarks)


def _cite_ruleset(ruleset: RuleSet) -> Citation:
    return Citation(
        ruleset.id, ruleset.source, ruleset.legal_status.value, ruleset.effective_from, ruleset_digest(ruleset)
    )


def _cite_guidelines(guidelines: PovertyGuidelines) -> Citation:
    return Citation(
        guidelines.id,
        guidelines.source,
        guidelines.legal_status.value,
        guidelines.effective_from,
        guidelines_digest(guidelines),
    )
