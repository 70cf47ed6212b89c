"""Inviting somebody in Chromium: the link is shown once, and with it the person chooses a password and comes in."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor, served
from tests.world import World

NEW_PASSWORD = "seven herons over the quiet lake"


@pytest.mark.parametrize("width", [1280, 390])
def test_an_administrator_invites_and_the_person_comes_in(world: World, browser: Browser, width: int) -> None:
    with served(world) as address:
        admin = Visitor(browser, address, "en", width, "admin")
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
