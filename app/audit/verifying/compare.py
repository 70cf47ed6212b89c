"""A seals file beside the record: every line has to be a seal of the record, letter for letter.

A line that the record lacks, or has otherwise, counts only when this installation signed it: then the record was cut,
put back from an older copy, or written anew by somebody who has the keys. The last line alone anchors all before it,
because each seal names the digest of its predecessor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from app.audit import reads
from app.audit.rules.seals import WORD, Seal
from app.audit.rules.verdict import Fault, Reason
from app.audit.verifying.walk import is_signed
from app.crypto import Vault

#: Lines whose seals are fetched together.
_TOGETHER: Final = 500


@dataclass(frozen=True, slots=True)
class Compared:
    """How many lines were held against the record, the last seal among them, and the gravest thing that was found."""

    lines: int
    last: int
    fault: Fault | None


def compare(connection: Connection, vault: Vault, seals: Path, size: int) -> Compared:
    """Hold the first ``size`` bytes of the file against the record.

    The caller asked for the size before this connection's first look, so that what the sealer appends meanwhile is
    not taken for something that the record lacks. Raises OSError.
    """
    lines, last, behind = 0, 0, None
    known = _parsed(seals, size)
    while some := list(islice(known, _TOGETHER)):
        rows = reads.seals_called(connection, [each.number for _, each in some if each is not None])
        for line, seal in some:
            lines += 1
            if seal is None:
                return Compared(lines, last, Fault(Reason.FILE_FOREIGN, line=line))
            row, last = rows.get(seal.number), seal.number
            if row == seal:
                continue
            if not is_signed(vault, vault.public_keys(), seal):
                return Compared(lines, last, Fault(Reason.FILE_FOREIGN, line=line))
            if row is not None:
                return Compared(lines, last, Fault(Reason.SEAL_REPLACED, seal.head.first_position, seal.number))
            behind = behind or Fault(Reason.BEHIND_FILE, seal.head.first_position, seal.number)
    return Compared(lines, last, behind)


def _parsed(seals: Path, size: int) -> Iterator[tuple[int, Seal | None]]:
    """The number of each line and its seal, None for what is no seal.

    A crash may tear a line; it is then written again, whole, on the next one. Such a torn beginning is passed over.
    """
    torn: tuple[int, str] | None = None
    for number, (text, _) in enumerate(reads.lines_of(seals, size), start=1):
        try:
            seal = Seal.parse(text)
        except ValueError:
            if torn is not None:
                yield torn[0], None
            torn = number, text
            continue
        if torn is not None and not (torn[1] and seal.line().startswith(torn[1])):
            yield torn[0], None
        torn = None
        yield number, seal
    if torn is not None and not _begins_a_seal(torn[1]):
        yield torn[0], None


def _begins_a_seal(text: str) -> bool:
    return bool(text) and text.startswith(WORD[: len(text)])
