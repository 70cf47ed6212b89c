"""A page in the real Chromium of tests/chromium.py, over the stage of one file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.stage import Stage, listen, raised


@pytest.fixture(scope="module")
def standing() -> Iterator[Stage]:
    """A stage for the pages of one file."""
    with raised() as stage:
        yield stage


@pytest.fixture
def stage(standing: Stage) -> Stage:
    """The stage, empty."""
    standing.clear()
    return standing


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own browser context, which may not complain of anything while the test runs."""
    context = browser.new_context()
    page = context.new_page()
    complaints = listen(page)
    yield page
    context.close()
    assert complaints == []
