"""The whole check: the sealed record, what is not sealed yet, and the seals file beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.access.sights import SEALER
from app.audit import reads
from app.audit.reads.tree import leaf_of
from app.audit.rules import first_id_at
from app.audit.rules.verdict import Fault, Finding, Reason, Verdict
from app.audit.verifying.compare import Compared, compare
from app.audit.verifying.marks import Given, Marks, read_given
from app.audit.verifying.walk import Walk, foreign
from app.crypto import Vault
from app.db import Database

#: An event that is older was sealed long ago, if anybody sealed.
SEALED_WITHIN: Final = timedelta(minutes=1)
#: Which fault is told when there are several, the gravest first.
_GRAVITY: Final = (Finding.ALTERED, Finding.TRUNCATED, Finding.UNDECIDED)


def verify(
    database: Database, vault: Vault, seals: Path | None, now: datetime, checkpoints: Sequence[Path] = ()
) -> Verdict:
    """Check the record from its first event to its last, beside ``seals`` when a file is given.

    ``checkpoints`` are files that were kept elsewhere, or folders of them.

    Raises nothing that the record, the database or the file could cause: what can not be read can not be decided.
    """
    try:
        size = None if seals is None else seals.stat().st_size
    except OSError:
        return Verdict(Fault(Reason.FILE_UNREADABLE), 0, 0, 0, None)
    given = read_given(checkpoints, vault) if checkpoints else Given(())
    try:
        with database.look(SEALER) as connection:
            file = None if seals is None or size is None else (seals, size)
            return _verify(connection, vault, file, given, now)
    except (SQLAlchemyError, ValueError, TypeError, AttributeError):
        # SQLite takes anything in any column, so tampering may leave what is not even of the right type.
        return Verdict(Fault(Reason.RECORD_UNREADABLE), 0, 0, 0, None)


def _verify(
    connection: Connection, vault: Vault, file: tuple[Path, int] | None, given: Given, now: datetime
) -> Verdict:
    ends = reads.ends(connection)
    if foreign(connection, vault, ends):
        return Verdict(Fault(Reason.FOREIGN_KEYS), 0, 0, 0, None)
    marks = Marks(connection, vault, given.checkpoints, ends)
    walk = Walk(connection, vault, ends, marks)
    faults = [walk.fault(), given.fault]
    waiting = _waiting(connection, vault, now)
    faults.append(waiting.fault)
    compared = _beside(connection, vault, file, ends)
    faults.append(compared.fault)
    found = sorted((each for each in faults if each is not None), key=lambda each: _GRAVITY.index(each.reason.finding))
    return Verdict(
        found[0] if found else None,
        walk.events,
        walk.seals,
        waiting.events,
        None if file is None else compared.lines,
        compared.last,
        marks.passed,
        len(given.checkpoints),
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    events: int
    fault: Fault | None


def _waiting(connection: Connection, vault: Vault, now: datetime) -> _Waiting:
    """The events without a position: their MACs, and whether they have waited for too long."""
    events = late = 0
    oldest = first_id_at(now - SEALED_WITHIN).hex
    for row in reads.unsealed(connection):
        events += 1
        if leaf_of(vault, row[0], row[1:]) is None:
            return _Waiting(events, Fault(Reason.UNSEALED_ALTERED))
        late += row[1] < oldest
    return _Waiting(events, Fault(Reason.NOT_SEALED, count=late) if late else None)


def _beside(connection: Connection, vault: Vault, file: tuple[Path, int] | None, ends: reads.Ends) -> Compared:
    if file is None:
        return Compared(0, 0, None)
    try:
        compared = compare(connection, vault, *file)
    except OSError:
        return Compared(0, 0, Fault(Reason.FILE_UNREADABLE))
    if not compared.lines and ends.number:
        return Compared(0, 0, Fault(Reason.FILE_EMPTY))
    return compared
