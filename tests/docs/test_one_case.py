"""docs/one-case.sh against a real `amparo demo`: one case's whole way by HTTP alone, and its report in four formats."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pypdf
import pytest

from app.money import Money
from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
AMPARO = Path(sys.executable).with_name("amparo")
MAKING = "Making a fictional fund with 12 applicants"


class Demo:
    """A demo that serves: where, and what it printed."""

    def __init__(self, base: str, printed: Path) -> None:
        self.base, self._printed = base, printed

    @property
    def printed(self) -> str:
        return self._printed.read_text(encoding="utf-8")


@pytest.fixture
def environment(engine_name: str, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the command sees: nothing of this test run, and on PostgreSQL the address of an empty database."""
    bare = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    if engine_name == "sqlite":
        yield bare
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.create_template("blank", lambda _url: None)
    url = server.clone("blank")
    yield bare | {"AMPARO_DATABASE_URL": url}
    server.drop(url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, environment: dict[str, str]) -> Iterator[Demo]:
    """`amparo demo` with a few applicants, until it is ready; stopped as Ctrl-C stops it."""
    port, printed = free_port(), folder / "printed"
    command = (AMPARO, "demo", "--port", str(port), "--data", folder / "data", "--applicants", "12")
    with printed.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
    running = Demo(f"http://localhost:{port}", printed)
    try:
        wait_until_ready(process, port, running)
        yield running
        process.send_signal(signal.SIGINT)
        process.wait(30)
    finally:
        process.kill()
        process.wait()


def wait_until_ready(process: "subprocess.Popen[bytes]", port: int, running: Demo, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 200
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the demo did not come up:\n{running.printed}")


def go_the_way(running: Demo, environment: dict[str, str], kept: Path) -> str:
    """Run the script, and give what it printed."""
    kept.mkdir()
    script = ("bash", ROOT / "docs" / "one-case.sh", running.base)
    ran = subprocess.run(
        script, env=environment | {"KEEP_IN": str(kept)}, capture_output=True, text=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_one_case_by_curl_twice_and_after_a_restart(tmp_path: Path, environment: dict[str, str]) -> None:
    with demo(tmp_path, environment) as running:
        assert MAKING in running.printed
        assert "Verified: " in running.printed
        assert f"Go to {running.base}" in running.printed
        assert "Traceback" not in running.printed
        first = go_the_way(running, environment, tmp_path / "first")
        compare(tmp_path / "first", case=re.findall(r"CA-\w{4}-\w{4}", first)[-1])
    with demo(tmp_path, environment) as again:
        assert MAKING not in again.printed
        second = go_the_way(again, environment, tmp_path / "second")
        case = re.findall(r"CA-\w{4}-\w{4}", second)[-1]
        report = compare(tmp_path / "second", case=case)
        assert re.findall(r"CA-\w{4}-\w{4}", first)[-1] in {line["case"] for line in report["lines"]}


def compare(kept: Path, *, case: str) -> dict[str, Any]:
    """Hold the four files against each other: totals, groups, lines and digest, to the cent. Gives the JSON."""
    report: dict[str, Any] = json.loads((kept / "report.json").read_text(encoding="utf-8"))
    total, groups = cents(report["totals"]["amount"]), sorted(cents(row["amount"]) for row in report["rows"])
    lines = sorted(cents(line["amount"]) for line in report["lines"])
    assert sum(groups) == sum(lines) == total > 0
    assert case in {line["case"] for line in report["lines"]}
    assert from_csv(kept / "report.csv") == (total, groups, lines, report["digest"])
    assert from_xlsx(kept / "report.xlsx") == (total, groups, lines, report["digest"])
    assert_in_pdf(kept / "report.pdf", total, groups, lines, report["digest"])
    return report


def cents(amount: str) -> int:
    return int(Money.parse(amount))


def from_csv(path: Path) -> tuple[int, list[int], list[int], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    amounts = {
        kind: sorted(cents(row["Amount (USD)"]) for row in rows if row["Record"] == kind)
        for kind in ("Total", "Group", "Line")
    }
    digest = next(row["Value"] for row in rows if row["Parameter"].startswith("Digest"))
    return amounts["Total"][0], amounts["Group"], amounts["Line"], digest


def from_xlsx(path: Path) -> tuple[int, list[int], list[int], str]:
    book = openpyxl.load_workbook(path, read_only=True)
    sheets = [list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets[:2]]
    (groups, total), (lines, total_of_lines) = (
        (sorted(round(100 * row[-1]) for row in rows[:-1]), round(100 * rows[-1][-1])) for rows in sheets
    )
    assert total == total_of_lines
    about = {row[0]: row[1] for row in book.worksheets[2].iter_rows(values_only=True)}
    return total, groups, lines, about["Digest (SHA-256)"]


def assert_in_pdf(path: Path, total: int, groups: list[int], lines: list[int], digest: str) -> None:
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    found = sorted(cents(amount.replace(",", "")) for amount in re.findall(r"\$([\d,]+\.\d{2})", text))
    for amount in (total, *groups, *lines):
        found.remove(amount)  # raises when the file has it less often than the other files
    assert digest in re.sub(r"\s", "", text)
