"""Taking a file in: sealed as it comes, looked at before anybody hears of it, on record when all of it is there."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Annotated, Final, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, insert, select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants import scope as applicants
from app.applicants.model import Applicant
from app.audit.actions import record
from app.cases.reads import case_for
from app.config import Files
from app.crypto import Cell, Group, Vault
from app.crypto.stream import DocumentKey, Place, Sameness, Sealing, new_key, open_stream, wrap_key
from app.db import new_id
from app.documents.checking import examine, scanned
from app.documents.model import Document
from app.documents.rules import (
    LONGEST_DESCRIPTION,
    MEDIA_TYPES,
    DocumentKind,
    DocumentState,
    Refusal,
    Scan,
    ending_of,
    first_look,
    plain_name,
    refused,
    state_after,
)
from app.documents.storing import Folder
from app.errors import Conflict, Invalid, NotFound
from app.intake.reads.find import application_for
from app.once import once
from app.work import Work

#: Bytes by which a file's kind is known.
_FIRST: Final = 1_024

T = TypeVar("T")
Form = TypeVar("Form", bound=BaseModel)


class Turns(Protocol):
    """Opens a Work for one step and commits it: nothing waits for a file with a transaction open."""

    def __call__(self, do: Callable[[Work], T], /) -> T: ...


class Incoming(Protocol):
    """A form with one file, while it comes."""

    @property
    def filename(self) -> str: ...

    def form(self, model: type[Form], /) -> Form: ...

    def pieces(self) -> Generator[bytes, None, None]: ...


class NewDocument(BaseModel):
    """What is said of a file before it comes. Its own name and this description are sealed.

    ``privileged`` puts it under the key of the case, like the case's notes, and not under the applicant's.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: DocumentKind
    dated_on: Annotated[date | None, Field(ge=date(1900, 1, 1), le=date(2100, 1, 1))] = None
    privileged: bool = False
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_DESCRIPTION)] = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """What a document belongs to: a case, or an application."""

    case_id: UUID | None = None
    application_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is known before a byte of the file is read."""

    owner: Owner
    applicant_id: UUID
    files: Files
    vault: Vault

    @property
    def store(self) -> Folder:
        return Folder.of(self.files.folder, self.vault.installation)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file that lies in the store, whole and looked at."""

    file_id: UUID
    name: str
    key: DocumentKey
    size: int
    digest: str
    previews: int
    state: DocumentState
    scan: Scan | None


class _Same(NewDocument):
    """What makes two requests under one key the same: the form, and the file itself."""

    name: str
    digest: str


def receive(turns: Turns, owner: Owner, incoming: Incoming) -> UUID:
    """Take a file in and give the document's id.

    Raises NotFound, Conflict when there are too many, Invalid for a file that is not taken: nothing of it is left then.
    """
    begun = turns(lambda work: _begin(work, owner))
    pieces = incoming.pieces()
    try:
        first = _first(pieces)
        form = incoming.form(NewDocument)
        if form.privileged and owner.case_id is None:
            raise Conflict("document.no_case", "Only a document of a case can be privileged.")
        first_look(incoming.filename, first)
        taken = _take(begun, plain_name(incoming.filename), chain((first,), pieces))
    except Invalid:
        # The rest is read and dropped: a browser that is still sending would not see the answer.
        for _ in pieces:
            continue
        raise
    finally:
        pieces.close()
    return _put_down(turns, begun, form, taken)


def owned(work: Work, owner: Owner) -> UUID:
    """The applicant of a case the actor works on, or of an application open on their desk. Raises NotFound, Denied."""
    work.allow(Permission.DOCUMENT_CHANGE)
    if owner.case_id is not None:
        return case_for(work, Permission.CASE_CHANGE, owner.case_id).applicant_id
    assert owner.application_id is not None
    found = application_for(work, Permission.APPLICATION_CHANGE, owner.application_id)
    at_the_desk = applicants.visible(work.actor, work.allow(Permission.APPLICATION_CHANGE))
    statement = select(col(Applicant.id)).where(col(Applicant.id) == found.applicant_id, at_the_desk)
    if work.session.execute(statement).one_or_none() is None:
        raise NotFound
    return found.applicant_id


def _begin(work: Work, owner: Owner) -> _Begun:
    applicant_id = owned(work, owner)
    files = files_of(work)
    of_owner = col(Document.case_id) == owner.case_id, col(Document.application_id) == owner.application_id
    counted = select(func.count()).where(of_owner[0] if owner.case_id else of_owner[1])
    if work.session.execute(counted.where(col(Document.removed_at).is_(None))).scalar_one() >= files.most:
        raise Conflict(
            "document.too_many", "There are {most} documents here. Remove one that is not needed.", {"most": files.most}
        )
    return _Begun(owner, applicant_id, files, work.vault)


