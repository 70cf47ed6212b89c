"""Does the matrix notice? Every grant and every opening is changed in memory, one at a time, and the tables are asked.

``python -m tests.access.flips`` on SQLite; with a number N after it, every N-th flip only. A flip is noticed by the
rows of the matrix (over HTTP, by relation), by the rows of the routes (over HTTP), by the table's own rule, which does
not start with a grant that means nothing, or by the reaches written by hand in ``reaches.py``; the figures tell which.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from app.access import grants
from app.access.grants import Permission, Reach, Role
from app.access.reaches import meaningless
from app.crypto.groups import Group
from app.main import API_DOORS
from tests import test_access as routes
from tests.access.cells import ROWS
from tests.access.expected import EXPECTED, ROLES
from tests.access.matters import ASKERS, RELATIONS, Matter, matters
from tests.access.reaches import opens_as_written, reaches_as_written
from tests.world import World, copy_of_sqlite, installation_on_sqlite, running

_ROLE = dict(zip(ROLES, Role, strict=True))
_NAMES = {role: name for name, role in _ROLE.items()}


@dataclass(frozen=True)
class Flip:
    """One cell of a table, and the reach that it has for the time of a flip; None takes it out."""

    role: Role
    what: Permission | Group
    reach: Reach | None

    def __str__(self) -> str:
        return f"{self.role.value} {self.what.value} -> {self.reach.name.lower() if self.reach else 'none'}"


def flips() -> Iterator[Flip]:
    """Drop, widen, narrow what is granted; add what is not: every cell, to every other reach."""
    cells: list[tuple[Permission | Group, Any]] = [(each, grants.GRANTS) for each in Permission]
    cells += [(each, grants.OPENS) for each in Group]
    for role in Role:
        for what, table in cells:
            now = table[role].get(what)
            yield from (Flip(role, what, reach) for reach in (None, *Reach) if reach is not now)


class Asked:
    """The tables as they answer now."""

    def __init__(self, world: World, made: dict[str, Matter], stage: Any) -> None:
        self._world, self._made, self._stage = world, made, stage
        self._rows = {row: _permission_of(world, ask, made["assigned"]) for row, ask in ROWS.items()}

    def relations(self, flip: Flip) -> bool:
        """Whether a row of the matrix comes out otherwise than it is written."""
        name = _NAMES[flip.role]
        person = getattr(self._world, ASKERS[name])
        for row, ask in ROWS.items():
            if not _concerns(flip, self._rows[row]):
                continue
            wanted = EXPECTED[row][ROLES.index(name)]
            if any(ask(person, self._made[each]) != want for each, want in zip(RELATIONS, wanted, strict=True)):
                return True
        return False

    def routes(self, flip: Flip) -> bool:
        """Whether a route answers somebody of the role otherwise than it is written."""
        who = ASKERS[_NAMES[flip.role]]
        return any(
            routes.outcome(self._stage, route, who) != routes.wanted(route, who)
            for route in _ROUTES.get(flip.what.value, ())
        )


def _permission_of(world: World, ask: Any, matter: Matter) -> set[str]:
    """Which permissions a row asks for: those of the routes it goes to."""
    gone: list[tuple[str, str]] = []

    class Noting:
        def request(self, method: str, path: str, **more: Any) -> Any:
            gone.append((method, path.partition("?")[0]))
            return world.stranger.request(method, path, **more)

        def get(self, path: str, **more: Any) -> Any:
            return self.request("GET", path, **more)

        def post(self, path: str, **more: Any) -> Any:
            return self.request("POST", path, **more)

    ask(Noting(), matter)
    return {
        entry.permission.value
        for method, path in gone
        for door in API_DOORS
        for route in door.routes()
        if method in (route.methods or ()) and route.path_regex.match(path)
        if (entry := route.endpoint.entry).permission is not None  # type: ignore[attr-defined]  # set by Door
    }


def _concerns(flip: Flip, permissions: set[str]) -> bool:
    if isinstance(flip.what, Group):
        return True
    return flip.what.value in permissions


_ROUTES: dict[str, list[str]] = {}
for _door in API_DOORS:
    for _route in _door.routes():
        for _method in _route.methods or ():
            _permission = _route.endpoint.entry.permission  # type: ignore[attr-defined]  # set by Door
            if _permission is not None and f"{_method} {_route.path}" in routes.EXPECTED:
                _ROUTES.setdefault(_permission.value, []).append(f"{_method} {_route.path}")


def written() -> bool:
    """Whether the tables of reaches, written by hand, say otherwise than the grants do now."""
    found = {name: {p.value: r.name.lower() for p, r in grants.GRANTS[role].items()} for name, role in _ROLE.items()}
    opened = {name: {g.value: r.name.lower() for g, r in grants.OPENS[role].items()} for name, role in _ROLE.items()}
    return found != reaches_as_written() or opened != opens_as_written()


def run(folder: Path, every: int = 1) -> None:
    """All flips, or every so-manieth; prints the figures, and what was not noticed over HTTP."""
    made_at = installation_on_sqlite(folder / "made")
    one, two = copy_of_sqlite(made_at, folder / "one"), copy_of_sqlite(made_at, folder / "two")
    with running(one) as world, running(two) as other:
        asked = Asked(world, matters(world), routes.build(other))
        began = time.monotonic()
        found = {flip: _noticed(asked, flip) for flip in islice(flips(), 0, None, every)}
        took = time.monotonic() - began
    count = len(found)
    figures = {
        "by relation": sum(each[0] for each in found.values()),
        "by route": sum(each[1] for each in found.values()),
        "over HTTP": sum(each[0] or each[1] for each in found.values()),
        "by refusing to start": sum(each[2] for each in found.values()),
        "over HTTP or by refusing to start": sum(any(each[:3]) for each in found.values()),
        "in all": sum(any(each) for each in found.values()),
    }
    lines = [f"{count} flips in {took:.0f} s"]
    lines += [f"noticed {name}: {number} ({number / count:.2%})" for name, number in figures.items()]
    lines += [f"only as written: {flip}" for flip, each in found.items() if not any(each[:3])]
    print(*lines, sep="\n")  # noqa: T201 - a script


def _noticed(asked: Asked, flip: Flip) -> tuple[bool, bool, bool, bool]:
    table: Any = grants.OPENS if isinstance(flip.what, Group) else grants.GRANTS
    cell, before = table[flip.role], table[flip.role].get(flip.what)
    _put(cell, flip.what, flip.reach)
    try:
        refused = any(meaningless(grants.GRANTS, grants.OPENS))
        return asked.relations(flip), asked.routes(flip), refused, written()
    finally:
        _put(cell, flip.what, before)


def _put(cell: Any, what: Any, reach: Reach | None) -> None:
    if reach is None:
        cell.pop(what, None)
    else:
        cell[what] = reach


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as place:
        run(Path(place), *map(int, sys.argv[1:2]))
