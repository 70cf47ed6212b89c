"""The documentation's pages: their links, and the commands in them that are tried."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
_TRIED = re.compile(r"<!-- tried: ([\w ]+) -->\n( *)```sh\n(.*?)\n *```", re.DOTALL)


def pages() -> list[Path]:
    """Every page: those of docs/, and those that stand at the top."""
    return [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def tried() -> dict[str, str]:
    """The blocks of commands that a page marks as tried, by their names."""
    found: dict[str, str] = {}
    for page in pages():
        for name, indent, block in _TRIED.findall(page.read_text(encoding="utf-8")):
            assert name not in found, name
            found[name] = "\n".join(line.removeprefix(indent) for line in block.splitlines())
    return found
