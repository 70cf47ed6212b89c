"""Pages as text: the shell, macros, escaping, and what a page may never hold."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from jinja2 import ChoiceLoader, DictLoader, TemplateNotFound, UndefinedError
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.intake.pages import lists
from app.money import Money
from app.web.assets import STATIC_FOLDER, Assets, content, static_base
from app.web.choices import states
from app.web.i18n import LANGUAGES, say
from app.web.render import Reader, render
from app.web.templating import environment

READER = Reader(
    name="Inés Prado",
    email="ines@example.org",
    roles=("intake_worker",),
    permissions=frozenset({"application.create", "application.read"}),
    partner="Front Range Legal Aid",
    path="/applications/new",
)
Draw = Callable[..., BeautifulSoup]


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Render a few lines of template and give the parsed result."""
    lines: dict[str, str] = {}
    for made in map(environment, LANGUAGES):
        assert made.loader is not None
        monkeypatch.setattr(made, "loader", ChoiceLoader([DictLoader(lines), made.loader]))

    def drawn(text: str, reader: Reader = READER, **view: object) -> BeautifulSoup:
        name = f"lines-{len(lines)}"
        lines[name] = text
        return BeautifulSoup(render(name, reader, **view), "html.parser")

    return drawn


def intake(reader: Reader, **view: object) -> BeautifulSoup:
    given = {
        "answers": {},
        "application": None,
        "states": states(),
        "lists": lists(reader.language),
        "drafts": [],
    } | view
    return BeautifulSoup(render("intake/new.html", reader, **given), "html.parser")


class TestRendering:
    def test_a_template_stands_in_its_rooms_folder(self) -> None:
        assert "Sign in" in render("staff/sign_in.html", Reader(), next="/")

    @pytest.mark.parametrize("name", ["staff/none.html", "sign_in.html", "nowhere/page.html"])
    def test_an_absent_template_is_an_error(self, name: str) -> None:
        with pytest.raises(TemplateNotFound):
            render(name, READER)

    def test_a_name_that_the_view_lacks_is_an_error(self, draw: Draw) -> None:
        with pytest.raises(UndefinedError):
            draw("{{ nothing_like_this }}")

    def test_text_is_escaped_in_elements_attributes_and_messages(self, draw: Draw) -> None:
        bad = '<script>alert(1)</script>" onclick="x'
        page = draw('<p title="{{ bad }}">{{ bad }} {{ _("Suspend {name}?", name=bad) }}</p>', bad=bad)
        assert page.script is None
        assert page.p is not None
        assert page.p["title"] == bad
        assert page.p.get("onclick") is None
        assert page.p.text == f"{bad} Suspend {bad}?"

    def test_a_message_may_hold_markup_as_a_value_and_escapes_the_rest(self, draw: Draw) -> None:
        page = draw('{{ _("Suspend {name}?", name="AP-7K3Q" | reference) }} {{ _("<b> {x}", x="&" | reference) }}')
        assert [part.text for part in page.find_all("span")] == ["AP-7K3Q", "&"]
        assert page.b is None

    def test_one_reader_does_not_leak_into_the_next(self, draw: Draw) -> None:
        told = [draw('{{ _("Sign in") }}', replace(READER, language=each)).text for each in ("es", "en", "es")]
        assert told == ["Iniciar sesión", "Sign in", "Iniciar sesión"]

    def test_filters_write_for_the_reader(self, draw: Draw) -> None:
        view = {"m": Money(125000), "d": date(2026, 3, 4), "t": datetime(2026, 3, 5, 2, 30, tzinfo=UTC)}
        filters = ("m | money", "d | date", "d | month", "t | datetime", "'open' | label('case')", "12345 | count")
        text = "|".join("{{ " + each + " }}" for each in filters)
        spanish = draw(text, replace(READER, language="es", time_zone="America/New_York"), **view).text.split("|")
        assert spanish[0] == "$1,250.00"
        assert spanish[1] == "4 mar 2026"
        assert spanish[3].startswith("4 mar 2026, 9:30")
        assert spanish[4] == "Abierto"
        assert spanish[5] == "12,345"

    def test_nothing_is_a_dash_and_not_a_zero(self, draw: Draw) -> None:
        filters = ("money", "date", "month", "datetime", "clock", "count", "label('case')", "reference")
        for each in filters:
            assert draw("{{ none | " + each + " }}").text == "–"


