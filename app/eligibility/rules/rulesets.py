"""A fund program's rules at one time: what each rule asks, and what it stands on."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from app.eligibility.rules.digest import digest
from app.eligibility.rules.guidelines import Json
from app.eligibility.rules.legal import LegalStatus
from app.eligibility.rules.places import Region


@dataclass(frozen=True, slots=True)
class IncomeAtMost:
    """Yearly household income of at most `percent` of the guideline; `region` None means where the home is."""

    percent: Decimal
    region: Region | None


@dataclass(frozen=True, slots=True)
class IncomeSteps:
    """A scale: `percents` rise, a household is in the first step it does not exceed, and over the last it fails."""

    percents: tuple[Decimal, ...]
    region: Region | None


@dataclass(frozen=True, slots=True)
class HomeInCity:
    """Home in a city. With `county`, the county of the address must not contradict it: postal cities reach further."""

    city: str
    state: str
    county: str | None


@dataclass(frozen=True, slots=True)
class HomeInCounty:
    """Home in a county."""

    county: str
    state: str


@dataclass(frozen=True, slots=True)
class InState:
    """Home in a state, or detained with the case before one of `courts`, which sit there."""

    state: str
    courts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InRemovalProceedings:
    """In removal proceedings; where `or_detained`, being held counts as threatened with them."""

    or_detained: bool


@dataclass(frozen=True, slots=True)
class Detained:
    """In immigration custody."""


@dataclass(frozen=True, slots=True)
class WithoutCounsel:
    """No lawyer yet."""


Parameters: TypeAlias = (
    IncomeAtMost | IncomeSteps | HomeInCity | HomeInCounty | InState | InRemovalProceedings | Detained | WithoutCounsel
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. `id` stays the same from version to version; `title` and `basis` are msgids."""

    id: str
    kind: str
    title: str
    basis: str
    source: str
    parameters: Parameters

    def as_json(self) -> Json:
        """The whole content, for the digest."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "basis": self.basis,
            "source": self.source,
            "parameters": {name: _jsonable(value) for name, value in asdict(self.parameters).items()},
        }


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One dated version of a program's rules. `effective_to` is its last day, None while it is open."""

    key: str
    program: str
    version: str
    effective_from: date
    effective_to: date | None
    effective_note: str
    legal_status: LegalStatus
    source: str
    example_for_confirmation: bool
    not_checked: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def id(self) -> str:
        """Key and version in one word, as answers and reports cite it."""
        return f"{self.key}@{self.version}"

    def in_force(self, on: date) -> bool:
        """Whether people are screened by this version on a date; both ends are inside."""
        open_end = self.effective_to is None or on <= self.effective_to
        return self.legal_status.applies and self.effective_from <= on and open_end

    def as_json(self) -> Json:
        """The whole content, for the digest."""
        return {
            "key": self.key,
            "program": self.program,
            "version": self.version,
            "effective_from": self.effective_from.isoformat(),
            "effective_to": self.effective_to.isoformat() if self.effective_to else None,
            "effective_note": self.effective_note,
            "legal_status": self.legal_status.value,
            "source": self.source,
            "example_for_confirmation": self.example_for_confirmation,
            "not_checked": list(self.not_checked),
            "rules": [rule.as_json() for rule in self.rules],
        }


def ruleset_in_force(versions: Iterable[RuleSet], on: date) -> RuleSet | None:
    """The version that applies on a date. At most one does: the data files are refused where two overlap."""
    return next((version for version in versions if version.in_force(on)), None)


@lru_cache(maxsize=256)
def ruleset_digest(ruleset: RuleSet) -> str:
    """SHA-256 of the rule set's content, kept in every snapshot that used it."""
    return digest(ruleset.as_json())


def _jsonable(value: object) -> object:
    if isinstance(value, tuple):
        return [_jsonable(each) for each in value]
    # Decimal("200") and Decimal("200.0") are the same limit, so they give the same digest.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
