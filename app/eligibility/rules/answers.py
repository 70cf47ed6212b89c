"""What screening asks of an application. An answer is a value, or says why there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeVar

T = TypeVar("T")


class Missing(Enum):
    """Why there is no value. None of the three ever reads as "no"."""

    UNKNOWN = "unknown"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class YesNo(Enum):
    """The two values of a question that may also be missing."""

    YES = "yes"
    NO = "no"


class Custody(Enum):
    """Immigration custody, by the words of the application."""

    DETAINED = "detained"
    RELEASED = "released"
    NEVER_DETAINED = "never_detained"


Answer: TypeAlias = T | Missing


@dataclass(frozen=True, slots=True, repr=False)
class Answers:
    """Only the answers that a rule reads: a snapshot keeps no more about a person than its verdict needs.

    `annual_income` is in cents. Places are as the applicant gave them.
    """

    household_size: Answer[int] = Missing.NOT_ASKED
    annual_income: Answer[int] = Missing.NOT_ASKED
    city: Answer[str] = Missing.NOT_ASKED
    county: Answer[str] = Missing.NOT_ASKED
    state: Answer[str] = Missing.NOT_ASKED
    in_removal_proceedings: Answer[YesNo] = Missing.NOT_ASKED
    custody: Answer[Custody] = Missing.NOT_ASKED
    court: Answer[str] = Missing.NOT_ASKED
    has_counsel: Answer[YesNo] = Missing.NOT_ASKED

    def __repr__(self) -> str:
        """Never shows a value: these are a client's answers."""
        return "Answers(...)"

    def as_json(self) -> dict[str, str | int | dict[str, str]]:
        """For the snapshot. A missing answer is `{"missing": reason}`, so that no text can imitate one."""
        return {name: _jsonable(getattr(self, name)) for name in POINTERS}


# Where the application holds each answer: what a verdict that needs information points to.
POINTERS: Mapping[str, str] = {
    "household_size": "/household/size",
    "annual_income": "/household/annual_income",
    "city": "/contact/address/city",
    "county": "/contact/address/county",
    "state": "/contact/address/state",
    "in_removal_proceedings": "/immigration/in_removal_proceedings",
    "custody": "/immigration/custody",
    "court": "/immigration/court",
    "has_counsel": "/immigration/has_counsel",
}

_DOLLARS = re.compile(r"[0-9]{1,15}(\.[0-9]{2})?")
_E = TypeVar("_E", YesNo, Custody)


def answers_from(application: Mapping[str, object]) -> Answers:
    """Read the answers from an application in the shape of the API's body.

    Income is dollars when it is text ("1250.00") and cents when it is an integer. What is absent or
    blank is `not_asked`. What cannot be read as an answer is `unknown`: screening never fails on a draft.
    """
    found = {name: _at(application, pointer) for name, pointer in POINTERS.items()}
    return Answers(
        household_size=_number(found["household_size"]),
        annual_income=_cents(found["annual_income"]),
        city=_text(found["city"]),
        county=_text(found["county"]),
        state=_text(found["state"]),
        in_removal_proceedings=_one_of(YesNo, found["in_removal_proceedings"]),
        custody=_one_of(Custody, found["custody"]),
        court=_text(found["court"]),
        has_counsel=_one_of(YesNo, found["has_counsel"]),
    )


def _at(application: Mapping[str, object], pointer: str) -> object:
    here: object = application
    for step in pointer.strip("/").split("/"):
        if not isinstance(here, Mapping):
            break  # a whole section may be missing, with its own reason
        here = _read(here.get(step))
    return Missing.NOT_ASKED if isinstance(here, Mapping) else here


def _read(raw: object) -> object:
    """A missing word as `Missing`, an enumeration as its value, anything else as it is."""
    if isinstance(raw, Missing | Mapping):
        return raw
    plain: object = raw.value if isinstance(raw, Enum) else raw
    if plain is None or (isinstance(plain, str) and not plain.strip()):
        return Missing.NOT_ASKED
    if isinstance(plain, str) and plain in _MISSING_WORDS:
        return Missing(plain)
    return plain


_MISSING_WORDS = frozenset(reason.value for reason in Missing)


def _number(raw: object) -> Answer[int]:
    if isinstance(raw, Missing):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return int(raw)
    return Missing.UNKNOWN


def _cents(raw: object) -> Answer[int]:
    if isinstance(raw, str) and _DOLLARS.fullmatch(raw):
        dollars, _, cents = raw.partition(".")
        return int(dollars) * 100 + int(cents or "0")
    return _number(raw)


def _text(raw: object) -> Answer[str]:
    if isinstance(raw, Missing):
        return raw
    return raw.strip() if isinstance(raw, str) else Missing.UNKNOWN


def _one_of(words: type[_E], raw: object) -> Answer[_E]:
    if isinstance(raw, Missing):
        return raw
    for word in words:
        if word.value == raw:
            return word
    return Missing.UNKNOWN


def _jsonable(answer: object) -> str | int | dict[str, str]:
    if isinstance(answer, Missing):
        return {"missing": answer.value}
    if isinstance(answer, YesNo | Custody):
        return str(answer.value)
    if isinstance(answer, str | int):
        return answer
    raise TypeError("not an answer")  # the value itself must not appear in an error
