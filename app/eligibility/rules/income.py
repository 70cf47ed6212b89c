"""The income test: exact, yearly, and met by an income equal to the limit."""

from decimal import ROUND_FLOOR, Decimal

from app.eligibility.rules import messages as m
from app.eligibility.rules.answers import POINTERS, Answers, Missing
from app.eligibility.rules.finding import Finding, failed, met, still_open
from app.eligibility.rules.guidelines import LARGEST_HOUSEHOLD, PovertyGuidelines, income_limit
from app.eligibility.rules.messages import Message, Value, say
from app.eligibility.rules.places import STATE_NAMES, Region, region_of, state_code
from app.eligibility.rules.rulesets import IncomeAtMost, IncomeSteps
from app.money import Money


def check_income(rule: IncomeAtMost | IncomeSteps, answers: Answers, guidelines: PovertyGuidelines) -> Finding:
    """Compare yearly income in cents with each percent of the guideline. Unknown income, size or region
    never gives a verdict.
    """
    income, size = answers.annual_income, answers.household_size
    if isinstance(income, Missing) or isinstance(size, Missing):
        return _open_for(income, size)
    if income < 0:
        return _open(say(m.INCOME_ODD), "annual_income")
    if not 1 <= size <= LARGEST_HOUSEHOLD:
        return _open(say(m.SIZE_ODD, largest=LARGEST_HOUSEHOLD), "household_size")
    region = rule.region or _home_region(answers)
    if isinstance(region, Finding):
        return region
    return _compare(rule, income, size, region, guidelines)


def _compare(
    rule: IncomeAtMost | IncomeSteps, income: int, size: int, region: Region, guidelines: PovertyGuidelines
) -> Finding:
    percents = rule.percents if isinstance(rule, IncomeSteps) else (rule.percent,)
    guideline = guidelines.guideline(size, region)
    within = [percent for percent in percents if Decimal(income) <= income_limit(guideline, percent)]
    shown = _arithmetic(income, size, within[0] if within else percents[-1], region, guidelines)
    if not within:
        return failed(Message(m.INCOME_FAIL[region], shown), say(m.INCOME_FAIL_PLAIN))
    explanation = Message(m.INCOME_MET[region], shown)
    if isinstance(rule, IncomeAtMost):
        return met(explanation, say(m.INCOME_MET_PLAIN))
    step = percents.index(within[0]) + 1
    return met(explanation, say(m.INCOME_STEP_PLAIN, step=step), step)


def _arithmetic(
    income: int, size: int, percent: Decimal, region: Region, guidelines: PovertyGuidelines
) -> tuple[tuple[str, Value], ...]:
    amounts = guidelines.amounts(region)
    limit = income_limit(guidelines.guideline(size, region), percent)
    values: dict[str, Value] = {
        "income": Money(income),
        # A limit may hold part of a cent; the whole cents below it are the highest income that is within it.
        "limit": Money(limit.to_integral_value(ROUND_FLOOR)),
        "percent": format(percent.normalize(), "f"),
        "year": str(guidelines.year),
        "size": size,
        "first": Money(100 * amounts.first),
        "others": size - 1,
        "additional": Money(100 * amounts.additional),
    }
    return tuple(values.items())


def _home_region(answers: Answers) -> Region | Finding:
    code = None if isinstance(answers.state, Missing) else state_code(answers.state)
    if code is None:
        return _open(say(m.STATE_FOR_GUIDELINE), "state")
    return region_of(code) or _open(say(m.NO_GUIDELINE_THERE, state=STATE_NAMES[code]))


def _open_for(income: int | Missing, size: int | Missing) -> Finding:
    if not isinstance(size, Missing):
        return _open(say(m.INCOME_MISSING), "annual_income")
    if not isinstance(income, Missing):
        return _open(say(m.SIZE_MISSING), "household_size")
    return _open(say(m.INCOME_AND_SIZE_MISSING), "annual_income", "household_size")


def _open(explanation: Message, *names: str) -> Finding:
    return still_open(explanation, *(POINTERS[name] for name in names), plain=say(m.INCOME_OPEN_PLAIN))
