"""Documents as they are listed, described and opened. Each opening is on record before a byte leaves."""

from app.documents.reads.find import changeable_document, found_document, handing_in, handing_in_with
from app.documents.reads.listing import DocumentList, DocumentView, Matter, document, matter, of_application, of_case
from app.documents.reads.opening import Opened, content, preview

__all__ = [
    "DocumentList",
    "DocumentView",
    "Matter",
    "Opened",
    "changeable_document",
    "content",
    "document",
    "found_document",
    "handing_in",
    "handing_in_with",
    "matter",
    "of_application",
    "of_case",
    "preview",
]