class TestShell:
    def test_it_names_its_language_its_page_and_its_place(self) -> None:
        page = intake(replace(READER, language="es"))
        assert page.html is not None
        assert page.html["lang"] == "es"
        assert page.title is not None
        assert page.title.text == "Nueva solicitud · Amparo"
        assert [link.text for link in page.select("nav [aria-current=page]")] == ["Nueva solicitud"]

    def test_the_menu_shows_what_one_may_do(self) -> None:
        shown = [link["href"] for link in intake(READER).select("#places a")]
        assert shown == ["/", "/applications/new", "/applications"]

    def test_a_visitor_gets_no_menu_no_account_and_no_dialog(self) -> None:
        page = BeautifulSoup(render("staff/sign_in.html", Reader(), next="/"), "html.parser")
        assert page.select("#places, .account, #sign-in-again") == []

    def test_the_demonstration_says_that_it_is_one(self) -> None:
        assert intake(READER).select(".demo") == []
        assert intake(replace(READER, demo=True)).select(".demo") != []

    def test_scripts_get_their_sentences_in_the_readers_language(self) -> None:
        page = intake(replace(READER, language="es"))
        template = page.find(id="words")
        assert template is not None
        words = {str(each["data-word"]): each.decode_contents() for each in template.find_all("p")}
        assert words["offline"] == say("es", "Not saved: no connection. Keep this page open.")
        assert words["saved"] == "Guardado {time}"
        used = set(re.findall(r'(?:word|note)\(\s*"(\w+)"', "".join(f.read_text() for f in STATIC_FOLDER.glob("*.js"))))
        assert used - {"blank", "needed"} <= set(words)


def templates() -> list[str]:
    """Every template by the name that `render` takes: ``room/page.html``."""
    rooms = STATIC_FOLDER.parents[1]
    found = (path.relative_to(rooms).as_posix() for path in rooms.glob("*/templates/**/*.html"))
    return sorted(name.replace("/templates/", "/", 1) for name in found)


@pytest.mark.parametrize("name", templates())
def test_every_template_can_be_read(name: str) -> None:
    assert environment("en").get_template(name).blocks or "/" in name


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    for path in (STATIC_FOLDER.parents[1]).rglob("templates/**/*.html"):
        text = path.read_text()
        # What stands between {% and %} never reaches a page: a macro may well have a parameter `only=`.
        sent = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", text, flags=re.DOTALL)
        assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=|javascript:|<script(?![^>]*\bsrc=)", sent), path
        assert "|safe" not in text.replace(" ", ""), path


def test_scripts_never_write_markup_and_keep_nothing() -> None:
    banned = (
        r"(inner|outer)HTML|insertAdjacentHTML|document\.write|eval\(|new Function|(local|session)Storage|indexedDB"
    )
    for path in STATIC_FOLDER.glob("*.js"):
        assert not re.search(banned, path.read_text()), path


