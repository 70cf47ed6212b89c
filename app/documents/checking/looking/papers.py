"""PDF: read whole, its pages counted, and written anew without what acts, hides or tells who made it."""

import io
from typing import Any, Final

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # it comes without types

from app.documents.checking.looking.images import shrunk
from app.documents.checking.looking.refusals import Parts, Refused
from app.documents.rules import PREVIEWS, Refusal

MOST_PAGES: Final = 2_000
#: What the catalogue of a paper may keep; all else is dropped: actions, scripts, attachments, forms, metadata.
_CATALOG: Final = frozenset({"/Type", "/Pages", "/PageLabels", "/Outlines", "/PageMode", "/PageLayout", "/Lang"})
_PAGE: Final = frozenset({"/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Contents", "/Rotate", "/Annots"})
#: Notes and stamps stay as they look; what is not among these is dropped.
_NOTES: Final = frozenset(
    "/Link /Text /FreeText /Line /Square /Circle /Highlight /Underline /StrikeOut /Stamp /Ink /Widget".split()
)
#: Bytes that may come after a paper's end: line ends, and what a scanner or a mail program adds.
_AFTER: Final = 64


def pdf(_ending: str, data: bytes) -> Parts:
    """The cleaned copy and pictures of the first pages. Raises Refused, or what the parser raises."""
    end = data.rfind(b"%%EOF")
    if end < 0 or len(data[end + 5 :].strip()) > _AFTER:
        raise Refused(Refusal.UNREADABLE)
    try:
        with pikepdf.open(io.BytesIO(data)) as paper:
            if paper.is_encrypted:
                raise Refused(Refusal.LOCKED)
            if not 0 < len(paper.pages) <= MOST_PAGES:
                raise Refused(Refusal.TOO_MUCH if paper.pages else Refusal.UNREADABLE)
            clean = _clean(paper)
    except pikepdf.PasswordError:
        raise Refused(Refusal.LOCKED) from None
    return [("clean", clean), *_pictures(clean)]


def _clean(paper: pikepdf.Pdf) -> bytes:
    _keep_only(paper.Root, _CATALOG)
    for page in paper.pages:
        _keep_only(page.obj, _PAGE)
        if "/Annots" in page.obj:
            _clean_notes(page.obj)
    if "/Outlines" in paper.Root:
        del paper.Root["/Outlines"]  # an outline may act when it is clicked
    if "/Info" in paper.trailer:
        del paper.trailer["/Info"]
    out = io.BytesIO()
    paper.remove_unreferenced_resources()
    paper.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _keep_only(thing: Any, names: frozenset[str]) -> None:
    for name in [each for each in thing.keys() if each not in names]:  # noqa: SIM118 - a PDF's dictionary is no mapping
        del thing[name]


def _clean_notes(page: Any) -> None:
    kept = []
    for note in page["/Annots"]:
        if not isinstance(note, pikepdf.Dictionary) or str(note.get("/Subtype", "")) not in _NOTES:
            continue
        for name in ("/A", "/AA", "/PA", "/FS", "/T", "/RichMedia"):
            if name in note:
                del note[name]
        kept.append(note)
    page["/Annots"] = pikepdf.Array(kept)


def _pictures(data: bytes) -> Parts:
    paper = pypdfium2.PdfDocument(data)
    shown = []
    for number in range(min(PREVIEWS, len(paper))):
        page = paper[number]
        width, height = page.get_size()
        # A page may say that it is as large as a field: the picture is as large as a screen.
        scale = min(1_000 / max(width, 1), 1_400 / max(height, 1))
        shown.append((f"page{number + 1}", shrunk(page.render(scale=min(scale, 4)).to_pil())))
    return shown
