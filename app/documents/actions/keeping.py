"""What is looked after without anybody asking: documents that wait for the scanner, files that nothing names any more,
and the documents of somebody who is erased."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.config import Files
from app.crypto import Cell, Vault
from app.crypto.stream import Place, open_stream, unwrap_key
from app.documents.actions.receiving import files_of
from app.documents.checking import scanned
from app.documents.model import Document
from app.documents.rules import DocumentState, Scan, state_after
from app.documents.storing import Folder
from app.work import Work

#: Opens a Work of the one who runs it, committed at the end of the block.
Begin = Callable[[], AbstractContextManager[Work]]

#: Documents of one round; the next round takes the rest.
_ROUND: Final = 50
#: A file may wait for the row that names it no longer than an upload lasts.
_YOUNG: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: UUID
    file_id: UUID
    applicant_id: UUID
    subject_id: UUID
    key_sealed: bytes


def check_waiting(begin: Begin, vault: Vault) -> int:
    """Ask the scanner again about what waits for it; gives how many documents it has answered for."""
    with begin() as work:
        files, waiting = files_of(work), _waiting(work)
    return sum(_check(begin, vault, files, each) for each in waiting)


def sweep(begin: Begin) -> int:
    """Delete the files of documents that are no more, and what was begun and never ended; gives how many files.

    What came in while the records were asked is too young to be swept.
    """
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        if work.files is None:
            return 0
        files = work.files
        there = select(col(Document.file_id)).where(col(Document.state) != DocumentState.REFUSED)
        known = set(work.session.execute(there).scalars())
        folder = Folder.of(files.folder, work.vault.installation)
    return folder.sweep(known)


def erase(work: Work, applicant_id: UUID) -> list[UUID]:
    """Delete the documents of a person; gives whose files go once this is committed. Called inside an erasure."""
    of_person = col(Document.applicant_id) == applicant_id
    found = list(work.session.execute(select(col(Document.file_id)).where(of_person)).scalars())
    work.session.execute(delete(Document).where(of_person))
    return found


def _waiting(work: Work) -> list[_Waiting]:
    rows = work.session.execute(
        select(
            col(Document.id),
            col(Document.file_id),
            col(Document.applicant_id),
            col(Document.subject_id),
            col(Document.key_sealed),
        )
        .where(
            col(Document.state) == DocumentState.CHECKING,
            col(Document.removed_at).is_(None),
            col(Document.created_at) < work.now - _YOUNG,
        )
        .order_by(col(Document.id))
        .limit(_ROUND)
    )
    return [_Waiting(*row) for row in rows]


def _check(begin: Begin, vault: Vault, files: Files, one: _Waiting) -> bool:
    key = unwrap_key(vault, Cell("document", "key_sealed", one.id, one.subject_id), one.key_sealed)
    folder = Folder.of(files.folder, vault.installation)
    with folder.open(one.file_id, "original") as file:
        place = Place(one.file_id, "original", one.applicant_id)
        found = scanned(files.scanner, open_stream(key, place, file))
    if found is None:
        return False
    with begin() as work:
        _settle(work, one, found)
    if found is Scan.FOUND:
        folder.remove(one.file_id)
    return True


def _settle(work: Work, one: _Waiting, found: Scan) -> None:
    state = state_after(found)
    values: dict[str, Any] = {"state": state, "scan": found}
    if found is not Scan.OFF:
        values["scanned_at"] = work.now
    work.session.execute(
        update(Document)
        .where(col(Document.id) == one.id, col(Document.state) == DocumentState.CHECKING)
        .values(version=col(Document.version) + 1, **values)
    )
    record(
        work,
        "document.scanned",
        object_type="document",
        object_id=one.id,
        subject_id=one.applicant_id,
        details={"state": state, "scan": found},
    )
