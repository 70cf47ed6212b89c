"""A finding: one thing that is wrong, in three sentences. None of them ever holds a secret or a client's data."""

import enum
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass


class Level(enum.StrEnum):
    PROBLEM = "problem"  # people, data or the record are in danger, or the service can not run
    WARNING = "warning"  # it works, and a promise is weaker than it could be
    UNKNOWN = "unknown"  # it could not be checked


@dataclass(frozen=True, slots=True)
class Finding:
    """``wrong``: what is the matter; ``why``: what comes of it; ``do``: what to type or change."""

    code: str
    level: Level
    wrong: str
    why: str
    do: str


def problem(code: str, wrong: str, why: str, do: str) -> Finding:
    """Something that has to be mended."""
    return Finding(code, Level.PROBLEM, wrong, why, do)


def warning(code: str, wrong: str, why: str, do: str) -> Finding:
    """Something that would better be mended."""
    return Finding(code, Level.WARNING, wrong, why, do)


def unknown(code: str, wrong: str, why: str, do: str) -> Finding:
    """Something that could not be checked."""
    return Finding(code, Level.UNKNOWN, wrong, why, do)


def exit_code(findings: Iterable[Finding]) -> int:
    """1 when something has to be mended, else 2 when something could not be checked, else 0 (warnings too)."""
    levels = {finding.level for finding in findings}
    if Level.PROBLEM in levels:
        return 1
    return 2 if Level.UNKNOWN in levels else 0


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """For a person: each finding with its reason and its remedy, and a sentence about them all."""
    for finding in findings:
        yield f"{finding.level.upper()}  {finding.wrong}  [{finding.code}]"
        yield f"    why: {finding.why}"
        yield f"    do:  {finding.do}"
        yield ""
    count = Counter(finding.level for finding in findings)
    if not findings:
        yield "Nothing is wrong with this installation."
        return
    yield (
        f"To be mended: {count[Level.PROBLEM]}. Better mended: {count[Level.WARNING]}."
        f" Not checked: {count[Level.UNKNOWN]}."
    )


def as_json(findings: Sequence[Finding]) -> str:
    """For a program."""
    return json.dumps({"exit": exit_code(findings), "findings": list(map(asdict, findings))}, indent=2)
