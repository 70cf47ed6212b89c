import re

import pytest

from app.eligibility.reads import library
from app.eligibility.rules.messages import msgids
from app.web.i18n import places, read_catalogue

TEXTS = tuple(dict.fromkeys(msgids() + library().texts()))
SPANISH = {str(message.id): str(message.string) for message in read_catalogue("es") if message.id}
VALUE = re.compile(r"\{\w+\}")


def test_there_are_texts() -> None:
    assert len(TEXTS) >= 70


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_its_spanish_with_the_same_values(text: str) -> None:
    assert SPANISH.get(text), "no Spanish"
    assert SPANISH[text] != text
    assert places(SPANISH[text]) == places(text)


def syllables(word: str) -> int:
    """Good enough for English: groups of vowels, without a silent e at the end."""
    groups = len(re.findall(r"[aeiouy]+", word))
    return max(1, groups - (word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1))


def grade(text: str) -> float:
    """Flesch-Kincaid reading grade; a value counts as one short word."""
    plain = VALUE.sub("ten", text.lower())
    words = re.findall(r"[a-z']+", plain)
    sentences = max(1, len(re.findall(r"[.?!](\s|$)", plain)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.mark.parametrize("text", msgids())
def test_explanations_read_at_grade_eight_or_below(text: str) -> None:
    assert grade(text) <= 8


def test_the_measure_knows_hard_from_easy() -> None:
    assert grade("The home is in {city}.") < 3
    assert grade("Eligibility determinations presuppose documentation of aggregate household remuneration.") > 15
