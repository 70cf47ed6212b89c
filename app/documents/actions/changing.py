"""Describing a document anew, and removing it. What was removed is kept, closed, until its person is erased."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.crypto import Cell, Group
from app.documents.model import Document
from app.documents.reads.find import found_document, name_of
from app.documents.rules import LONGEST_DESCRIPTION, DocumentKind
from app.work import Work

_Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_DESCRIPTION)]


class Change(BaseModel):
    """What is said of a document; what is not named stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: DocumentKind | None = None
    dated_on: Annotated[date | None, Field(ge=date(1900, 1, 1), le=date(2100, 1, 1))] = None
    description: _Description | None = None


class Removal(BaseModel):
    """Why a document is removed; sealed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def change(work: Work, document_id: UUID, form: Change) -> None:
    """Describe a document anew. Raises NotFound, Stale."""
    found = found_document(work, Permission.DOCUMENT_CHANGE, document_id)
    work.expect(found.version)
    given = form.model_dump(exclude_unset=True)
    values: dict[str, Any] = {name: given[name] for name in ("kind", "dated_on") if name in given}
    if values.get("kind", "") is None:
        del values["kind"]
    if given.get("description") is not None:
        cell = Cell("document", "words_sealed", document_id, found.subject_id)
        said = {"name": name_of(work, found), "description": given["description"]}
        values["words_sealed"] = work.vault.seal(cell, Group.DOCUMENTS, said)
    if values:
        _write(work, document_id, **values)
    record(
        work,
        "document.changed",
        object_type="document",
        object_id=document_id,
        subject_id=found.applicant_id,
        groups=(Group.DOCUMENTS,) if "words_sealed" in values else (),
        details={"fields": sorted(given)},
    )


def remove(work: Work, document_id: UUID, form: Removal) -> None:
    """Close a document for good, for a reason that is kept. Raises NotFound."""
    found = found_document(work, Permission.DOCUMENT_CHANGE, document_id)
    cell = Cell("document", "removal_sealed", document_id, found.subject_id)
    sealed = work.vault.seal(cell, Group.DOCUMENTS, form.reason)
    _write(work, document_id, removed_at=work.now, removed_by=work.actor.id, removal_sealed=sealed)
    record(work, "document.removed", object_type="document", object_id=document_id, subject_id=found.applicant_id)


def _write(work: Work, document_id: UUID, **values: Any) -> None:
    changed = update(Document).where(col(Document.id) == document_id, col(Document.removed_at).is_(None))
    work.session.execute(changed.values(version=col(Document.version) + 1, **values))
