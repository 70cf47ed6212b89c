"""What is looked at from inside: no hostile file is taken, and a cleaned copy holds the thing itself alone."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.documents.checking import examine
from app.documents.checking.looking import Refused, looked_at
from app.documents.rules import MEDIA_TYPES, ending_of, first_look, plain_name, sniffed
from app.errors import Invalid
from tests.documents.files import GOOD, docx, pdf, picture
from tests.documents.hostile import File, combined, hostile

ROOT = Path(__file__).parents[2]


def taken(file: File) -> bool:
    """Whether a file would be taken; what a parser raises refuses it, as in the examiner."""
    name, data = file
    try:
        first_look(name, data[:1024])
        looked_at(ending_of(name), data)
    except (Invalid, Refused):
        return False
    except Exception:  # noqa: BLE001 - the examiner takes whatever is raised as a refusal
        return False
    return True


def test_nothing_hostile_is_taken() -> None:
    files = hostile()
    assert len(files) >= 60
    assert [name for name, data in files if taken((name, data))] == []


@pytest.mark.soak
def test_nothing_hostile_is_taken_in_any_combination() -> None:
    files = [*combined(), *((f"{name} {at}", data) for name, data in hostile() for at in range(3))]
    assert len(files) >= 500
    assert [name for name, data in files if taken((name, data))] == []


@pytest.mark.parametrize("ending", GOOD)
def test_what_is_good_is_taken(ending: str) -> None:
    assert taken((f"a.{ending}", GOOD[ending]))
    assert MEDIA_TYPES[sniffed(GOOD[ending])] == MEDIA_TYPES[ending]


def test_a_letter_with_an_ordinary_link_is_taken() -> None:
    link = '<Relationships xmlns="r"><Relationship Id="a" Type="x/hyperlink" Target="mailto:a@example.org" TargetMode="External"/></Relationships>'  # noqa: E501 - as it stands in a file
    assert taken(("a.docx", docx(**{"word___rels__document.xml.rels": link.encode()})))


def test_the_cleaned_paper_does_nothing() -> None:
    paper = pikepdf.open(io.BytesIO(pdf()))
    name, words = pikepdf.Name, pikepdf.Dictionary
    script = words(S=name.JavaScript, JS="app.alert(1)")
    paper.Root.OpenAction = script
    paper.Root.AA = words(WC=script)
    paper.Root.AcroForm = words(XFA="x")
    paper.attachments["a.exe"] = b"MZ"
    page = paper.pages[0].obj
    page.AA = words(O=script)
    notes = [
        words(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=words(S=name.Launch, F="a.exe")),
        words(Type=name.Annot, Subtype=name.FileAttachment, Rect=[0, 0, 9, 9]),
        words(Type=name.Annot, Subtype=name.Text, Rect=[0, 0, 9, 9], Contents="stays"),
    ]
    page.Annots = paper.make_indirect(pikepdf.Array(notes))
    with paper.open_metadata() as about:
        about["dc:creator"] = ["Kanarienvogel"]
    out = io.BytesIO()
    paper.save(out)
    clean = dict(looked_at("pdf", out.getvalue()))["clean"]
    with pikepdf.open(io.BytesIO(clean)) as kept:
        text = b"".join(each.unparse(resolved=True) for each in kept.objects if not isinstance(each, pikepdf.Stream))
        assert b"stays" in text
        for word in (b"JavaScript", b"Launch", b"EmbeddedFile", b"OpenAction", b"XFA", b"/AA", b"FileAttachment"):
            assert word not in text, word
        assert "/Metadata" not in kept.Root
    assert b"Kanarienvogel" not in clean


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_the_cleaned_picture_is_the_picture_alone(kind: str) -> None:
    ending = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif"}[kind]
    data = picture(kind)
    assert b"Kanarienvogel" in data
    clean = dict(looked_at(ending, data))["clean"]
    assert b"Kanarienvogel" not in clean
    with Image.open(io.BytesIO(clean)) as shown:
        assert shown.size == (60, 40)
        assert 0x010F not in shown.getexif()


def test_the_cleaned_letter_tells_not_who_wrote_it() -> None:
    clean = dict(looked_at("docx", docx()))["clean"]
    with zipfile.ZipFile(io.BytesIO(clean)) as kept:
        assert set(kept.namelist()) == {"[Content_Types].xml", "_rels/.rels", "word/document.xml"}
        assert all(b"docProps" not in kept.read(each) for each in kept.namelist())
    assert taken(("a.docx", clean))


def test_names_that_are_kept() -> None:
    names = {
        "../../etc/passwd.txt": "passwd.txt",
        "C:\\Users\\a\\b.pdf": "b.pdf",
        "a\u202efdp.exe.pdf": "afdp.exe.pdf",
        'a"b;c\r\n.pdf': "ab;c.pdf",
        ".pdf": "document.pdf",
        "x" * 400 + ".pdf": "x" * 190 + ".pdf",
    }
    assert {name: plain_name(name) for name in names} == names


class TestTheExaminer:
    def test_can_not_reach_out_or_write(self, tmp_path: Path) -> None:
        code = (
            "import os, socket, subprocess\n"
            "from app.documents.checking.confined import confine\n"
            "confine()\n"
            "tries = [lambda: socket.socket(), lambda: subprocess.run(['true']),\n"
            "         lambda: os.write(os.open('{place}', os.O_CREAT | os.O_WRONLY), b'x')]\n"
            "for each in tries:\n"
            "    try:\n        each()\n    except OSError:\n        print('no', end=' ')\n"
        )
        assert run_python(code.replace("{place}", str(tmp_path / "x"))) == "no no no "

    def test_one_that_dies_has_refused(self) -> None:
        with examine("pdf", [b"%PDF-1.7\n" + b"[" * 100_000] * 30) as finding:
            assert finding.refusal is not None


def run_python(code: str) -> str:
    """What a program of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout
