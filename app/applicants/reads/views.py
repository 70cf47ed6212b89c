"""The sealed groups of a person, opened. None of these shows a value in its ``repr``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where the person lives; any part may be absent."""

    street: str | None = None
    city: str | None = None
    county: str | None = None
    state: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class IdentityView:
    """Names and date of birth. A date may also be ``unknown``, ``declined`` or ``not_asked``, here and below."""

    given_names: str | None
    family_names: str | None
    other_names: str | None
    date_of_birth: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ContactView:
    """How, and in which language, to talk with the person without putting them at risk."""

    phone: str | None
    phone_safe: str | None
    email: str | None
    address: Address | None
    preferred_language: str | None
    interpreter_needed: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ImmigrationView:
    """Numbers, status, origin, custody and court."""

    a_number: str | None
    receipt_numbers: list[str]
    status: str | None
    country_of_birth: str | None
    entered_on: str | None
    in_removal_proceedings: str | None
    custody: str | None
    facility: str | None
    court: str | None
    next_hearing_on: str | None
    has_counsel: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Income:
    """One income before taxes: whose and from what, how many dollars come how often."""

    source: str | None = None
    amount: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class FinancesView:
    """The people who live on the same money, and their income of a year in dollars: the sum of the incomes, if any."""

    size: int | str | None
    incomes: list[Income] | None
    annual_income: str | None
    income_basis: str | None


@dataclass(frozen=True, slots=True, repr=False)
class CriminalHistoryView:
    """``not_asked`` until somebody has a reason to ask."""

    answer: str | None
    account: str | None


@dataclass(frozen=True, slots=True, repr=False)
class NotesView:
    """What the person said in their own words at intake."""

    own_words: str | None


Revealed = IdentityView | ContactView | ImmigrationView | FinancesView | CriminalHistoryView | NotesView
