"""What is asked of a report: the parameters of its address, checked."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from app.cases.actions.dates import Day
from app.disbursements.rules import Method
from app.funds.rules import Category
from app.reports.rules import DateBasis, Format, Grouping, Period

_GROUPINGS: Final = frozenset(Grouping)

#: One name, or several with commas, and spaces where somebody puts them; without any nothing is grouped.
_AS_WRITTEN: Final = {
    "anyOf": [{"type": "string", "enum": sorted(_GROUPINGS)}, {"type": "string", "pattern": r"^[a-z,\s]*$"}]
}


def names_of_groupings(value: Any) -> tuple[Grouping, ...]:
    """Groupings from ``fund,month``, from the same parameter given several times, or from both; nothing is none."""
    given = [value] if isinstance(value, str) else value
    listed = given if isinstance(given, list | tuple) else ["no list"]
    names = [name.strip() for each in listed for name in str(each).split(",") if name.strip()]
    if not _GROUPINGS.issuperset(names) or len(set(names)) != len(names):
        raise PydanticCustomError(
            "group_by.choice", "Group by any of fund, category, partner, month and method, each once, with commas."
        )
    return tuple(Grouping(name) for name in names)


class Question(BaseModel):
    """A period, what puts a payment into it, how to group, and as what to give the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: Annotated[Day, Field(alias="from", description="First day, like 2026-01-01, in the fund's time zone.")]
    to: Annotated[Day, Field(description="Last day; it is inside the period.")]
    date_basis: Annotated[DateBasis, Field(description="The step whose day counts.")] = DateBasis.SETTLED
    group_by: Annotated[
        tuple[Grouping, ...],
        BeforeValidator(names_of_groupings),
        WithJsonSchema({"type": "array", "items": _AS_WRITTEN}),
        Field(description="Any of fund, category, partner, month, method, with commas; the order is kept."),
    ] = (Grouping.FUND, Grouping.CATEGORY)
    fund_id: Annotated[UUID | None, Field(description="Only payments of this fund.")] = None
    partner_id: Annotated[UUID | None, Field(description="Only payments on this partner's cases.")] = None
    category: Annotated[Category | None, Field(description="Only payments of this category.")] = None
    method: Annotated[Method | None, Field(description="Only payments that go this way.")] = None
    format: Annotated[Format, Field(description="What to give the report as.")] = Format.JSON
    details: Annotated[
        bool | None, Field(description="Whether each line is given too. Files have the lines unless this is false.")
    ] = None

    @field_validator("to")
    @classmethod
    def _in_order(cls, to: Day, info: ValidationInfo) -> Day:
        first = info.data.get("from_")
        if first is None:
            return to
        if to < first:
            raise PydanticCustomError("period.order", "The last day is before the first. Enter a later last day.")
        if Period(first, to).is_too_long():
            raise PydanticCustomError("period.too_long", "Choose a period of at most ten years.")
        return to

    def limits(self) -> dict[str, UUID | Category | Method | None]:
        """What narrows the report beside its period, by the names of the address."""
        return {
            "fund_id": self.fund_id,
            "partner_id": self.partner_id,
            "category": self.category,
            "method": self.method,
        }

    @property
    def wants_lines(self) -> bool:
        return self.format is not Format.JSON if self.details is None else self.details
