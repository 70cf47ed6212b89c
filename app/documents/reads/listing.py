"""Which documents a case or an application has. Who may not open them learns that they exist, and when from whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads import case_for
from app.crypto import Cell, Group
from app.documents.model import Document
from app.documents.rules import DocumentKind, DocumentState, Scan
from app.documents.scope import changeable, opened, visible
from app.errors import NotFound
from app.intake.model import Application
from app.intake.reads.find import application_for
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.work import Work


@dataclass(frozen=True, slots=True)
class PersonName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document. What tells of the client is empty for who sees references only; names are for who may open it."""

    id: UUID
    case_id: UUID | None
    application_id: UUID | None
    kind: DocumentKind | None
    dated_on: date | None
    privileged: bool
    state: DocumentState
    scan: Scan | None
    scanned_at: datetime | None
    media_type: str
    size: int
    previews: int
    name: str | None
    description: str | None
    created_at: datetime
    created_by: PersonName | None
    may_open: bool
    may_change: bool
    version: int


@dataclass(frozen=True, slots=True)
class DocumentList:
    items: list[DocumentView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a list of documents belongs to, and whether the actor may add to it."""

    id: UUID
    reference: str
    on_case: bool
    may_add: bool


_COLUMNS: Final[Select[*tuple[Any, ...]]] = select(
    col(Document.id),
    col(Document.case_id),
    col(Document.application_id),
    col(Document.applicant_id),
    col(Document.subject_id),
    col(Document.kind),
    col(Document.dated_on),
    col(Document.privileged),
    col(Document.state),
    col(Document.scan),
    col(Document.scanned_at),
    col(Document.media_type),
    col(Document.size),
    col(Document.previews),
    col(Document.words_sealed),
    col(Document.created_at),
    col(Account.id).label("creator_id"),
    col(Account.name).label("creator"),
    col(Document.version),
).outerjoin(Account, col(Account.id) == col(Document.created_by))


def of_case(work: Work, case_id: UUID, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> DocumentList:
    """The documents of a case, and those that came with its application, newest first. Raises NotFound."""
    work.allow(Permission.DOCUMENT_READ)
    found = case_for(work, Permission.CASE_READ, case_id)
    application = select(col(Case.application_id)).where(col(Case.id) == case_id).scalar_subquery()
    of_it = (col(Document.case_id) == case_id) | (col(Document.application_id) == application)
    return _listed(work, of_it, "case", case_id, found.applicant_id, limit, cursor)


def of_application(
    work: Work, application_id: UUID, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> DocumentList:
    """The documents that came with an application, newest first. Raises NotFound."""
    work.allow(Permission.DOCUMENT_READ)
    found = application_for(work, Permission.APPLICATION_READ, application_id)
    of_it = col(Document.application_id) == application_id
    return _listed(work, of_it, "application", application_id, found.applicant_id, limit, cursor)


def document(work: Work, document_id: UUID) -> DocumentView:
    """One document, without its content. Raises NotFound."""
    work.allow(Permission.DOCUMENT_READ)
    row = work.session.execute(_statement(work).where(col(Document.id) == document_id)).one_or_none()
    if row is None:
        raise NotFound
    view = _view(work, row)
    groups = (Group.DOCUMENTS,) if view.name is not None else ()
    record(work, "document.read", object_type="document", object_id=row.id, subject_id=row.applicant_id, groups=groups)
    return view


def matter(work: Work, *, case_id: UUID | None = None, application_id: UUID | None = None) -> Matter:
    """The heading of a list. Raises NotFound."""
    work.allow(Permission.DOCUMENT_READ)
    permissions = work.actor.permissions
    if case_id is not None:
        case_for(work, Permission.CASE_READ, case_id)
        reference = work.session.execute(select(col(Case.reference)).where(col(Case.id) == case_id)).scalar_one()
        adds = {Permission.DOCUMENT_CHANGE, Permission.CASE_CHANGE} <= permissions
        return Matter(case_id, reference, on_case=True, may_add=adds)
    assert application_id is not None
    application_for(work, Permission.APPLICATION_READ, application_id)
    row = work.session.execute(
        select(col(Application.reference), col(Application.case_id)).where(col(Application.id) == application_id)
    ).one()
    adds = {Permission.DOCUMENT_CHANGE, Permission.APPLICATION_CHANGE} <= permissions and row.case_id is None
    return Matter(application_id, row.reference, on_case=False, may_add=adds)


def _statement(work: Work) -> Select[*tuple[Any, ...]]:
    actor = work.actor
    return _COLUMNS.add_columns(opened(actor).label("may_open"), changeable(actor).label("may_change")).where(
        visible(actor), col(Document.removed_at).is_(None)
    )


def _listed(
    work: Work, of_it: ColumnElement[bool], what: str, of: UUID, applicant_id: UUID, limit: int, cursor: str | None
) -> DocumentList:
    statement = newest_first(_statement(work).where(of_it), col(Document.id), limit=limit, cursor=cursor)
    found = page(work.session.execute(statement).all(), limit)
    items = [_view(work, row) for row in found.rows]
    groups = (Group.DOCUMENTS,) if any(each.name is not None for each in items) else ()
    record(
        work,
        "document.listed",
        object_type=what,
        object_id=of,
        subject_id=applicant_id,
        groups=groups,
        count=len(items),
    )
    return DocumentList(items, found.next)


def _view(work: Work, row: Row[Any]) -> DocumentView:
    said: dict[str, str | None] = {"name": None, "description": None}
    if row.may_open:
        cell = Cell("document", "words_sealed", row.id, row.subject_id)
        said = work.vault.open(cell, Group.DOCUMENTS, row.words_sealed)
    facts = not work.actor.references_only
    return DocumentView(
        id=row.id,
        case_id=row.case_id,
        application_id=row.application_id,
        kind=row.kind if facts else None,
        dated_on=row.dated_on if facts else None,
        privileged=row.privileged,
        state=row.state,
        scan=row.scan,
        scanned_at=row.scanned_at,
        media_type=row.media_type,
        size=row.size,
        previews=row.previews,
        name=said["name"],
        description=said["description"] or None,
        created_at=row.created_at,
        created_by=PersonName(row.creator_id, row.creator) if row.creator_id is not None else None,
        may_open=bool(row.may_open),
        may_change=bool(row.may_change),
        version=row.version,
    )
