"""The list of what can be on record is closed: the code records nothing else, and nothing stands in it for nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audit.rules.registry import ACTIONS, OBJECTS
from app.intake.rules.statuses import ApplicationStatus, OverrideStatus

APP = Path(__file__).parents[2] / "app"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
#: Functions that take an action's name; rooms have helpers of their own around the first two.
RECORDERS = re.compile(r"record|event_row|_record|_end|_refuse|record_\w+")
#: Names that are put together from a status, by the words that begin them.
MADE: dict[str, set[OverrideStatus] | set[ApplicationStatus]] = {
    "override.": {OverrideStatus.APPROVED, OverrideStatus.REJECTED},
    "application.": {ApplicationStatus.DECLINED, ApplicationStatus.WAITLISTED, ApplicationStatus.WITHDRAWN},
}


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and RECORDERS.fullmatch(name):
            yield node


def _texts(node: ast.expr) -> Iterator[str]:
    """The names in an argument: one, one of two, or a status put behind a word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        begins = str(node.values[0].value)
        yield from (begins + status.value for status in MADE[begins])


def recorded() -> dict[str, list[str]]:
    """Every action that the code can record, and the files that do."""
    found: dict[str, list[str]] = {}
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text())
        named = [text for call in _calls(tree) for argument in call.args for text in _texts(argument)]
        # A table from verbs to names, as disbursements have one.
        tables = [node.value for node in tree.body if isinstance(node, ast.AnnAssign) and _is_table(node)]
        named += [
            text for table in tables if isinstance(table, ast.Dict) for each in table.values for text in _texts(each)
        ]
        for text in named:
            found.setdefault(text, []).append(path.relative_to(APP).as_posix())
    return found


def _is_table(node: ast.AnnAssign) -> bool:
    return isinstance(node.target, ast.Name) and "RECORDED" in node.target.id


def test_the_code_records_what_is_registered_and_nothing_else() -> None:
    found = recorded()
    assert {action: files for action, files in found.items() if action not in ACTIONS} == {}
    assert [action for action in ACTIONS if action not in found] == []


def test_objects_have_a_word() -> None:
    kinds = {
        keyword.value.value
        for path in APP.rglob("*.py")
        for call in _calls(ast.parse(path.read_text()))
        for keyword in call.keywords
        if keyword.arg == "object_type" and isinstance(keyword.value, ast.Constant)
    }
    assert kinds == set(OBJECTS)


def test_names_and_meanings_have_one_form() -> None:
    for action, meaning in ACTIONS.items():
        assert ACTION.fullmatch(action), action
        assert len(action) <= 60
        assert re.fullmatch(r"[A-Z][A-Za-z' -]+[a-z]", meaning), action
    assert list(ACTIONS) == sorted(ACTIONS)
    assert list(OBJECTS) == sorted(OBJECTS)
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_the_documentation_has_each_of_them() -> None:
    text = (APP.parent / "docs" / "audit.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|$", text, re.MULTILINE))
    assert rows == dict(ACTIONS)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('record(work, "a.b")', {"a.b"}),
        ('self.record(work, "a.b" if x else "c.d_e")', {"a.b", "c.d_e"}),
        ('_record(work, found, "a.b", {"x": "y"})', {"a.b"}),
        ('record(work, f"override.{status.value}")', {"override.approved", "override.rejected"}),
        ('log("a.b")', set()),
    ],
)
def test_the_walk_sees_names(code: str, names: set[str]) -> None:
    """If it saw nothing, the tests above would pass over anything."""
    assert {text for call in _calls(ast.parse(code)) for each in call.args for text in _texts(each)} == names
