"""A whole intake by the keyboard alone, the network cut at each step, the session ended in the middle: all is kept.

Nothing but labels is known to the one who types, and the application behind is the real one, on both engines.
"""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from app.web.i18n import say
from tests.browser.stage import listen
from tests.browser.visitor import served
from tests.intake.stage import open_fund
from tests.world import PASSWORD, World

#: More steps of the tab key than any two fields lie apart.
_FAR = 40
#: What a whole intake takes, letters and ways between fields together.
MOST_PRESSES = 500
FOCUSED = """() => { const at = document.activeElement; const group = at.closest("fieldset,[data-line]");
  const own = at.labels?.[0]?.firstChild.textContent.trim() ?? at.textContent.trim();
  const over = group?.querySelector("legend")?.firstChild.textContent.trim() ?? "";
  return [own, over] }"""


class Hands:
    """Somebody at the keyboard, who knows the labels and presses keys; the presses are counted."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language, self.presses = page, language, 0

    def say(self, text: str) -> str:
        return say(self.language, text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1

    def to(self, label: str, over: str = "") -> None:
        """Tab on to the field or button of this name; a radio button is reached by its group."""
        wanted, group = self.say(label), self.say(over)
        for _ in range(_FAR):
            self.press("Tab")
            own, held = self.page.evaluate(FOCUSED)
            if own == wanted and (not over or held == group):
                return
        raise AssertionError(f"{wanted} can not be reached with the tab key")

    def type(self, label: str, text: str, over: str = "") -> None:
        self.to(label, over)
        self.page.keyboard.type(text)
        self.presses += len(text)

    def choose(self, label: str, text: str, found: str) -> None:
        self.type(label, text)
        expect(self.page.locator('[role="option"][aria-selected="true"]')).to_have_text(found)
        self.press("Enter")

    def pick(self, label: str, text: str, over: str = "") -> None:
        """In a short list: its first letters."""
        self.type(label, self.say(text), over)

    def tick(self, group: str, answer: str) -> None:
        """A radio button: the group's first is reached, the arrow goes on to the answer."""
        for _ in range(_FAR):
            self.press("Tab")
            if self.page.evaluate(FOCUSED)[1] == self.say(group):
                break
        self.press("Space")
        for _ in range(_FAR):
            if self.page.evaluate(FOCUSED)[0] == self.say(answer):
                return
            self.press("ArrowDown")
        raise AssertionError(f"{answer} can not be reached")

    def next(self) -> None:
        self.to("Next")
        self.press("Enter")


def contact(hands: Hands) -> None:
    hands.choose("Preferred language", "kiche", "K'iche'")
    hands.tick("Is an interpreter needed?", "Yes")
    hands.type("Phone", "(303) 555-0142")
    hands.tick("Is it safe to call this number and leave a message?", "No")
    hands.type("City", "Denver")
    hands.type("County", "Denver")
    hands.pick("State", "Colorado")


def client(hands: Hands) -> None:
    hands.type("Given names", "Lucía")
    hands.type("Family names", "Hernández López")
    hands.type("Day", "1990-03-04", "Date of birth")
    hands.choose("Country of birth", "guat", "Guatemala")


def household(hands: Hands) -> None:
    hands.type("People in the household", "3")
    hands.type("Whose, and from what", "Madre")
    hands.type("Amount in dollars", "$642.31")
    hands.pick("How often", "every two weeks")
    hands.to("Add another income")
    hands.press("Enter")
    hands.page.keyboard.type("Hermano")
    hands.type("Amount in dollars", "1,200")
    hands.pick("How often", "every month")


def immigration(hands: Hands) -> None:
    hands.tick("Is there a case in immigration court?", "Yes")
    hands.type("A-number", "A 012-345-678")
    hands.pick("Immigration status", "No status")
    hands.tick("Detention", "Released from detention")
    hands.tick("Does an attorney already work on this?", "No")
    hands.type("In the person's own words", "Tengo miedo de volver.")


