"""The part of USWDS's style sheet that our pages use: a tenth of it, so that a slow line shows a page sooner.

A rule stays when every class of one of its selectors is a word of our templates or scripts. A class that a template
puts together (``usa-alert--{{ tone }}``) keeps every class with that beginning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CLASS: Final = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_WORD: Final = re.compile(r"[A-Za-z_][\w-]*")
#: Type faces that the style sheet names and our pages never ask for.
_FACES: Final = re.compile(r"font-family:\s*[\"']?(Merriweather|Roboto Mono)")


@dataclass(frozen=True, slots=True)
class Used:
    """The words of our templates and scripts, and the beginnings of those that are put together there."""

    words: frozenset[str]
    beginnings: tuple[str, ...]

    def __contains__(self, name: object) -> bool:
        return name in self.words or str(name).startswith(self.beginnings)


def used_in(text: str) -> Used:
    """Every word of a text that could be a class."""
    words = frozenset(_WORD.findall(text))
    return Used(words, tuple(sorted(word for word in words if word.startswith("usa-") and word.endswith("--"))))


def reduced(sheet: str, used: Used) -> str:
    """The rules of a style sheet that can apply where only these classes are used, in their order."""
    return "".join(_kept(sheet, used))


def _kept(sheet: str, used: Used) -> Iterator[str]:
    for head, body in _blocks(sheet):
        if head.startswith(("@media", "@supports", "@layer")):
            inside = reduced(body, used)
            if inside:
                yield f"{head}{{{inside}}}"
        elif head.startswith("@"):
            if not (head == "@font-face" and _FACES.search(body)):
                yield f"{head}{{{body}}}"
        else:
            selectors = [each for each in _selectors(head) if all(name in used for name in _CLASS.findall(each))]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Each rule's head and body; bodies of @media hold rules again. Comments and @charset fall away."""
    sheet = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", sheet, flags=re.DOTALL)
    start = 0
    while (opening := sheet.find("{", start)) >= 0:
        depth, end = 1, opening + 1
        while depth:
            brace = re.compile(r"[{}]").search(sheet, end)
            if brace is None:
                raise ValueError("a style sheet ends inside a rule")
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        yield sheet[start:opening].strip(), sheet[opening + 1 : end - 1].strip()
        start = end


def _selectors(head: str) -> list[str]:
    """The selectors of a rule. A comma inside ``:not(…)`` does not part them."""
    return [each.strip() for each in re.split(r",(?![^()]*\))", head)]
