"""The whole matrix: rows x roles x relations, and those who may do nothing; each cell over HTTP on both engines."""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import sqlite

import app
from app.access.anybody import ANYBODY
from app.access.grants import GRANTS, OPENS, Reach, Role
from tests.access.cells import ROWS
from tests.access.expected import EXPECTED, ROLES
from tests.access.matters import ASKERS, RELATIONS, SHUT, matters
from tests.access.reaches import opens_as_written, reaches_as_written
from tests.counting import FIGURES
from tests.world import Person, World


class Remembering:
    """A person who asks the same question once: many cells are read from one answer."""

    def __init__(self, person: Person) -> None:
        self._person, self._answers = person, dict[str, Any]()

    def get(self, path: str) -> Any:
        if path not in self._answers:
            self._answers[path] = self._person.get(path)
        return self._answers[path]

    def request(self, method: str, path: str, **more: Any) -> Any:
        return self.get(path) if method == "GET" else self._person.request(method, path, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self._person.post(path, **more)


def test_the_table_is_whole() -> None:
    assert set(ROWS) == set(EXPECTED)
    assert set(ROLES) == set(ASKERS)
    assert {len(cell) for row in EXPECTED.values() for cell in row} == {len(RELATIONS)}


def test_every_cell(world: World, record_property: Callable[[str, object], None]) -> None:
    made = matters(world)
    wrong, cells = [], 0
    people = {role: Remembering(getattr(world, who)) for role, who in (ASKERS | SHUT).items()}
    for row, ask in ROWS.items():
        outcomes = dict(zip(ROLES, EXPECTED[row], strict=True)) | dict.fromkeys(SHUT, "1" * len(RELATIONS))
        for role, wanted in outcomes.items():
            for relation, want in zip(RELATIONS, wanted, strict=True):
                cells += 1
                if (found := ask(people[role], made[relation])) != want:
                    wrong.append(f"{row} by {role}, {relation}: {found}, not {want}")
    asked = f"{len(ROWS)} operations on groups x {len(people)} askers x {len(RELATIONS)} relations"
    record_property(FIGURES, f"access matrix: {asked} = {cells} cells, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
    assert cells == len(ROWS) * (len(ROLES) + len(SHUT)) * len(RELATIONS)
    assert cells >= 5_300


def test_each_reach_is_as_written() -> None:
    names = dict(zip(Role, ROLES, strict=True))
    granted = {names[role]: {each.value: reach.name.lower() for each, reach in GRANTS[role].items()} for role in Role}
    opening = {names[role]: {each.value: reach.name.lower() for each, reach in OPENS[role].items()} for role in Role}
    assert granted == reaches_as_written()
    assert opening == opens_as_written()


def test_every_scope_of_a_matter_asks_for_walls() -> None:
    """Each condition of each room's ``scope.py``, as SQL for anybody at every reach; the others know no matter."""
    forgot, asked = [], 0
    for room in sorted(each.name for each in Path(app.__path__[0]).iterdir() if (each / "scope.py").is_file()):
        scope = importlib.import_module(f"app.{room}.scope")
        for name, condition in inspect.getmembers(scope, inspect.isfunction):
            takes = list(inspect.signature(condition).parameters)
            if inspect.signature(condition).return_annotation != ColumnElement[bool]:
                continue
            if condition.__module__ != scope.__name__ or name.startswith("_") or takes[:1] != ["actor"]:
                continue
            for reach in Reach if takes[1:2] == ["reach"] else (None,):
                if takes not in (["actor"], ["actor", "reach"]) or (room, name) in WITHOUT_A_MATTER:
                    continue
                made = condition(ANYBODY) if reach is None else condition(ANYBODY, reach)
                asked += 1
                text = str(made.compile(dialect=sqlite.dialect()))
                if "walled" not in text and text not in ("0", "0 = 1", "false"):
                    forgot.append(f"{room}.{name} {reach and reach.name}")
    assert not forgot, "\n".join(forgot)
    assert asked >= 20


#: Rows that belong to no client: people, organizations, programs, kept questions, and sums that name nobody.
WITHOUT_A_MATTER = {
    ("agreements", "visible_agreements"),
    ("agreements", "visible_invoices"),  # their lines ask for walls, one by one
    ("authenticators", "manageable"),
    ("clients", "own_tokens"),
    ("clients", "visible"),
    ("partners", "visible"),
    ("reports", "countable"),  # sums; the lines lose their names by reports.unnamed
    ("reports", "kept"),
    ("reports", "own"),
    ("single_sign_on", "for_people_of"),
    ("single_sign_on", "own"),
    ("single_sign_on", "visible"),
    ("staff", "visible"),
}
