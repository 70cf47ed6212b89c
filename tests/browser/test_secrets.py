"""Secrets that are shown once, in Chromium: a token of one's own, and a program's."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor, served
from tests.world import World


@pytest.mark.parametrize(("engine_name", "width"), [("sqlite", 1280), ("postgresql", 390)], indirect=["engine_name"])
def test_a_token_is_shown_once_and_works(world: World, browser: Browser, width: int) -> None:
    with served(world) as address:
        attorney = Visitor(browser, address, "en", width, "attorney")
        attorney.go("/account/tokens", "tokens")
        form = attorney.page.locator("main form[data-secret]")
        form.get_by_role("button", name="Make the token").click()
        expect(form.locator("[data-summary]")).to_contain_text("Enter an answer here.")
        form.get_by_label("What for").fill("calendar")
        form.get_by_role("button", name="Make the token").click()
        panel = attorney.page.get_by_role("region", name="Keep this now")
        secret = panel.get_by_label("Secret", exact=True)
        expect(secret).to_have_value(re.compile(r"^\S{43,}$"))
        expect(panel.get_by_label("Id", exact=True)).to_be_hidden()
        expect(form).to_be_hidden()
        token = secret.input_value()
        attorney.look("token")
        panel.get_by_role("link", name="I have kept it").click()
        expect(attorney.page.get_by_role("rowheader", name="calendar")).to_be_visible()
        assert token not in attorney.page.content()
        attorney.done()
        mine = world.stranger.get("/session", headers={"Authorization": f"Bearer {token}"}).json()
        assert mine["id"] == str(world.people["attorney"])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_programs_secret_goes_with_its_id(world: World, browser: Browser) -> None:
    with served(world) as address:
        admin = Visitor(browser, address, "en", 1280, "admin")
        admin.go("/clients/new", "client-new")
        admin.page.get_by_role("link", name="Auditor").click()
        form = admin.page.locator("main form[data-secret]")
        form.get_by_role("textbox", name="Name").fill("Data warehouse")
        form.locator(".usa-checkbox__label").first.click()
        form.get_by_role("button", name="Add the program").click()
        panel = admin.page.get_by_role("region", name="Keep this now")
        expect(panel.get_by_label("Id", exact=True)).to_have_value(re.compile("^[0-9a-f-]{36}$"))
        expect(panel.get_by_label("Secret", exact=True)).to_have_value(re.compile(r"^\S{43,}$"))
        admin.look("client-secret")
        admin.done()
