"""A Dockerfile as what it says: stages of instructions. An instruction that is not understood here is an error."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

KNOWN = frozenset(
    "ARG FROM WORKDIR COPY RUN ENV VOLUME USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD LABEL".split()
)


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str

    def words(self) -> list[str]:
        """The words of its JSON form, or those between spaces."""
        if self.rest.startswith("["):
            listed: list[str] = json.loads(self.rest)
            return listed
        return self.rest.split()


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str | None
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[Instruction]:
        return [each for each in self.instructions if each.word == word]

    def last(self, word: str) -> Instruction:
        """The one that counts, where only the last does. Raises IndexError when there is none."""
        return self.all(word)[-1]

    def environment(self) -> dict[str, str]:
        pairs = (pair for each in self.all("ENV") for pair in each.rest.split())
        return dict(pair.split("=", 1) for pair in pairs)


@dataclass(frozen=True)
class Dockerfile:
    arguments: dict[str, str]
    stages: list[Stage]

    @property
    def image(self) -> Stage:
        """What the image is made of in the end."""
        return self.stages[-1]

    def base(self, stage: Stage) -> str:
        """The stage's base with its arguments filled in."""
        return re.sub(r"\$\{(\w+)\}", lambda found: self.arguments[found[1]], stage.base)


def read(path: Path) -> Dockerfile:
    """Parse a Dockerfile. Raises ValueError at what is not understood."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for each in _instructions(path.read_text(encoding="utf-8")):
        if each.word not in KNOWN:
            raise ValueError(f"{each.word} is not understood")
        if each.word == "ARG" and not stages:
            name, _, value = each.rest.partition("=")
            arguments[name] = value
        elif each.word == "FROM":
            base, *named = re.split(r"\s+[Aa][Ss]\s+", each.rest)
            stages.append(Stage(base, named[0] if named else None))
        else:
            stages[-1].instructions.append(each)
    return Dockerfile(arguments, stages)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    whole = ""
    for line in lines:
        whole += line.strip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            word, _, rest = whole.partition(" ")
            yield Instruction(word.upper(), rest.strip())
            whole = ""
