"""The browser of the tests itself: that it starts, and that its absence is never silent where it counts."""

import pytest
from playwright.sync_api import Browser

from tests.chromium import find_chromium


def test_it_shows_a_page(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_content("<title>Amparo</title>")
    assert page.title() == "Amparo"
    context.close()


def test_a_named_browser_comes_before_those_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/bin/sh")
    assert find_chromium() == "/bin/sh"


@pytest.mark.parametrize(("build_machine", "outcome"), [("true", "failed"), ("", "skipped")])
def test_without_a_browser_a_build_fails_and_a_private_machine_skips(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, build_machine: str, outcome: str
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("CI", build_machine)
    pytester.makeconftest("from tests.chromium import browser")
    pytester.makepyfile("def test_page(browser): pass")
    counts = pytester.inline_run("-p", "no:cacheprovider").listoutcomes()
    passed, skipped, failed = map(len, counts)
    assert {"failed": failed, "skipped": skipped} == {
        "failed": int(outcome == "failed"),
        "skipped": int(outcome == "skipped"),
    }
    assert passed == 0
