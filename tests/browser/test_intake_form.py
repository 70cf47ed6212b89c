"""The intake form in Chromium: saved as one goes, and nothing typed is lost whatever happens."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from app.intake.pages import lists
from app.web.choices import states
from tests.browser.stage import INTAKE_WORKER, Stage

DRAFT = "0191-draft"
CREATE, PATCH = "POST /api/v1/applications", f"PATCH /api/v1/applications/{DRAFT}"
SUBMIT = f"POST /api/v1/applications/{DRAFT}/submit"


def intake(stage: Stage, answers: dict[str, Any] | None = None, etag: str | None = None, language: str = "en") -> str:
    """The address of the form, new or resumed."""
    application = SimpleNamespace(id=DRAFT, etag=etag, reference="AP-7K3Q-9F2M", status="draft") if etag else None
    path = f"/applications/{DRAFT}/edit" if etag else "/applications/new"
    view = {
        "lists": lists(language),
        "states": states(),
        "drafts": [],
    }
    reader = replace(INTAKE_WORKER, path=path, language=language)
    return stage.show(path, "intake/new.html", reader, answers=answers or {}, application=application, **view)


def status(page: Page) -> Any:
    return expect(page.locator("[data-status]"))


def open_new(page: Page, stage: Stage) -> None:
    stage.answer(CREATE, 201, {"id": DRAFT}, etag='"1"')
    page.goto(intake(stage))


class TestSaving:
    def test_the_first_words_make_a_draft_and_the_address_finds_it(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_label("Phone", exact=True).fill("303-555-0142")
        page.get_by_role("button", name="Next").click()
        status(page).to_contain_text("Saved")
        expect(page).to_have_url(re.compile(f"/applications/{DRAFT}/edit#client$"))
        [call] = stage.calls(CREATE)
        assert call.body["contact"] == {"phone": "303-555-0142"}
        assert call.body["submit"] is False
        assert re.fullmatch(r"[0-9a-f-]{36}", call.headers["idempotency-key"])

    def test_it_saves_every_few_seconds_without_a_click(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_label("City").fill("Denver")
        status(page).to_have_text("Not saved yet")
        status(page).to_contain_text("Saved", timeout=8000)

    def test_nothing_typed_makes_no_draft(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("heading", name="Client")).to_be_focused()
        assert stage.heard == []

    def test_later_saves_carry_the_etag_and_clear_what_was_emptied(self, page: Page, stage: Stage) -> None:
        stage.answer(PATCH, 200, {"id": DRAFT}, etag='"8"')
        page.goto(intake(stage, {"contact": {"phone": "303-555-0142", "address": {"city": "Denver"}}}, '"7"'))
        page.get_by_label("Phone", exact=True).fill("")
        page.get_by_label("City").fill("")
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("Saved")
        page.get_by_label("City").fill("Aurora")
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("Saved")
        first, second = stage.calls(PATCH)
        assert first.headers["if-match"] == '"7"'
        assert first.body["contact"]["phone"] is None
        assert first.body["contact"]["address"] is None
        assert second.headers["if-match"] == '"8"'
        assert second.body["contact"]["address"]["city"] == "Aurora"

    def test_every_kind_of_answer_is_sent_as_the_api_takes_it(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_label("Preferred language").fill("quich")
        page.keyboard.press("Enter")
        page.get_by_role("group", name="Is an interpreter needed?").get_by_text("Does not know").click()
        page.goto(page.url.split("#")[0] + "#client")
        born = page.get_by_role("group", name="Date of birth")
        born.get_by_label("Month").select_option("March")
        born.get_by_label("Day").fill("4")
        born.get_by_label("Year").fill("1988")
        page.goto(page.url.split("#")[0] + "#household")
        page.get_by_label("People in the household", exact=False).first.fill("3")
        page.get_by_label("Amount in dollars").fill("$31,300.5")
        page.get_by_label("How often").select_option("every year")
        page.goto(page.url.split("#")[0] + "#immigration")
        hearing = page.get_by_role("group", name="Next hearing")
        hearing.get_by_label("If there is no answer, why").select_option("not_asked")
        expect(hearing.get_by_label("Year")).to_be_disabled()
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("Saved")
        said = (stage.calls(PATCH) or stage.calls(CREATE))[-1].body
        assert said["applicant"]["preferred_language"] == "quc"
        assert said["applicant"]["interpreter_needed"] == "unknown"
        assert said["applicant"]["date_of_birth"] == "1988-03-04"
        assert said["household"]["size"] == 3
        assert said["household"]["incomes"] == [{"source": None, "amount": "31300.50", "period": "yearly"}]
        assert "annual_income" not in said["household"]
        assert said["immigration"]["next_hearing_on"] == "not_asked"
        assert said["consents"] == {"share_with_partner": False} or said["consents"]["store"] is None


class TestLosingNothing:
    def test_without_a_connection_it_says_so_and_saves_when_there_is_one(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.context.set_offline(True)
        page.get_by_label("City").fill("Denver")
        page.get_by_role("button", name="Next").click()
        status(page).to_have_text("Not saved: no connection. Keep this page open.")
        page.context.set_offline(False)
        status(page).to_contain_text("Saved")
        assert stage.calls(CREATE)[0].body["contact"]["address"]["city"] == "Denver"

    def test_a_lost_answer_makes_no_second_draft(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage))
        lose = {"now": True}
        page.route("**/api/v1/applications", lambda route: route.abort() if lose["now"] else route.continue_())
        page.get_by_label("City").fill("Denver")
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("no connection")
        lose["now"] = False
        stage.answer(CREATE, 201, {"id": DRAFT}, etag='"1"')
        page.get_by_label("City").fill("Aurora")
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("Saved", timeout=10000)
        [created] = stage.calls(CREATE)
        assert created.body["contact"]["address"]["city"] == "Denver"
        assert stage.calls(PATCH)[0].body["contact"]["address"]["city"] == "Aurora"

    def test_an_ended_session_is_renewed_in_place(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage))
        stage.answer(CREATE, 401, {"detail": "Sign in first."})
        stage.answer("POST /api/v1/session", 401, {"detail": "E-mail or password is not right."})
        stage.answer("POST /api/v1/session", 201, {"id": "me"})
        stage.answer(CREATE, 201, {"id": DRAFT}, etag='"1"')
        page.get_by_label("City").fill("Denver")
        page.get_by_role("button", name="Save now").click()
        dialog = page.get_by_role("dialog", name="Sign in again")
        expect(dialog.get_by_label("E-mail")).to_have_value(INTAKE_WORKER.email)
        expect(dialog.get_by_label("Password")).to_be_focused()
        dialog.get_by_label("Password").fill("wrong")
        dialog.get_by_role("button", name="Sign in and go on").click()
        expect(dialog.get_by_role("alert")).to_have_text("E-mail or password is not right.")
        dialog.get_by_label("Password").fill("right")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        status(page).to_contain_text("Saved")
        assert [call.body["contact"] for call in stage.calls(CREATE)] == [{"address": {"city": "Denver"}}] * 2

    def test_refusing_to_sign_in_keeps_the_words_and_says_so(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage))
        stage.answer(CREATE, 401, {})
        page.get_by_label("City").fill("Denver")
        page.get_by_role("button", name="Save now").click()
        page.get_by_role("button", name="Not now").click()
        status(page).to_have_text("Not saved: you are signed out.")
        expect(page.get_by_label("City")).to_have_value("Denver")

    @pytest.mark.parametrize("choice", ["mine", "theirs"])
    def test_somebody_elses_change_is_a_choice(self, page: Page, stage: Stage, choice: str) -> None:
        page.goto(intake(stage, {"contact": {"address": {"city": "Denver"}}}, '"7"'))
        stage.answer(PATCH, 412, {"detail": "Somebody else changed this record."})
        stage.answer(f"GET /api/v1/applications/{DRAFT}", 200, {"id": DRAFT}, etag='"9"')
        page.get_by_label("City").fill("Aurora")
        page.get_by_role("button", name="Save now").click()
        dialog = page.get_by_role("dialog", name="Somebody else changed this application")
        if choice == "mine":
            dialog.get_by_role("button", name="Keep what is on my screen").click()
            status(page).to_contain_text("Saved")
            assert stage.calls(PATCH)[1].headers["if-match"] == '"9"'
        else:
            with page.expect_navigation():
                dialog.get_by_role("button", name="Load the other answers").click()
            expect(page.get_by_label("City")).to_have_value("Denver")
            assert len(stage.calls(PATCH)) == 1

    def test_a_connection_lost_while_choosing_is_no_end(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {"contact": {"address": {"city": "Denver"}}}, '"7"'))
        stage.answer(PATCH, 412, {"detail": "Somebody else changed this record."})
        page.get_by_label("City").fill("Aurora")
        page.get_by_role("button", name="Save now").click()
        dialog = page.get_by_role("dialog", name="Somebody else changed this application")
        expect(dialog).to_be_visible()
        page.context.set_offline(True)
        dialog.get_by_role("button", name="Keep what is on my screen").click()
        status(page).to_contain_text("no connection")
        stage.answer(f"GET /api/v1/applications/{DRAFT}", 200, {"id": DRAFT}, etag='"9"')
        stage.answer(PATCH, 412, {"detail": "Somebody else changed this record."})
        page.context.set_offline(False)
        dialog.get_by_role("button", name="Keep what is on my screen").click()
        status(page).to_contain_text("Saved")
        assert stage.calls(PATCH)[-1].headers["if-match"] == '"9"'

    def test_the_browser_asks_before_unsaved_words_go(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.context.set_offline(True)
        page.get_by_label("City").fill("Denver")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.close(run_before_unload=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]

    def test_nothing_is_kept_in_the_browser(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_label("City").fill("Denver")
        page.get_by_role("button", name="Save now").click()
        status(page).to_contain_text("Saved")
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate("indexedDB.databases()") == []
        assert page.context.cookies() == []


class TestReviewAndSubmit:
    def test_the_review_shows_the_answers_and_leads_back(self, page: Page, stage: Stage) -> None:
        answers = {
            "applicant": {"given_names": "Lucía", "date_of_birth": "1988-03-04", "country_of_birth": "GT"},
            "household": {"size": "unknown"},
            "immigration": {"custody": "released"},
        }
        page.goto(intake(stage, answers, '"7"') + "#review")
        review = page.locator("[data-review]")
        expect(review).to_contain_text("Lucía")
        expect(review).to_contain_text("March 4, 1988")
        expect(review).to_contain_text("Guatemala")
        expect(review).to_contain_text("Does not know")
        expect(review).to_contain_text("Released from detention")
        expect(review.get_by_text("No answer yet: needed to submit").first).to_be_visible()
        review.get_by_role("link", name="Change Given names").click()
        expect(page.get_by_label("Given names")).to_be_focused()
        page.go_back()
        expect(review).to_be_visible()

    def test_submitting_opens_the_application(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {"consents": {"store": True}}, '"7"') + "#review")
        page.get_by_text("We may share them").click()
        stage.answer(PATCH, 200, {"id": DRAFT}, etag='"8"')
        page.get_by_role("button", name="Submit application").click()
        expect(page).to_have_url(re.compile(f"/applications/{DRAFT}$"))
        assert stage.calls(PATCH)[0].body["consents"] == {"store": True, "share_with_partner": True}
        assert len(stage.calls(SUBMIT)) == 1
        assert stage.calls(SUBMIT)[0].headers["idempotency-key"]

    def test_refused_answers_are_listed_and_each_leads_to_its_field_on_its_step(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {}, '"7"') + "#review")
        errors = [
            {"pointer": "/applicant/given_names", "message": "Enter an answer here."},
            {"pointer": "/applicant/date_of_birth", "code": "date_of_birth.date", "message": "Enter 2026-03-14."},
            {"pointer": "/contact/address/postal_code", "message": "Enter a ZIP code."},
            {"pointer": "/elsewhere", "message": "Something without a field."},
        ]
        stage.answer(SUBMIT, 422, {"detail": "Some answers need another look.", "errors": errors})
        page.get_by_role("button", name="Submit application").click()
        summary = page.locator("main [data-summary]")
        expect(summary).to_be_focused()
        # A date is three fields here: how a program writes it would help nobody.
        told = "Choose the month, and enter the day and the year with four digits."
        said = [
            "Given names: Enter an answer here.",
            f"Date of birth: {told}",
            "ZIP code: Enter a ZIP code.",
            "Something without a field.",
        ]
        assert summary.locator("li").all_text_contents() == said
        summary.get_by_role("link", name="Enter a ZIP code.").click()
        expect(page.get_by_label("ZIP code")).to_be_focused()
        expect(page.get_by_label("ZIP code")).to_have_attribute("aria-invalid", "true")
        summary.get_by_role("link", name="Choose the month").click()
        expect(page.get_by_role("group", name="Date of birth").get_by_label("Month")).to_be_focused()
        summary.get_by_role("link", name="Enter an answer here.").click()
        names = page.get_by_label("Given names")
        expect(names).to_have_accessible_description(re.compile("Error: Enter an answer here."))
        names.fill("Lucía")
        expect(names).not_to_have_attribute("aria-invalid", "true")

    def test_a_lost_answer_to_the_submission_can_be_repeated_with_its_key(self, page: Page, stage: Stage) -> None:
        page.goto(intake(stage, {}, '"7"') + "#review")
        lose = {"now": True}
        page.route("**/submit", lambda route: route.abort() if lose["now"] else route.continue_())
        page.get_by_role("button", name="Submit application").click()
        expect(page.locator("main [data-summary]")).to_contain_text("There is no connection to Amparo.")
        lose["now"] = False
        page.get_by_role("button", name="Submit application").click()
        expect(page).to_have_url(re.compile(f"/applications/{DRAFT}$"))

    def test_enter_goes_on_and_does_not_submit(self, page: Page, stage: Stage) -> None:
        open_new(page, stage)
        page.get_by_label("City").fill("Denver")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Client")).to_be_focused()
        status(page).to_contain_text("Saved")
        assert stage.calls(SUBMIT) == []
