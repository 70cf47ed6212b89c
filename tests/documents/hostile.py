"""Files that mean harm, or are two files in one: put together here, none of them taken from anywhere.

Each is a name and bytes; none may ever be taken. ``combined`` multiplies them: any beginning before any body, any body
before any end, under every name.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import pikepdf

from tests.documents.files import DOCX_TYPE, GOOD, MAIN, RELS, TYPES, archive, docx, pdf, picture

File = tuple[str, bytes]

_SCRIPT: Final = b"<script>alert(1)</script>"
PROGRAMS: Final = {
    "windows": b"MZ\x90\0" + bytes(60) + b"PE\0\0",
    "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "macho": b"\xcf\xfa\xed\xfe" + bytes(60),
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "html": b"<!DOCTYPE html><html>" + _SCRIPT,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + _SCRIPT + b"</svg>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    "php": b"<?php system($_GET[0]); ?>",
    "rtf": b"{\\rtf1 {\\object\\objdata 0105}}",
    "old word": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    "zip": archive({"a.txt": b"a"}),
    "gzip": b"\x1f\x8b\x08\0" + bytes(20),
    "rar": b"Rar!\x1a\x07\0" + bytes(20),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(20),
    "postscript": b"%!PS-Adobe-3.0\n",
    "class": b"\xca\xfe\xba\xbe" + bytes(30),
    "gif": b"GIF89a" + bytes(30),
    "lnk": b"L\0\0\0\x01\x14\x02\0" + bytes(60),
}


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flood(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it is as large as a field."""
    head = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _png_chunk(b"IDAT", zlib.compress(bytes(1000))) + _png_chunk(b"IEND", b"")


def locked_pdf() -> bytes:
    """A paper with a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        paper.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def zip_with(name: str, data: bytes = b"x", *, link: bool = False) -> bytes:
    """A Word file with one entry more, whose name or kind is its point."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
        entry = zipfile.ZipInfo(name)
        if link:
            entry.external_attr = 0o120777 << 16
        made.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _related(target: str, kind: str = "x/attachedTemplate") -> bytes:
    related = f'<Relationship Id="a" Type="{kind}" Target="{target}" TargetMode="External"/>'
    parts = f'<Relationships xmlns="r">{related}</Relationships>'
    return docx(**{"word___rels__document.xml.rels": parts.encode()})


def word_files() -> Iterator[File]:
    """Word files that run, fetch, hide or burst."""
    for name in (
        *("word/vbaProject.bin", "word/vbaData.xml", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin"),
        *("word/embeddings/a.docx", "word/media/a.exe", "word/a.js", "word/a.vbs", "customUI/a.jar"),
        *("../../etc/passwd", "/etc/passwd", "word/../../a.xml", "C:/a.xml", "a\\b.xml", "word/media/a.dll"),
    ):
        yield f"{name} in it.docx", zip_with(name)
    yield "link.docx", zip_with("word/media/a.png", b"/etc/passwd", link=True)
    yield "bomb.docx", zip_with("word/media/a.bmp", bytes(20 << 20))
    yield "many.docx", archive({TYPES: b"", RELS: b"", MAIN: b""} | {f"word/{each}.xml": b"" for each in range(2_001)})
    yield "template.docx", _related("http://example.org/a.dotm")
    yield "share.docx", _related("file://example.org/a")
    yield "frame.docx", _related("https://example.org/a", "x/frame")
    yield "image.docx", _related("https://example.org/a.png", "x/image")
    yield "script link.docx", _related("javascript:alert(1)", "x/hyperlink")
    macro = DOCX_TYPE.replace(
        "openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled"
    )
    types = f'<Types xmlns="t"><Override PartName="/word/document.xml" ContentType="{macro}"/></Types>'
    yield "macro type.docx", docx(**{TYPES: types.encode()})
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><document>&b;</document>'
    yield "entities.docx", docx(**{"word__document.xml": bomb})
    yield "outside.docx", docx(**{"word__document.xml": b'<!DOCTYPE a SYSTEM "https://example.org/a"><document/>'})
    yield "not xml.docx", docx(**{"word__document.xml": b"<document>"})
    yield "sheet.docx", archive({TYPES: b"<Types/>", RELS: b"<a/>", "xl/workbook.xml": b"<a/>"})
    yield "said of.docx", docx()[:-2] + b"\x05\0hello"
    yield "cut.docx", docx()[:-30]


def pictures() -> Iterator[File]:
    """Pictures that burst, stop, or are something else besides."""
    for width, height in ((50_000, 50_000), (2_000_000_000, 1), (1, 100_000_000), (9_000, 9_000)):
        yield f"{width} by {height}.png", flood(width, height)
    for ending in ("png", "jpg", "tif"):
        yield f"cut.{ending}", GOOD[ending][: len(GOOD[ending]) // 2]
        yield f"head.{ending}", GOOD[ending][:12]
        yield f"with an archive.{ending}", GOOD[ending] + archive({"a": b"a"})
        yield f"with a page.{ending}", GOOD[ending] + PROGRAMS["html"]
    yield "comment.jpg", GOOD["jpg"][:2] + b"\xff\xfe\0\x20%PDF-1.4" + bytes(22) + GOOD["jpg"][2:]
    yield "tail.png", GOOD["png"] + b"anything"
    yield "no picture.heic", b"\0\0\0\x18ftypheic" + bytes(200)


def papers() -> Iterator[File]:
    """Papers that are locked, broken, or something else besides."""
    yield "locked.pdf", locked_pdf()
    yield "only a head.pdf", b"%PDF-1.7\n"
    yield "nothing in it.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
    yield "something before.pdf", b"\n\n" + pdf()
    yield "archive after.pdf", pdf() + archive({"a": b"a"})
    yield "much after.pdf", pdf() + b"x" * 500
    yield "program after.pdf", pdf() + PROGRAMS["windows"] * 2
    yield "cut.pdf", pdf()[: len(pdf()) // 2]


def texts() -> Iterator[File]:
    """Texts that are none."""
    for name, data in PROGRAMS.items():
        yield f"{name}.txt", data
    yield "nul.txt", b"hello\0there"
    yield "page inside.txt", b"hello\n" + PROGRAMS["html"]
    yield "empty.txt", b""


def named_wrongly() -> Iterator[File]:
    """Good files and programs under another kind's name."""
    kinds = {"pdf": pdf(), "png": picture(), "jpg": picture("JPEG"), "docx": docx(), "txt": b"hello"}
    for ending, data in kinds.items():
        for other in kinds:
            if other != ending:
                yield f"{ending} called.{other}", data
    for name in ("a.exe", "a.zip", "a.svg", "a.html", "a.docm", "a.doc", "a.js", "a.pdf.exe", "pdf", "a.", ".pdf.lnk"):
        yield name, pdf()


def hostile() -> list[File]:
    """The whole collection."""
    return [*word_files(), *pictures(), *papers(), *texts(), *named_wrongly()]


def combined() -> Iterator[File]:
    """Every program before and after every good file, and under every name."""
    endings = ("pdf", "png", "jpg", "jpeg", "tif", "tiff", "docx", "txt", "heic")
    for kind, program in PROGRAMS.items():
        for ending in endings:
            yield f"{kind}.{ending}", program
            if ending in GOOD:
                yield f"{kind} before.{ending}", program + GOOD[ending]
    for kind in ("zip", "html", "svg", "php", "rar", "7z", "windows", "elf"):
        for ending in ("png", "tif", "tiff", "docx", "pdf"):
            after = PROGRAMS[kind] + bytes(70)
            yield f"{kind} after.{ending}", GOOD[ending] + after
