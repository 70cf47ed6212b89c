"""What is known of a person, in which sealed group it lies, and the one agreed form of what identifies them."""

import enum
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Final

import phonenumbers

from app.crypto.groups import Group, IndexKind
from app.errors import Problem


class Answer(enum.StrEnum):
    """A question of yes or no; a blank never reads as "no"."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class ImmigrationStatus(enum.StrEnum):
    CITIZEN = "citizen"
    LAWFUL_PERMANENT_RESIDENT = "lawful_permanent_resident"
    ASYLEE = "asylee"
    REFUGEE = "refugee"
    NONIMMIGRANT = "nonimmigrant"
    TPS = "tps"
    DEFERRED_ACTION = "deferred_action"
    PAROLEE = "parolee"
    ASYLUM_APPLICANT = "asylum_applicant"
    NONE = "none"
    OTHER = "other"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class Custody(enum.StrEnum):
    DETAINED = "detained"
    RELEASED = "released"
    NEVER_DETAINED = "never_detained"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class IncomeBasis(enum.StrEnum):
    """What the stated income rests on."""

    TAX_RETURN = "tax_return"
    PAY_STUBS = "pay_stubs"
    BENEFITS_LETTER = "benefits_letter"
    SELF_ATTESTED = "self_attested"


#: Answers that say why there is no value.
NO_ANSWER: Final = frozenset({"unknown", "declined", "not_asked"})

#: What lies in each sealed group of a person. Every field is always written, so that its absence shows nowhere.
FIELDS: Final[Mapping[Group, tuple[str, ...]]] = {
    Group.IDENTITY: ("given_names", "family_names", "other_names", "date_of_birth"),
    Group.CONTACT: ("phone", "phone_safe", "email", "address", "preferred_language", "interpreter_needed"),
    Group.IMMIGRATION: (
        "a_number",
        "receipt_numbers",
        "status",
        "country_of_birth",
        "entered_on",
        "in_removal_proceedings",
        "custody",
        "facility",
        "court",
        "next_hearing_on",
        "has_counsel",
    ),
    Group.FINANCES: ("size", "incomes", "annual_income", "income_basis"),
    Group.CRIMINAL_HISTORY: ("answer", "account"),
    Group.NOTES: ("own_words",),
}

#: A group's least sealed length in bytes: an ordinary person's answers fit, so lengths tell nobody from another.
FLOORS: Final[Mapping[Group, int]] = {
    Group.IDENTITY: 256,
    Group.CONTACT: 512,
    Group.IMMIGRATION: 576,
    Group.FINANCES: 640,
    Group.CRIMINAL_HISTORY: 256,
    Group.NOTES: 1024,
}

#: A group as it is sealed: its fields by name, absent ones as None.
Sealed = Mapping[str, Any]


#: Which identifiers of a group are found again through a keyed index.
INDEXED: Final[Mapping[Group, tuple[IndexKind, ...]]] = {
    Group.CONTACT: (IndexKind.PHONE, IndexKind.EMAIL),
    Group.IMMIGRATION: (IndexKind.A_NUMBER,),
}


def whole(group: Group, answers: Sealed) -> dict[str, Any]:
    """The group with every one of its fields, absent ones as None; nothing else is taken over."""
    return {name: answers.get(name) for name in FIELDS[group]}


_A_NUMBER_MARKS: Final = re.compile(r"[\sA-]+")
_E_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")


def a_number(text: str) -> str | None:
    """An A-number's nine digits from how people write it: 7 to 9 digits, with A, spaces and dashes where they like.

    None when it is not one. Shorter numbers are older and stand for the same with zeros before them.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    dashes = "".join("-" if unicodedata.category(character) == "Pd" else character for character in plain)
    digits = _A_NUMBER_MARKS.sub("", dashes)
    if not re.fullmatch(r"[0-9]{7,9}", digits) or not digits.strip("0"):
        return None
    return digits.zfill(9)


def phone(text: str) -> str | None:
    """A telephone number in the form of E.164; without a country code it is one of the United States. None if not one.

    An extension is not part of the number: two people behind one switchboard share it.
    """
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", text), "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """An address in lower case with its domain in ASCII (IDNA), or None when it is not one."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if len(plain) > 254 or not _E_MAIL.fullmatch(plain):
        return None
    local, _, domain = plain.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?", label) for label in labels):
        return None
    return f"{local}@{ascii_domain}"


_NORMALISERS: Final[Mapping[IndexKind, Callable[[str], str | None]]] = {
    IndexKind.A_NUMBER: a_number,
    IndexKind.PHONE: phone,
    IndexKind.EMAIL: email,
}


def normalised(kind: IndexKind, text: object) -> str | None:
    """The agreed form of an identifier; None for what is absent, only half typed, or not an identifier."""
    return _NORMALISERS[kind](text) if isinstance(text, str) else None


def a_number_problem(pointer: str) -> Problem:
    """What is wrong with an A-number that has no agreed form."""
    return Problem(pointer, "a_number.format", "Enter an A-number with 7 to 9 digits, like A012 345 678")


def phone_problem(pointer: str) -> Problem:
    """What is wrong with a telephone number that has no agreed form."""
    return Problem(pointer, "phone.format", "Enter a phone number with its area code, like 303-555-0142.")


def email_problem(pointer: str) -> Problem:
    """What is wrong with an e-mail address that has no agreed form."""
    return Problem(pointer, "email.format", "Enter an e-mail address, like name@example.org.")


def date_problem(pointer: str) -> Problem:
    """What is wrong with a date that is none."""
    name = pointer.rpartition("/")[2]
    return Problem(pointer, f"{name}.date", "Enter a date as year-month-day, like 2026-03-14.")


def plain_date(text: object) -> date | None:
    """The day in ``"2026-03-14"``; None for anything else, other notations of ISO 8601 too."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def full_name(identity: Sealed) -> str:
    """Given and family names as they are read together; empty when there are none yet."""
    return " ".join(name for part in ("given_names", "family_names") if (name := identity.get(part)))


def name_words(*names: object) -> tuple[str, ...]:
    """The words of names without accents, case and punctuation, for comparing only."""
    spread = unicodedata.normalize("NFKD", " ".join(name for name in names if isinstance(name, str)).casefold())
    letters = "".join(c if c.isalnum() else " " for c in spread if not unicodedata.combining(c))
    return tuple(letters.split())


#: Words that share less than this part of their letters are different words.
_WORTH_COMPARING: Final = 0.7


@dataclass(slots=True)
class NameMatcher:
    """How well names agree with a name that is looked for, word by word, in any order."""

    words: tuple[str, ...]
    _seen: dict[tuple[str, str], float]

    @classmethod
    def looking_for(cls, name: str) -> "NameMatcher":
        return cls(name_words(name), {})

    def score(self, words: tuple[str, ...]) -> float:
        """0 to 1: the mean over the words looked for of how well the best word of ``words`` agrees."""
        if not self.words or not words:
            return 0.0
        return sum(max(self._alike(wanted, word) for word in words) for wanted in self.words) / len(self.words)

    def _alike(self, wanted: str, word: str) -> float:
        if wanted == word:
            return 1.0
        # Letters in common are an upper bound of the ratio, and quick to count: most pairs end here.
        in_common = sum(min(wanted.count(letter), word.count(letter)) for letter in set(wanted))
        if 2 * in_common < _WORTH_COMPARING * (len(wanted) + len(word)):
            return 0.0
        pair = (wanted, word)
        if pair not in self._seen:
            self._seen[pair] = SequenceMatcher(None, wanted, word, autojunk=False).ratio()
        return self._seen[pair]
