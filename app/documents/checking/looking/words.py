"""Word files and plain text. A Word file is an archive: every entry is looked at before one is unpacked."""

import io
import re
import zipfile
from typing import Any, Final

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it comes without types

from app.documents.checking.looking.refusals import Parts, Refused
from app.documents.rules import Refusal, is_plain

MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 300 << 20
#: Times its packed size that an entry may unpack to, once it is larger than a page of text.
MOST_RATIO: Final = 100
_RATIO_FROM: Final = 1 << 20

_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PROGRAMS: Final = re.compile(
    r"vbaproject|vbadata|activex|/embeddings/|oleobject|\.(bin|exe|dll|js|vbs|jar)$", re.IGNORECASE
)
_UNSAFE: Final = re.compile(r"(^/)|(^|/)\.\.(/|$)|\\|:|[\x00-\x1f]")
#: Who wrote it, with what, for whom: left out of the cleaned copy.
_ABOUT: Final = ("docProps/", "customXml/")


def txt(_ending: str, data: bytes) -> Parts:
    """Text in UTF-8, or in the character set of old Windows. Raises Refused."""
    if not is_plain(data):
        raise Refused(Refusal.MISMATCH)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    return [("clean", text.encode())]


def docx(_ending: str, data: bytes) -> Parts:
    """The same file without what is said about it. Raises Refused, or what the parser raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _whole(archive, data)
        entries = archive.infolist()
        _bounded(entries)
        names = {each.filename for each in entries}
        if not {"[Content_Types].xml", "_rels/.rels", "word/document.xml"} <= names or len(names) != len(entries):
            raise Refused(Refusal.MISMATCH)
        content = {each.filename: archive.read(each) for each in entries if not each.is_dir()}
    _no_programs(content)
    for name, part in content.items():
        if name.endswith((".xml", ".rels")):
            _parsed(name, part)
    return [("clean", _without_about(content))]


def _whole(archive: zipfile.ZipFile, data: bytes) -> None:
    """Nothing before, nothing after, nothing said of the archive itself: it is this archive and no other file."""
    first = min((each.header_offset for each in archive.infolist()), default=1)
    end = data.rfind(b"PK\x05\x06")
    if first != 0 or archive.comment or len(data) - end != 22:
        raise Refused(Refusal.UNREADABLE)


def _bounded(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise Refused(Refusal.TOO_MUCH)
    for each in entries:
        if each.flag_bits & 0x1:
            raise Refused(Refusal.LOCKED)
        link = (each.external_attr >> 16) & 0o170000 == 0o120000
        if _UNSAFE.search(each.filename) or link:
            raise Refused(Refusal.UNREADABLE)
        if each.file_size > _RATIO_FROM and each.file_size > MOST_RATIO * max(each.compress_size, 1):
            raise Refused(Refusal.TOO_MUCH)


def _no_programs(content: dict[str, bytes]) -> None:
    if any(_PROGRAMS.search(name) for name in content):
        raise Refused(Refusal.MACROS)
    types = _parsed("[Content_Types].xml", content["[Content_Types].xml"])
    of_main = [each.get("ContentType") for each in types if each.get("PartName") == "/word/document.xml"]
    if of_main != [_MAIN] or any("macro" in str(each.get("ContentType")).lower() for each in types):
        raise Refused(Refusal.MACROS)


def _parsed(name: str, part: bytes) -> Any:
    """The XML of a part, which defines no entities. A part that says where it fetches another from is refused."""
    root = fromstring(part, forbid_dtd=True)
    if name.endswith(".rels"):
        for each in root:
            link = str(each.get("Type", "")).endswith("/hyperlink")
            # A link in a letter does nothing until somebody clicks it; a template or a picture is fetched at once.
            if each.get("TargetMode") == "External" and not (link and _harmless(str(each.get("Target", "")))):
                raise Refused(Refusal.LINKS)
    return root


def _harmless(target: str) -> bool:
    return target.lower().startswith(("http://", "https://", "mailto:", "tel:"))


def _without_about(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            if name.startswith(_ABOUT):
                continue
            kept = _without_links(part) if name.endswith((".rels", "[Content_Types].xml")) else part
            archive.writestr(zipfile.ZipInfo(name), kept, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _without_links(part: bytes) -> bytes:
    """A list of parts without those that are left out."""
    return re.sub(rb"<(?:Relationship|Override)\b[^>]*(?:docProps|customXml)/[^>]*?/>", b"", part)
