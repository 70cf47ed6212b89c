"""What a value is called, and how its tag looks."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Tone(enum.StrEnum):
    """How a tag looks. The words always say the same as the colour."""

    QUIET = "quiet"
    WAITING = "waiting"
    GOING = "going"
    GOOD = "good"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Label:
    """What a value is called, what it means (statuses only), and how its tag looks."""

    text: str
    meaning: str = ""
    tone: Tone = Tone.QUIET


def words(**texts: str) -> Mapping[str, Label]:
    """Labels of values that have a name and nothing else."""
    return {value: Label(text) for value, text in texts.items()}
