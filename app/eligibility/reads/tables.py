"""How the data files are written.

Strict on purpose: a quoted number, a misspelt word or a forgotten line is refused, never guessed.
"""

from abc import ABC, abstractmethod
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from app.eligibility.rules import (
    STATE_NAMES,
    Detained,
    HomeInCity,
    HomeInCounty,
    IncomeAtMost,
    IncomeSteps,
    InRemovalProceedings,
    InState,
    LegalStatus,
    Parameters,
    PovertyGuidelines,
    Region,
    RegionAmounts,
    Rule,
    RuleSet,
    WithoutCounsel,
)

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
_RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=60)]


def _known_state(code: str) -> str:
    if code not in STATE_NAMES:
        raise ValueError("must be the postal code of a state or territory, like CO")
    return code


def _exact(percent: object) -> Decimal:
    if isinstance(percent, bool) or not isinstance(percent, int | Decimal):
        raise ValueError("must be a number, like 200 or 187.5")  # noqa: TRY004 - pydantic collects ValueError only
    return Decimal(percent)


_State = Annotated[str, AfterValidator(_known_state)]
_Percent = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=1000)]
_Status = Annotated[LegalStatus, Field(strict=False)]
_RegionWord = Literal["home", "contiguous", "alaska", "hawaii"]


def _region(word: str) -> Region | None:
    """None stands for the region of the home."""
    return None if word == "home" else Region(word)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _RuleTable(_Table, ABC):
    id: _RuleId
    kind: str
    title: _Text
    basis: _Text
    source: _Text

    @abstractmethod
    def parameters(self) -> Parameters: ...

    def rule(self) -> Rule:
        return Rule(self.id, self.kind, self.title, self.basis, self.source, self.parameters())


class _IncomeAtMostTable(_RuleTable):
    kind: Literal["income_at_most"]
    percent: _Percent
    region: _RegionWord

    def parameters(self) -> Parameters:
        return IncomeAtMost(self.percent, _region(self.region))


class _IncomeStepsTable(_RuleTable):
    kind: Literal["income_steps"]
    percents: Annotated[list[_Percent], Field(min_length=1)]
    region: _RegionWord

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(low >= high for low, high in pairwise(self.percents)):
            raise ValueError("percents must rise from step to step")
        return self

    def parameters(self) -> Parameters:
        return IncomeSteps(tuple(self.percents), _region(self.region))


class _HomeInCityTable(_RuleTable):
    kind: Literal["home_in_city"]
    city: _Text
    state: _State
    county: _Text | None = None

    def parameters(self) -> Parameters:
        return HomeInCity(self.city, self.state, self.county)


class _HomeInCountyTable(_RuleTable):
    kind: Literal["home_in_county"]
    county: _Text
    state: _State

    def parameters(self) -> Parameters:
        return HomeInCounty(self.county, self.state)


class _InStateTable(_RuleTable):
    kind: Literal["in_state"]
    state: _State
    courts: list[_Text]

    def parameters(self) -> Parameters:
        return InState(self.state, tuple(self.courts))


class _InRemovalProceedingsTable(_RuleTable):
    kind: Literal["in_removal_proceedings"]
    or_detained: bool

    def parameters(self) -> Parameters:
        return InRemovalProceedings(self.or_detained)


class _DetainedTable(_RuleTable):
    kind: Literal["detained"]

    def parameters(self) -> Parameters:
        return Detained()


class _WithoutCounselTable(_RuleTable):
    kind: Literal["without_counsel"]

    def parameters(self) -> Parameters:
        return WithoutCounsel()


_AnyRule = Annotated[
    _IncomeAtMostTable
    | _IncomeStepsTable
    | _HomeInCityTable
    | _HomeInCountyTable
    | _InStateTable
    | _InRemovalProceedingsTable
    | _DetainedTable
    | _WithoutCounselTable,
    Field(discriminator="kind"),
]
RULE_KINDS = frozenset(
    "income_at_most income_steps home_in_city home_in_county in_state in_removal_proceedings detained "
    "without_counsel".split()
)


class VersionTable(_Table):
    """One `[[versions]]` entry of a rule set file."""

    version: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=20)]
    effective_from: date
    effective_to: date | None = None
    effective_note: _Text
    legal_status: _Status
    source: _Text
    example_for_confirmation: bool
    not_checked: list[_Text]
    rules: Annotated[list[_AnyRule], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("effective_to must not be before effective_from")
        ids = [rule.id for rule in self.rules]
        if len(ids) != len(set(ids)):
            raise ValueError("each rule needs an id of its own")
        return self


class RuleSetFile(_Table):
    """A rule set file: the versions stand oldest first, and no two that apply cover the same day."""

    key: _Key
    program: _Text
    versions: Annotated[list[VersionTable], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        names = [each.version for each in self.versions]
        if len(names) != len(set(names)):
            raise ValueError("each version needs a name of its own")
        applying = [each for each in self.versions if each.legal_status.applies]
        for earlier, later in pairwise(applying):
            if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
                raise ValueError(f"version {earlier.version} must end before version {later.version} begins")
        return self

    def rulesets(self) -> tuple[RuleSet, ...]:
        """The versions as rules know them."""
        return tuple(
            RuleSet(
                key=self.key,
                program=self.program,
                version=each.version,
                effective_from=each.effective_from,
                effective_to=each.effective_to,
                effective_note=each.effective_note,
                legal_status=each.legal_status,
                source=each.source,
                example_for_confirmation=each.example_for_confirmation,
                not_checked=tuple(each.not_checked),
                rules=tuple(rule.rule() for rule in each.rules),
            )
            for each in self.versions
        )


class _AmountsTable(_Table):
    first: Annotated[int, Field(gt=0, le=1_000_000)]
    additional: Annotated[int, Field(gt=0, le=1_000_000)]

    def amounts(self) -> RegionAmounts:
        return RegionAmounts(self.first, self.additional)


class _YearTable(_Table):
    id: _Key
    year: Annotated[int, Field(ge=1983, le=2200)]
    effective_from: date
    effective_confirmed: bool
    effective_note: _Text
    legal_status: _Status
    source: _Text
    contiguous: _AmountsTable
    alaska: _AmountsTable
    hawaii: _AmountsTable

    @model_validator(mode="after")
    def _own_year(self) -> Self:
        if self.effective_from.year != self.year:
            raise ValueError("effective_from must lie in the year of the guidelines")
        return self

    def guidelines(self) -> PovertyGuidelines:
        return PovertyGuidelines(
            id=self.id,
            year=self.year,
            effective_from=self.effective_from,
            effective_confirmed=self.effective_confirmed,
            effective_note=self.effective_note,
            legal_status=self.legal_status,
            source=self.source,
            contiguous=self.contiguous.amounts(),
            alaska=self.alaska.amounts(),
            hawaii=self.hawaii.amounts(),
        )


class GuidelinesFile(_Table):
    """The poverty guidelines file: one entry a year, in order, without a gap."""

    guidelines: Annotated[list[_YearTable], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_year(self) -> Self:
        for earlier, later in pairwise(self.guidelines):
            if later.year != earlier.year + 1:
                raise ValueError(f"the guidelines of {earlier.year + 1} must follow those of {earlier.year}")
        if len({year.id for year in self.guidelines}) != len(self.guidelines):
            raise ValueError("each year needs an id of its own")
        return self

    def years(self) -> tuple[PovertyGuidelines, ...]:
        """The years as rules know them."""
        return tuple(year.guidelines() for year in self.guidelines)
