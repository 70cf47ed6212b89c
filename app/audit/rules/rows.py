"""What can be wrong with a row that carries a MAC, and what to do about it, in plain words."""

import enum
from dataclasses import dataclass
from typing import Final

#: Whoever looks into a finding begins here.
_RECORD: Final = "Look in the audit record for what was done to it, and in the database's own log for who was in it."


class RowReason(enum.Enum):
    """What is wrong, and what to do. None of these can come from the program itself."""

    ALTERED = ("was changed outside Amparo", "Put back what a backup says, row and row_mac together.")
    BARE = (
        "has no seal of its own: it was put there or emptied outside Amparo",
        "Remove it, or put back the backup's row.",
    )
    UNKNOWN = ("is real, but no act on record made it this way", "Somebody put it there, or the record lost its end.")
    OLDER = ("was put back to what it was before", "Put back its last state from a backup.")
    AGAIN = ("was deleted by an act on record, and is there again", "Remove it.")
    TWICE = ("is there twice", "Remove the one that was added later.")
    GONE = ("is gone, and no act on record deleted it", "Put it back from a backup, row and row_mac together.")
    FORKED = ("was put back to an older state at some time, and worked on from there", "Compare it with a backup.")

    def __init__(self, sentence: str, remedy: str) -> None:
        self.sentence = sentence
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class RowFault:
    """One row, and what is wrong with it. ``row`` is its id, a number, or the words of its key."""

    reason: RowReason
    table: str
    row: str

    def line(self) -> str:
        """One line for the operator."""
        return f"altered: {self.table} {self.row} {self.reason.sentence}. {self.reason.remedy} {_RECORD}"


@dataclass(frozen=True, slots=True)
class RowsVerdict:
    """What looking at every row came to: how many there are, and how many states of rows are on record."""

    faults: tuple[RowFault, ...]
    rows: int
    states: int

    @property
    def undecided(self) -> bool:
        """Nothing was ever put on record: an older Amparo wrote these rows, and they were not taken yet."""
        return self.rows > 0 and self.states == 0

    @property
    def exit_code(self) -> int:
        if self.undecided:
            return 3
        return 1 if self.faults else 0

    def lines(self) -> list[str]:
        """Every finding, then the figures."""
        if self.undecided:
            return ["undecided: The rows were never taken under seal. Run `amparo migrate`."]
        word = "altered" if self.faults else "intact"
        told = f"{word}: {self.rows} rows that decide, held against {self.states} states on record"
        return [*(each.line() for each in self.faults), f"{told}; {len(self.faults)} findings."]
