"""What checking the record can come to, and how it is said."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class Finding(enum.StrEnum):
    INTACT = "intact"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    UNDECIDED = "undecided"


#: What `amparo audit verify` exits with.
EXIT_CODES: Final[Mapping[Finding, int]] = {
    Finding.INTACT: 0,
    Finding.ALTERED: 1,
    Finding.TRUNCATED: 2,
    Finding.UNDECIDED: 3,
}


class Reason(enum.Enum):
    """What was found, and the sentence that says so. ``position`` counts events, ``seal`` counts seals, both from 1."""

    WHOLE = (Finding.INTACT, "Every event is as it was recorded, and every seal covers what it covered.")

    EVENT_ALTERED = (Finding.ALTERED, "The event at position {position} is not as it was recorded.")
    EVENT_GONE = (Finding.ALTERED, "The event at position {position} is gone.")
    POSITION_GONE = (Finding.ALTERED, "No event stands at position {position}, though events stand after it.")
    POSITION_ADDED = (Finding.ALTERED, "An event stands at position {position}, where none can be.")
    BATCH_ALTERED = (Finding.ALTERED, "From position {position} on, the events are not those that seal {seal} covers.")
    SEAL_GONE = (Finding.ALTERED, "Seal {seal} is gone, though seals stand after it. It began at position {position}.")
    SEAL_BOUNDS = (Finding.ALTERED, "Seal {seal} does not cover the positions from {position} on, as it must.")
    SEAL_UNCHAINED = (Finding.ALTERED, "Seal {seal}, at position {position}, does not follow from the one before it.")
    SEAL_UNSIGNED = (Finding.ALTERED, "Seal {seal}, at position {position}, was not signed by this installation.")
    SEAL_REPLACED = (
        Finding.ALTERED,
        "Seal {seal} is not the one in the seals file. From position {position} on the record was written anew, or an"
        + " older copy was put back and went on.",
    )
    CHECKPOINT_DIFFERS = (
        Finding.ALTERED,
        "The first {size} events are not those of their checkpoint. From position {position} on, or later, the record"
        + " was written anew, or an older copy was put back and went on.",
    )
    CHECKPOINT_UNSIGNED = (
        Finding.ALTERED,
        "The checkpoint over {size} events that stands in the record was not made by this installation.",
    )
    CHECKPOINT_GONE = (Finding.ALTERED, "A checkpoint below the one over {size} events is gone from the record.")
    TREE_ALTERED = (Finding.ALTERED, "What is kept of the tree is not of the events from position {position} on.")
    UNSEALED_ALTERED = (Finding.ALTERED, "An event that is not sealed yet is not as it was recorded.")

    POSITIONS_CUT = (Finding.TRUNCATED, "The events from position {position} on are gone. Seal {seal} covered more.")
    SEALS_CUT = (Finding.TRUNCATED, "The events from position {position} on have lost their seals.")
    BEHIND_FILE = (
        Finding.TRUNCATED,
        "The record ends before seal {seal} of the seals file. From position {position} on it was cut off, or an older"
        + " copy was put back.",
    )
    BEHIND_CHECKPOINT = (
        Finding.TRUNCATED,
        "The record ends before the {size} events of a checkpoint. From position {position} on it was cut off, or an"
        + " older copy was put back.",
    )

    FOREIGN_KEYS = (Finding.UNDECIDED, "Nothing here was made with these keys. Check keyring and keystore.")
    NOT_SEALED = (
        Finding.UNDECIDED,
        "Events older than a minute were never sealed: {count}. Start Amparo, which seals them, and check again.",
    )
    FILE_UNREADABLE = (Finding.UNDECIDED, "The seals file can not be read.")
    FILE_EMPTY = (Finding.UNDECIDED, "The seals file is empty, and the record has seals.")
    FILE_FOREIGN = (Finding.UNDECIDED, "Line {line} of the seals file is no seal of this installation.")
    CHECKPOINT_UNREADABLE = (Finding.UNDECIDED, "The checkpoints can not be read.")
    CHECKPOINT_FOREIGN = (Finding.UNDECIDED, "The file {name} is no checkpoint of this installation.")
    CHECKPOINT_NONE = (Finding.UNDECIDED, "There is no checkpoint in what was given.")
    RECORD_UNREADABLE = (Finding.UNDECIDED, "The record can not be read from the database.")

    def __init__(self, finding: Finding, sentence: str) -> None:
        self.finding = finding
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong, and where."""

    reason: Reason
    position: int | None = None
    seal: int | None = None
    count: int | None = None
    line: int | None = None
    size: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    ``events`` and ``seals`` were found in order before the fault, or altogether; ``waiting`` events are not sealed yet;
    ``compared`` lines of a seals file, up to the seal ``file_ends``, were held against the record; None without a file.
    ``checkpoints`` stand in the record itself, and ``given`` ones came from elsewhere.
    """

    fault: Fault | None
    events: int
    seals: int
    waiting: int
    compared: int | None
    file_ends: int = 0
    checkpoints: int = 0
    given: int = 0

    @property
    def reason(self) -> Reason:
        return Reason.WHOLE if self.fault is None else self.fault.reason

    @property
    def finding(self) -> Finding:
        return self.reason.finding

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.finding]

    def lines(self) -> list[str]:
        """The verdict in plain English: the word, the sentence, the figures."""
        where = self.fault or Fault(Reason.WHOLE)
        sentence = self.reason.sentence.format(
            position=where.position,
            seal=where.seal,
            count=where.count,
            line=where.line,
            size=where.size,
            name=where.name,
        )
        said = [
            f"{self.finding.value}: {sentence}",
            f"Checked {self.events} events in {self.seals} seals; {self.waiting} not sealed yet.",
        ]
        if self.checkpoints:
            said.append(f"They stand under {self.checkpoints} checkpoints.")
        if self.given:
            said.append(f"Compared with {self.given} checkpoints that were kept elsewhere.")
            if self.compared is None:
                return said
        if self.compared is None:
            return [*said, "Compared with no seals file: only beside one it shows that a record was cut or put back."]
        return [*said, f"Compared with {self.compared} lines of the seals file, which ends at seal {self.file_ends}."]
