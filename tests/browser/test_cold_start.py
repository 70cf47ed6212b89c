"""The three users' jobs by somebody who has read only the screens: from signing in, by keyboard alone.

Both languages, wide and narrow. The steps name what is read on the screen and nothing else. What each job took is
printed: keys pressed, clicks (none), and the seconds of a machine that types without thinking.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.web.formats import month_names
from app.web.statuses import label
from tests.browser.hands import POINTED, Hands
from tests.browser.stage import listen
from tests.browser.visitor import served
from tests.story import BODY, Story, said
from tests.world import NORTH, PASSWORD, World, copy_of_sqlite, running


@pytest.fixture
def office(sqlite_installation: Path, tmp_path: Path) -> Iterator[World]:
    """A running application on one engine: screens do not know which it is."""
    with running(copy_of_sqlite(sqlite_installation, tmp_path)) as world:
        yield world


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("es", 1280)])
def test_the_three_jobs(
    office: World, browser: Browser, language: str, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = paid_before(office)
    with served(office) as address:
        took: dict[str, Hands] = {}
        for who, job in (("intake", take_in), ("attorney", take_the_case), ("fund_admin", approve_and_report)):
            if who == "attorney":
                offer(office, before)
            context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
            page = context.new_page()
            page.add_init_script(f"({POINTED})()")
            complaints = listen(page)
            page.goto(f"{address}/sign-in")
            hands = took[who] = Hands(page, language)
            sign_in(hands, f"{who}@example.org")
            job(hands)
            assert page.evaluate("window.pointed") == 0
            assert complaints == []
            context.close()
    with capsys.disabled():
        for who, hands in took.items():
            line = f"{hands.keys} keys, 0 clicks, {hands.seconds:.1f} s"
            sys.stdout.write(f"\n{who}, {language}, {width} px: {line}")


def paid_before(world: World) -> Story:
    """An earlier case with a settled payment, so that the report has something to tell."""
    story = Story(world).begin()
    person = BODY["applicant"] | {"a_number": "A900 000 099", "given_names": "Otra"}
    reached = BODY["contact"] | {"phone": "(303) 555-0199", "email": "otra@demo.example"}
    return story.apply(applicant=person, contact=reached).accept().assign().fund_it().pay()


def offer(world: World, before: Story) -> None:
    """What the partner's administrator does in between: the new case is offered to the attorney."""
    [case] = [each for each in said(world.partner_admin.get("/cases"))["items"] if each["id"] != before.case]
    form = {"attorney_id": str(world.people["attorney"]), "role": "primary"}
    said(world.partner_admin.post(f"/cases/{case['id']}/assignments", json=form), 201)


def sign_in(hands: Hands, email: str) -> None:
    _ = hands.say
    hands.fill(_("E-mail"), email)
    hands.fill(_("Password"), PASSWORD)
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", level=1, name=_("What needs you now"))).to_be_visible()


def go_to(hands: Hands, place: str) -> None:
    """A place of the main menu, which is behind a button where the screen is narrow."""
    _ = hands.say
    menu = hands.page.get_by_role("navigation", name=_("Main menu"))
    if not menu.is_visible():
        hands.press_button(_("Menu"))
    hands.follow(_(place), menu)


def take_in(hands: Hands) -> None:
    """The intake worker: an application, from a caller's first words until it is accepted."""
    _ = hands.say
    hands.follow(_("New application"), hands.page.get_by_role("main"))
    tell_contact(hands)
    tell_client(hands)
    tell_household(hands)
    tell_immigration(hands)
    hands.tick(_("We may keep these answers to decide about help."))
    hands.tick(_("We may share them with a partner organization that could take the case."))
    hands.press_button(_("Submit application"))
    expect(hands.page.get_by_role("heading", name=_("Which funds can help"))).to_be_visible()
    hands.press_button(_("Run the conflict check"))
    expect(
        hands.page.get_by_text(_("A fund can help and there is no conflict. Choose the fund and the partner."))
    ).to_be_visible()
    hands.choose(_("Fund"), "Denver Fund")
    hands.choose(_("Partner organization"), NORTH)
    hands.choose(_("Representation"), _(label("representation", "full").text))
    hands.press_button(_("Accept and offer the case"))
    hands.press_button(_("Accept"), hands.page.get_by_role("dialog"))
    expect(hands.page.get_by_text(_(label("application", "accepted").meaning))).to_be_visible()


