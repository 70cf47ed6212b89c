"""Bars for the rows of a table, drawn by the server as small SVG with attributes only.

A bar repeats a figure that stands in words beside it, so it is hidden from screen readers. Draw from the figures that
are shown: a bar of true length would give away a count that the table withholds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured piece of a bar. ``name`` is the class of its colour: paid, encumbered, available, over, plain."""

    name: str
    value: int


def bar(value: int | None, largest: int, name: str = "plain") -> Markup:
    """One bar, as long as ``value`` is to ``largest``. None (a withheld figure) and negative values draw no length."""
    return stacked_bar([Part(name, value or 0)], largest)


def stacked_bar(parts: Sequence[Part], whole: int) -> Markup:
    """Several pieces end to end along a track that stands for ``whole``. What exceeds the whole is cut at its end."""
    pieces = Markup()
    start = 0.0
    for part in parts:
        length = min(_percent(part.value, whole), 100.0 - start)
        if length > 0:
            pieces += Markup('<rect class="bar-{}" x="{:.2f}%" y="0" width="{:.2f}%" height="100%"/>').format(
                part.name, start, length
            )
        start += length
    return Markup('<svg class="bar" width="100%" height="12" aria-hidden="true" focusable="false">{}{}</svg>').format(
        Markup('<rect class="bar-track" width="100%" height="100%"/>'), pieces
    )


def columns(values: Sequence[int], text: str) -> Markup:
    """Columns side by side, each as high as its value is to the largest: a course of time, with ``text`` for its words.

    A value below zero draws nothing; it stands in the text and in the table beside.
    """
    largest, step = max(values, default=0), 100.0 / max(len(values), 1)
    pieces = Markup()
    for place, value in enumerate(values):
        height = _percent(value, largest)
        pieces += Markup('<rect class="bar-plain" x="{:.2f}%" y="{:.2f}%" width="{:.2f}%" height="{:.2f}%"/>').format(
            (place + 0.1) * step, 100.0 - height, 0.8 * step, height
        )
    return Markup('<svg class="course" width="100%" height="120" role="img" aria-label="{}">{}</svg>').format(
        text, pieces
    )


def _percent(value: int, whole: int) -> float:
    return max(0.0, 100.0 * value / whole) if whole > 0 else 0.0
