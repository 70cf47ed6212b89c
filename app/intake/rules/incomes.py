"""Incomes as they are paid, and the year they add up to. Whole cents times whole payments: nothing is rounded."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.errors import Invalid, Problem
from app.money import Money

#: More lines than this are no household's incomes.
MOST_INCOMES: Final = 20


class Period(enum.StrEnum):
    """How often an income is paid."""

    WEEKLY = "weekly"
    EVERY_TWO_WEEKS = "every_two_weeks"
    TWICE_A_MONTH = "twice_a_month"
    MONTHLY = "monthly"
    YEARLY = "yearly"


#: Payments in a year. Every two weeks is 26 and twice a month 24: over a year the difference is a month's rent.
PAYMENTS: Final[Mapping[Period, int]] = {
    Period.WEEKLY: 52,
    Period.EVERY_TWO_WEEKS: 26,
    Period.TWICE_A_MONTH: 24,
    Period.MONTHLY: 12,
    Period.YEARLY: 1,
}

Line = Mapping[str, Any]


def year_of(lines: Sequence[Line]) -> Money | None:
    """The sum of a year in cents; None without a line, and while the amount or period of any line is not known."""
    years = [_year(line) for line in lines]
    known = [year for year in years if year is not None]
    return Money(sum(known)) if lines and len(known) == len(years) else None


def with_year(before: Mapping[str, Any], change: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """``after``, the answers with a change in them, with the yearly income that follows from its incomes.

    Raises Invalid when the change states a yearly income that is not the sum of the incomes that stand beside it.
    """
    household = dict(_household(after))
    lines = [line for line in household.pop("incomes", None) or () if any(line.values())]
    stated = _household(change).get("annual_income")
    if lines:
        household["incomes"] = lines
        year = year_of(lines)
        if stated is not None and stated != str(year):
            raise Invalid(_other_sum())
        household.pop("annual_income", None)
        if year is not None:
            household["annual_income"] = str(year)
    elif _household(before).get("incomes") and stated is None:
        household.pop("annual_income", None)
    kept = {name: value for name, value in after.items() if name != "household"}
    return kept | ({"household": household} if household else {})


def income_problems(lines: Sequence[Line], largest: Money) -> list[Problem]:
    """What is wrong with each line of a submitted application, and with their sum."""
    found = [problem for at, line in enumerate(lines) for problem in _line_problems(at, line)]
    year = year_of(lines)
    if not found and year is not None and year > largest:
        found.append(
            Problem(
                "/household/incomes/0/amount",
                "annual_income.too_large",
                "This is more than {largest} dollars a year. Check for missing points and extra digits.",
                {"largest": str(largest)},
            )
        )
    return found


def _line_problems(at: int, line: Line) -> list[Problem]:
    place = f"/household/incomes/{at}"
    found = []
    amount = _amount(line)
    if amount is None:
        found.append(Problem(f"{place}/amount", "amount.format", "Enter an amount in dollars, like 1250.00"))
    elif amount < 0:
        message = "Enter 0 when there is no income, never less."
        found.append(Problem(f"{place}/amount", "amount.negative", message))
    if not line.get("period"):
        found.append(Problem(f"{place}/period", "period.required", "Choose how often this income is paid."))
    return found


def _other_sum() -> Problem:
    return Problem(
        "/household/annual_income",
        "annual_income.sum",
        "The incomes add up to another amount for the year. Leave the yearly income out, or remove the incomes.",
    )


def _household(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = body.get("household")
    return found if isinstance(found, Mapping) else {}


def _amount(line: Line) -> Money | None:
    try:
        return Money.parse(line.get("amount") or "")
    except ValueError:
        return None


def _year(line: Line) -> int | None:
    amount, period = _amount(line), line.get("period")
    if amount is None or amount < 0 or not period:
        return None
    return amount * PAYMENTS[Period(period)]
