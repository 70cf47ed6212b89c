"""Passkeys in Chromium, with its own virtual authenticator: enrolled, signed in with, and asked for in place."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from app.access.model import SignInSession
from app.main import build
from tests.browser.visitor import Visitor, listening
from tests.world import PASSWORD, World

_KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def demanding(world: World, **settings: Any) -> Iterator[str]:
    """This world's installation with other settings, where a browser finds it: passkeys hang on host and port."""
    application = _Late()
    with listening(application) as address:
        known = world.services.settings
        fresh = known.model_validate(known.model_dump() | settings | {"origin": address})
        application.inner = build(replace(world.services, settings=fresh), sealing=False)
        yield address


class _Late:
    """An application that is made when its address is known."""

    inner: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.inner(scope, receive, send)


def with_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": _KIND})


def age_proofs(world: World, minutes: int = 10, **values: Any) -> None:
    """Every proof becomes ten minutes old."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    with world.services.database.writing() as connection:
        connection.execute(update(SignInSession).values(proved_at=moment, **values))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390)])
def test_a_passkey_from_the_first_day(world: World, browser: Browser, language: str, width: int) -> None:
    with demanding(world, sign_in_strength="fund=passkey", step_up_minutes=5) as address:
        visitor = Visitor(browser, address, language, width, "fund_admin", arrives="/account/ways")
        page = visitor.page
        visitor.look("ways-weak")
        with_authenticator(page)
        page.get_by_label(re.compile(visitor.say("Name of the passkey"))).fill("Key ring")
        page.get_by_role("button", name=visitor.say("Make a passkey")).click()
        expect(page.locator("th", has_text="Key ring")).to_be_visible()
        visitor.look("ways-to-confirm")
        page.get_by_role("button", name=visitor.say("Confirm with your passkey")).click()
        page.wait_for_url(f"{address}/")
        page.locator(".account summary").click()
        page.get_by_role("button", name=visitor.say("Sign out")).click()
        page.wait_for_url(re.compile("/sign-in"))
        visitor.look("sign-in-again")
        page.get_by_role("button", name=visitor.say("Sign in with a passkey")).click()
        page.wait_for_url(f"{address}/")
        visitor.go("/account/ways", "ways-strong")
        age_proofs(world)
        page.get_by_label(re.compile(visitor.say("Name of the passkey"))).fill("Second")
        page.get_by_role("button", name=visitor.say("Make a passkey")).click()
        dialog = page.locator("#confirm-you")
        expect(dialog).to_be_visible()
        visitor.look("confirm")
        dialog.get_by_role("button", name=visitor.say("Not now")).click()
        expect(page.locator("main [data-passkey-new] [data-summary]")).to_be_visible()
        assert page.locator('[name="/name"]').input_value() == "Second", "what was typed is lost"
        page.get_by_role("button", name=visitor.say("Make a passkey")).click()
        dialog.get_by_role("button", name=visitor.say("Use a passkey")).click()
        expect(dialog).to_be_hidden()
        # The device has one for this person already, and says so: the proof was taken, and the act went on.
        expect(page.locator("main [data-passkey-new] [data-summary]")).to_contain_text(
            visitor.say("No passkey was used. Try again, or choose another way.")
        )
        visitor.done()


@pytest.mark.parametrize(
    ("engine_name", "language", "width"), [("sqlite", "en", 1280), ("postgresql", "es", 390)], indirect=["engine_name"]
)
def test_whoever_came_by_an_organization_confirms_there(
    world: World, browser: Browser, language: str, width: int
) -> None:
    with demanding(world, step_up_minutes=5) as address:
        visitor = Visitor(browser, address, language, width, "attorney")
        page = visitor.page
        age_proofs(world, methods="federated federated_mfa")
        visitor.go("/account/ways", "ways-of-an-organization")
        page.get_by_role("button", name=visitor.say("Set up an app")).click()
        dialog = page.locator("#confirm-you")
        expect(dialog).to_be_visible()
        visitor.look("confirm-at-an-organization")
        with page.context.expect_page() as another:
            dialog.get_by_role("link", name=visitor.say("Confirm at your organization")).click()
        expect(another.value).to_have_url(f"{address}/account/organization")
        another.value.close()
        dialog.get_by_role("button", name=visitor.say("I have confirmed there")).click()
        expect(dialog).to_be_visible()  # nobody confirmed anything: it is asked once more
        age_proofs(world, minutes=0)
        dialog.get_by_role("button", name=visitor.say("I have confirmed there")).click()
        page.wait_for_url(re.compile("/ways/app$"))
        visitor.done()


def test_an_app_and_codes_on_paper(world: World, browser: Browser) -> None:
    with demanding(world) as address:
        visitor = Visitor(browser, address, "en", 1280, "attorney")
        page = visitor.page
        visitor.go("/account/ways", "ways")
        page.get_by_role("button", name="Set up an app").click()
        page.wait_for_url(re.compile("/ways/app$"))
        visitor.look("app")
        assert page.locator(".qr svg").bounding_box()["width"] > 150  # type: ignore[index]  # it is on the page
        assert PASSWORD not in page.content()
        visitor.done()
