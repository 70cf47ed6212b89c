"""The notes of a case, newest first."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.cases.model import Case, CaseNote
from app.cases.reads.views import CaseName, NoteList, NoteView, PersonName
from app.cases.scope import opened, visible
from app.crypto import Cell, Group
from app.errors import NotFound
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.work import Work

_NOTES: Select[*tuple[Any, ...]] = select(
    col(CaseNote.id),
    col(CaseNote.case_id),
    col(CaseNote.body),
    col(CaseNote.created_at),
    col(Account.id).label("author_id"),
    col(Account.name).label("author"),
).join(Account, col(Account.id) == col(CaseNote.author_id))


def case_with_notes(work: Work, case_id: UUID) -> CaseName:
    """The case whose notes the actor may open, by name. Raises NotFound for every other."""
    row = _case(work, case_id)
    return CaseName(row.id, row.reference, row.status)


def notes(work: Work, case_id: UUID, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> NoteList:
    """The notes of a case, opened and recorded. Raises NotFound for a case whose notes the actor may not open."""
    applicant_id = _case(work, case_id).applicant_id
    statement = newest_first(
        _NOTES.where(col(CaseNote.case_id) == case_id), col(CaseNote.id), limit=limit, cursor=cursor
    )
    found = page(work.session.execute(statement).all(), limit)
    items = [_note(work, row) for row in found.rows]
    record(
        work,
        "note.listed",
        object_type="case",
        object_id=case_id,
        subject_id=applicant_id,
        groups=(Group.NOTES,),
        count=len(items),
    )
    return NoteList(items, found.next)


def note(work: Work, case_id: UUID, note_id: UUID) -> NoteView:
    """One note, as the answer to the person who wrote it. Raises NotFound."""
    _case(work, case_id)
    row = work.session.execute(
        _NOTES.where(col(CaseNote.id) == note_id, col(CaseNote.case_id) == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _note(work, row)


def _case(work: Work, case_id: UUID) -> Any:
    reach = work.allow(Permission.CASE_NOTES)
    row = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Case.status), col(Case.applicant_id)).where(
            col(Case.id) == case_id, visible(work.actor, reach), opened(work.actor, Group.NOTES)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _note(work: Work, row: Row[Any]) -> NoteView:
    body = work.vault.open(Cell("case_note", "body", row.id, row.case_id), Group.NOTES, row.body)
    return NoteView(row.id, PersonName(row.author_id, row.author), str(body), row.created_at)
