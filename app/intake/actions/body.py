"""The body of an application. In a draft types and lengths are checked; how a value is written waits for submission,
so that a number that is only half typed is kept like everything else."""

import unicodedata
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.applicants.rules import Answer, Custody, ImmigrationStatus, IncomeBasis
from app.intake.rules import MOST_INCOMES, Period
from app.web.i18n import N_

#: A household of more is a slip of the keyboard even in a draft; what JSON and the database hold stays far away.
_LARGEST_COUNT: Final = 1_000_000
_INVISIBLE = N_("Remove line breaks and invisible characters.")
_COUNT = N_("Enter a whole number, or unknown, declined or not_asked.")


def _blank_is_none(value: Any) -> Any:
    """A blank field is no answer, and never an empty one."""
    return None if isinstance(value, str) and not value.strip() else value


def _one_line(text: str) -> str:
    """The same name has one spelling in bytes (NFC), and nothing in it that nobody can see or type."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise PydanticCustomError("text.invisible", _INVISIBLE)
    return unicodedata.normalize("NFC", text)


def _several_lines(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise PydanticCustomError("text.invisible", _INVISIBLE)
    return unicodedata.normalize("NFC", text)


def _count(value: Any) -> int | str | None:
    value = _blank_is_none(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_COUNT):
        return value
    if isinstance(value, str) and len(value) <= 20 and value.isprintable():
        return value.strip()
    raise PydanticCustomError("size.whole_number", _COUNT)


_OneLine = AfterValidator(_one_line)
_Blank = BeforeValidator(_blank_is_none)

#: Something that is written, up to so many characters; blank is None.
Code = Annotated[Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), _OneLine] | None, _Blank]
Words = Annotated[Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), _OneLine] | None, _Blank]
Line = Annotated[Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _OneLine] | None, _Blank]
Mail = Annotated[Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), _OneLine] | None, _Blank]
#: What one member of staff writes for another.
Text = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_several_lines)] | None,
    _Blank,
]
#: What a person tells in their own words.
OwnWords = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_several_lines)] | None,
    _Blank,
]
#: A number of people. What is typed and is no number is kept in a draft and refused when it is submitted.
Count = Annotated[
    int | str | None,
    PlainValidator(_count),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 30},
                {"enum": ["unknown", "declined", "not_asked"]},
                {"type": "null"},
            ]
        }
    ),
]
_Answer = Annotated[Answer | None, _Blank]


class Private(BaseModel):
    """A form with answers of a person in it: no field that is not known, and no value in a ``repr`` or an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    def __repr_args__(self) -> Any:
        return []


class ApplicantSection(Private):
    """Who the person is, and how they speak. ``date_of_birth`` and ``country_of_birth`` may say why there is none."""

    given_names: Line = None
    family_names: Line = None
    other_names: Line = None
    date_of_birth: Code = None
    country_of_birth: Code = None
    a_number: Code = None
    preferred_language: Code = None
    interpreter_needed: _Answer = None


class AddressSection(Private):
    """Where the person lives now."""

    street: Line = None
    city: Words = None
    county: Words = None
    state: Words = None
    postal_code: Code = None


class ContactSection(Private):
    """How to reach the person, and whether that is safe."""

    phone: Code = None
    phone_safe: _Answer = None
    email: Mail = None
    address: AddressSection | None = None


class IncomeSection(Private):
    """One income before taxes: whose and from what, and how much comes how often."""

    source: Words = None
    amount: Code = None
    period: Annotated[Period | None, _Blank] = None


class HouseholdSection(Private):
    """The people who live on the same money, and their income before taxes in dollars.

    With ``incomes`` the income of a year is their sum, made by the server; without, ``annual_income`` is stated.
    """

    size: Count = None
    incomes: Annotated[list[IncomeSection], Field(max_length=MOST_INCOMES)] | None = None
    annual_income: Code = None
    income_basis: Annotated[IncomeBasis | None, _Blank] = None


class ImmigrationSection(Private):
    """Status, court and custody."""

    status: Annotated[ImmigrationStatus | None, _Blank] = None
    in_removal_proceedings: _Answer = None
    custody: Annotated[Custody | None, _Blank] = None
    facility: Line = None
    court: Line = None
    next_hearing_on: Code = None
    entered_on: Code = None
    has_counsel: _Answer = None


class ConsentSection(Private):
    """What the person agreed to; null is no answer."""

    store: StrictBool | None = None
    share_with_partner: StrictBool | None = None


class NotesSection(Private):
    """What the person says in their own words; sealed with the notes."""

    own_words: OwnWords = None


class ApplicationChange(Private):
    """Answers to change: what is not named stays as it is, null removes an answer."""

    applicant: ApplicantSection | None = None
    contact: ContactSection | None = None
    household: HouseholdSection | None = None
    immigration: ImmigrationSection | None = None
    notes: NotesSection | None = None
    consents: ConsentSection | None = None

    def changes(self) -> dict[str, Any]:
        """The named answers and nothing else, as plain JSON."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"submit"})


class NewApplication(ApplicationChange):
    """An application: a draft, or with ``submit`` handed in at once."""

    submit: StrictBool = False
