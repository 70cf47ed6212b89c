"""The income of a year and what part of the poverty guideline it is, while it is being entered. Nothing is kept."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.access.grants import Permission
from app.cases.rules import day_in
from app.eligibility.reads import guidelines
from app.eligibility.rules import (
    LARGEST_HOUSEHOLD,
    PovertyGuidelines,
    Region,
    poverty_percent,
    region_of,
    state_code,
)
from app.intake.rules import MOST_INCOMES, Period, year_of
from app.money import Money
from app.web.i18n import N_, say
from app.work import Work

#: One sentence for each part of the country that has amounts of its own.
_SAID = {
    Region.CONTIGUOUS: N_("{percent} percent of the {year} poverty guideline for {size} in the home, {guideline}."),
    Region.ALASKA: N_(
        "{percent} percent of the {year} poverty guideline of Alaska for {size} in the home, {guideline}."
    ),
    Region.HAWAII: N_(
        "{percent} percent of the {year} poverty guideline of Hawaii for {size} in the home, {guideline}."
    ),
}
_NO_SIZE = N_("Enter the number of people in the household to see the percent of the poverty guideline.")
_NO_INCOME = N_("The sum for the year shows when every income has an amount and how often it is paid.")
_NO_GUIDELINE = N_("There is no poverty guideline for this place. The fund's rules decide.")

#: Something that is typed, as far as it is typed.
_Typed = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None

#: A choice that has not been made yet is an empty word in a form.
_Period = Annotated[
    Period | None,
    BeforeValidator(lambda value: value if value != "" else None, json_schema_input_type=Literal[""] | Period | None),
]


class Income(BaseModel):
    """One income as it stands in the form, half typed or not."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    source: _Typed = None
    amount: _Typed = None
    period: _Period = None


class Household(BaseModel):
    """A household as it is being entered, and the state it lives in: Alaska and Hawaii have guidelines of their own."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    size: Annotated[int, Field(strict=True)] | _Typed = None
    incomes: Annotated[list[Income], Field(max_length=MOST_INCOMES)] | None = None
    annual_income: _Typed = None
    state: _Typed = None


@dataclass(frozen=True, slots=True, repr=False)
class PovertyView:
    """``percent`` has one decimal, rounded up. What can not be known yet is None; ``said`` tells it in a sentence."""

    annual_income: Money | None
    guideline: Money | None
    percent: str | None
    year: int | None
    source: str | None
    said: str


def poverty(work: Work, form: Household) -> PovertyView:
    """The household's income of a year, by the guidelines in force today where the desk is."""
    work.allow(Permission.APPLICATION_CREATE)
    income = _income(form)
    if income is None:
        return PovertyView(None, None, None, None, None, say(work.language, _NO_INCOME))
    if not isinstance(form.size, int) or not 1 <= form.size <= LARGEST_HOUSEHOLD:
        return PovertyView(income, None, None, None, None, say(work.language, _NO_SIZE))
    region = _region(form.state)
    year = guidelines(day_in(work.now, work.actor.time_zone))
    if region is None or year is None:
        return PovertyView(income, None, None, None, None, say(work.language, _NO_GUIDELINE))
    return _compared(work, income, form.size, region, year)


def _compared(work: Work, income: Money, size: int, region: Region, year: PovertyGuidelines) -> PovertyView:
    guideline = Money(year.guideline(size, region))
    percent = poverty_percent(income, guideline)
    told = {
        "percent": _plain(percent),
        "year": str(year.year),
        "size": str(size),
        "guideline": guideline,
    }
    said = say(work.language, _SAID[region], told)
    return PovertyView(income, guideline, str(percent), year.year, year.source, said)


def _income(form: Household) -> Money | None:
    lines = [line for each in form.incomes or () if any((line := each.model_dump(mode="json")).values())]
    if lines:
        return year_of(lines)
    return _stated(form.annual_income)


def _stated(text: str | None) -> Money | None:
    try:
        stated = Money.parse(text or "")
    except ValueError:
        return None
    return stated if stated >= 0 else None


def _region(state: str | None) -> Region | None:
    """The guideline's part of the country: where no state is known yet, the one of 48 states and the District."""
    code = state_code(state) if state else None
    return region_of(code) if code else Region.CONTIGUOUS


def _plain(percent: Decimal) -> str:
    return f"{percent:f}".removesuffix(".0")
