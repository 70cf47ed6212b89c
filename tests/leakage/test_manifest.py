"""The page that says what a dump tells: whole, as the schema is, and true of the bytes that a case leaves behind."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import SQLModel

from app.crypto.envelope import OVERHEAD
from app.leakage.reads import manifest, page
from app.leakage.rules import Kept, Shape, Undeclared, told_by
from app.tables import load_all
from tests.story import Story
from tests.surroundings import surroundings
from tests.world import World

PAGE = Path("docs/leakage.md")


def test_every_table_and_column_is_on_the_page_and_none_that_is_gone() -> None:
    load_all()
    told = {table.name: {each.name for each in table.columns} for table in manifest()}
    for name, table in SQLModel.metadata.tables.items():
        assert told[name] == set(table.columns.keys()), name


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `amparo leakage > docs/leakage.md`"


@given(st.text(min_size=1).filter(lambda name: not name.endswith(("_sealed", "_index", "digest", "mac"))))
def test_bytes_of_which_nothing_is_written_are_refused(name: str) -> None:
    for written in (None, "", "harmless", "as it is"):
        with pytest.raises(Undeclared):
            told_by(Shape(name, "bytes"), written)


@pytest.mark.parametrize("kind", ["text", "number"])
def test_a_text_or_number_of_which_nothing_is_written_is_refused(kind: str) -> None:
    with pytest.raises(Undeclared):
        told_by(Shape("remarks", kind), None)


def test_what_is_called_sealed_is_an_envelope(world: World) -> None:
    """Of the rows that a case with all its surroundings leaves behind."""
    story = Story(world).begin().apply().accept().assign().fund_it().pay()
    surroundings(world, story)
    sealed = {(table.name, each.name) for table in manifest() for each in table.columns if each.kept is Kept.SEALED}
    met = set()
    with world.services.database.engine.connect() as connection:
        for table in SQLModel.metadata.tables.values():
            for column in (each for each in table.columns if (table.name, each.name) in sealed):
                for value in connection.execute(select(column).where(column.is_not(None), column != b"")).scalars():
                    assert value.startswith(b"\x01\x01"), (table.name, column.name)
                    assert len(value) >= OVERHEAD + 64, (table.name, column.name)
                    met.add((table.name, column.name))
    assert len(met) >= 15, sorted(met)
