"""The shell in Chromium: signing in and out, languages, the menu, the keyboard; accessibility of one's own pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.intake.pages import lists
from app.web.choices import states, time_zones
from app.web.render import Reader
from tests.browser.stage import INTAKE_WORKER, Stage
from tests.browser.visitor import violations


def here(stage: Stage, page: Page) -> None:
    """Open a page of a signed-in person."""
    page.goto(stage.show("/here", "web/error.html", INTAKE_WORKER, status=404, title="Here", detail="", request_id=""))


def body(stage: Stage, call: str) -> object:
    return stage.calls(call)[-1].body


@contextmanager
def hold(page: Page, address: str) -> Iterator[list[Route]]:
    """Let nothing through to an address until the block ends, and tell what came."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    yield held
    for route in held:
        route.continue_()


class TestShell:
    def test_signing_in_goes_where_one_wanted_to_go(self, page: Page, stage: Stage) -> None:
        page.goto(stage.show("/sign-in", "staff/sign_in.html", Reader(), next="/cases"))
        stage.answer("POST /api/v1/session", 401, {"detail": "E-mail or password is not right."})
        page.get_by_label("E-mail").fill("ines@example.org")
        page.get_by_label("Password").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.locator("main form[data-api] [data-summary]")).to_contain_text("E-mail or password is not right.")
        page.get_by_label("Password").fill("right")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/cases$"))

    def test_signing_in_leads_to_no_other_site(self, page: Page, stage: Stage) -> None:
        page.goto(stage.show("/sign-in", "staff/sign_in.html", Reader(), next="/{x}/evil.example/"))
        stage.answer("POST /api/v1/session", 201, {})
        page.get_by_label("E-mail").fill("ines@example.org")
        page.get_by_label("Password").fill("right")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/$|localhost:\d+/$"))

    def test_an_invitations_secret_is_sent_from_after_the_hash(self, page: Page, stage: Stage) -> None:
        page.goto(stage.show("/first-password", "staff/password.html", Reader()) + "#a-secret-of-the-link")
        page.get_by_label("New password").fill("a sentence of my own")
        page.get_by_role("button", name="Save password").click()
        expect(page).to_have_url(re.compile("/sign-in$"))
        assert body(stage, "POST /api/v1/session/first-password") == {
            "secret": "a-secret-of-the-link",
            "password": "a sentence of my own",
        }

    def test_signing_out(self, page: Page, stage: Stage) -> None:
        here(stage, page)
        stage.answer("POST /api/v1/session/federated/sign-out", 200, {"go_to": "/sign-in"})
        page.locator(".account summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile("/sign-in$"))
        assert len(stage.calls("POST /api/v1/session/federated/sign-out")) == 1

    def test_a_signed_in_person_keeps_the_language_with_the_account(self, page: Page, stage: Stage) -> None:
        here(stage, page)
        with page.expect_navigation():
            page.get_by_role("button", name="ES").click()
        assert body(stage, "PATCH /api/v1/session") == {"language": "es"}

    def test_a_visitor_keeps_it_in_a_cookie(self, page: Page, stage: Stage) -> None:
        page.goto(stage.show("/sign-in", "staff/sign_in.html", Reader(), next="/"))
        with page.expect_navigation():
            page.get_by_role("button", name="ES").click()
        [cookie] = page.context.cookies()
        assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("lang", "es", "Lax")
        assert stage.heard == []

    def test_the_look_is_chosen_without_loading_again_and_kept_in_a_cookie(self, page: Page, stage: Stage) -> None:
        page.emulate_media(color_scheme="light")
        here(stage, page)
        ground = "getComputedStyle(document.body).backgroundColor"
        by_day = page.evaluate(ground)
        page.get_by_role("button", name="Dark").click()
        expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
        by_night = page.evaluate(ground)
        assert by_night != by_day
        [cookie] = page.context.cookies()
        assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("theme", "dark", "Lax")
        page.get_by_role("button", name="As my device").click()
        assert page.evaluate(ground) == by_day
        assert page.context.cookies() == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(ground) == by_night
        assert stage.heard == []

    def test_a_long_wait_is_told_and_a_second_click_sends_nothing(self, page: Page, stage: Stage) -> None:
        here(stage, page)
        stage.answer("POST /api/v1/session/federated/sign-out", 200, {"go_to": "/sign-in"})
        page.locator(".account summary").click()
        out = page.get_by_role("button", name="Sign out")
        with hold(page, "**/api/v1/session/federated/sign-out") as held:
            out.click()
            expect(out).to_have_attribute("aria-disabled", "true")
            out.click(force=True)
            page.wait_for_timeout(300)
        assert len(held) == 1
        expect(page).to_have_url(re.compile("/sign-in$"))

    def test_a_send_that_takes_over_a_second_says_so(self, page: Page, stage: Stage) -> None:
        page.goto(stage.show("/sign-in", "staff/sign_in.html", Reader(), next="/cases"))
        page.get_by_label("E-mail").fill("ines@example.org")
        page.get_by_label("Password").fill("a sentence")
        status = page.locator("main [role=status]").first
        with hold(page, "**/api/v1/session"):
            page.keyboard.press("Enter")
            expect(status).to_have_text("")
            expect(status).to_have_text("Sending…", timeout=2_000)
        expect(page).to_have_url(re.compile("/cases$"))

    def test_a_form_that_is_sent_before_its_script_has_come_sends_and_loses_nothing(
        self, browser: Browser, stage: Stage
    ) -> None:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(stage.show("/sign-in", "staff/sign_in.html", Reader(), next="/cases"))
        address = page.url
        page.get_by_label("Password").fill("a sentence")
        with hold(page, "**/*") as held:
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_timeout(300)
        assert (held, page.url) == ([], address)
        expect(page.get_by_label("Password")).to_have_value("a sentence")
        page.context.close()

    def test_a_page_that_is_long_in_coming_says_so(self, page: Page, stage: Stage) -> None:
        here(stage, page)
        with hold(page, stage.address + "/") as held:
            # While a page is on its way, nothing can be asked of the one that is still there: it has to tell by itself.
            page.evaluate(
                """() => {
                    const progress = document.querySelector(".progress");
                    new MutationObserver(() => console.log(progress.textContent)).observe(progress, {childList: true});
                }"""
            )
            with page.expect_console_message(timeout=3_000) as told:
                page.get_by_role("link", name="Amparo").click(no_wait_after=True)
            assert told.value.text == "Loading…"
        page.wait_for_url(stage.address + "/")
        assert len(held) == 1

    def test_the_menu_opens_on_a_narrow_screen(self, page: Page, stage: Stage) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        here(stage, page)
        menu = page.get_by_role("button", name="Menu")
        expect(page.get_by_role("navigation", name="Main menu")).to_be_hidden()
        menu.click()
        expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
        expect(menu).to_have_attribute("aria-expanded", "true")

    def test_a_name_is_not_searched_for(self, page: Page, stage: Stage) -> None:
        """What is searched for stands in the address, where no name and no A-number may stand."""
        here(stage, page)
        field = page.get_by_role("textbox", name="Find by reference")
        for text in ("Guadalupe Ficticia", "A900 000 017", "303 555 0142", ""):
            field.fill(text)
            page.keyboard.press("Enter")
            assert page.url == stage.address + "/here", text
        field.fill("ca7k3q9f2m")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/find\?reference=ca7k3q9f2m$"))

    def test_the_keyboard_reaches_the_content_first(self, page: Page, stage: Stage) -> None:
        here(stage, page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_of_ones_own_are_accessible(page: Page, stage: Stage, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    reader = replace(INTAKE_WORKER, language=language, permissions=frozenset({"staff.manage", "staff.read"}))
    me = SimpleNamespace(name="Inés", email="i@example.org", roles=["intake_worker"], partner=None, time_zone="UTC")
    people = [
        SimpleNamespace(
            id=str(n),
            email=f"{n}@example.org",
            name=n,
            roles=["attorney"],
            partner=None,
            status=status,
            seen_at=None,
            waiting=None,
        )
        for n, status in (("Ana", "active"), ("Bo", "invited"), ("Cy", "suspended"))
    ]
    choices: dict[str, object] = {
        "answers": {},
        "application": None,
        "states": states(),
        "lists": lists(language),
        "drafts": [],
    }
    pages: dict[str, tuple[str, Reader, dict[str, object]]] = {
        "/sign-in": ("staff/sign_in.html", Reader(language=language), {"next": "/"}),
        "/first": ("staff/password.html", Reader(language=language), {}),
        "/account": ("staff/account.html", reader, {"me": me, "sessions": [], "zones": time_zones(language, "UTC")}),
        "/people": ("staff/people.html", reader, {"people": people, "waiting": [], "decides": False}),
        "/new": ("intake/new.html", reader, choices),
        "/lost": ("web/error.html", reader, {"status": 404, "title": "Lost", "detail": "Not here.", "request_id": "1"}),
    }
    for path, (template, who, view) in pages.items():
        stage.show(path, template, who, **view)
    steps = [f"/new#{step}" for step in ("contact", "client", "household", "immigration", "review")]
    for path in [*(path for path in pages if path != "/new"), *steps]:
        page.goto(stage.address + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
