"""What screening says to people: plain English that is also the msgid of its translations.

Each rule says two things. The *explanation* may show the household's arithmetic. The *plain* one never
holds a number about a household nor an immigration fact, for readers who work with money only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from app.eligibility.rules.places import Region
from app.money import Money

Value: TypeAlias = Money | date | int | str


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A msgid and the values for its `{named}` places; money and dates stay values until a language is known."""

    msgid: str
    values: tuple[tuple[str, Value], ...] = ()

    def __repr__(self) -> str:
        """Shows the msgid only: a value may be a client's income."""
        return f"Message({self.msgid!r})"

    def as_json(self) -> dict[str, object]:
        """For the snapshot; money and dates keep their kind."""
        return {"msgid": self.msgid, "values": {name: _jsonable(value) for name, value in self.values}}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Message":
        """The message that `as_json` stored. Raises ValueError on anything else."""
        msgid, values = stored.get("msgid"), stored.get("values")
        if not isinstance(msgid, str) or not isinstance(values, Mapping):
            raise ValueError("not a stored message")  # noqa: TRY004 - damaged data, not a wrong call
        return cls(msgid, tuple((str(name), _value(value)) for name, value in values.items()))


def say(msgid: str, **values: Value) -> Message:
    """A message with its values."""
    return Message(msgid, tuple(values.items()))


def _jsonable(value: Value) -> object:
    if isinstance(value, Money):
        return {"money": int(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _value(stored: object) -> Value:
    match stored:
        case {"money": int(cents)}:
            return Money(cents)
        case {"date": str(day)}:
            return date.fromisoformat(day)
        case str() | int():
            return stored
        case _:
            raise ValueError("not a stored message value")


INCOME_MET: Mapping[Region, str] = {
    Region.CONTIGUOUS: "The household earns {income} a year. The limit is {limit}, so this is met. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home, "
    "which is {first} plus {others} times {additional}.",
    Region.ALASKA: "The household earns {income} a year. The limit is {limit}, so this is met. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home in Alaska, "
    "which is {first} plus {others} times {additional}.",
    Region.HAWAII: "The household earns {income} a year. The limit is {limit}, so this is met. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home in Hawaii, "
    "which is {first} plus {others} times {additional}.",
}
INCOME_FAIL: Mapping[Region, str] = {
    Region.CONTIGUOUS: "The household earns {income} a year. That is over the limit of {limit}. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home, "
    "which is {first} plus {others} times {additional}.",
    Region.ALASKA: "The household earns {income} a year. That is over the limit of {limit}. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home in Alaska, "
    "which is {first} plus {others} times {additional}.",
    Region.HAWAII: "The household earns {income} a year. That is over the limit of {limit}. "
    "Limit: {percent} percent of the {year} poverty guideline for {size} in the home in Hawaii, "
    "which is {first} plus {others} times {additional}.",
}
INCOME_MET_PLAIN = "The household's income is within the limit of this fund."
INCOME_STEP_PLAIN = "The household's income is in step {step} of this fund's scale."
INCOME_FAIL_PLAIN = "The household's income is over the limit of this fund."
INCOME_OPEN_PLAIN = "The household's income could not be checked yet."

INCOME_MISSING = "We do not know the household's yearly income yet, so this rule stays open."
SIZE_MISSING = "We do not know how many people are in the home yet, so this rule stays open."
INCOME_AND_SIZE_MISSING = "We do not know the yearly income or how many people are in the home yet."
INCOME_ODD = "The yearly income is below zero. Check it, and enter 0 if there is none."
SIZE_ODD = "The number of people in the home needs a check. Enter a number from 1 to {largest}."
STATE_FOR_GUIDELINE = "We need the home state, because Alaska and Hawaii have limits of their own."
NO_GUIDELINE_THERE = "There is no poverty guideline for {state}. The program must say which limit it uses."
NO_GUIDELINES_THEN = "No poverty guidelines are on file for {day}. Ask your administrator to add them."

CITY_MET = "The home is in {city}, {state}."
CITY_FAIL = "The home is not in {city}, {state}."
CITY_MISSING = "We need the home city and state to know if the home is in {city}, {state}."
CITY_COUNTY_DIFFER = "The address says {city}, but the county is not {county}. Check which one is right."
COUNTY_MET = "The home is in {county} County, {state}."
COUNTY_FAIL = "The home is not in {county} County, {state}."
COUNTY_MISSING = "We need the home county and state to know if the home is in {county} County, {state}."
STATE_MET = "The home is in {state}."
STATE_MET_HELD = "The applicant is held in {state}: the court that hears the case is there."
STATE_FAIL = "The home is not in {state}."
STATE_MISSING = "We need the home state to know if the home is in {state}."
STATE_MISSING_HELD = "We need to know if the applicant is held in {state}, and which court hears the case."

REMOVAL_MET = "The applicant is in a removal case now."
REMOVAL_FAIL = "The applicant is not in a removal case."
REMOVAL_MISSING = "We do not know yet if the applicant is in a removal case."
THREAT_MET = "The applicant is held by immigration, so removal is a threat now."
THREAT_FAIL = "The applicant is not in a removal case, and immigration does not hold them."
THREAT_MISSING = "The applicant is not in a removal case. We need to know if immigration holds them."
DETAINED_MET = "The applicant is held by immigration now."
DETAINED_FAIL = "The applicant is not held by immigration now."
DETAINED_MISSING = "We do not know yet if the applicant is held by immigration."
COUNSEL_MET = "The applicant has no lawyer."
COUNSEL_FAIL = "The applicant has a lawyer now."
COUNSEL_MISSING = "We do not know yet if the applicant has a lawyer."

MET_PLAIN = "This rule is met."
FAIL_PLAIN = "This rule is not met."
OPEN_PLAIN = "This rule can not be checked yet."

NOT_IN_FORCE = "No rules of this program are on file for {day}. Ask your administrator to add them."
EXAMPLE_RULES = "These rules are an example. The program has not confirmed them yet."
STALE_GUIDELINES = (
    "The newest poverty guidelines we have are from {year}. Ask your administrator if there are newer ones."
)


def msgids() -> tuple[str, ...]:
    """Every sentence that screening can say, in a fixed order, for the translation catalogue."""
    found: dict[str, None] = {}
    for name, value in globals().items():
        if name.isupper() and not name.startswith("_"):
            texts = value.values() if isinstance(value, Mapping) else (value,)
            found.update(dict.fromkeys(texts))
    return tuple(found)
