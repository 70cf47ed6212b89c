"""People in Chromium: invited, given roles by two, suspended with cases; organizations; the record; the review."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from app.audit.sealing import seal_once, seals_file
from tests.browser.visitor import Visitor, served
from tests.cases.stage import opened
from tests.world import NORTH, World

NEW_PASSWORD = "seven herons over the quiet lake"


@pytest.mark.parametrize(("engine_name", "width"), [("sqlite", 1280), ("postgresql", 390)], indirect=["engine_name"])
def test_an_administrator_invites_and_the_person_comes_in(world: World, browser: Browser, width: int) -> None:
    with served(world) as address:
        admin = Visitor(browser, address, "en", width, "fund_admin")
        admin.go("/staff", "people")
        admin.page.get_by_role("link", name="Invite somebody").click()
        page = admin.page
        form = page.locator("main form[data-link]")
        form.get_by_role("button").click()
        expect(form.locator("[data-summary]")).to_contain_text("Enter an answer here.")
        admin.look("invite-blank")
        form.get_by_label("Name").fill("Nadia Novak")
        form.get_by_label("E-mail").fill("nadia@example.org")
        form.get_by_text("Attorney", exact=True).click()
        form.get_by_role("button").click()
        expect(form.locator("[data-summary]")).to_contain_text("Choose the organization this person works for.")
        form.get_by_label("Organization").select_option(label="North Legal Aid")
        form.get_by_role("button").click()
        link = page.get_by_label("Link", exact=True)
        expect(link).to_have_value(re.compile(f"^{address}/first-password#.{{30,}}$"))
        given = link.input_value()
        admin.look("invite-link")
        admin.go("/staff", "people-invited")
        page.get_by_role("row", name="Nadia Novak").get_by_role("button", name="Make a new link").click()
        expect(link).to_have_value(re.compile("#"))
        assert link.input_value() != given
        given = link.input_value()
        admin.done()

        context = browser.new_context()
        person = context.new_page()
        person.goto(given)
        person.get_by_label("New password").fill(NEW_PASSWORD)
        person.get_by_role("button", name="Save password").click()
        expect(person).to_have_url(f"{address}/sign-in")
        person.get_by_label("E-mail").fill("nadia@example.org")
        person.get_by_label("Password").fill(NEW_PASSWORD)
        person.keyboard.press("Enter")
        expect(person).to_have_url(f"{address}/")
        context.close()


@pytest.mark.parametrize(
    ("engine_name", "width", "language"),
    [("sqlite", 1280, "en"), ("postgresql", 390, "es")],
    indirect=["engine_name"],
)
def test_an_administrators_role_is_given_by_two(world: World, browser: Browser, width: int, language: str) -> None:
    """One asks, the other one agrees; the person whose roles they are is signed out."""
    approver = f"/staff/{world.people['approver']}"
    with served(world) as address:
        asker = Visitor(browser, address, language, width, "fund_admin")
        page = asker.go(approver, "person")
        form = page.locator(f'form[data-api$="{approver}"]')
        form.get_by_text(asker.say("Fund administrator"), exact=True).click()
        form.get_by_text(asker.say("Auditor"), exact=True).click()
        asker.send(f"/api/v1{approver}")
        expect(page.get_by_text(asker.say("You asked for this. A second person has to agree."))).to_be_visible()
        asker.look("asked")
        asker.done()
        second = Visitor(browser, address, language, width, "admin")
        page = second.go("/staff", "waiting")
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=second.say("Agree"), exact=True).first.click()
            page.locator("dialog[open] button[value=yes]").click()
        row = page.get_by_role("row", name="Approver")
        expect(row).to_contain_text(second.say("Auditor"))
        assert world.approver.get("/session").status_code == 401
        second.go(f"{approver}/access", "access")
        page = second.go(f"/staff/{world.people['attorney']}", "sessions")
        second.send(f"/staff/{world.people['attorney']}/sessions")
        assert world.attorney.get("/session").status_code == 401
        second.look("signed-out")
        second.done()


@pytest.mark.parametrize(
    ("engine_name", "width", "language"),
    [("sqlite", 1280, "es"), ("postgresql", 390, "en")],
    indirect=["engine_name"],
)
def test_who_is_suspended_leaves_cases_to_hand_over(world: World, browser: Browser, width: int, language: str) -> None:
    made = opened(world)
    path = f"/staff/{world.people['attorney']}"
    with served(world) as address:
        partner = Visitor(browser, address, language, width, "partner_admin")
        partner.go("/staff", "people")
        page = partner.go(path, "person")
        partner.send(f"{path}/suspend")
        expect(page.locator(f'a[href="{made.path}"]')).to_be_visible()
        partner.look("suspended")
        partner.send(f"{path}/reinstate")
        expect(page.locator(".tag-good")).to_be_visible()
        partner.go("/audit", "record-of-own-people")
        partner.go(f"/partners/{world.partners[NORTH]}", "own-organization")
        partner.done()


@pytest.mark.parametrize(
    ("engine_name", "width", "language"),
    [("sqlite", 1280, "en"), ("postgresql", 390, "es")],
    indirect=["engine_name"],
)
def test_an_organization_is_changed_and_suspended(world: World, browser: Browser, width: int, language: str) -> None:
    path = f"/partners/{world.partners[NORTH]}"
    with served(world) as address:
        fund = Visitor(browser, address, language, width, "fund_admin")
        fund.go("/partners", "partners")
        page = fund.go(path, "organization")
        fund.send(path, capacity="12")
        expect(page.locator('[name="/capacity"]')).to_have_value("12")
        forms = page.locator(f'form[data-api$="{path}"]')
        with page.expect_navigation(wait_until="load"):
            forms.nth(1).get_by_role("button").click()
            page.locator("dialog[open] button[value=yes]").click()
        expect(page.locator(".tag-stopped").first).to_be_visible()
        assert world.attorney.get("/session").status_code == 401
        fund.look("organization-suspended")
        fund.done()


@pytest.mark.parametrize(
    ("engine_name", "width", "language"),
    [("sqlite", 1280, "es"), ("postgresql", 390, "en")],
    indirect=["engine_name"],
)
def test_the_auditor_finds_takes_out_and_reviews(world: World, browser: Browser, width: int, language: str) -> None:
    made = opened(world)
    services = world.services
    reference = world.auditor.get(made.path).json()["reference"]
    seal_once(services.database, services.vault, seals_file(services.settings), datetime.now(UTC))
    with served(world) as address:
        auditor = Visitor(browser, address, language, width, "auditor")
        page = auditor.go("/audit", "record")
        page.locator("details.legend").last.evaluate("each => { each.open = true }")
        find = page.locator('form[data-api$="/audit/subjects"]')
        find.locator('[name="/reference"]').fill(reference)
        # The address is set first, then the page loads again.
        with page.expect_event("load"):
            find.get_by_role("button").click()
        assert page.url == f"{address}/audit?about_id={made.id}"
        auditor.look("record-of-a-case")
        with page.expect_download() as taken:
            page.locator('form[data-export$="/audit/export"]').get_by_role("button").click()
        assert taken.value.suggested_filename.startswith("amparo-audit-")
        assert reference in taken.value.path().read_text(encoding="utf-8-sig")
        page = auditor.go("/access-review", "review")
        auditor.send("/api/v1/access-reviews")
        expect(page.locator("section[aria-labelledby=earlier] tbody tr")).to_have_count(1)
        with page.expect_download() as listed:
            page.locator("form[data-export]").get_by_role("button").click()
        assert listed.value.suggested_filename.endswith(".csv")
        auditor.look("reviewed")
        auditor.done()
