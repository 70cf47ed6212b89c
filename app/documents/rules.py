"""The words of documents: kinds, states, why one is not taken, and which files are which."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from app.errors import Invalid, Problem


class DocumentKind(StrEnum):
    IDENTIFICATION = "identification"
    COURT_NOTICE = "court_notice"
    APPLICATION_FORM = "application_form"
    EVIDENCE = "evidence"
    CORRESPONDENCE = "correspondence"
    RECEIPT = "receipt"
    OTHER = "other"


class DocumentState(StrEnum):
    """``checking``: kept, and opened to nobody, until the scanner answers. ``refused``: its file was not kept."""

    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"


class Scan(StrEnum):
    """What the scanner for harmful files said; ``off`` where none is set up."""

    OFF = "off"
    CLEAN = "clean"
    FOUND = "found"


class Version(StrEnum):
    """``clean`` is without metadata, actions and attachments; ``original`` is what was handed in, as evidence."""

    CLEAN = "clean"
    ORIGINAL = "original"


class Refusal(StrEnum):
    """Why a file is not taken."""

    TYPE = "type"
    MISMATCH = "mismatch"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    MACROS = "macros"
    LINKS = "links"
    TOO_MUCH = "too_much"
    EMPTY = "empty"
    TOO_LARGE = "too_large"


def state_after(found: Scan | None) -> DocumentState:
    """What the scanner's word makes of a document; without one it waits."""
    if found is None:
        return DocumentState.CHECKING
    return DocumentState.REFUSED if found is Scan.FOUND else DocumentState.READY


#: Every type that is taken, by the end of the file's name.
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
}
#: What a cleaned copy is called where its type differs: few programs show HEIC.
CLEAN_TYPES: Final = {"heic": ("jpg", "image/jpeg")}

#: Pages of which a picture is made.
PREVIEWS: Final = 3
#: Characters of a file's name and of its description.
LONGEST_NAME: Final = 200
LONGEST_DESCRIPTION: Final = 500

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"})
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f\\/:*?\"<>|\u202a-\u202e\u2066-\u2069]")


def ending_of(name: str) -> str:
    """The end of a file's name, in lower case: ``pdf``."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def plain_name(name: str) -> str:
    """A name that any computer can keep: without its folders, and without signs that mean something to a program."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = _NOT_IN_NAMES.sub("", last).strip(" .").rpartition(".")
    kept = f"{stem[: LONGEST_NAME - 10].strip()}{dot}{ending[:9]}"
    return kept if stem.strip() else f"document.{ending[:9]}"


def sniffed(first: bytes) -> str:
    """The type that a file's first bytes speak of: an ending without variants, or nothing for what is not taken."""
    if first.startswith(b"%PDF-"):
        return "pdf"
    if first.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if first[:4] in (b"II*\0", b"MM\0*"):
        return "tif"
    if first[4:8] == b"ftyp" and first[8:12] in _HEIC_BRANDS:
        return "heic"
    if first.startswith(b"PK\x03\x04"):
        return "docx"
    return "txt" if is_plain(first) else ""


#: What no text holds beside tabs, ends of lines and of pages.
_CONTROL: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r")


def is_plain(data: bytes) -> bool:
    """Text without anything that a program would run or show as something else."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"%pdf", b"mz", b"#!", b"{\\rtf", b"%!ps", b"pk\x05\x06")):
        return False
    return len(data.translate(None, _CONTROL)) == len(data)


def first_look(name: str, first: bytes) -> None:
    """Refuse by the name and the first bytes what is never taken. Raises Invalid, which says what to send instead."""
    ending = ending_of(name)
    if ending not in MEDIA_TYPES:
        raise refused(Refusal.TYPE)
    if not first:
        raise refused(Refusal.EMPTY)
    if MEDIA_TYPES.get(sniffed(first)) != MEDIA_TYPES[ending]:
        raise refused(Refusal.MISMATCH)


def refused(why: Refusal, most: int = 0) -> Invalid:
    """The refusal of a file, at its field."""
    return Invalid(_PROBLEMS[why] if why is not Refusal.TOO_LARGE else _too_large(most))


def _too_large(most: int) -> Problem:
    return Problem(
        "/file",
        "document.too_large",
        "The file is larger than {most} MB. Scan it in black and white, or send it in parts.",
        {"most": most >> 20},
    )


_PROBLEMS: Final = {
    Refusal.TYPE: Problem(
        "/file",
        "document.type",
        "This kind of file is not taken. Send a PDF, a photo (JPEG, PNG, HEIC, TIFF), Word (DOCX) or plain text.",
    ),
    Refusal.MISMATCH: Problem(
        "/file",
        "document.mismatch",
        "The file is not what its name says. Open it, save it as a PDF, and send the PDF.",
    ),
    Refusal.UNREADABLE: Problem(
        "/file",
        "document.unreadable",
        "The file is damaged or holds something hidden. Open it, print it to a new PDF, and send that.",
    ),
    Refusal.LOCKED: Problem(
        "/file", "document.locked", "The file has a password. Save a copy without the password, and send the copy."
    ),
    Refusal.MACROS: Problem(
        "/file",
        "document.macros",
        "The file holds macros or another program. Save it as a PDF, and send the PDF.",
    ),
    Refusal.LINKS: Problem(
        "/file",
        "document.links",
        "The file fetches parts from elsewhere when it is opened. Save it as a PDF, and send the PDF.",
    ),
    Refusal.TOO_MUCH: Problem(
        "/file",
        "document.too_much",
        "The file unpacks to far more than it should. Save it as a PDF with normal picture sizes, and send the PDF.",
    ),
    Refusal.EMPTY: Problem("/file", "document.empty", "The file is empty. Choose it again."),
}
