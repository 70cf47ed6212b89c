"""Keeping how a bank's CSV files are read."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.errors import Invalid, Problem
from app.funds.actions.funds import Line
from app.once import once
from app.statements.model import StatementMapping
from app.statements.rules.words import DayFormat
from app.work import Work

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NewMapping(BaseModel):
    """The columns of a bank's CSV file by their names: one for the amount, or one for each way."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    day_column: Column
    day_format: DayFormat = DayFormat.US
    amount_column: Column | None = None
    out_column: Column | None = None
    in_column: Column | None = None
    description_column: Column
    reference_column: Column | None = None

    @model_validator(mode="after")
    def _amounts(self) -> Self:
        both, one = (self.out_column is not None, self.in_column is not None), self.amount_column is not None
        if both != (not one, not one):
            raise PydanticCustomError(
                "mapping.amounts", "Name one column for the amount, or one for money out and one for money in."
            )
        return self


def keep_mapping(work: Work, form: NewMapping) -> UUID:
    """Keep a mapping and give its id. Raises Invalid when another has this name."""
    work.allow(Permission.STATEMENT_MATCH)

    def do(mapping_id: UUID) -> None:
        named = select(col(StatementMapping.id)).where(col(StatementMapping.name) == form.name)
        if work.session.execute(named).first() is not None:
            raise Invalid(Problem("/name", "name.taken", "Another mapping has this name. Enter a different one."))
        work.insert(StatementMapping, id=mapping_id, created_at=work.now, created_by=work.actor.id, **form.model_dump())
        record(work, "statement.mapping_made", object_type="statement", object_id=mapping_id)

    return once(work, form, do)
