"""Take the pictures of the documentation from a demo that runs now: `make docs-pictures`.

They land in docs/pictures, which git ignores, so that no picture can be older than the pages it shows. They are taken
again only when something of the product or of this list has changed.
"""

import hashlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app.demo.cast import DOMAIN, PASSWORD
from tests.chromium import find_chromium

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "pictures"
STAMP: Final = FOLDER / ".stamp"
_ID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: A picture shows the top of a page; a longer one would be read by nobody.
_HIGHEST: Final = 1500


@dataclass(frozen=True, slots=True)
class Picture:
    """What one person sees at ``path``; with ``opens``, after the first link on it that leads to one such record."""

    name: str
    who: str
    path: str
    opens: str | None = None
    width: int = 1280
    dark: bool = False
    language: str = "en-US"


PICTURES: Final = (
    Picture("sign-in", "", "/sign-in"),
    Picture("intake-home", "intake", "/"),
    Picture("intake-new", "intake", "/applications/new"),
    Picture("intake-application", "intake", "/applications", opens="applications"),
    Picture("intake-phone", "intake", "/", width=390),
    Picture("partner-home", "partner", "/"),
    Picture("attorney-offers", "attorney", "/offers"),
    Picture("attorney-home", "attorney", "/"),
    Picture("attorney-case", "attorney", "/cases", opens="cases"),
    Picture("attorney-calendar", "attorney", "/calendar"),
    Picture("attorney-spanish", "attorney", "/", width=390, dark=True, language="es-US"),
    Picture("fund-home", "fund", "/"),
    Picture("fund-page", "fund", "/funds", opens="funds"),
    Picture("fund-award", "fund", "/awards", opens="awards"),
    Picture("fund-disbursement", "approver", "/disbursements", opens="disbursements"),
    Picture("fund-report", "fund", "/reports/disbursements"),
    Picture("auditor-record", "auditor", "/audit"),
)


def main() -> None:
    """Take them all, unless nothing has changed since the last time."""
    now = digest()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == now:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with demo() as address, chromium() as browser:
        for picture in PICTURES:
            take(picture, browser, address)
            say(f"{picture.name}.png")
    STAMP.write_text(now, encoding="utf-8")


def digest() -> str:
    """Everything that the pictures depend on, as one word."""
    whole = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted((ROOT / "app").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def take(picture: Picture, browser: Browser, address: str) -> None:
    """One picture, as that person would have it on their screen."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": 800},
        color_scheme="dark" if picture.dark else "light",
        locale=picture.language,
        timezone_id="America/Denver",
        reduced_motion="reduce",
    )
    try:
        if picture.who:
            sign_in(context, picture, address)
        page = context.new_page()
        opened = page.goto(address + picture.path)
        if picture.opens:
            links = page.locator("main a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
            opened = page.goto(address + first_record(links, picture))
        if opened is None or not opened.ok:
            raise SystemExit(f"{picture.name}: the page is not there, or has failed.")
        page.wait_for_load_state("networkidle")
        high = min(_HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": picture.width, "height": high})
        page.screenshot(path=FOLDER / f"{picture.name}.png", animations="disabled")
    finally:
        context.close()


def first_record(links: list[str], picture: Picture) -> str:
    """The first link to one record of the wanted kind. Raises SystemExit when the demo has none."""
    for link in links:
        if re.fullmatch(rf"/{picture.opens}/{_ID}", link):
            return link
    raise SystemExit(f"{picture.name}: no link to one of {picture.opens} on {picture.path}")


def sign_in(context: BrowserContext, picture: Picture, address: str) -> None:
    """By the API, as the sign-in page does it, and in the wanted language."""
    headers = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    form = {"email": f"{picture.who}@{DOMAIN}", "password": PASSWORD}
    answer = context.request.post(f"{address}/api/v1/session", data=form, headers=headers)
    language = {"language": picture.language.partition("-")[0]}
    changed = context.request.patch(f"{address}/api/v1/session", data=language, headers=headers)
    if not answer.ok or not changed.ok:
        raise SystemExit(f"{picture.who} could not sign in: {answer.status}, {changed.status}")


@contextmanager
def demo() -> Iterator[str]:
    """A demo that serves until the block ends; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = f"http://localhost:{port}"
    program = Path(sys.executable).with_name("amparo")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "demo", "--port", str(port), "--data", f"{folder}/demo", "--applicants", "60"]
        say("Making a fictional fund ...")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                wait_for(address, process)
                yield address
            finally:
                process.terminate()


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Until it can serve. Raises SystemExit when it ends before."""
    while process.poll() is None:
        try:
            with urlopen(f"{address}/readyz"):  # noqa: S310 - this machine's own address, made above
                return
        except URLError:
            time.sleep(0.2)
    raise SystemExit("The demo did not start.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own browser."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("There is no Chromium: install Debian's chromium package or set CHROMIUM to a browser's path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        try:
            yield browser
        finally:
            browser.close()


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
