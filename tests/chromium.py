"""A real Chromium for the tests of pages. The machine's own is used: nothing is downloaded."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The browser that $CHROMIUM names, else the first usual name on PATH."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *_NAMES))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session; each test opens its own context in it."""
    executable = find_chromium()
    if executable is None:
        sentence = "no Chromium: install Debian's chromium package or set CHROMIUM to a browser's path"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable,
            args=_ARGUMENTS,
            # It refuses to start as root and in most containers, and only ever opens our own pages.
            chromium_sandbox=False,
        )
        try:
            yield chromium
        finally:
            chromium.close()
