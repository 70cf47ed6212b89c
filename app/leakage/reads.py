"""The manifest: every table and column of the database and of the keystore, beside what was written of each."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Boolean, Column, Date, Enum, Index, LargeBinary, Table, UniqueConstraint
from sqlmodel import SQLModel

from app.crypto.schema import metadata as keystore
from app.db import Cents, UtcTime
from app.leakage.rules import Shape, TableTells, Undeclared, as_markdown, told_by
from app.tables import load_all

_DATA = Path(__file__).parent / "data"
_KINDS = ((UtcTime, "moment"), (Date, "day"), (Cents, "money"), (Boolean, "choice"), (LargeBinary, "bytes"))


def manifest() -> list[TableTells]:
    """Every table, those of the data first, each by name.

    Raises Undeclared, with every name, when a table or column has no words, or words stand for one that is not there.
    """
    load_all()
    written = tomllib.loads((_DATA / "columns.toml").read_text(encoding="utf-8"))
    tables = [*_sorted(SQLModel.metadata.tables.values()), *_sorted(keystore.tables.values())]
    wrong = [f"{name}: no such table" for name in written.keys() - {table.name for table in tables}]
    found = []
    for table in tables:
        words = dict(written.get(table.name, {}))
        rows = words.pop("rows", None)
        wrong += [f"{table.name}.{name}: no such column" for name in words.keys() - set(table.columns.keys())]
        try:
            columns = tuple(told_by(_shape(column), words.get(column.name)) for column in table.columns)
            if rows is None:
                raise Undeclared("its rows")
        except Undeclared as lacking:
            wrong.append(f"{table.name}.{lacking}: nobody wrote what it tells")
            continue
        found.append(TableTells(table.fullname, rows, columns, tuple(_indexes(table))))
    if wrong:
        raise Undeclared("; ".join(sorted(wrong)))
    return found


def page() -> str:
    """docs/leakage.md, whole."""
    return (_DATA / "page.md").read_text(encoding="utf-8").replace("{tables}\n", as_markdown(manifest()))


def _sorted(tables: Iterable[Table]) -> list[Table]:
    return sorted(tables, key=lambda table: table.name)


def _shape(column: "Column[object]") -> Shape:
    kind = next((kind for type_, kind in _KINDS if isinstance(column.type, type_)), "text")
    words = tuple(column.type.enums) if isinstance(column.type, Enum) else ()
    return Shape(column.name, "words" if words else kind, _refers_to(column), words)


def _refers_to(column: "Column[object]") -> str | None:
    """The table whose row it names; where several columns name a row together, what its own name says."""
    whole = [key.constraint for key in column.foreign_keys if key.constraint is not None]
    alone = {key.referred_table.name for key in whole if len(key.columns) == 1}
    named = alone or ({column.name.removesuffix("_id")} if column.foreign_keys else set())
    return min(named, default=None)


def _indexes(table: Table) -> Iterator[str]:
    """Each index and each rule of uniqueness; they hold the same bytes as the columns, in another order."""
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        yield ("unique " if index.unique else "") + _named(index)
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    yield from sorted("unique " + ", ".join(f"`{each.name}`" for each in rule.columns) for rule in rules)


def _named(index: Index) -> str:
    return ", ".join(f"`{getattr(each, 'name', each)}`" for each in index.expressions)