def loaded_with(name: str) -> set[str]:
    """A script and all that it imports."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        found.add(one := waiting.pop())
        text = (STATIC_FOLDER / one).read_text(encoding="utf-8")
        waiting += set(re.findall(r'from "\./([\w-]+\.js)"', text)) - found
    return found


def test_scripts_stay_small() -> None:
    """What any page loads, as it travels; with the headers of each, `tests/browser/test_every_page.py` weighs it."""
    for path in STATIC_FOLDER.parents[1].glob("*/templates/**/*.html"):
        own = re.findall(r"static\('([\w-]+\.js)'\)", path.read_text(encoding="utf-8"))
        scripts = set().union(*(loaded_with(name) for name in {"page.js", *own}))
        assert sum(len(content_packed(name)) for name in scripts) <= 20_000, path


def content_packed(name: str) -> bytes:
    return gzip.compress((STATIC_FOLDER / name).read_bytes(), 9)


class TestIntakeForm:
    #: Every field of the application body that a person answers on the form.
    POINTERS = frozenset(
        """/applicant/given_names /applicant/family_names /applicant/other_names /applicant/date_of_birth
        /applicant/country_of_birth /applicant/a_number /applicant/preferred_language /applicant/interpreter_needed
        /contact/phone /contact/phone_safe /contact/email /contact/address/street /contact/address/city
        /contact/address/county /contact/address/state /contact/address/postal_code /household/size
        /household/annual_income /household/income_basis /immigration/status /immigration/in_removal_proceedings
        /immigration/custody /immigration/facility /immigration/court /immigration/next_hearing_on
        /immigration/entered_on /immigration/has_counsel /notes/own_words /consents/store
        /consents/share_with_partner""".split()
    )

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_asks_for_every_field_once(self, language: str) -> None:
        page = intake(replace(READER, language=language))
        # The parts of an income have no name of their own: how many there will be is not known.
        asked = [group["data-field"] for group in page.select("[data-field]") if group["data-field"]]
        assert set(asked) == self.POINTERS
        assert len(asked) == len(self.POINTERS)

    def test_ids_are_there_once_and_labels_name_a_field(self) -> None:
        page = intake(READER)
        ids = [str(each["id"]) for each in page.select("[id]")]
        assert len(ids) == len(set(ids))
        assert [label["for"] for label in page.select("label[for]") if label["for"] not in ids] == []
        for each in page.select("[aria-describedby]"):
            assert set(str(each["aria-describedby"]).split()) <= set(ids)

    def test_a_question_takes_five_answers_and_none_is_chosen_before(self) -> None:
        page = intake(READER)
        values = [each["value"] for each in page.select('input[name="/contact/phone_safe"]')]
        assert values == ["yes", "no", "unknown", "declined", "not_asked"]
        assert page.select("input[checked]") == []

    @pytest.mark.parametrize("pointer", ["/household/size", "/household/annual_income", "/applicant/date_of_birth"])
    def test_a_value_can_be_missing_for_a_reason(self, pointer: str) -> None:
        [instead] = intake(READER).select(f'[data-instead="{pointer}"]')
        assert [each["value"] for each in instead.select("option")] == ["", "unknown", "declined", "not_asked"]

    def test_a_resumed_draft_shows_its_answers(self) -> None:
        answers = {
            "applicant": {"given_names": "Lucía", "date_of_birth": "1988-03-04", "preferred_language": "quc"},
            "contact": {"phone_safe": "no", "address": {"state": "CO"}},
            "household": {"size": "declined", "annual_income": "31300.00"},
            "consents": {"store": True},
        }
        application = SimpleNamespace(id="0191", etag='"3"', reference="AP-7K3Q-9F2M", status="draft")
        page = intake(READER, answers=answers, application=application)
        form = page.select_one("form[data-draft]")
        assert form is not None
        assert (form["data-id"], form["data-etag"]) == ("0191", '"3"')
        for select, value in (
            ("f-applicant-date_of_birth-month", "03"),
            ("f-household-size-instead", "declined"),
            ("f-applicant-preferred_language", "quc"),
            ("f-contact-address-state", "CO"),
        ):
            assert [each["value"] for each in page.select(f"#{select} option[selected]")] == [value]
        assert {str(each["id"]) for each in page.select("input[checked]")} == {
            "f-contact-phone_safe-no",
            "f-consents-store",
        }
        [size] = page.select("#f-household-size")
        assert size.has_attr("disabled")
        assert size["value"] == ""

    def test_nothing_typed_is_offered_by_the_browser_again(self) -> None:
        typed = intake(READER).select("main input:not([type=radio]):not([type=checkbox])")
        assert {each.get("autocomplete") for each in typed} == {"off"}


class TestMacros:
    def test_a_status_is_a_word_with_its_meaning(self, draw: Draw) -> None:
        page = draw('{% import "web/parts/pieces.html" as pieces %}{{ pieces.explained("disbursement", "released") }}')
        assert page.text.split("  ")[0].strip().startswith("Released")
        assert "The bank has not confirmed it yet." in page.text

    def test_a_table_can_become_cards(self, draw: Draw) -> None:
        page = draw(
            '{% import "web/parts/pieces.html" as pieces %}'
            '{{ pieces.table("Awards", ["Case", ("Amount", "number")], [["CA-1", "$5.00"], ["CA-2", "$6.00"]]) }}'
        )
        assert [each.text for each in page.select("thead th")] == ["Case", "Amount"]
        assert [(each["data-label"], each.text) for each in page.select("td")] == [
            ("Amount", "$5.00"),
            ("Amount", "$6.00"),
        ]
        assert [each["scope"] for each in page.select("tbody th")] == ["row", "row"]

    def test_an_act_asks_first_when_it_should(self, draw: Draw) -> None:
        page = draw(
            '{% import "web/parts/forms.html" as forms %}'
            '{{ forms.act("/api/v1/x", "Do it", confirm="sure") }}'
            '{% call forms.act("/api/v1/y", "Do", method="delete") %}<input name="/why">{% endcall %}'
        )
        first, second = page.select("form")
        assert (first["data-api"], first["data-confirm"], first["data-method"]) == ("/api/v1/x", "sure", "post")
        assert second.select_one("input[name='/why']") is not None

    def test_two_forms_of_one_page_have_ids_of_their_own(self, draw: Draw) -> None:
        page = draw(
            '{% import "web/parts/fields.html" as fields %}'
            '{{ fields.text("/reason", "Why") }}{{ fields.text("/reason", "Why", form="other") }}'
        )
        assert [each["id"] for each in page.select("input")] == ["f-reason", "other-reason"]


class TestAssets:
    @pytest.fixture
    def client(self) -> TestClient:
        return TestClient(Starlette(routes=[Mount(static_base(), Assets())]))

    def test_files_are_kept_for_a_year_under_the_name_of_their_content(self, client: TestClient) -> None:
        answer = client.get(f"{static_base()}/amparo.css")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.fullmatch(r"/static/[0-9a-f]{16}", static_base())

    @pytest.mark.parametrize("path", ["none.css", "../render.py", "%2e%2e/render.py", "", "vendor"])
    def test_nothing_else_is_served(self, client: TestClient, path: str) -> None:
        assert client.get(f"{static_base()}/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["amparo.css", "page.js", "vendor/uswds/css/uswds.min.css"])
    def test_what_packs_well_travels_packed(self, path: str) -> None:
        with TestClient(Starlette(routes=[Mount(static_base(), Assets())])) as client:
            packed = client.get(f"{static_base()}/{path}", headers={"Accept-Encoding": "br, gzip"})
            plain = client.get(f"{static_base()}/{path}", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content == content(path)
        for answer in (packed, plain):
            assert answer.headers["vary"] == "Accept-Encoding"
            assert "immutable" in answer.headers["cache-control"]

    def test_a_changed_file_changes_the_address(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.web.assets.STATIC_FOLDER", tmp_path)
        names = []
        for text in ("a", "b"):
            (tmp_path / "x.css").write_text(text)
            content.cache_clear()
            names.append(static_base.__wrapped__())
        content.cache_clear()
        assert names[0] != names[1]


def test_the_chosen_look_stands_in_the_page() -> None:
    for theme, told in (("", "light dark"), ("dark", "dark")):
        page = BeautifulSoup(
            render("web/error.html", replace(READER, theme=theme), status=404, title="Lost", detail="", request_id="1"),
            "html.parser",
        )
        assert page.html is not None
        assert page.html.get("data-theme") == (theme or None)
        assert page.html["dir"] == "ltr"
        scheme = page.find("meta", attrs={"name": "color-scheme"})
        assert scheme is not None
        assert scheme["content"] == told
        pressed = page.select('[data-theme-choice][aria-pressed="true"]')
        assert {each["data-theme-choice"] for each in pressed} == {theme}


class TestFragments:
    def test_a_part_is_rendered_once_for_each_language(self, draw: Draw) -> None:
        text = '{{ fragment("desk/fields/custody.html", "detained") }}'
        english, spanish = draw(text), draw(text, replace(READER, language="es"))
        assert english.select_one("option[selected]")["value"] == "detained"  # type: ignore[index]  # bs4: it is there
        assert english.get_text() != spanish.get_text()
        assert draw(text).get_text() == english.get_text()

    @pytest.mark.parametrize("names", ["{{ reader.name }}", "{{ case.reference }}"])
    def test_it_can_hold_nothing_of_a_person_or_a_record(self, draw: Draw, names: str) -> None:
        draw(names, case=SimpleNamespace(reference="CA-7K3Q-9F2M"))
        with pytest.raises(UndefinedError):
            draw('{{ fragment("lines-0") }}', case=SimpleNamespace(reference="CA-7K3Q-9F2M"))


class TestKeptShell:
    def test_each_person_sees_their_own_name_and_place(self, draw: Draw) -> None:
        for name in ("Inés Prado", "Omar Haddad", "Inés Prado"):
            drawn = draw(
                '{{ shell("web/parts/top.html", reader) }}', replace(READER, name=name, path="/applications/9")
            )
            assert [each.get_text() for each in drawn.select(".account-name")] == [name]
            assert [each["href"] for each in drawn.select("nav [aria-current=page]")] == ["/applications"]

    def test_no_id_of_a_record_is_kept_with_it(self, draw: Draw) -> None:
        draw("{{ reader.path }}")
        assert draw('{{ shell("lines-0", reader) }}', replace(READER, path="/cases/7")).get_text() == "/cases"
        assert (
            draw('{{ shell("lines-0", reader) }}', replace(READER, path="/applications/7")).get_text()
            == "/applications"
        )


def test_a_constant_is_written_anew_for_each_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page that needs a template is made while somebody reads: their language must not stay in it."""
    text = '{{ "overdue" | label("deadline") }} {{ 125000 | money }}'
    for language in LANGUAGES:
        monkeypatch.setattr(environment(language), "loader", DictLoader({"desk/constant.html": text}))
    read = [render("desk/constant.html", Reader(language=language)) for language in ("en", "es", "en")]
    assert read == ["Overdue $1,250.00", "Vencido $1,250.00", "Overdue $1,250.00"]
