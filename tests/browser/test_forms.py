"""Forms, dialogs, revealing and the shell in Chromium, before a scripted API and the real security headers."""

import re
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Page, Route, expect

from app.web.i18n import LANGUAGES
from app.web.render import Reader
from app.web.templating import environment
from tests.browser.stage import INTAKE_WORKER, Stage

IMPORTS = """{% extends "web/base.html" %}
{% import "web/parts/fields.html" as fields %}
{% import "web/parts/forms.html" as forms %}
{% block title %}A form{% endblock %}
{% block scripts %}<script type="module" src="{{ static('reveal.js') }}"></script>{% endblock %}
{% block content %}"""

AWARD = """
{% call forms.form("/api/v1/awards", next="/awards/{id}", confirm="sure") %}
{{ fields.money("/amount", "Amount", required=true) }}
{{ fields.select("/category", "Category", named("category"), required=true) }}
{{ fields.textarea("/memo", "Memo") }}
{{ fields.checks("/tags/-", "Tags", [("a", "First tag"), ("b", "Second tag")]) }}
{{ forms.hidden("/case_id", "0191-case") }}{{ forms.hidden("/count", "3", "integer") }}
{{ forms.submit("Request award") }}
{% endcall %}
{% call pieces.confirm("sure", "Request this award?", "It is sent to the fund.", "Request it") %}
<p>Amount: <b data-fill="/amount"></b>, category: <b data-fill="/category"></b></p>
{% endcall %}
"""

CHANGE = """
{% call forms.form("/api/v1/cases/1", method="patch", etag='"4"') %}
{{ fields.text("/court", "Court", "Denver") }}
{{ forms.submit("Save") }}
{% endcall %}
"""

REVEAL = """
{{ pieces.reveal("/api/v1/applicants/7/reveal", "identity", [
  ("Given names", "/given_names", none), ("Date of birth", "/date_of_birth", "date"),
  ("City", "/address/city", none), ("Country", "/country_of_birth", "country")]) }}
"""


