"""Addresses of lists, and what may come into them."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from app.web.addresses import id_in, page_of

APP = Path(__file__).parents[2] / "app"
ONE = UUID(int=7)


@pytest.mark.parametrize(("text", "found"), [(str(ONE), ONE), ("", None), ("7", None), ("maria", None)])
def test_an_id_in_a_filter(text: str, found: UUID | None) -> None:
    assert id_in(text) == found


def test_the_address_of_a_page() -> None:
    kept = {"status": "open", "mine": ""}
    assert page_of("/cases", None, kept) is None
    assert page_of("/cases", "", kept) == "/cases?status=open"
    assert page_of("/cases", "a&b", kept) == "/cases?status=open&cursor=a%26b"
    assert page_of("/cases", "", {}) == "/cases"


def test_what_is_typed_into_an_address_is_a_reference_and_no_name() -> None:
    """A form sent by GET has choices, days and boxes, and a line of text only where the browser tells references."""
    forms = [
        (path.relative_to(APP), form)
        for path in APP.glob("*/templates/**/*.html")
        for form in re.findall(r"<form[^>]*\bmethod=\"get\".*?</form>", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(forms) >= 6
    for name, form in forms:
        assert not re.search(r"fields\.(text|textarea|money)\(|type=\"(text|search)\"", form), name
        for field in re.findall(r"<input\b[^>]*>", form):
            assert re.search(r'\b(pattern|type="(hidden|date|checkbox|radio)")', field), f"{name}: {field}"
    for path in APP.glob("*/templates/**/*.html"):
        for field in re.findall(r'<input\b[^>]*name="reference"[^>]*>', path.read_text(encoding="utf-8")):
            assert "pattern=" in field, path.name
