"""The facts of a case change as they become known."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.rules import Custody
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads.find import case_for
from app.cases.rules import CaseType, Representation
from app.errors import Stale
from app.once import once
from app.work import Work


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("court.format", "Enter the court on one line, without control characters.")
    return text


#: A court or hearing location as people write it, or its code.
Court = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)
]


class CaseChange(BaseModel):
    """Facts to change; what is not sent stays. ``null`` for type or court says that it is not known."""

    model_config = ConfigDict(extra="forbid")

    representation: Representation = Representation.FULL
    case_type: CaseType | None = None
    custody: Custody = Custody.NOT_ASKED
    court: Court | None = None


def change(work: Work, case_id: UUID, form: CaseChange) -> UUID:
    """Change the facts that were sent. Raises NotFound, or Stale when somebody changed the case in between."""
    found = case_for(work, Permission.CASE_CHANGE, case_id)

    def do(_: UUID) -> None:
        work.expect(found.version)
        fields = form.model_dump(include=form.model_fields_set)
        changed = work.session.execute(
            update(Case)
            .where(col(Case.id) == case_id, col(Case.version) == found.version)
            .values(**fields, version=found.version + 1)
        )
        if changed.rowcount != 1:
            raise Stale
        record(
            work,
            "case.changed",
            object_type="case",
            object_id=case_id,
            subject_id=found.applicant_id,
            details={"fields": sorted(fields)},
        )

    return once(work, form, do, result_id=case_id)
