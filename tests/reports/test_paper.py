"""The PDF: one report on paper, also for who can not see it."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdf
import pytest

from app.reports.reads.views import Report
from app.reports.rules import Format
from app.reports.sheets import written
from tests.reports.by_hand import ENGLISH, SPANISH, line, long_report, made, text_of

#: An element of a PDF's structure; it holds its children under /K.
Node = Any


@pytest.fixture(scope="module")
def long() -> Report:
    return long_report()


def nodes(element: Node) -> Iterator[Node]:
    """Every element of a PDF's structure, from the top down."""
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from nodes(child)


def kinds(body: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(body)) as document:
        return [str(node["/S"]) for node in nodes(document.Root["/StructTreeRoot"])]


def test_the_pdf_is_tagged_for_who_can_not_see_it(long: Report) -> None:
    for reading in (ENGLISH, SPANISH):
        body = written(long, Format.PDF, reading).body
        with pikepdf.open(io.BytesIO(body)) as document:
            assert str(document.Root["/MarkInfo"]["/Marked"]) == "True"
            assert str(document.Root["/Lang"]).startswith(reading.language)
            assert str(document.Root["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"
            assert str(document.docinfo["/Title"]) == long.title
            with document.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1"
            assert len(document.pages) > 5
            figures = [node for node in nodes(document.Root["/StructTreeRoot"]) if node["/S"] == "/Figure"]
            assert ["Fondo Uno" in str(figure["/Alt"]) for figure in figures] == [True]
        found = kinds(body)
        # One table of groups and one of lines, over however many pages, each with one row of titles.
        assert found.count("/Table") == 2
        assert found.count("/THead") == 2
        assert found.count("/TH") == 5 + 9
        assert found.count("/TR") == len(long.rows) + 300 + 2 * 2
        assert found.count("/H1") == 1


def test_every_page_of_the_pdf_has_its_number(long: Report) -> None:
    pages = pypdf.PdfReader(io.BytesIO(written(long, Format.PDF, ENGLISH).body)).pages
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()


def test_a_name_without_letters_in_any_font_still_makes_a_pdf() -> None:
    body = written(made([line(5, fund="Fondo \x01 \ue000")]), Format.PDF, ENGLISH).body
    assert "$0.05" in text_of(body)
    assert "/Table" in kinds(body)


def test_markup_in_a_name_stays_text() -> None:
    name = '*x* #panic("no") $y$ @z `raw` // nothing \\'
    body = written(made([line(5, fund=name)]), Format.PDF, ENGLISH).body
    assert '#panic("no")' in text_of(body)
