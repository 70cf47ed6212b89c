"""Finding one document through its scope, for what opens or changes it and for the door that asks before."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from app.access.grants import Permission
from app.cases.reads import case_for
from app.crypto import Cell, Group
from app.documents.model import Document
from app.documents.rules import DocumentState
from app.documents.scope import changeable, opened, visible
from app.errors import NotFound
from app.intake.reads.find import application_for
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """What opening or changing a document needs to know of it."""

    id: UUID
    file_id: UUID
    applicant_id: UUID
    subject_id: UUID
    state: DocumentState
    media_type: str
    previews: int
    version: int
    words_sealed: bytes = field(repr=False)
    key_sealed: bytes = field(repr=False)


def found_document(work: Work, permission: Permission, document_id: UUID) -> FoundDocument:
    """A document the actor may use this permission on. Raises NotFound, also for one that was removed."""
    work.allow(permission)
    statement = select(
        col(Document.id),
        col(Document.file_id),
        col(Document.applicant_id),
        col(Document.subject_id),
        col(Document.state),
        col(Document.media_type),
        col(Document.previews),
        col(Document.version),
        col(Document.words_sealed),
        col(Document.key_sealed),
    ).where(col(Document.id) == document_id, col(Document.removed_at).is_(None), _within(work, permission))
    row = work.session.execute(statement.with_for_update() if work.writes else statement).one_or_none()
    if row is None:
        raise NotFound
    return FoundDocument(*row)


def name_of(work: Work, found: FoundDocument) -> str:
    """The name that its file came with. Raises Unopenable."""
    cell = Cell("document", "words_sealed", found.id, found.subject_id)
    return str(work.vault.open(cell, Group.DOCUMENTS, found.words_sealed)["name"])


def changeable_document(work: Work, document_id: UUID) -> int:
    """For the door: the version of a document that the actor may describe or remove. Raises NotFound."""
    return found_document(work, Permission.DOCUMENT_CHANGE, document_id).version


def handing_in(work: Work, case_id: UUID) -> None:
    """For the door: the actor works on this case. Raises NotFound, Denied."""
    work.allow(Permission.DOCUMENT_CHANGE)
    case_for(work, Permission.CASE_CHANGE, case_id)


def handing_in_with(work: Work, application_id: UUID) -> None:
    """For the door: the actor works on this application. Raises NotFound, Denied."""
    work.allow(Permission.DOCUMENT_CHANGE)
    application_for(work, Permission.APPLICATION_CHANGE, application_id)


def _within(work: Work, permission: Permission) -> ColumnElement[bool]:
    if permission is Permission.DOCUMENT_OPEN:
        return opened(work.actor)
    return changeable(work.actor) if permission is Permission.DOCUMENT_CHANGE else visible(work.actor)
