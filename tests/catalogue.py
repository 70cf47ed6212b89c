"""Messages that stand neither in a template nor in a marked call: what Babel needs to find them (babel.cfg)."""

import ast
import csv
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Found = tuple[int, None, str, list[str]]


def sentences(
    source: IO[bytes], _keywords: Collection[str], _tags: Collection[str], **_options: object
) -> Iterator[Found]:
    """Every text of the module's UPPER_CASE names, whether it stands alone or in a mapping."""
    for node in ast.parse(source.read()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node, ast.Assign | ast.AnnAssign):
            value = node.value
            texts = value.values if isinstance(value, ast.Dict) else [value]
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.lineno, None, text.value, []


def schedules(
    source: IO[bytes], _keywords: Collection[str], _tags: Collection[str], **_options: object
) -> Iterator[Found]:
    """What people read of the schedule of fees that comes with the program: titles and notes."""
    lines = [each for each in source.read().decode().splitlines() if not each.startswith("#")]
    for row in csv.DictReader(lines):
        for text in (row["title"], row["note"]):
            if text:
                yield 1, None, text, []


def rulesets(
    source: IO[bytes], _keywords: Collection[str], _tags: Collection[str], **_options: object
) -> Iterator[Found]:
    """What people read of a rule set: its programme, each rule's title and basis, and what is not checked."""
    data: Mapping[str, Any] = tomllib.loads(source.read().decode())
    texts = [data["program"]]
    for version in data["versions"]:
        texts += version.get("not_checked", [])
        texts += [text for rule in version["rules"] for text in (rule["title"], rule["basis"])]
    for text in texts:
        yield 1, None, text, []
