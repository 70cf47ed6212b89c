"""A question as it is kept: a named period or two days, and all else that a report can be asked."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.cases.actions.dates import Day
from app.disbursements.rules import Method
from app.funds.rules import Category
from app.reports.reads.question import Question, names_of_groupings
from app.reports.rules import OF_A_FUND, DateBasis, Grouping, Period, Preset, period_of


class Wanted(BaseModel):
    """What is asked each time. With ``period`` its days when it is asked count, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: Preset | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    date_basis: DateBasis = DateBasis.SETTLED
    group_by: Annotated[tuple[Grouping, ...], BeforeValidator(names_of_groupings)] = (Grouping.FUND, Grouping.CATEGORY)
    fund_id: UUID | None = None
    partner_id: UUID | None = None
    category: Category | None = None
    method: Method | None = None
    details: bool = False

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.period is None and None in (self.from_, self.to):
            raise PydanticCustomError("period.either", "Give a named period, or the first and the last day.")
        if self.period in OF_A_FUND and self.fund_id is None:
            raise PydanticCustomError("period.fund", "Choose a fund: this period is one of a fund's own.")
        return self

    def days(self, today: date, term: Period | None) -> Period | None:
        """The days as they are today; None where the named period has none. ``term`` is the fund's."""
        if self.period is None:
            return None if self.from_ is None or self.to is None else Period(self.from_, self.to)
        return period_of(self.period, today, term) or period_of(Preset.LAST_FUND_YEAR, today, term)

    def asked(self, days: Period) -> dict[str, Any]:
        """The question of a report over these days, by the names of the address."""
        named = set(Wanted.model_fields) - {"period", "from_", "to"}
        rest = self.model_dump(mode="json", include=named, exclude_none=True)
        return {"from": days.first.isoformat(), "to": days.last.isoformat(), **rest}

    def question(self, days: Period) -> Question:
        """The same, checked as a question. Raises ValidationError."""
        return Question.model_validate(self.asked(days))
