"""How hard a text is to read: school grade of English, ease of Spanish. Formulas over sentences, words and syllables.

English: the Flesch-Kincaid grade level, J. P. Kincaid and others, "Derivation of New Readability Formulas for Navy
Enlisted Personnel", Research Branch Report 8-75, 1975: 0.39 words/sentence + 11.8 syllables/word - 15.59.

Spanish: José Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214, 1959: 206.84 - 60 syllables/word -
1.02 words/sentence. From 60 on a text is "normal", read in the seventh and eighth grade; 70 is the sixth grade.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END: Final = re.compile(r"[.!?…:]+(?=\s|$)")
_PLACE: Final = re.compile(r"\{\w+\}")
#: Examples of what to type, and codes: nobody reads them as words.
_CODE: Final = re.compile(r"\S*[@/\d]\S*")

#: English words whose e at the end is said, or whose letters mislead the rule below.
_ENGLISH: Final = {
    "area": 3, "being": 2, "client": 2, "create": 2, "created": 3, "deny": 2, "does": 1, "every": 2, "everybody": 4,
    "everything": 3, "idea": 3, "people": 2, "quiet": 2, "science": 2, "something": 2, "somebody": 3, "sometimes": 2,
    "somewhere": 2, "someone": 2, "therefore": 2, "whole": 1, "business": 2, "real": 1, "reading": 2,
}  # fmt: skip
_STRONG: Final = "aeoáéóíú"


@dataclass(frozen=True, slots=True)
class Text:
    """What the formulas ask of a text."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """The school year in which English like this is read."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def ease(self) -> float:
        """How easily Spanish like this is read: 0 to 100."""
        return 206.84 - 60 * self.syllables / self.words - 1.02 * self.words / self.sentences


def words_of(text: str) -> list[str]:
    """The words of a text; what is set into a ``{place}`` is a short one."""
    return _WORD.findall(_CODE.sub("", _PLACE.sub("that", text)))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in _END.split(text) if words_of(part)]


def measured(texts: Iterable[str], language: str) -> Text:
    """The measures of several texts together. Raises ZeroDivisionError later, when they hold no word."""
    count = english_syllables if language == "en" else spanish_syllables
    sentences = [sentence for text in texts for sentence in sentences_of(text)]
    words = [word for sentence in sentences for word in words_of(sentence)]
    return Text(len(sentences), len(words), sum(count(word) for word in words))


def english_syllables(word: str) -> int:
    """Syllables by the groups of vowels: a silent e and the endings -es and -ed are not said."""
    plain = re.sub(r"['’]s?$", "", word.lower()).replace("’", "").replace("'", "")
    if "-" in plain:
        return sum(english_syllables(part) for part in plain.split("-") if part)
    if plain in _ENGLISH:
        return _ENGLISH[plain]
    # Silent: the endings -ed and -es after most consonants, and an e at the end, but not that of -le after another one.
    stem = re.sub(
        r"(?<=[^aeiouytd])ed$|(?<=[^aeiouyscxzgh])es$|(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=ll)e$", "", plain
    )
    groups = re.findall(r"[aeiouy]+", stem)
    apart = len(re.findall(r"i[ao](?!n)|[^q]u[ae]|eo(?!u)|ia[nl]", stem)) if len(stem) > 4 else 0
    joined = len(re.findall(r"[ctsg]i[aou]", stem))
    return max(1, len(groups) + max(0, apart - joined))


def spanish_syllables(word: str) -> int:
    """Syllables by the rules of Spanish: two strong vowels part, an i or u beside one joins, an accent parts it."""
    plain = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "k", word.lower())
    plain = re.sub(r"y$", "i", plain)
    count = 0
    for group in re.findall(r"[aeiouáéíóúü]+", plain):
        strong = sum(letter in _STRONG for letter in group)
        count += max(1, strong)
    return max(1, count)
