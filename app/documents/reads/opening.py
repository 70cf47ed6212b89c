"""Opening a document: on record first, checked whole before its first byte where it is of usual size."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID

from app.access.grants import Permission
from app.audit.actions import record
from app.crypto import Cell, Group, Unopenable
from app.crypto.stream import DocumentKey, Place, open_stream, opened_length, unwrap_key
from app.documents.reads.find import FoundDocument, found_document, name_of
from app.documents.rules import CLEAN_TYPES, MEDIA_TYPES, DocumentState, Version, ending_of
from app.documents.storing import Folder
from app.errors import Conflict, NotFound
from app.work import Work

#: Bytes up to which a file is read twice: once to check it, once to send it. A larger one is checked as it is sent.
CHECKED_WHOLE: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A document on its way to who may read it."""

    pieces: Iterator[bytes]
    media_type: str
    name: str
    length: int


def content(work: Work, document_id: UUID, version: Version) -> Opened:
    """The file: its cleaned copy, or as it was handed in.

    Raises NotFound, Conflict while it is not ready, Unopenable when it was changed on the disk.
    """
    found = _ready(work, document_id)
    name, media_type = name_of(work, found), found.media_type
    ending = ending_of(name)
    if version is Version.CLEAN and ending in CLEAN_TYPES:
        other, media_type = CLEAN_TYPES[ending]
        name = f"{name[: -len(ending)]}{other}"
    record(
        work,
        "document.opened",
        object_type="document",
        object_id=found.id,
        subject_id=found.applicant_id,
        groups=(Group.DOCUMENTS,),
        details={"version": version},
    )
    length, pieces = _checked(work, found, version)
    return Opened(pieces, MEDIA_TYPES["txt"] + "; charset=utf-8" if ending == "txt" else media_type, name, length)


def preview(work: Work, document_id: UUID, number: int) -> bytes:
    """The picture (PNG) of a page, from 1. Raises NotFound, Conflict while the document is not ready, Unopenable."""
    found = _ready(work, document_id)
    if not 1 <= number <= found.previews:
        raise NotFound
    record(
        work,
        "document.previewed",
        object_type="document",
        object_id=found.id,
        subject_id=found.applicant_id,
        groups=(Group.DOCUMENTS,),
        details={"page": number},
    )
    return b"".join(_checked(work, found, f"page{number}")[1])


def _ready(work: Work, document_id: UUID) -> FoundDocument:
    found = found_document(work, Permission.DOCUMENT_OPEN, document_id)
    if found.state is DocumentState.CHECKING:
        raise Conflict("document.checking", "This document is still being checked. Try again in a few minutes.")
    if found.state is DocumentState.REFUSED:
        raise Conflict("document.refused", "This document was harmful and was not kept.")
    return found


def _checked(work: Work, found: FoundDocument, part: str) -> tuple[int, Iterator[bytes]]:
    assert work.files is not None
    key = unwrap_key(work.vault, Cell("document", "key_sealed", found.id, found.subject_id), found.key_sealed)
    place = Place(found.file_id, part, found.applicant_id)
    try:
        file = Folder.of(work.files.folder, work.vault.installation).open(found.file_id, part)
    except FileNotFoundError:
        file = None
    if file is None:
        raise Unopenable  # outside the handler: no path travels with it
    length = os.fstat(file.fileno()).st_size
    try:
        if length <= CHECKED_WHOLE:
            for _ in open_stream(key, place, file):
                continue
            file.seek(0)
    except BaseException:
        file.close()
        raise
    return opened_length(length), _sent(file, key, place)


def _sent(file: BinaryIO, key: DocumentKey, place: Place) -> Iterator[bytes]:
    with file:
        yield from open_stream(key, place, file)
