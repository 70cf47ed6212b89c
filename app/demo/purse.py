"""What the demo's people know of the money: which fund has some left for which category on which day."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.demo.givers import Giving, Program
from app.funds.rules import Category
from app.money import Money

#: One part in so many of each allocation stays, so that whoever tries the demo has something to give.
_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class Held:
    """A fund that was taken on."""

    id: UUID
    giving: Giving

    def open_on(self, day: date) -> bool:
        return self.giving.starts_on <= day <= self.giving.ends_on


class Purse:
    """The funds that were taken on, and what is not promised of them yet."""

    def __init__(self) -> None:
        self._held: list[Held] = []
        self._left: dict[tuple[UUID, Category], int] = {}

    def take(self, fund_id: UUID, giving: Giving) -> None:
        """A fund was taken on."""
        self._held.append(Held(fund_id, giving))
        for category, dollars in giving.allocations.items():
            self._left[fund_id, category] = 100 * (dollars - dollars // _KEPT)

    def program(self, fund_id: UUID) -> Program:
        """Whose rules a fund follows."""
        return next(held.giving.program for held in self._held if held.id == fund_id)

    def choose(
        self, chance: random.Random, programs: Collection[Program], category: Category, amount: Money, day: date
    ) -> Held | None:
        """A fund of these programs that could give this much on this day, the fuller the likelier; or None."""
        able = [
            held
            for held in self._held
            if held.giving.program in programs
            and held.open_on(day)
            and self._left.get((held.id, category), 0) >= amount
        ]
        if not able:
            return None
        return chance.choices(able, weights=[self._left[held.id, category] for held in able])[0]

    def promise(self, fund_id: UUID, category: Category, amount: Money) -> None:
        """This much is asked for."""
        self._left[fund_id, category] -= amount
