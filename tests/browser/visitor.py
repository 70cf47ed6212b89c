"""Somebody at a browser of their own before the running application; what they see is checked page by page.

With ``AMPARO_SCREENSHOTS`` set to a folder, each page is kept there to be looked at.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn
from playwright.sync_api import Browser, Page

from app.main import build
from app.web.i18n import say
from tests.browser.stage import listen
from tests.story import said
from tests.world import PASSWORD, Person, World

#: The accessibility rules' own code, to be run in a page.
_AXE: Final = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(
    encoding="utf-8"
) + ";0"
#: WCAG 2.2 AA, and what axe calls best practice.
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passed is neither described nor sent here: for a long page that is most of the work.
_VIOLATIONS: Final = """async (rules) => {
    const how = {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]};
    const {violations} = await axe.run(document, how);
    return violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 160))}`);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, each with the markup it is about."""
    page.evaluate(_AXE)
    found: list[str] = page.evaluate(_VIOLATIONS, _RULES)
    return found


@contextmanager
def listening(application: object) -> Iterator[str]:
    """An application on loopback; its address."""
    config = uvicorn.Config(application, port=0, log_level="error", ws="none", lifespan="off")  # type: ignore[arg-type]  # an ASGI application
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.01)
        yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def served(world: World) -> Iterator[str]:
    """The application of this world on loopback; its address."""
    with listening(build(world.services, sealing=False)) as address:
        yield address


@dataclass
class Visitor:
    """Somebody at a browser of their own, in a language, at a width."""

    browser: Browser
    address: str
    language: str
    width: int
    name: str
    #: Where the sign-in leads: elsewhere when it is too weak.
    arrives: str = "/"
    faults: list[str] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        size = {"width": self.width, "height": 900}
        self.context = self.browser.new_context(viewport=size, locale=self.language)  # type: ignore[arg-type]  # a size
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints = listen(self.page)
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill('[name="/email"]', f"{self.name}@example.org")
        self.page.fill('[name="/password"]', PASSWORD)
        self.look("sign-in")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.address}{self.arrives}")

    def go(self, path: str, called: str) -> Page:
        """Open a page and look at it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look(called)
        return self.page

    def look(self, called: str) -> None:
        """Check the page as it stands, and keep its picture when pictures are wanted."""
        self.seen += 1
        page = self.page
        where = f"{self.name} {called} {self.language} {self.width}"
        self.faults += [f"{where}: {each}" for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.faults.append(f"{where}: wider than the screen")
        if page.evaluate("document.documentElement.lang") != self.language:
            self.faults.append(f"{where}: in another language")
        self.faults += [f"{where}: {each}" for each in self.complaints]
        self.complaints.clear()
        if folder := os.environ.get("AMPARO_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{where.replace(' ', '-')}.png", full_page=True)

    def send(self, api: str, **values: str) -> None:
        """Fill the form that goes to this end of the API, send it, say yes where it asks, and see it taken."""
        form = self.page.locator(f'form[data-api$="{api}"]').first
        form.evaluate(
            "form => { for (let at = form; at; at = at.parentElement) if (at.localName === 'details') at.open = true }"
        )
        for name, value in values.items():
            self.fill(form.locator(f'[name="/{name}"]').first, value)
        asks = form.get_attribute("data-confirm")
        with (
            self.page.expect_navigation(wait_until="load"),
            self.page.expect_response(lambda answer: answer.url.endswith(api)) as awaited,
        ):
            form.locator("button[type=submit]").click()
            if asks:
                self.page.locator("dialog[open] button[value=yes]").click()
        answer = awaited.value
        assert answer.status < 400, f"{api}: {answer.status}"

    @staticmethod
    def fill(control: Any, value: str) -> None:
        kind = control.evaluate("each => each.tagName + ' ' + each.type")
        if kind.endswith("hidden"):
            assert control.input_value() == value
        elif kind.startswith("SELECT"):
            control.select_option(value)
        elif kind.endswith("checkbox"):
            control.evaluate("(each, on) => { if (each.checked !== on) each.click() }", value == "yes")
        else:
            control.fill(value)

    def choose(self, name: str, value: str) -> None:
        """A radio button; its own circle is drawn by its label."""
        self.page.locator(f'input[type=radio][name="{name}"][value="{value}"]').evaluate("each => each.click()")

    def say(self, text: str) -> str:
        return say(self.language, text)

    def done(self) -> None:
        self.context.close()
        assert self.seen
        assert not self.faults, "\n".join(self.faults)


def newest(person: Person, path: str) -> str:
    """The id of the newest record that a person sees: a form's page has moved on before its answer can be read."""
    return str(said(person.get(path))["items"][0]["id"])
