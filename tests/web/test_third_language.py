"""A language needs a catalogue and nothing else: a copy of the application with one more ``.po`` speaks it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po
from bs4 import BeautifulSoup, Doctype

ROOT = Path(__file__).parents[2]
#: Arabic: six forms of the plural, and written from right to left. Its "translation" is the English in brackets.
LANGUAGE = "ar"

#: Run with the copy on Python's path: what it offers, its pages and plurals in the new language.
SPEAK = """
import json, sys
from app.web import choices
from app.web.gate import negotiate
from app.web.i18n import LANGUAGES, say, say_many
from app.web.render import Reader, render
from app.staff.actions.accounts import Preferences

language = sys.argv[1]
places = frozenset({"application.create", "application.read", "case.read", "fund.read", "staff.read", "staff.manage"})
reader = Reader(language, name="Inés Prado", email="ines@example.org", roles=("intake_worker",), permissions=places)
form = {
    "answers": {}, "application": None, "countries": choices.countries(language),
    "languages": choices.languages(language), "states": choices.states(),
}
pages = {
    "sign in": render("staff/sign_in.html", Reader(language=language), next="/"),
    "lost": render("web/error.html", reader, status=404, title=say(language, "There is nothing here"),
                   detail=say(language, "There is no such record, or it is not open to you."), request_id="1"),
    "people": render("staff/people.html", reader, people=[], waiting=[], decides=False),
    "find": render("desk/find.html", reader, reference="", outcome="blank"),
}
print(json.dumps({
    "languages": dict(LANGUAGES),
    "pages": pages,
    "plurals": sorted(say_many(language, "{count} person", "{count} people", n) for n in (0, 1, 2, 3, 11, 100)),
    "wish": negotiate(None, None, f"{language}-EG,en;q=0.5"),
    "account": Preferences(language=language).language,
    "countries": len(form["countries"].rest),
}))
"""


def forms_of(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, list | tuple):
            message.string = tuple(f"[{message.id[1]}] {form}" for form in range(catalogue.num_plurals))
        else:
            message.string = f"[{message.id}]"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a copy of the application says after one catalogue was put into it."""
    folder = tmp_path_factory.mktemp("third")
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    pot = folder / "messages.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        run: Callable[[list[str]], int | None] = CommandLineInterface().run
        run(["pybabel", "-q", "extract", "-F", "babel.cfg", "-o", str(pot), "."])
    with pot.open("rb") as file:
        catalogue = read_po(file, locale=LANGUAGE)
    catalogue.fuzzy = False
    forms_of(catalogue)
    target = folder / "app" / "web" / "locales" / LANGUAGE / "LC_MESSAGES" / "amparo.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    done = subprocess.run(
        [sys.executable, "-c", SPEAK, LANGUAGE],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def pages(spoken: dict[str, object]) -> dict[str, BeautifulSoup]:
    drawn = spoken["pages"]
    assert isinstance(drawn, dict)
    return {name: BeautifulSoup(text, "html.parser") for name, text in drawn.items()}


def test_it_is_offered_and_may_be_chosen(spoken: dict[str, object]) -> None:
    assert spoken["languages"] == {"en": "English", "ar": "العربية", "es": "Español"}
    assert (spoken["account"], spoken["wish"]) == (LANGUAGE, LANGUAGE)
    for name, page in pages(spoken).items():
        buttons = [button["data-language"] for button in page.select("[data-language]")]
        assert buttons == ["en", "ar", "es"], name


def test_pages_are_in_it_and_in_its_direction(spoken: dict[str, object]) -> None:
    for name, page in pages(spoken).items():
        assert page.html is not None
        assert (page.html["lang"], page.html["dir"]) == (LANGUAGE, "rtl"), name


def test_no_word_of_a_page_stays_behind(spoken: dict[str, object]) -> None:
    """Every text of a page is in the brackets of the catalogue, but for names, references and codes."""
    ours = {"Amparo", "Inés Prado", "IP", "EN", "AR", "ES", "AP", "RQ", "CA", "AW", "DB", "*", "·", "–"}
    for name, page in pages(spoken).items():
        for text in page.find_all(string=True):
            words = text.strip()
            if words and not isinstance(text, Doctype) and text.parent is not None and text.parent.name != "title":
                assert words in ours or "[" in words or "]" in words, f"{name}: {words}"
        for label in page.select("[aria-label], [title]:not(abbr), [placeholder]:not([name=reference])"):
            assert str(label.get("aria-label") or label.get("title") or label.get("placeholder")).startswith("["), name


def test_each_form_of_the_plural_is_used(spoken: dict[str, object]) -> None:
    plurals = spoken["plurals"]
    assert isinstance(plurals, list)
    assert {text.rsplit(" ", 1)[-1] for text in plurals} == {"0", "1", "2", "3", "4", "5"}
    assert spoken["countries"] == 249
