"""The documentation agrees with itself and with the program, without the generator that makes a site of it."""

import ast
import re
from pathlib import Path

import pytest

from app.config import Settings
from tests.docs.pages import DOCS, ROOT, pages
from tests.doctor.test_planted import codes_in_rules

_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2", re.DOTALL | re.MULTILINE)


def words(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What a link may name inside the page: its headings, as the site and code hosts write them."""
    headings = re.findall(r"^#+ (.+)$", words(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def links(page: Path) -> list[tuple[bool, str]]:
    """Every link (is it a picture?, where to) that stays inside the repository."""
    found = [(bool(picture), target) for picture, target in _LINK.findall(words(page))]
    return [(picture, target) for picture, target in found if not re.match(r"[a-z]+:", target)]


def pictures() -> set[str]:
    """The names in docs/pictures.py, read as text: its browser is not needed to know them."""
    tree = ast.parse((DOCS / "pictures.py").read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return {str(ast.literal_eval(call.args[0])) for call in calls if call.func.id == "Picture"}  # type: ignore[attr-defined]  # it was looked at above


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for picture, target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if picture:
            good = there.parent == DOCS / "pictures" and there.stem in pictures() and there.suffix == ".png"
        else:
            good = there.exists() and (not anchor or anchor in anchors(there))
        if not good:
            broken.append(target)
    assert broken == []


def test_every_picture_is_shown_and_described() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(\S*/pictures/([\w-]+)\.png\)", "".join(map(words, pages())))
    assert {name for _, name in shown} == pictures()
    assert all(len(described) > 20 for described, _ in shown)


def test_every_page_is_in_the_contents() -> None:
    listed = {DOCS / "index.md"}
    for contents in (DOCS / "index.md", DOCS / "decisions" / "index.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", contents.read_text(encoding="utf-8"), re.DOTALL):
            names = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith(":")]
            listed |= {found.resolve() for name in names for found in contents.parent.glob(f"{name}.md")}
            listed |= {(contents.parent / f"{name}.md").resolve() for name in names if name.startswith("..")}
    assert set(pages()) == listed


def test_the_page_on_settings_knows_them_all() -> None:
    page = (DOCS / "operating" / "installing.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(AMPARO_[A-Z0-9_]+)`", page)) == {
        f"AMPARO_{name.upper()}" for name in Settings.model_fields
    }


def test_the_page_on_the_doctor_knows_every_finding() -> None:
    table = words(DOCS / "operating" / "doctor.md").partition("## What it finds")[2]
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", table)) == codes_in_rules()


def test_the_short_pages_are_short() -> None:
    """A director reads the first screen of README; nobody reads a long policy."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80
    assert len((ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()) <= 60