@pytest.fixture
def show(stage: Stage, page: Page, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open a page made of a few lines of template."""
    lines: dict[str, str] = {}
    for made in map(environment, LANGUAGES):
        assert made.loader is not None
        monkeypatch.setattr(made, "loader", ChoiceLoader([DictLoader(lines), made.loader]))

    def shown(body: str, reader: Reader = INTAKE_WORKER, path: str = "/form") -> None:
        lines["here"] = IMPORTS + body + "{% endblock %}"
        page.goto(stage.show(path, "here", reader))

    return shown


def body(stage: Stage, call: str) -> Any:
    return stage.calls(call)[-1].body


class TestForms:
    def fill(self, page: Page) -> None:
        page.get_by_label("Amount").fill("1,250")
        page.get_by_label("Category").select_option("filing_fees")
        page.get_by_text("Second tag").click()

    def test_it_asks_before_it_acts_and_names_what_will_happen(self, show: Any, page: Page, stage: Stage) -> None:
        show(AWARD)
        self.fill(page)
        page.get_by_role("button", name="Request award").click()
        dialog = page.get_by_role("dialog", name="Request this award?")
        expect(dialog).to_contain_text("Amount: $1,250.00, category: Filing fees")
        dialog.get_by_role("button", name="Go back").click()
        page.wait_for_timeout(300)
        assert stage.heard == []

    def test_a_confirmed_form_is_sent_with_its_types_and_goes_on(self, show: Any, page: Page, stage: Stage) -> None:
        show(AWARD)
        self.fill(page)
        stage.answer("POST /api/v1/awards", 201, {"id": "0191-award"})
        page.get_by_role("button", name="Request award").click()
        page.get_by_role("button", name="Request it").click()
        expect(page).to_have_url(re.compile("/awards/0191-award$"))
        assert body(stage, "POST /api/v1/awards") == {
            "amount": "1250",
            "category": "filing_fees",
            "tags": ["b"],
            "case_id": "0191-case",
            "count": 3,
        }

    def test_what_is_needed_and_blank_is_told_before_the_question(self, show: Any, page: Page, stage: Stage) -> None:
        show(AWARD)
        page.get_by_role("button", name="Request award").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("main [data-summary] a")).to_have_count(2)
        page.locator("main [data-summary] a").first.click()
        expect(page.get_by_label("Amount")).to_be_focused()
        assert stage.heard == []

    def test_escape_is_no_yes(self, show: Any, page: Page, stage: Stage) -> None:
        show(AWARD)
        self.fill(page)
        page.get_by_role("button", name="Request award").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.wait_for_timeout(300)
        assert stage.heard == []

    def test_a_repeat_after_a_lost_answer_has_the_same_key(self, show: Any, page: Page, stage: Stage) -> None:
        show(CHANGE)
        sent: list[str] = []

        def lose(route: Route) -> None:
            sent.append(route.request.headers["idempotency-key"])
            route.abort()

        page.route("**/cases/1", lose)
        for _ in range(2):
            page.get_by_role("button", name="Save").click()
            expect(page.locator("main [data-summary]")).to_contain_text("There is no connection")
            expect(page.get_by_role("button", name="Save")).not_to_have_attribute("aria-disabled", "true")
        assert len(sent) == 2
        assert len(set(sent)) == 1
        expect(page.get_by_label("Court")).to_have_value("Denver")

    def test_a_double_click_sends_once(self, show: Any, page: Page, stage: Stage) -> None:
        show(CHANGE)
        page.get_by_role("button", name="Save").dblclick()
        page.wait_for_load_state("networkidle")
        assert len(stage.calls("PATCH /api/v1/cases/1")) == 1

    def test_a_change_carries_the_etag_and_empties_are_null(self, show: Any, page: Page, stage: Stage) -> None:
        show(CHANGE)
        page.get_by_label("Court").fill("")
        with page.expect_navigation():
            page.get_by_role("button", name="Save").click()
        [call] = stage.calls("PATCH /api/v1/cases/1")
        assert call.headers["if-match"] == '"4"'
        assert call.body == {"court": None}

    @pytest.mark.parametrize(("status", "text"), [(409, "This case is closed."), (412, "Somebody else changed it.")])
    def test_a_refusal_is_shown_and_nothing_is_lost(
        self, show: Any, page: Page, stage: Stage, status: int, text: str
    ) -> None:
        show(CHANGE)
        page.get_by_label("Court").fill("Aurora")
        stage.answer("PATCH /api/v1/cases/1", status, {"detail": text})
        page.get_by_role("button", name="Save").click()
        summary = page.locator("main [data-summary]")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text(text)
        expect(page.get_by_label("Court")).to_have_value("Aurora")

    def test_a_busy_server_is_asked_again(self, show: Any, page: Page, stage: Stage) -> None:
        show(CHANGE)
        stage.answer("PATCH /api/v1/cases/1", 503, {"detail": "Busy."}, retry_after="1")
        with page.expect_navigation():
            page.get_by_role("button", name="Save").click()
        assert len(stage.calls("PATCH /api/v1/cases/1")) == 2

    def test_markup_in_an_answer_stays_text(self, show: Any, page: Page, stage: Stage) -> None:
        show(CHANGE)
        stage.answer("PATCH /api/v1/cases/1", 422, {"errors": [{"pointer": "/court", "message": "<img src=x> wrong"}]})
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name="<img src=x> wrong")).to_be_visible()


class TestRevealing:
    def test_it_opens_for_a_purpose_and_hides_again(self, show: Any, page: Page, stage: Stage) -> None:
        page.clock.install()
        show(REVEAL)
        box = page.locator("[data-reveal]")
        expect(box).not_to_contain_text("Lucía")
        stage.answer(
            "POST /api/v1/applicants/7/reveal",
            200,
            {
                "given_names": "Lucía",
                "date_of_birth": "1988-03-04",
                "address": {"city": "Denver"},
                "country_of_birth": "GT",
            },
        )
        box.get_by_label("Purpose").select_option("quality_review")
        box.get_by_role("button", name="Show").click()
        for text in ("Lucía", "Mar 4, 1988", "Denver", "Guatemala"):
            expect(box).to_contain_text(text)
        assert body(stage, "POST /api/v1/applicants/7/reveal") == {"group": "identity", "purpose": "quality_review"}
        page.clock.run_for(61_000)
        expect(box).not_to_contain_text("Lucía")

    def test_hide_hides_at_once(self, show: Any, page: Page, stage: Stage) -> None:
        show(REVEAL)
        stage.answer("POST /api/v1/applicants/7/reveal", 200, {"given_names": "Lucía"})
        page.get_by_role("button", name="Show").click()
        page.get_by_role("button", name="Hide").click()
        expect(page.locator("[data-reveal]")).not_to_contain_text("Lucía")
        expect(page.get_by_role("button", name="Show")).to_be_focused()

    def test_a_refusal_is_told(self, show: Any, page: Page, stage: Stage) -> None:
        show(REVEAL)
        stage.answer("POST /api/v1/applicants/7/reveal", 403, {"detail": "Your role does not allow this."})
        page.get_by_role("button", name="Show").click()
        expect(page.locator("[data-reveal]").get_by_role("status")).to_have_text("Your role does not allow this.")
