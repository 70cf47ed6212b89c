"""What testing one rule found."""

from dataclasses import dataclass
from enum import StrEnum

from app.eligibility.rules.messages import FAIL_PLAIN, MET_PLAIN, OPEN_PLAIN, Message, say


class RuleVerdict(StrEnum):
    """Met, not met, or not to be known from the answers."""

    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict with its two sentences. `missing` points to the answers that would settle it;
    `step` is the place on an income scale, where the rule has one.
    """

    verdict: RuleVerdict
    explanation: Message
    plain: Message
    missing: tuple[str, ...] = ()
    step: int | None = None


def met(explanation: Message, plain: Message | None = None, step: int | None = None) -> Finding:
    """The rule is met."""
    return Finding(RuleVerdict.PASSED, explanation, plain or say(MET_PLAIN), step=step)


def failed(explanation: Message, plain: Message | None = None) -> Finding:
    """The rule is not met, by an answer that was given."""
    return Finding(RuleVerdict.FAILED, explanation, plain or say(FAIL_PLAIN))


def still_open(explanation: Message, *missing: str, plain: Message | None = None) -> Finding:
    """The answers do not say; `missing` are their pointers."""
    return Finding(RuleVerdict.UNKNOWN, explanation, plain or say(OPEN_PLAIN), missing)
