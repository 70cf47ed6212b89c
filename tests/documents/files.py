"""Files made for the tests: good ones of each kind, and how one is handed in."""

import io
import zipfile
from typing import Any

import pikepdf
from PIL import Image

from tests.world import Person, key

TYPES = "[Content_Types].xml"
RELS = "_rels/.rels"
MAIN = "word/document.xml"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(pages: int = 2, author: str = "Kanarienvogel") -> bytes:
    """A paper with somebody's name in its metadata."""
    paper = pikepdf.new()
    for _ in range(pages):
        paper.add_blank_page(page_size=(300, 400))
    paper.docinfo["/Author"] = author
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo whose metadata tells by what it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kanarienvogel"
    Image.new("RGB", size, "teal").save(out, kind, exif=exif)
    return out.getvalue()


def docx(**parts: bytes) -> bytes:
    """A Word file; ``parts`` come instead of its own or beside them, by their names (``/`` as ``__``)."""
    content = {
        TYPES: f'<Types xmlns="t"><Override PartName="/word/document.xml" ContentType="{DOCX_TYPE}"/>'
        '<Override PartName="/docProps/core.xml" ContentType="x"/></Types>'.encode(),
        RELS: b'<Relationships xmlns="r"><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/>'
        b'<Relationship Id="b" Type="x/core" Target="docProps/core.xml"/></Relationships>',
        MAIN: b'<document xmlns="w"><body/></document>',
        "docProps/core.xml": b"<core>Kanarienvogel</core>",
    } | {name.replace("__", "/"): part for name, part in parts.items()}
    return archive(content)


def archive(content: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in content.items():
            made.writestr(name, part)
    return out.getvalue()


#: One good file of each kind, by its ending.
GOOD = {
    "pdf": pdf(),
    "png": picture(),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG"),
    "tif": picture("TIFF"),
    "tiff": picture("TIFF"),
    "docx": docx(),
    "txt": b"Ejemplo: una carta de la corte.\n",
}


def hand_in(
    person: Person, path: str, name: str, data: bytes, *, headers: dict[str, str] | None = None, **fields: str
) -> Any:
    """Send a file as a browser does; ``path`` is a case or an application."""
    return person.post(
        f"{path}/documents",
        data={"kind": "evidence"} | fields,
        files={"file": (name, data)},
        headers=headers or key(),
    )