def tell_contact(hands: Hands) -> None:
    _ = hands.say
    yes = _("Yes")
    hands.search_and_choose(_("Preferred language"), "Spanish" if yes == "Yes" else "Español")
    hands.answer(_("Is an interpreter needed?"), yes)
    hands.fill(_("Phone"), "303 555 0142")
    hands.answer(_("Is it safe to call this number and leave a message?"), yes)
    hands.fill(_("Street and number"), "1 Example Street")
    hands.fill(_("City"), "Denver")
    hands.fill(_("County"), "Denver")
    hands.choose(_("State"), "Colorado")
    hands.fill(_("ZIP code"), "80204")
    hands.press_button(_("Next"))
    expect(hands.page.get_by_role("heading", name=re.compile(_("Client")))).to_be_focused()


def tell_client(hands: Hands) -> None:
    _ = hands.say
    hands.fill(_("Given names"), "Ejemplo")
    hands.fill(_("Family names"), "Ficticio")
    month = dict(month_names(hands.language))[2]
    hands.enter_day(_("Date of birth"), "28", month, "1990", (_("Month"), _("Day"), _("Year")))
    hands.search_and_choose(_("Country of birth"), "Guatemala")
    hands.press_button(_("Next"))
    expect(hands.page.get_by_role("heading", name=re.compile(_("Household and money")))).to_be_focused()


def tell_household(hands: Hands) -> None:
    _ = hands.say
    hands.fill(_("People in the household"), "4")
    hands.fill(_("Whose, and from what"), "Ejemplo")
    hands.fill(_("Amount in dollars"), "3,100")
    hands.choose(_("How often"), _(label("income_period", "monthly").text))
    hands.answer(_("How do we know the income?"), _(label("income_basis", "pay_stubs").text))
    hands.press_button(_("Next"))
    expect(hands.page.get_by_role("heading", name=re.compile(_("Immigration and court")))).to_be_focused()


def tell_immigration(hands: Hands) -> None:
    _ = hands.say
    hands.answer(_("Is there a case in immigration court?"), _("Yes"))
    hands.fill(_("A-number"), "900 000 017")
    hands.choose(_("Immigration status"), _(label("immigration_status", "none").text))
    hands.answer(_("Detention"), _(label("custody", "never_detained").text))
    hands.fill(_("Immigration court"), "Denver")
    hands.answer(_("Does an attorney already work on this?"), _("No"))
    hands.press_button(_("Next"))
    expect(hands.page.get_by_role("heading", name=re.compile(_("Review")))).to_be_focused()


def take_the_case(hands: Hands) -> None:
    """The attorney: accepts the offer, sees whose case it is, asks for money."""
    _ = hands.say
    go_to(hands, "Offers")
    hands.tick(_("I checked, and I have no conflict of interest."))
    hands.press_button(_("Accept the case"))
    expect(hands.page.get_by_text("Ejemplo Ficticio").first).to_be_visible()
    hands.unfold(_("Ask for money"))
    hands.choose(_("Fund and category"), _(label("category", "representation").text))
    hands.fill(_("Amount"), "1500")
    hands.press_button(_("Ask for the award"))
    expect(hands.page.get_by_text(_(label("award", "requested").text)).first).to_be_visible()


def approve_and_report(hands: Hands) -> None:
    """The fund's administrator: approves the award that waits, and makes the report of what was paid."""
    _ = hands.say
    waiting = hands.page.get_by_role("region", name=_("Awards to approve"))
    hands.follow("AW-", waiting, whole=False)
    hands.press_button(_("Approve"))
    hands.press_button(_("Approve"), hands.page.get_by_role("dialog"))
    expect(hands.page.get_by_text(_(label("award", "approved").meaning))).to_be_visible()
    go_to(hands, "Reports")
    hands.follow(_("Disbursements"), hands.page.get_by_role("main"), whole=False)
    hands.follow(_("This year"))
    expect(hands.page.get_by_text("437.19").first).to_be_visible()
