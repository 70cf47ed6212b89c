"""Every message has its Spanish, every Spanish its message, and both the same places for values."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from app.web.i18n import LANGUAGES, SOURCE_LANGUAGE, places, read_catalogue

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The one form of a plain message, both of one with a plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def messages(catalogue: Catalog) -> dict[tuple[str, ...], Message]:
    return {forms(message.id): message for message in catalogue if message.id}


def test_messages_are_found_wherever_they_stand(written: Catalog) -> None:
    found = messages(written)
    for text in (
        "Skip to the content",  # a template
        "Sign in first.",  # N_ in Python
        "This case is closed.",  # a refusal
        "Does not know",  # a label
        "The applicant has no lawyer.",  # what screening says
        "No lawyer yet",  # a rule set
    ):
        assert (text,) in found
    assert ("{count} person", "{count} people") in found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(written: Catalog, language: str) -> None:
    translated = messages(read_catalogue(language))
    missing = [text for text in messages(written) if text not in translated or not all(forms(translated[text].string))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(written: Catalog, language: str) -> None:
    assert [text for text in messages(read_catalogue(language)) if text not in messages(written)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_places_of_their_messages(language: str) -> None:
    for text, message in messages(read_catalogue(language)).items():
        wanted = {place for form in text for place in places(form)}
        for form in forms(message.string):
            assert places(form) == wanted, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_marked_as_unsure(language: str) -> None:
    assert [message.id for message in read_catalogue(language) if message.id and message.fuzzy] == []


def test_values_stand_in_braces(written: Catalog) -> None:
    assert [text for text in messages(written) if any("%(" in form for form in text)] == []
