"""Which rows a sight has to do with, as SQL conditions: for those who have a word, and for others by a condition.

Reading and writing have words of their own. What somebody may only look at, no statement of theirs changes, whoever
wrote the statement: a policy that adds, changes or removes can not even be declared with a word for reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Words that show rows; each becomes, where rows are written, the word of those who also decide about them.
TO_WRITE: Final[Mapping[str, str | None]] = {
    "records": "deciding",
    "staff": "managing",
    "partners": "managing",
    "audit": None,
    "gate": None,
    "names": None,
    "counting": None,
    "directory": None,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of sights that have one of ``words``, and those for which ``where`` is true.

    ``by`` is the word without which ``where`` counts for nothing. The operator of the machine has every row.
    """

    words: tuple[str, ...]
    where: str = ""
    by: str | None = None

    def written(self, by: str | None) -> "Rows":
        """The same rows for who writes them: by the words of writing, and ``where`` only for who has ``by``."""
        words = (TO_WRITE.get(word, word) for word in self.words)
        return Rows(tuple(dict.fromkeys(word for word in words if word is not None)), self.where, by)

    def __str__(self) -> str:
        shown = _has("operator", *self.words)
        if not self.where:
            return shown
        return f"{shown} OR ({_has(self.by)} AND ({self.where}))" if self.by else f"{shown} OR {self.where}"


def to(*words: str, where: str = "") -> Rows:
    """Rows shown to sights that have one of the words, and to others those for which ``where`` is true."""
    return Rows(words, where)


#: Every declared table, by its name.
POLICIES: Final[dict[str, "Policy"]] = {}
#: As what is read, for who has the words of writing.
SAME: Final = Rows(())


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows of a table are seen (``read``), added, changed and removed: SQL conditions; None is nobody, never.

    ``becomes`` is what a changed row must be afterwards; a row that is only locked needs no more than ``change``.
    """

    table: str
    read: str
    add: str | None
    change: str | None
    becomes: str | None
    remove: str | None


def declare(
    table: str,
    read: Rows,
    *,
    add: Rows | None = SAME,
    change: Rows | None = SAME,
    becomes: Rows | None = None,
    remove: Rows | None = None,
    by: str | None = "working",
) -> None:
    """Declare a table's policies. ``add`` and ``change`` are as ``read``, ``becomes`` as ``change``, unless given.

    ``by`` is the word without which nobody writes a row for no more than its ``where``; None asks for no word.
    """

    def written(rows: Rows | None) -> str | None:
        return None if rows is None else str((read if rows is SAME else rows).written(by))

    POLICIES[table] = Policy(
        table, str(read), written(add), written(change), written(becomes or change), written(remove)
    )


def _has(*words: str) -> str:
    # A scalar subquery is run once a statement, not once a row.
    among = ", ".join(f"'{word}'" for word in words)
    return f"(SELECT string_to_array(current_setting('app.sees', true), ' ') && ARRAY[{among}])"
