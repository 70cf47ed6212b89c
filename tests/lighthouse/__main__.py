"""Lighthouse over every page of the application: ``python -m tests.lighthouse [mobile|desktop] [part of a path ...]``.

Its figures depend on what else the machine does, so this is no part of ``make test``. It fails when a page's
accessibility is below 100 or its performance below 95, after a second look at those below. Needs Node 20 or newer; the
first run fetches Lighthouse, pinned by package-lock.json beside this file.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.site import Site, site
from tests.chromium import find_chromium

HERE = Path(__file__).parent
LEAST = {"accessibility": 100, "performance": 95}
COLUMNS = ("performance", "accessibility", "first", "largest", "blocked", "moved", "weight")


def main(preset: str, parts: list[str]) -> int:
    """Measure, print a table, and give the number of pages that are not good enough."""
    if not (HERE / "node_modules" / "lighthouse").is_dir():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder) / "data") as found:
        pages = [page for page in pages_of(found) if not parts or any(part in page["name"] for part in parts)]
        tell(f"{'page, ' + preset:<44}" + "".join(f"{column:>15}" for column in COLUMNS))
        measured = dict(show(measure(preset, pages)))
        again = [page for page in pages if not is_good(measured[page["name"]])]
        measured |= dict(show(measure(preset, again))) if again else {}
    return sum(not is_good(each) for each in measured.values())


def pages_of(found: Site) -> list[dict[str, str]]:
    """Every page with somebody who may open it."""
    return [
        {
            "name": f"{path} ({example.person or 'visitor'})",
            "url": found.address + example.path,
            "cookie": f"{found.cookie}={found.secrets[example.person]}" if example.person else "",
        }
        for path, example in sorted(found.examples.items())
        if example is not None
    ]


def measure(preset: str, pages: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """What Lighthouse finds, page by page as it comes."""
    asked = json.dumps({"chromium": find_chromium(), "preset": preset, "pages": pages})
    with subprocess.Popen(
        ["node", "measure.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(asked)
        running.stdin.close()
        for line in running.stdout:
            yield json.loads(line)
    if running.returncode:
        raise SystemExit(running.returncode)


def show(found: Iterator[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tell each page's line: points of 100, milliseconds, layout shift, bytes."""
    for each in found:
        cells = "".join(f"{round(each.get(column) or 0, 3):>15}" for column in COLUMNS)
        tell(f"{each['name']:<44}{cells}  {each['status']} {' '.join(each['failed'])}")
        yield each["name"], each


def tell(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


def is_good(each: dict[str, Any]) -> bool:
    return all(each[name] >= least for name, least in LEAST.items())


if __name__ == "__main__":
    preset, *parts = sys.argv[1:] or ["mobile"]
    sys.exit(min(1, main(preset, parts)))
