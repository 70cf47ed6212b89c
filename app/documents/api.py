"""Documents over REST: of a case, of an application, and one by one."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.access.grants import Permission
from app.documents import actions, reads
from app.documents.rules import Version
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.answers import MULTIPART, Bytes, Streamed, Turns
from app.web.door import Door
from app.web.uploads import Upload
from app.work import Work

cases = Door("/cases", tag="documents")
applications = Door("/applications", tag="documents")
door = Door("/documents")


@cases.post(
    "/{case_id}/documents",
    Permission.DOCUMENT_CHANGE,
    finds=reads.handing_in,
    key=True,
    takes=MULTIPART,
    status_code=201,
)
def add_to_case(turns: Turns, case_id: UUID, request: Request) -> reads.DocumentView:
    """Hand in a document of a case: a form with ``kind`` and, if you wish, ``dated_on``, ``privileged`` and
    ``description``, and last the ``file``."""
    return _added(turns, actions.Owner(case_id=case_id), request)


@applications.post(
    "/{application_id}/documents",
    Permission.DOCUMENT_CHANGE,
    finds=reads.handing_in_with,
    key=True,
    takes=MULTIPART,
    status_code=201,
)
def add_to_application(turns: Turns, application_id: UUID, request: Request) -> reads.DocumentView:
    """Hand in a document with an application; the form is the same as for a case."""
    return _added(turns, actions.Owner(application_id=application_id), request)


@cases.get("/{case_id}/documents", Permission.DOCUMENT_READ)
def list_of_case(
    work: Work, case_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> reads.DocumentList:
    """The documents of a case, and those that came with its application, newest first."""
    return reads.of_case(work, case_id, limit=limit, cursor=cursor)


@applications.get("/{application_id}/documents", Permission.DOCUMENT_READ)
def list_of_application(
    work: Work, application_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> reads.DocumentList:
    """The documents that came with an application, newest first."""
    return reads.of_application(work, application_id, limit=limit, cursor=cursor)


@door.get("/{document_id}", Permission.DOCUMENT_READ)
def get_document(work: Work, document_id: UUID) -> reads.DocumentView:
    """What is known of a document."""
    return reads.document(work, document_id)


@door.get("/{document_id}/content", Permission.DOCUMENT_OPEN)
def get_content(work: Work, document_id: UUID, version: Version = Version.CLEAN) -> Streamed:
    """The file: its cleaned copy, or with ``version=original`` as it was handed in, as evidence."""
    found = reads.content(work, document_id, version)
    return Streamed(found.pieces, found.media_type, found.name, found.length)


@door.get("/{document_id}/preview", Permission.DOCUMENT_OPEN)
def get_preview(work: Work, document_id: UUID, page: Annotated[int, Query(ge=1, le=3)] = 1) -> Bytes:
    """A picture of one of the first pages, as PNG."""
    return Bytes(reads.preview(work, document_id, page), "image/png")


@door.patch("/{document_id}", Permission.DOCUMENT_CHANGE, finds=reads.changeable_document)
def change_document(work: Work, document_id: UUID, form: actions.Change) -> reads.DocumentView:
    """Describe a document anew: its kind, its date, its description."""
    actions.change(work, document_id, form)
    return reads.document(work, document_id)


@door.delete("/{document_id}", Permission.DOCUMENT_CHANGE, finds=reads.changeable_document)
def remove_document(work: Work, document_id: UUID, form: actions.Removal) -> None:
    """Remove a document, for a reason. It is closed at once; its file goes when the person is erased."""
    actions.remove(work, document_id, form)


def _added(turns: Turns, owner: actions.Owner, request: Request) -> reads.DocumentView:
    upload: Upload = request.scope["amparo.upload"]
    document_id = actions.receive(turns, owner, upload)
    return turns(lambda work: reads.document(work, document_id))
