"""The fields of the intake form in Chromium: lists chosen from by typing, dates and money as people write them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import Stage
from tests.browser.test_intake_form import CREATE, DRAFT, PATCH, intake, open_new, status

WITHDRAW = f"POST /api/v1/applications/{DRAFT}/withdraw"
POVERTY = "POST /api/v1/applications/poverty"


def sent(page: Page, stage: Stage) -> Any:
    """What the next save says."""
    page.get_by_role("button", name="Save now").click()
    status(page).to_contain_text("Saved")
    return (stage.calls(PATCH) or stage.calls(CREATE))[-1].body


class TestChoosing:
    @pytest.mark.parametrize(
        ("typed", "found", "code"),
        [("hai", "Haiti", "HT"), ("Alem", "Germany", "DE"), ("cote d i", "Côte d’Ivoire", "CI")],
    )
    def test_a_few_letters_in_either_language_find_a_country(
        self, page: Page, stage: Stage, typed: str, found: str, code: str
    ) -> None:
        open_new(page, stage)
        page.goto(page.url + "#client")
        field = page.get_by_role("combobox", name="Country of birth")
        field.fill(typed if typed != "cote d i" else "côte d’i")
        expect(page.get_by_role("option", name=found, exact=True)).to_be_visible()
        expect(field).to_have_attribute("aria-activedescendant", re.compile("at-0$"))
        page.keyboard.press("Enter")
        expect(field).to_have_value(found)
        expect(field).to_have_attribute("aria-expanded", "false")
        assert sent(page, stage)["applicant"] == {"country_of_birth": code}

    def test_arrows_walk_the_list_and_escape_closes_it(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        field = page.get_by_role("combobox", name="Preferred language")
        field.press("ArrowDown")
        expect(page.get_by_role("option").first).to_have_text("Spanish")
        field.press("ArrowUp")
        field.press("ArrowDown")
        field.press("ArrowDown")
        expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_text("English")
        field.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        field.press("ArrowDown")
        page.get_by_role("option", name="Mam", exact=True).click()
        expect(field).to_have_value("Mam")
        assert sent(page, stage)["applicant"] == {"preferred_language": "mam"}

    def test_one_match_is_taken_on_leaving_and_of_several_none_is_guessed(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        field = page.get_by_role("combobox", name="Preferred language")
        field.fill("kaqch")
        page.keyboard.press("Tab")
        expect(field).to_have_value("Kaqchikel")
        field.fill("chin")
        page.keyboard.press("Tab")
        expect(field).to_have_value("chin")
        assert sent(page, stage)["applicant"] == {"preferred_language": "chin"}, "kept as it was typed"

    def test_what_is_in_no_list_comes_back(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {"applicant": {"country_of_birth": "declined"}}, '"7"') + "#client")
        expect(page.get_by_role("combobox", name="Country of birth")).to_have_value("Declined to say")

    def test_without_scripts_it_is_a_plain_list(self, browser: Browser, stage: Stage) -> None:
        page = browser.new_page(java_script_enabled=False)
        page.goto(intake(stage))
        expect(page.get_by_label("Country of birth")).to_have_js_property("tagName", "SELECT")
        page.get_by_label("Country of birth").select_option("Guatemala")
        page.close()


class TestDays:
    def paste(self, page: Page, text: str) -> Any:
        born = page.get_by_role("group", name=re.compile("Date of birth|Fecha de nacimiento"), exact=False).first
        born.locator('[data-part="day"]').evaluate(
            """(field, text) => { const clipboardData = new DataTransfer(); clipboardData.setData("text", text);
               const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
               field.dispatchEvent(paste) }""",
            text,
        )
        return born

    def parts(self, born: Any) -> tuple[str, ...]:
        return tuple(born.locator(f'[data-part="{part}"]').input_value() for part in ("year", "month", "day"))

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_a_whole_date_is_taken_as_it_is_written(self, page: Page, stage: Stage, language: str) -> None:
        page.goto(intake(stage, language=language) + "#client")
        for text in ("1990-03-04", "March 4, 1990", "4 de marzo de 1990", "4 mar. 1990", "1990/3/4"):
            page.reload()
            assert self.parts(self.paste(page, text)) == ("1990", "03", "4"), text
        for text, parts in (("13/4/1990", ("1990", "04", "13")), ("4-13-1990", ("1990", "04", "13"))):
            assert self.parts(self.paste(page, text)) == parts

    def test_what_could_be_two_days_is_asked(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.goto(page.url + "#client")
        born = self.paste(page, "3/4/1990")
        assert self.parts(born) == ("", "", "")
        asked = page.get_by_role("group", name="3/4/1990: which day is meant?")
        expect(asked.get_by_role("button", name="March 4, 1990")).to_be_focused()
        asked.get_by_role("button", name="April 3, 1990").click()
        expect(asked).to_be_hidden()
        assert self.parts(born) == ("1990", "04", "3")
        assert sent(page, stage)["applicant"]["date_of_birth"] == "1990-04-03"

    @pytest.mark.parametrize("text", ["3/4/90", "31/31/1990", "February 30, 1990", "Lucía 1990"])
    def test_nothing_is_guessed(self, page: Page, stage: Stage, text: str) -> None:
        page.goto(intake(stage) + "#client")
        born = self.paste(page, text)
        assert self.parts(born) == ("", "", "")
        expect(page.get_by_text("which day is meant")).to_be_hidden()

    def test_a_date_typed_whole_into_one_field_counts_too(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage) + "#client")
        born = page.get_by_role("group", name="Date of birth")
        born.get_by_label("Day").fill("1990-03-04")
        page.keyboard.press("Tab")
        assert self.parts(born) == ("1990", "03", "4")


class TestIncomes:
    def test_lines_are_sent_as_they_are_paid_and_the_server_says_the_sum(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.goto(page.url + "#household")
        stage.answer(POVERTY, 200, {"annual_income": None, "said": "Enter more."})
        page.get_by_label("Whose, and from what").fill("Mother, cleaning")
        expect(page.get_by_text("Enter more.")).to_be_visible()
        stage.answer(POVERTY, 200, {"annual_income": "16700.06", "said": "61.1 percent of something."})
        page.get_by_label("Amount in dollars").fill("$642.31")
        page.get_by_label("How often").select_option("every two weeks")
        expect(page.get_by_text("$16,700.06 a year")).to_be_visible()
        expect(page.get_by_text("61.1 percent of something.")).to_be_visible()
        asked = stage.calls(POVERTY)[-1]
        assert asked.body == {
            "incomes": [{"source": "Mother, cleaning", "amount": "642.31", "period": "every_two_weeks"}]
        }
        page.get_by_role("button", name="Add another income").click()
        page.keyboard.type("Brother")
        page.keyboard.press("Tab")
        page.keyboard.type("1,200")
        page.get_by_role("button", name="Remove this income").first.click()
        assert sent(page, stage)["household"]["incomes"] == [{"source": "Brother", "amount": "1200"}]

    def test_a_refusal_finds_its_line_past_a_blank_one(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {}, '"7"') + "#household")
        page.get_by_role("button", name="Add another income").click()
        second = page.get_by_role("group", name="Income", exact=True).nth(1)
        second.get_by_label("Amount in dollars").fill("1,25")
        errors = [{"pointer": "/household/incomes/0/amount", "message": "Enter an amount in dollars."}]
        stage.answer(PATCH, 422, {"errors": errors})
        page.get_by_role("button", name="Save now").click()
        expect(second.get_by_label("Amount in dollars")).to_have_attribute("aria-invalid", "true")
        assert stage.calls(PATCH)[0].body["household"]["incomes"][0]["amount"] == "1,25", "not taken for 125"

    def test_a_yearly_income_without_lines_comes_back_as_a_line(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {"household": {"annual_income": "38000.00"}}, '"7"') + "#household")
        expect(page.get_by_label("Amount in dollars")).to_have_value("38000.00")
        page.get_by_label("Amount in dollars").fill("")
        stage.answer(PATCH, 200, {"id": DRAFT}, etag='"8"')
        household = sent(page, stage)["household"]
        assert household["incomes"] is None
        assert household["annual_income"] is None

    def test_why_there_is_no_answer_takes_the_place_of_the_lines(self, page: Page, stage: Stage) -> None:
        lines = {"incomes": [{"source": None, "amount": "500", "period": "weekly"}], "annual_income": "26000.00"}
        page.goto(intake(stage, {"household": lines}, '"7"') + "#household")
        group = page.get_by_role("group", name="Income before taxes")
        group.get_by_label("If there is no answer, why").select_option("declined")
        expect(page.get_by_label("Amount in dollars")).to_be_disabled()
        household = sent(page, stage)["household"]
        assert (household["incomes"], household["annual_income"]) == (None, "declined")


class TestProgress:
    def test_each_step_says_what_is_still_needed(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage))
        link = page.get_by_role("link", name=re.compile("^Contact and safety"))
        expect(link).to_have_text("Contact and safetyStill needed: 3")
        page.get_by_label("Preferred language").fill("Spanish")
        page.get_by_role("group", name="Is an interpreter needed?").get_by_text("No", exact=True).click()
        page.get_by_role("group", name="Is it safe").get_by_text("Yes", exact=True).click()
        expect(link).to_have_text("Contact and safetyComplete")
        title = re.compile("^Step 1 of 5.*Complete.*Contact and safety$")
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        page.goto(page.url.split("#")[0] + "#client")
        born = page.get_by_role("group", name="Date of birth")
        born.get_by_label("Year").fill("1990")
        expect(page.get_by_role("link", name=re.compile("^Client"))).to_have_text("ClientStill needed: 4")

    def test_a_link_to_a_question_opens_its_step_at_the_field(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {}, '"7"') + "#/contact/address/city")
        expect(page.get_by_label("City")).to_be_focused()
        page.goto("about:blank")
        page.goto(intake(stage, {}, '"7"') + "#/household/annual_income")
        expect(page.get_by_label("Whose, and from what")).to_be_focused()


class TestDiscarding:
    def test_it_asks_and_says_what_happens(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {"contact": {"address": {"city": "Denver"}}}, '"7"'))
        page.get_by_role("button", name="Discard").click()
        dialog = page.get_by_role("dialog", name="Discard this draft?")
        expect(dialog).to_contain_text("nobody at the desk can open its answers again")
        page.keyboard.press("Escape")
        expect(page.get_by_label("City")).to_have_value("Denver")
        assert stage.calls(WITHDRAW) == []
        page.context.set_offline(True)
        page.get_by_role("button", name="Discard").click()
        dialog.get_by_role("button", name="Discard the draft").click()
        expect(page.locator("main [data-summary]")).to_contain_text("There is no connection")
        expect(page.get_by_label("City")).to_have_value("Denver")
        page.context.set_offline(False)
        page.get_by_role("button", name="Discard").click()
        dialog.get_by_role("button", name="Discard the draft").click()
        expect(page).to_have_url(re.compile("/applications$"))
        [call] = stage.calls(WITHDRAW)
        assert call.body == {"reason": "other"}

    def test_what_was_never_saved_is_only_left(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage))
        page.get_by_role("button", name="Discard").click()
        page.get_by_role("button", name="Discard the draft").click()
        expect(page).to_have_url(re.compile("/applications$"))
        assert stage.heard == []
