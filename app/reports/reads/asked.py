"""What is asked of the reports that say how something stands: on a day, or over a period."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.cases.actions.dates import Day
from app.reports.rules import Format, Period


class AsOf(BaseModel):
    """A day, and perhaps one fund."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[Day | None, Field(description="The day at whose end all is looked at; today unless given.")] = None
    fund_id: Annotated[UUID | None, Field(description="Only this fund.")] = None
    format: Annotated[Format, Field(description="What to give the report as.")] = Format.JSON

    def asked(self, today: date) -> dict[str, Any]:
        """What is asked, by the names of the address; the day filled in."""
        return {"as_of": self.as_of or today, "fund_id": self.fund_id}


class Over(BaseModel):
    """A period, and perhaps one fund or one partner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: Annotated[Day, Field(alias="from", description="First day, like 2026-01-01, in the fund's time zone.")]
    to: Annotated[Day, Field(description="Last day; it is inside the period.")]
    fund_id: Annotated[UUID | None, Field(description="Only this fund.")] = None
    format: Annotated[Format, Field(description="What to give the report as.")] = Format.JSON

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise PydanticCustomError("period.order", "The last day is before the first. Enter a later last day.")
        if Period(self.from_, self.to).is_too_long():
            raise PydanticCustomError("period.too_long", "Choose a period of at most ten years.")
        return self

    def asked(self) -> dict[str, Any]:
        """What is asked, by the names of the address."""
        return {"from": self.from_, "to": self.to, "fund_id": self.fund_id}


class OfPartner(Over):
    """A period of one partner; a partner's own people need not name it."""

    partner_id: Annotated[UUID | None, Field(description="The partner. Your own unless given.")] = None

    def asked(self) -> dict[str, Any]:
        """What is asked, by the names of the address."""
        return super().asked() | {"partner_id": self.partner_id}