def files_of(work: Work) -> Files:
    """Where documents lie."""
    assert work.files is not None, "this Work has nothing to do with documents"
    return work.files


def _first(pieces: Iterator[bytes]) -> bytes:
    first = b""
    while len(first) < _FIRST and (piece := next(pieces, b"")):
        first += piece
    return first


def _take(begun: _Begun, name: str, pieces: Iterator[bytes]) -> _Taken:
    """Seal the file as it comes, have it looked at, and keep it with its cleaned copy and pictures."""
    folder, file_id, key = begun.store, new_id(), new_key()
    same, size = Sameness(begun.vault), 0
    place = Place(file_id, "original", begun.applicant_id)
    with ExitStack() as undo:
        undo.callback(folder.remove, file_id)
        with folder.writer(file_id, "original") as writer:
            sealing = Sealing(key, place, same)
            writer.write(sealing.head)
            for piece in pieces:
                size += len(piece)
                if size > begun.files.most_bytes:
                    raise refused(Refusal.TOO_LARGE, begun.files.most_bytes)
                writer.write(sealing.add(piece))
            writer.write(sealing.end())
            previews = _look(folder, place, key, ending_of(name), open_stream(key, place, writer.again()))
            found = scanned(begun.files.scanner, open_stream(key, place, writer.again()))
            writer.keep()
        state = state_after(found)
        if state is not DocumentState.REFUSED:
            undo.pop_all()
    return _Taken(file_id, name, key, size, same.told(), previews, state, found)


def _look(folder: Folder, place: Place, key: DocumentKey, ending: str, pieces: Iterator[bytes]) -> int:
    """Keep the cleaned copy and the pictures that the examiner gives; gives how many pictures. Raises Invalid."""
    try:
        with examine(ending, pieces) as finding:
            if finding.refusal is not None:
                raise refused(finding.refusal)
            for part in finding.parts:
                with folder.writer(place.document_id, part.name) as writer:
                    sealing = Sealing(key, Place(place.document_id, part.name, place.subject_id))
                    writer.write(sealing.head)
                    for piece in part.pieces():
                        writer.write(sealing.add(piece))
                    writer.write(sealing.end())
                    writer.keep()
    except EOFError:
        raise refused(Refusal.UNREADABLE) from None
    return len(finding.parts) - 1


def _put_down(turns: Turns, begun: _Begun, form: NewDocument, taken: _Taken) -> UUID:
    """Put the document on record; of a request that came twice the second file is dropped."""
    put: list[UUID] = []
    with ExitStack() as undo:
        undo.callback(begun.store.remove, taken.file_id)
        document_id = turns(lambda work: _put(work, begun, form, taken, put))
        if document_id in put:
            undo.pop_all()
    return document_id


def _put(work: Work, begun: _Begun, form: NewDocument, taken: _Taken, put: list[UUID]) -> UUID:
    owned(work, begun.owner)
    same = _Same(**form.model_dump(), name=taken.name, digest=taken.digest)

    def do(document_id: UUID) -> None:
        row = _row(work.vault, begun, form, taken, document_id, work.now)
        work.session.execute(insert(Document).values(created_by=work.actor.id, **row))
        record(
            work,
            "document.added",
            object_type="document",
            object_id=document_id,
            subject_id=begun.applicant_id,
            groups=(Group.DOCUMENTS,),
            details={"kind": form.kind, "state": taken.state, "scan": taken.scan},
        )
        put.append(document_id)

    return once(work, same, do)


def _row(
    vault: Vault, begun: _Begun, form: NewDocument, taken: _Taken, document_id: UUID, now: datetime
) -> dict[str, object]:
    owner = begun.owner
    subject_id = owner.case_id if form.privileged and owner.case_id else begun.applicant_id
    said = {"name": taken.name, "description": form.description}
    return {
        "id": document_id,
        "file_id": taken.file_id,
        "applicant_id": begun.applicant_id,
        "application_id": owner.application_id,
        "case_id": owner.case_id,
        "subject_id": subject_id,
        "kind": form.kind,
        "dated_on": form.dated_on,
        "privileged": form.privileged,
        "state": taken.state,
        "media_type": MEDIA_TYPES[ending_of(taken.name)],
        "size": taken.size,
        "previews": taken.previews,
        "scan": taken.scan,
        "scanned_at": now if taken.scan in (Scan.CLEAN, Scan.FOUND) else None,
        "words_sealed": vault.seal(Cell("document", "words_sealed", document_id, subject_id), Group.DOCUMENTS, said),
        "key_sealed": wrap_key(vault, Cell("document", "key_sealed", document_id, subject_id), taken.key),
        "created_at": now,
        "version": 1,
    }