KEPT: dict[str, Any] = {
    "applicant": {
        "given_names": "Lucía",
        "family_names": "Hernández López",
        "date_of_birth": "1990-03-04",
        "country_of_birth": "GT",
        "a_number": "A 012-345-678",
        "preferred_language": "quc",
        "interpreter_needed": "yes",
    },
    "contact": {"phone": "(303) 555-0142", "phone_safe": "no"},
    "household": {
        "size": 3,
        "annual_income": "31100.06",
        "incomes": [
            {"source": "Madre", "amount": "642.31", "period": "every_two_weeks"},
            {"source": "Hermano", "amount": "1200", "period": "monthly"},
        ],
    },
    "immigration": {"in_removal_proceedings": "yes", "status": "none", "custody": "released", "has_counsel": "no"},
    "notes": {"own_words": "Tengo miedo de volver."},
    "consents": {"store": True, "share_with_partner": True},
}


def saved(hands: Hands) -> None:
    expect(hands.page.locator("[data-status]")).to_contain_text(
        say(hands.language, "Saved {time}", {"time": ""}).strip()
    )


def cut_off(hands: Hands) -> None:
    """On to the next step without a connection, which comes back later."""
    hands.next()
    told = hands.say("Not saved: no connection. Keep this page open.")
    expect(hands.page.locator("[data-status]")).to_have_text(told)
    hands.page.context.set_offline(False)
    saved(hands)


def signed_out(hands: Hands) -> None:
    """The session ended meanwhile: signing in again goes on in place, and what was typed is saved then."""
    hands.page.context.clear_cookies()
    hands.page.context.set_offline(False)
    dialog = hands.page.get_by_role("dialog", name=hands.say("Sign in again"))
    expect(dialog).to_be_visible()
    hands.page.keyboard.type(PASSWORD)
    hands.press("Enter")
    expect(dialog).to_be_hidden()
    saved(hands)
    hands.next()


def hand_in(hands: Hands) -> None:
    """The answers are read back and agreed to; the first submission meets no connection."""
    review = hands.page.locator("[data-review]")
    for text in ("Lucía", "K'iche'", "Guatemala", "642.31", "1,200", "Tengo miedo de volver."):
        expect(review).to_contain_text(text)
    for consent in (
        "We may keep these answers to decide about help.",
        "We may share them with a partner organization that could take the case.",
    ):
        hands.to(consent)
        hands.press("Space")
    hands.page.context.set_offline(True)
    hands.to("Submit application")
    hands.press("Enter")
    expect(hands.page.locator("main [data-summary]")).to_be_focused()
    hands.page.context.set_offline(False)
    saved(hands)
    hands.to("Submit application")
    hands.press("Enter")
    hands.page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}$"))


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill('[name="/email"]', "intake@example.org")
    page.fill('[name="/password"]', PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def test_nothing_typed_is_lost(world: World, browser: Browser, engine_name: str) -> None:
    open_fund(world)
    language = {"sqlite": "en", "postgresql": "es"}[engine_name]
    with served(world) as address:
        page = browser.new_page(locale=language)
        complaints = listen(page)
        sign_in(page, address)
        page.goto(f"{address}/applications/new")
        hands = Hands(page, language)
        page.locator("h1").click()
        for fill, trouble in ((contact, cut_off), (client, cut_off), (household, signed_out), (immigration, cut_off)):
            page.context.set_offline(True)
            fill(hands)
            trouble(hands)
        hand_in(hands)
        stored = page.evaluate("[localStorage.length, sessionStorage.length]")
        kept = world.intake_colleague.get(f"/applications/{page.url.rsplit('/', 1)[1]}").json()
        page.close()
    assert (stored, complaints) == ([0, 0], [])
    assert kept["status"] == "submitted"
    for section, answers in KEPT.items():
        assert {name: kept[section][name] for name in answers} == answers
    assert kept["contact"]["address"]["county"] == "Denver"
    assert hands.presses < MOST_PRESSES
    assert len(world.intake_colleague.get("/applications").json()["items"]) == 1, "no second draft"
