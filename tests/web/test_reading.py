"""A tired person can read every page: the measured grade of its sentences, in English and in Spanish."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from app.web.i18n import read_catalogue
from tests.reading import english_syllables, measured, sentences_of, spanish_syllables, words_of

ROOT = Path(__file__).parents[2]
#: School years: what an adult who left school early reads without effort.
HARDEST_GRADE = 8.0
#: Fernández Huerta's measure of the eighth grade.
LEAST_EASE = 60.0
LONGEST_SENTENCE = 25
#: The formulas are averages: below so many sentences, a file's are measured with those of its whole room.
ENOUGH = 5

#: Texts that are harder, and why they stay.
EXCEPTIONS = {
    "app/eligibility/data/rulesets/colorado-ildf.toml": "names a statute's programme, whose name is its own",
}


def last(text: str | tuple[str, ...] | list[str]) -> str:
    """The message itself, or its form for many."""
    return text if isinstance(text, str) else text[-1]


def is_sentence(text: str) -> bool:
    """Labels and headings are not measured: they are a word or two, and no formula fits them."""
    return bool(re.search(r"[.!?]$", text)) and len(words_of(text)) >= 3


def pages(catalogue: Catalog) -> dict[str, list[str]]:
    """The sentences of each file; those of files with few of them under their room."""
    by_file: dict[str, list[str]] = {}
    for message in catalogue:
        if message.id and is_sentence(last(message.id)):
            for path in {path for path, _ in message.locations}:
                by_file.setdefault(path, []).append(last(message.id))
    grouped: dict[str, list[str]] = {}
    for path, texts in by_file.items():
        room = "/".join(path.split("/")[:-1][:2])
        place = path if len(texts) >= ENOUGH or path in EXCEPTIONS else room
        grouped.setdefault(place, []).extend(texts)
    return grouped


def spanish(texts: list[str]) -> Iterator[str]:
    translated = {last(message.id): message.string for message in read_catalogue("es") if message.id}
    for text in texts:
        if said := translated.get(text):
            yield last(said)


def test_english_pages_are_read_in_the_eighth_grade(written: Catalog) -> None:
    found = pages(written)
    assert len(found) > 40
    assert sum(map(len, found.values())) > 500
    hard = {place: round(measured(texts, "en").grade, 1) for place, texts in found.items()}
    assert {place: grade for place, grade in hard.items() if grade > HARDEST_GRADE and place not in EXCEPTIONS} == {}
    assert {place for place in EXCEPTIONS if hard[place] <= HARDEST_GRADE} == set(), "no exception any more"


def test_spanish_pages_are_read_in_the_eighth_grade(written: Catalog) -> None:
    easy = {place: round(measured(spanish(texts), "es").ease, 1) for place, texts in pages(written).items()}
    assert {place: ease for place, ease in easy.items() if ease < LEAST_EASE} == {}


def test_no_sentence_is_long(written: Catalog) -> None:
    texts = {last(message.id) for message in written if message.id}
    said = {last(message.string) for message in read_catalogue("es") if message.id and message.string}
    long = {
        sentence
        for text in texts | said
        for sentence in sentences_of(text)
        if len(words_of(sentence)) > LONGEST_SENTENCE + (6 if text in said else 0)
    }
    assert long == set()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "case closed does whole changed bond through asked"),
        (2, "people office award little quiet reasons decide every released client"),
        (3, "applicant attorney recorded created somebody fiscal-year"),
        (4, "application available disbursement"),
        (5, "organization"),
        (6, "eligibility"),
    ],
)
def test_english_syllables(count: int, words: str) -> None:
    assert {word: english_syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "quien muy ley"),
        (2, "país día guerra usted cuando reunión"),
        (3, "oído persona recibe"),
        (4, "solicitud abogado aéreo"),
        (5, "organización"),
    ],
)
def test_spanish_syllables(count: int, words: str) -> None:
    assert {word: spanish_syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_a_hard_text_is_found_out() -> None:
    """By hand: 9 words, one sentence, 19 syllables: 0.39 * 9 + 11.8 * 19 / 9 - 15.59 = 12.8."""
    text = "Requester, approver, releaser and settler are four different people."
    counted = measured([text], "en")
    assert (counted.sentences, counted.words) == (1, 9)
    assert counted.grade == pytest.approx(0.39 * 9 + 11.8 * counted.syllables / 9 - 15.59)
    assert counted.grade > HARDEST_GRADE
    assert measured(["We keep it. You can go."], "en").grade < 2
    assert words_of("Write {name} to ana@example.org, like 2026-03-14.") == ["Write", "that", "to", "like"]
