"""Somebody who has read only the screen: finds things by what they are and what they are called, and has a keyboard.

Nothing here knows an id, a class or an address but the one of the sign-in page. Tab walks to a thing as it walks for
everybody; what can not be walked to is not found. Each key is counted, the pointer is not used at all.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from playwright.sync_api import Locator, Page, expect

from app.web.i18n import say

Role = Literal["button", "checkbox", "combobox", "group", "link", "option", "radio", "textbox"]
#: So many steps a person walks before they give up.
PATIENCE: Final = 250
POINTED = """() => {
    window.pointed = 0;
    for (const kind of ["pointerdown", "click"]) addEventListener(kind, (event) => {
        if (event.pointerType === "mouse") window.pointed += 1;
    }, true);
}"""


def called(text: str, *, whole: bool = True) -> re.Pattern[str]:
    """A thing by its visible name; the star of what must be answered belongs to none."""
    return re.compile(r"^\s*" + re.escape(text) + (r"(\s*\*)?\s*$" if whole else ""))


@dataclass
class Hands:
    """One person at one keyboard."""

    page: Page
    language: str
    keys: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def say(self, text: str) -> str:
        """What stands on the screen, in the language in which this person reads."""
        return say(self.language, text)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def find(self, role: Role, name: str, among: Locator | None = None, *, whole: bool = True) -> Locator:
        """What is on the screen by this name, in a part of it or anywhere."""
        place = self.page if among is None else among
        return place.get_by_role(role, name=called(name, whole=whole)).filter(visible=True)

    def group(self, name: str) -> Locator:
        """A question with several parts."""
        return self.page.get_by_role("group", name=called(name)).filter(visible=True)

    def is_at(self, target: Locator) -> bool:
        return bool(target.evaluate_all("found => found.includes(document.activeElement)"))

    def reach(self, target: Locator) -> Locator:
        """Walk to it with the Tab key, on or back, whichever way it lies."""
        expect(target.first).to_be_visible()
        self._skip(target)
        back = target.first.evaluate(
            "each => Boolean(document.activeElement.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING)"
        )
        for _ in range(PATIENCE):
            if self.is_at(target):
                return target
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no way by keyboard to {target}")

    def _skip(self, target: Locator) -> None:
        """On a page just opened, the first thing met leads past the menu."""
        fresh = self.page.evaluate("document.activeElement === document.body && !location.hash")
        if not fresh or self.page.get_by_role("main").get_by_text(re.compile("")).count() == 0:
            return
        if not target.first.evaluate("each => Boolean(each.closest('main')) && !each.closest('dialog')"):
            return
        self.press("Tab")
        if self.page.get_by_role("link").first.evaluate("each => each === document.activeElement"):
            self.press("Enter")

    def press_button(self, name: str, among: Locator | None = None) -> None:
        self.reach(self.find("button", name, among))
        self.press("Enter")

    def follow(self, name: str, among: Locator | None = None, *, whole: bool = True) -> None:
        """A link; on a narrow screen the menu may have to be opened first, by its button."""
        self.reach(self.find("link", name, among, whole=whole))
        self.press("Enter")

    def unfold(self, name: str) -> None:
        """A part that shows only what it is about."""
        self.reach(self.page.get_by_text(called(name)).filter(visible=True))
        self.press("Enter")

    def fill(self, name: str, text: str, among: Locator | None = None) -> None:
        self.reach(self.find("textbox", name, among))
        self.write(text)

    def tick(self, name: str) -> None:
        self.reach(self.find("checkbox", name, whole=False))
        self.press("Space")

    def choose(self, name: str, text: str, among: Locator | None = None) -> None:
        """From a list: its first letters, then down until it is the right one."""
        box = self.reach(self.find("combobox", name, among))
        for letter in text[:3].rstrip():
            if self._chosen(box) == text:
                return
            self.write(letter)
        for _ in range(PATIENCE):
            if self._chosen(box) == text:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} does not offer {text}")

    @staticmethod
    def _chosen(box: Locator) -> Any:
        return box.first.evaluate("each => each.selectedOptions[0].text")

    def search_and_choose(self, name: str, text: str) -> None:
        """From a list that shows what answers the letters typed so far."""
        self.reach(self.find("combobox", name))
        self.write(text[:4])
        for _ in range(20):
            pointed = self.page.get_by_role("option", selected=True).filter(visible=True)
            if pointed.count() and pointed.first.inner_text() == text:
                self.press("Enter")
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} does not offer {text}")

    def answer(self, question: str, text: str) -> None:
        """One of a few answers that stand side by side."""
        answers = self.group(question).get_by_role("radio")
        self.reach(answers)
        wanted = self.group(question).get_by_role("radio", name=called(text))
        for _ in range(answers.count()):
            if self.is_at(wanted):
                break
            self.press("ArrowDown")
        if not wanted.is_checked():
            self.press("Space")
        expect(wanted).to_be_checked()

    def enter_day(self, question: str, day: str, month: str, year: str, words: tuple[str, str, str]) -> None:
        """A date in its three parts, which are called ``words``: month, day, year."""
        among = self.group(question)
        self.choose(words[0], month, among)
        self.fill(words[1], day, among)
        self.fill(words[2], year, among)
