"""The pages of documents: of a case, and of an application."""

from uuid import UUID

from app.access.grants import Permission
from app.documents import reads
from app.documents.rules import MEDIA_TYPES
from app.web.addresses import page_of
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/cases/{case_id}/documents", Permission.DOCUMENT_READ)
def documents_of_case(work: Work, case_id: UUID, cursor: str | None = None) -> Page:
    """The documents of a case, and the form that hands one in."""
    found = reads.of_case(work, case_id, cursor=cursor)
    return _page(work, f"/cases/{case_id}", found, reads.matter(work, case_id=case_id), cursor)


@door.page("/applications/{application_id}/documents", Permission.DOCUMENT_READ)
def documents_of_application(work: Work, application_id: UUID, cursor: str | None = None) -> Page:
    """The documents that came with an application, and the form that hands one in."""
    found = reads.of_application(work, application_id, cursor=cursor)
    return _page(
        work, f"/applications/{application_id}", found, reads.matter(work, application_id=application_id), cursor
    )


def _page(work: Work, path: str, found: reads.DocumentList, matter: reads.Matter, cursor: str | None) -> Page:
    return Page(
        "documents/list.html",
        {
            "path": path,
            "matter": matter,
            "documents": found.items,
            "most": work.files.most_bytes if work.files else 0,
            "endings": sorted(MEDIA_TYPES),
            "next_url": page_of(f"{path}/documents", found.next, {}),
            "first_url": f"{path}/documents" if cursor else None,
        },
    )
