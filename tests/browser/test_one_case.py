"""One case's whole way by its people in Chromium, on both engines, in both languages, wide and narrow.

Every page they meet is checked on the way: no axe violation (WCAG 2.2 AA), no overflow, no complaint of the browser or
of the security policy. With ``AMPARO_SCREENSHOTS`` set to a folder, each page is kept there to be looked at.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app.main import build
from app.web.choices import name_of_language
from app.web.i18n import say
from tests.browser.stage import listen
from tests.story import BODY, Story, said
from tests.world import NORTH, PASSWORD, Person, World

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def served(world: World) -> Iterator[str]:
    """The application of this world on loopback; its address."""
    config = uvicorn.Config(build(world.services, sealing=False), port=0, log_level="error", ws="none", lifespan="off")
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


@dataclass
class Visitor:
    """Somebody at a browser of their own, in a language, at a width."""

    browser: Browser
    address: str
    language: str
    width: int
    name: str
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
        self.page.wait_for_url(f"{self.address}/")

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
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
        self.faults += [f"{where}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found["violations"]]
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


def take_application(intake: Visitor) -> str:
    """The five steps by hand; gives the application's id."""
    page = intake.go("/applications/new", "contact")
    applicant, contact, household = BODY["applicant"], BODY["contact"], BODY["household"]
    spoken = name_of_language(intake.language, applicant["preferred_language"])
    choose(page, "/applicant/preferred_language", spoken)
    intake.choose("/applicant/interpreter_needed", "yes")
    page.fill('[name="/contact/phone"]', contact["phone"])
    intake.choose("/contact/phone_safe", "yes")
    for name in ("street", "city", "county", "postal_code"):
        page.fill(f'[name="/contact/address/{name}"]', contact["address"][name])
    page.select_option('[name="/contact/address/state"]', "CO")
    step(intake, "client")
    for name in ("given_names", "family_names"):
        page.fill(f'[name="/applicant/{name}"]', applicant[name])
    day(page, "/applicant/date_of_birth", "1990", "02", "28")
    choose(page, "/applicant/country_of_birth", "Guatemala")
    step(intake, "household")
    page.fill('[name="/household/size"]', str(household["size"]))
    page.fill('[name="/household/incomes/0/amount"]', "38,000")
    page.select_option('[name="/household/incomes/0/period"]', "yearly")
    intake.choose("/household/income_basis", "self_attested")
    step(intake, "immigration")
    page.fill('[name="/applicant/a_number"]', applicant["a_number"])
    page.select_option('[name="/immigration/status"]', "none")
    for name, value in (("in_removal_proceedings", "yes"), ("custody", "released"), ("has_counsel", "no")):
        intake.choose(f"/immigration/{name}", value)
    step(intake, "review")
    for name in ("store", "share_with_partner"):
        page.locator(f'[name="/consents/{name}"]').evaluate("each => each.click()")
    page.get_by_role("button", name=intake.say("Submit application")).click()
    page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}$"))
    intake.look("application")
    return page.url.rsplit("/", 1)[1]


def step(intake: Visitor, called: str) -> None:
    intake.page.get_by_role("button", name=intake.say("Next"), exact=True).locator("visible=true").click()
    expect(intake.page.locator(f'section[data-step="{called}"]')).to_be_visible()
    intake.look(called)


def choose(page: Page, name: str, text: str) -> None:
    """A choice from a long list by typing its name."""
    page.fill(f'[data-field="{name}"] [role=combobox]', text)
    page.keyboard.press("Enter")


def day(page: Page, name: str, *parts: str) -> None:
    """Year, month, day of a date in three fields."""
    field = page.locator(f'[data-day="{name}"]')
    for part, value in zip(("year", "month", "day"), parts, strict=True):
        control = field.locator(f'[data-part="{part}"]')
        Visitor.fill(control, value)


def accept(intake: Visitor, world: World, fund: str) -> str:
    """Check for conflicts and accept; gives the case's id."""
    intake.send("/conflict-checks")
    partner = str(world.partners[NORTH])
    intake.send("/accept", fund_id=fund, partner_id=partner, representation="full", case_type="removal_defense")
    intake.look("accepted")
    return newest(world.partner_admin, "/cases")


def newest(person: Person, path: str) -> str:
    """The id of the newest record that a person sees: a form's page has moved on before its answer can be read."""
    return str(said(person.get(path))["items"][0]["id"])


def pay(attorney: Visitor, fund: Visitor, approver: Visitor, releaser: Visitor, story: Story) -> str:
    """Award and disbursement through their people; gives the disbursement's id."""
    attorney.go(f"/cases/{story.case}", "case")
    attorney.send("/awards", fund_id=story.fund, category="representation", amount="1,500.00")
    award = newest(story.world.attorney, "/awards")
    fund.go(f"/awards/{award}", "award")
    fund.send(f"/awards/{award}/approve")
    attorney.go("/payees", "payees")
    attorney.send("/payees", kind="vendor", name="Example Translation")
    payee = newest(story.world.attorney, "/payees")
    attorney.go(f"/awards/{award}", "award")
    attorney.send("/disbursements", payee_id=payee, amount="437.19", method="ach", memo="interview")
    disbursement = newest(story.world.attorney, "/disbursements")
    for visitor, verb in ((attorney, "submit"), (approver, "approve"), (releaser, "release"), (fund, "settle")):
        visitor.go(f"/disbursements/{disbursement}", f"to-{verb}")
        visitor.send(f"/disbursements/{disbursement}/{verb}")
    fund.go(f"/disbursements/{disbursement}", "settled")
    return disbursement


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390)])
def test_one_case_by_its_people(world: World, browser: Browser, language: str, width: int) -> None:
    story = Story(world).begin()
    with served(world) as address:
        people = {
            name: Visitor(browser, address, language, width, name)
            for name in ("intake", "partner_admin", "attorney", "fund_admin", "approver", "releaser", "auditor")
        }
        intake, attorney, fund = people["intake"], people["attorney"], people["fund_admin"]
        for name, visitor in people.items():
            visitor.look(f"home-{name}")
        take_application(intake)
        story.case = accept(intake, world, story.fund)
        partner = people["partner_admin"]
        partner.go(f"/cases/{story.case}", "offered")
        partner.send("/assignments", attorney_id=str(world.people["attorney"]))
        attorney.go("/offers", "offers")
        attorney.send("/accept", no_conflict="yes")
        story.disbursement = pay(attorney, fund, people["approver"], people["releaser"], story)
        for path in (
            "/funds",
            f"/funds/{story.fund}",
            "/awards",
            "/disbursements",
            "/reports",
            "/reports/disbursements",
        ):
            fund.go(path, path.strip("/").replace("/", "-")[:30])
        report = fund.page.text_content("main") or ""
        for path in ("/cases", "/calendar", f"/cases/{story.case}/notes", "/account"):
            attorney.go(path, path.strip("/").replace("/", "-")[:30])
        for path in ("/applications", "/conflict-checks"):
            intake.go(path, path.strip("/"))
        for path in ("/audit", "/reports/disbursements?from=2026-01-01&to=2028-12-31"):
            people["auditor"].go(path, path.strip("/").split("?")[0].replace("/", "-"))
        assert "437" in (people["auditor"].page.text_content("main") or "")
        assert "Ejemplo" not in report
        for visitor in people.values():
            visitor.done()
