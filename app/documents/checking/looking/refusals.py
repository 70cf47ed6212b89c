"""How this says no, and the one look that every file gets: is it two files in one?"""

import re
from typing import Final

from app.documents.rules import MEDIA_TYPES, Refusal

#: A part's name and its bytes: ``clean``, ``page1``, ``page2``, …
Parts = list[tuple[str, bytes]]

_WORD: Final = MEDIA_TYPES["docx"]
_MARKUP: Final = re.compile(rb"<(?:script|html|svg|iframe|object|embed|\?php|!doctype html)[\s>]", re.IGNORECASE)
#: Beginnings of programs and archives, where a picture or a text has no business to end with one.
_ENDS: Final = (b"PK\x05\x06", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ZIP_END: Final = 66_000


class Refused(Exception):
    """A file that is not taken, and why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def hides_another(media_type: str, data: bytes) -> bool:
    """Whether the file would be another one to another program: an archive, a page, a paper, a program."""
    if media_type == _WORD:
        return False  # an archive itself, whose every byte is accounted for (words.py)
    if any(sign in data[-_ZIP_END:] for sign in _ENDS):
        return True
    if media_type == "application/pdf":
        return False
    return b"%PDF-" in data[:1024] or _MARKUP.search(data) is not None
