"""Notes on a case, sealed under the case's own key."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import insert

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.model import CaseNote
from app.cases.reads.find import case_for
from app.crypto import Cell, Group
from app.once import once
from app.work import Work


class NewNote(BaseModel):
    """A note: privileged work product, for those who work on the case."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


def add_note(work: Work, case_id: UUID, form: NewNote) -> UUID:
    """Write a note and give its id. Raises NotFound."""
    found = case_for(work, Permission.CASE_NOTES, case_id)

    def do(note_id: UUID) -> None:
        work.session.execute(
            insert(CaseNote).values(
                id=note_id,
                case_id=case_id,
                author_id=work.actor.id,
                body=work.vault.seal(Cell("case_note", "body", note_id, case_id), Group.NOTES, form.body),
                created_at=work.now,
            )
        )
        record(
            work,
            "note.added",
            object_type="case_note",
            object_id=note_id,
            subject_id=found.applicant_id,
            groups=(Group.NOTES,),
        )

    return once(work, form, do)
