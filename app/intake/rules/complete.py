"""What an application must have to be submitted: which answers, and how each is written. Drafts may miss anything."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.applicants.rules import (
    NO_ANSWER,
    a_number_problem,
    date_problem,
    email,
    email_problem,
    phone,
    phone_problem,
    plain_date,
)
from app.applicants.rules import a_number as a_number_of
from app.eligibility.rules import state_code
from app.errors import Problem
from app.intake.rules.answers import Body
from app.intake.rules.incomes import income_problems
from app.money import Money

#: Nobody alive was born before; an earlier year is a slip of the keyboard.
EARLIEST_BIRTH: Final = date(1900, 1, 1)
#: Hearings further away than this are slips of the keyboard: courts set dates a few years ahead.
EARLIEST_HEARING: Final = date(1990, 1, 1)
LATEST_HEARING: Final = timedelta(days=20 * 366)
LARGEST_HOUSEHOLD: Final = 30
#: Whole cents. Above it somebody typed cents as dollars, or a phone number.
LARGEST_INCOME: Final = Money(999_999_999)
_INCOMES: Final = "/household/incomes"
_YEAR: Final = "/household/annual_income"


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Codes of countries (ISO 3166 alpha-2) and languages (ISO 639-3) that exist."""

    countries: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Context:
    body: Body
    today: date
    codes: KnownCodes


#: A check is handed an answer that is there, and says what is wrong with it.
_Check = Callable[[str, Any, _Context], Problem | None]


def problems(body: Mapping[str, Any], today: date, codes: KnownCodes) -> list[Problem]:
    """Everything that keeps these answers from being submitted, in the order of the form; empty when nothing does.

    ``today`` is the day where the desk is.
    """
    context = _Context(dict(body), today, codes)
    return [problem for place in _PLACES for problem in _problems_at(place, context)]


def _incomes(context: _Context) -> list[Problem]:
    """With incomes the yearly income is their sum: what is wrong is wrong in a line of them."""
    return income_problems(_at(context.body, _INCOMES) or (), LARGEST_INCOME)


@dataclass(frozen=True, slots=True)
class _Place:
    pointer: str
    required: bool
    check: _Check | None = None
    may_be_open: bool = False


def _problems_at(place: _Place, context: _Context) -> Iterator[Problem]:
    if place.pointer == _YEAR and _at(context.body, _INCOMES):
        yield from _incomes(context)
        return
    answer = _at(context.body, place.pointer)
    name = place.pointer.rpartition("/")[2]
    if answer is None:
        if place.required:
            yield Problem(place.pointer, f"{name}.required", "Enter an answer here.")
        return
    if place.check is None or (place.may_be_open and answer in NO_ANSWER):
        return
    found = place.check(place.pointer, answer, context)
    if found is not None:
        yield found


def _at(body: Mapping[str, Any], pointer: str) -> Any:
    here: Any = body
    for step in pointer[1:].split("/"):
        if not isinstance(here, Mapping):
            return None
        here = here.get(step)
    return here


def _a_number(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    return None if a_number_of(answer) else a_number_problem(pointer)


def _phone(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    return None if phone(answer) else phone_problem(pointer)


def _email(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    return None if email(answer) else email_problem(pointer)


def _postal_code(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    if re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", answer):
        return None
    return Problem(pointer, "postal_code.format", "Enter a ZIP code with five digits, like 80204.")


def _state(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    if state_code(answer) is not None:
        return None
    return Problem(pointer, "state.choice", "Choose a state of the United States, like CO.")


def _country(pointer: str, answer: Any, context: _Context) -> Problem | None:
    if answer in context.codes.countries:
        return None
    return Problem(pointer, "country_of_birth.choice", "Choose a country by its code of two letters, like GT.")


def _language(pointer: str, answer: Any, context: _Context) -> Problem | None:
    if answer in context.codes.languages:
        return None
    return Problem(pointer, "preferred_language.choice", "Choose a language by its code of three letters, like spa.")


def _birth(pointer: str, answer: Any, context: _Context) -> Problem | None:
    day = plain_date(answer)
    if day is None:
        return date_problem(pointer)
    if day > context.today:
        return Problem(pointer, "date_of_birth.future", "The date of birth is in the future. Check the year.")
    if day < EARLIEST_BIRTH:
        return Problem(pointer, "date_of_birth.too_early", "The date of birth is before 1900. Check the year.")
    return None


def _entry(pointer: str, answer: Any, context: _Context) -> Problem | None:
    day = plain_date(answer)
    if day is None:
        return date_problem(pointer)
    if day > context.today:
        return Problem(pointer, "entered_on.future", "The day of entry is in the future. Check the year.")
    born = plain_date(_at(context.body, "/applicant/date_of_birth"))
    if day < (born if born is not None and born <= context.today else EARLIEST_BIRTH):
        return Problem(pointer, "entered_on.too_early", "The day of entry is before the birth. Check both years.")
    return None


def _hearing(pointer: str, answer: Any, context: _Context) -> Problem | None:
    day = plain_date(answer)
    if day is None:
        return date_problem(pointer)
    if not EARLIEST_HEARING <= day <= context.today + LATEST_HEARING:
        return Problem(pointer, "next_hearing_on.range", "The day of the hearing is too far away. Check the year.")
    return None


def _size(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    if isinstance(answer, int) and 1 <= answer <= LARGEST_HOUSEHOLD:
        return None
    return Problem(
        pointer,
        "size.range",
        "Enter how many people live on this money: a whole number from 1 to {largest}.",
        {"largest": LARGEST_HOUSEHOLD},
    )


def _income(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    try:
        income = Money.parse(answer)
    except ValueError:
        return Problem(pointer, "annual_income.format", "Enter an amount in dollars, like 1250.00")
    if income < 0:
        return Problem(pointer, "annual_income.negative", "Enter 0 when there is no income, never less.")
    if income > LARGEST_INCOME:
        return Problem(
            pointer,
            "annual_income.too_large",
            "This is more than {largest} dollars a year. Check for missing points and extra digits.",
            {"largest": str(LARGEST_INCOME)},
        )
    return None


def _stored(pointer: str, answer: Any, _context: _Context) -> Problem | None:
    if answer is True:
        return None
    return Problem(pointer, "store.required", "The person must agree that these answers are kept. Ask them first.")


#: In the order of the form, so that a summary of problems leads through it once.
_PLACES: Final = (
    _Place("/applicant/preferred_language", True, _language),
    _Place("/applicant/interpreter_needed", True),
    _Place("/contact/phone", False, _phone),
    _Place("/contact/phone_safe", True),
    _Place("/contact/email", False, _email),
    _Place("/contact/address/state", False, _state, may_be_open=True),
    _Place("/contact/address/postal_code", False, _postal_code, may_be_open=True),
    _Place("/applicant/given_names", True),
    _Place("/applicant/family_names", True),
    _Place("/applicant/date_of_birth", True, _birth, may_be_open=True),
    _Place("/applicant/country_of_birth", True, _country, may_be_open=True),
    _Place("/household/size", True, _size, may_be_open=True),
    _Place(_YEAR, True, _income, may_be_open=True),
    _Place("/immigration/in_removal_proceedings", True),
    _Place("/applicant/a_number", False, _a_number),
    _Place("/immigration/status", True),
    _Place("/immigration/custody", True),
    _Place("/immigration/next_hearing_on", False, _hearing, may_be_open=True),
    _Place("/immigration/entered_on", False, _entry, may_be_open=True),
    _Place("/immigration/has_counsel", True),
    _Place("/consents/store", True, _stored),
)
