"""Reading and checking the data files."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.eligibility.reads.tables import RULE_KINDS, GuidelinesFile, RuleSetFile
from app.eligibility.rules import PovertyGuidelines, RuleSet

GUIDELINES_FILE = "poverty_guidelines.toml"
RULESETS_FOLDER = "rulesets"

_File = TypeVar("_File", bound=BaseModel)


class DataFileError(Exception):
    """A data file can not be used. Says which file, which place in it (a JSON pointer) and what is wrong."""

    def __init__(self, file: str, pointer: str, problem: str) -> None:
        super().__init__(f"{file}: {pointer or '/'}: {problem}")
        self.file = file
        self.pointer = pointer
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Library:
    """Every rule set version, by key, and every year's guidelines."""

    rulesets: dict[str, tuple[RuleSet, ...]]
    guidelines: tuple[PovertyGuidelines, ...]

    def texts(self) -> tuple[str, ...]:
        """Every msgid that stands in the data files, each once."""
        found: dict[str, None] = {}
        for ruleset in (version for versions in self.rulesets.values() for version in versions):
            found.update(dict.fromkeys((ruleset.program, *ruleset.not_checked)))
            found.update(dict.fromkeys(text for rule in ruleset.rules for text in (rule.title, rule.basis)))
        return tuple(found)


def load(folder: Traversable) -> Library:
    """Read every data file of a folder. Raises DataFileError at the first that can not be used."""
    rulesets: dict[str, tuple[RuleSet, ...]] = {}
    for file in sorted(_toml_files(folder / RULESETS_FOLDER), key=lambda each: each.name):
        form = _read(file, RuleSetFile)
        if file.name != f"{form.key}.toml":
            raise DataFileError(file.name, "/key", f"the file of this rule set must be named {form.key}.toml")
        rulesets[form.key] = form.rulesets()
    if not rulesets:
        raise DataFileError(RULESETS_FOLDER, "", "there is no rule set file in this folder")
    return Library(rulesets, _read(folder / GUIDELINES_FILE, GuidelinesFile).years())


def _toml_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.name.endswith(".toml")]


def _read(file: Traversable, form: type[_File]) -> _File:
    try:
        # Numbers with a point are read as decimals: a percentage must not pass through a binary fraction.
        content = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise DataFileError(file.name, "", "this file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataFileError(file.name, "", f"this is not TOML in UTF-8: {error}") from error
    try:
        return form.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise DataFileError(file.name, _pointer(first["loc"]), first["msg"]) from error


def _pointer(place: tuple[int | str, ...]) -> str:
    """pydantic names the chosen kind of a rule as a step of its own; in the file there is no such step."""
    steps = [
        str(step) for at, step in enumerate(place) if not (step in RULE_KINDS and at >= 2 and place[at - 2] == "rules")
    ]
    return "".join(f"/{step}" for step in steps)
