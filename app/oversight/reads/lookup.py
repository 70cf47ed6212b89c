"""From a reference to the id that the record's address takes: a reference is typed, and only ids stand in addresses."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from app.access.grants import Permission, Reach
from app.audit.actions import record
from app.errors import Invalid, Problem
from app.oversight.reads.names import SOURCES
from app.oversight.scope import LOOKED_UP
from app.reference import read_reference
from app.work import Work


class Asked(BaseModel):
    """A reference as people write it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reference: str = Field(min_length=1, max_length=40)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a reference stands for. The events about it are another question, with its own scope."""

    id: UUID
    type: str


def subject(work: Work, form: Asked) -> Subject:
    """The record that a reference names, to be asked for by its id.

    Raises Invalid for a reference that is none, and for one that no record in the actor's reach has: behind a wall, or
    of another organization, is as if it were not there.
    """
    reach = work.allow(Permission.AUDIT_READ)
    reference = read_reference(form.reference)
    found = None if reference is None else _find(work, reach, reference)
    record(work, "audit.looked_up", object_type="audit_event", subject_id=found.id if found else None)
    if found is None:
        raise Invalid(
            Problem("/reference", "reference.unknown", "No record has this reference. Check it, like CA-7K3Q-9F2M.")
        )
    return found


def _find(work: Work, reach: Reach, reference: str) -> Subject | None:
    for kind, within in LOOKED_UP.items():
        key, label = SOURCES[kind]
        known = select(key.label("id")).where(label == reference, within(work.actor, reach))
        row = work.session.execute(known).first()
        if row is not None:
            return Subject(row.id, kind)
    return None
