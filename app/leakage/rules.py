"""What a column tells whoever reads it without a key, as sentences."""

from dataclasses import dataclass
from enum import StrEnum


class Kept(StrEnum):
    """In what form a column stands in the database."""

    CLEAR = "as it is"
    SEALED = "sealed"
    INDEX = "keyed index"
    DIGEST = "digest"
    PROOF = "proof"


#: What the bytes of each form tell by themselves.
BYTES = {
    Kept.SEALED: "nothing but its length, in steps of 64 bytes at first and coarser above 1 KiB",
    Kept.INDEX: "which rows hold the same value; without the key of the index no value can be tried",
    Kept.DIGEST: "nothing; it proves a long random secret that is known already",
    Kept.PROOF: "nothing; it shows whether something else is as it was written",
}


@dataclass(frozen=True, slots=True)
class ColumnTells:
    """One column: its name, in what form it is kept, what it tells."""

    name: str
    kept: Kept
    tells: str


@dataclass(frozen=True, slots=True)
class TableTells:
    """One table: what its rows alone tell, its columns, and which columns the engine keeps in order or apart."""

    name: str
    rows: str
    columns: tuple[ColumnTells, ...]
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the schema itself says of a column."""

    name: str
    kind: str
    refers_to: str | None = None
    words: tuple[str, ...] = ()


class Undeclared(Exception):
    """A table or a column of which nobody has written what it tells, or words for one that is not there."""


def told_by(shape: Shape, written: str | None) -> ColumnTells:
    """What a column tells: what somebody wrote of it, else what its kind says.

    ``written`` is a sentence; of bytes "sealed", "index", "digest" or "proof", and ": a sentence" when there is more to
    say. Raises Undeclared when neither says.
    """
    if shape.kind == "bytes":
        return _bytes(shape, written)
    if written is not None:
        return ColumnTells(shape.name, Kept.CLEAR, written)
    if (said := _by_kind(shape)) is None:
        raise Undeclared(shape.name)
    return ColumnTells(shape.name, Kept.CLEAR, said)


def _bytes(shape: Shape, written: str | None) -> ColumnTells:
    """Bytes are never what they seem: each is declared, or named by its end."""
    for end, kept in (("_sealed", Kept.SEALED), ("_index", Kept.INDEX), ("digest", Kept.DIGEST), ("mac", Kept.PROOF)):
        if written is None and shape.name.endswith(end):
            return ColumnTells(shape.name, kept, BYTES[kept])
    word, _, more = (written or "").partition(": ")
    forms = {each.name.lower(): each for each in BYTES}
    if word not in forms:
        raise Undeclared(shape.name)
    return ColumnTells(shape.name, forms[word], more or BYTES[forms[word]])


def _by_kind(shape: Shape) -> str | None:
    if shape.name == "id" and shape.refers_to is None:
        return "when the row was made, to the millisecond; the rest is random"
    if shape.refers_to is not None:
        return f"which {shape.refers_to.replace('_', ' ')}"
    if shape.name == "version":
        return "how often the row was changed"
    said = {"moment": "the moment", "day": "the day", "money": "the amount", "choice": "yes or no"}.get(shape.kind)
    return f"which of: {', '.join(shape.words)}" if shape.kind == "words" else said


def as_markdown(tables: list[TableTells]) -> str:
    """The tables of the page, one for each table of the database."""
    lines = []
    for table in tables:
        lines += [f"### {table.name}", "", f"The rows tell {table.rows}.", ""]
        lines += ["| column | kept | tells |", "| --- | --- | --- |"]
        lines += [f"| `{each.name}` | {each.kept} | {each.tells} |" for each in table.columns]
        if table.indexes:
            lines += ["", f"Kept in order or apart as well: {'; '.join(table.indexes)}."]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
