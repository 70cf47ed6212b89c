"""The whole matrix: rows x roles x relations, and those who may do nothing; each cell over HTTP on both engines."""

from tests.access.cells import ROWS
from tests.access.expected import EXPECTED, ROLES
from tests.access.matters import ASKERS, RELATIONS, SHUT, matters
from tests.world import World


def test_the_table_is_whole() -> None:
    assert set(ROWS) == set(EXPECTED)
    assert set(ROLES) == set(ASKERS)
    assert {len(cell) for row in EXPECTED.values() for cell in row} == {len(RELATIONS)}


def test_every_cell(world: World) -> None:
    made = matters(world)
    wrong, cells = [], 0
    for row, ask in ROWS.items():
        outcomes = dict(zip(ROLES, EXPECTED[row], strict=True)) | dict.fromkeys(SHUT, "1" * len(RELATIONS))
        for role, wanted in outcomes.items():
            person = getattr(world, (ASKERS | SHUT)[role])
            for relation, want in zip(RELATIONS, wanted, strict=True):
                cells += 1
                if (found := ask(person, made[relation])) != want:
                    wrong.append(f"{row} by {role}, {relation}: {found}, not {want}")
    print(f"{cells} cells, {len(wrong)} wrong")  # noqa: T201 - the count is part of the proof
    assert not wrong, "\n".join(wrong)
    assert cells == len(ROWS) * (len(ROLES) + len(SHUT)) * len(RELATIONS)
    assert cells >= 3_000
