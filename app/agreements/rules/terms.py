"""What was agreed, on a day: rates, caps and parts, and the amount that they give for a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.agreements.rules.words import Gate, Model, Stage, WorkRole
from app.cases.rules import CaseType
from app.funds.rules import Category
from app.money import Money

#: At most this share of a caseload's rate is paid before anything was reported.
#: Source: District of Columbia, Immigrant Justice Legal Services grant: at most 50 % up front, the rest after complete,
#: approved reports.
MOST_UP_FRONT = 50


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of a caseload's rate: its share in percent, and what must have happened before it."""

    number: int
    share: int
    gate: Gate


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of an agreement. Hours are in hundredths, money in cents; None is no cap."""

    id: UUID
    number: int
    model: Model
    starts_on: date
    ends_on: date
    effective_on: date
    ceiling: Money
    case_cap: Money | None = None
    hours_cap: int | None = None
    stage_rates: Mapping[Stage, Money] | None = None
    hour_rates: Mapping[WorkRole, Money] | None = None
    case_rate: Money | None = None
    carry_over: int = 0
    projected: int = 0
    tranches: Sequence[Tranche] = ()
    categories: frozenset[Category] = frozenset()
    case_types: frozenset[CaseType] = frozenset()

    @property
    def caseload(self) -> int:
        """Cases open at the start and those expected in the term."""
        return self.carry_over + self.projected


def in_force(versions: Sequence[Terms], day: date) -> Terms | None:
    """Of the versions that were put in force, the one that holds on a day: the latest that took effect.

    None outside its term: a later version that shortens the term ends the older one's too.
    """
    begun = [each for each in versions if each.effective_on <= day]
    latest = max(begun, key=lambda each: (each.effective_on, each.number), default=None)
    if latest is None or not latest.starts_on <= day <= latest.ends_on:
        return None
    return latest


def part(rate: Money, tranches: Sequence[Tranche], number: int) -> Money | None:
    """What one part of a rate comes to, in whole cents; all parts together are the rate. None for a part not agreed."""
    before = 0
    for each in sorted(tranches, key=lambda tranche: tranche.number):
        if each.number == number:
            return Money(rate * (before + each.share) // 100 - rate * before // 100)
        before += each.share
    return None


def hours_at(rate: Money, hundredths: int) -> Money:
    """Hours times a rate, a half cent up."""
    return Money((rate * hundredths + 50) // 100)


def expected(
    terms: Terms, stage: Stage | None, role: WorkRole | None, hours: int | None, instalment: int | None
) -> Money | None:
    """What the agreement gives for a line; None when it agrees nothing for it."""
    if terms.model is Model.FLAT:
        return None if stage is None else (terms.stage_rates or {}).get(stage)
    if terms.model is Model.HOURLY:
        rate = None if role is None else (terms.hour_rates or {}).get(role)
        return None if rate is None or hours is None else hours_at(rate, hours)
    if terms.case_rate is None or instalment is None:
        return None
    return part(terms.case_rate, terms.tranches, instalment)


def schedule_fault(shares: Sequence[int], gates: Sequence[Gate]) -> str | None:
    """What is wrong with the parts of a caseload's rate: a word, or None.

    Together they are the whole rate, and what needs no report is at most half of it.
    """
    if not shares or sum(shares) != 100:
        return "sum"
    up_front = sum(share for share, gate in zip(shares, gates, strict=True) if gate is Gate.OPEN)
    return "up_front" if len(shares) > 1 and up_front > MOST_UP_FRONT else None
