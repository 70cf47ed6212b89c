"""One case's whole way by its people in Chromium, on both engines, in both languages, wide and narrow.

Every page they meet is checked on the way: no axe violation (WCAG 2.2 AA), no overflow, no complaint of the browser or
of the security policy. With ``AMPARO_SCREENSHOTS`` set to a folder, each page is kept there to be looked at.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from app.web.choices import name_of_language
from tests.browser.visitor import Visitor, newest, served
from tests.story import BODY, Story
from tests.world import NORTH, World


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


@pytest.mark.parametrize(
    ("engine_name", "language", "width"), [("sqlite", "en", 1280), ("postgresql", "es", 390)], indirect=["engine_name"]
)
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
