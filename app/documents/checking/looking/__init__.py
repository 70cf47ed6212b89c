"""What each kind of file must be, and its cleaned copy with pictures of its first pages. Bytes in, bytes out."""

from collections.abc import Callable, Mapping
from typing import Final

from app.documents.checking.looking.images import image
from app.documents.checking.looking.papers import pdf
from app.documents.checking.looking.refusals import Parts, Refused, hides_another
from app.documents.checking.looking.words import docx, txt
from app.documents.rules import MEDIA_TYPES, Refusal, sniffed

__all__ = ["Parts", "Refused", "looked_at"]

_BY_TYPE: Final[Mapping[str, Callable[[str, bytes], Parts]]] = {
    "application/pdf": pdf,
    "image/jpeg": image,
    "image/png": image,
    "image/heic": image,
    "image/tiff": image,
    MEDIA_TYPES["docx"]: docx,
    "text/plain": txt,
}


def looked_at(ending: str, data: bytes) -> Parts:
    """The cleaned copy and the pictures of a file. Raises Refused, or whatever a parser raises."""
    media_type = MEDIA_TYPES.get(ending)
    if media_type is None:
        raise Refused(Refusal.TYPE)
    if not data:
        raise Refused(Refusal.EMPTY)
    if MEDIA_TYPES.get(sniffed(data[:65_536])) != media_type:
        raise Refused(Refusal.MISMATCH)
    if hides_another(media_type, data):
        raise Refused(Refusal.UNREADABLE)
    return _BY_TYPE[media_type](ending, data)
