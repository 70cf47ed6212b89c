"""A new key for a person: every value that is sealed under the old one is sealed anew, then the old key is deleted.

Which values those are is found by the key's id at the head of each, in every column of bytes: no list of columns can be
forgotten. Each transaction takes a few rows of one table, which the database holds meanwhile. Broken off anywhere, it
is simply begun again: what is sealed under the new key already is not found any more.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Select, Table, func, or_, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.model import Applicant
from app.audit.actions import record
from app.crypto import Cell, Retiring, Vault
from app.db import metadata
from app.errors import NotFound
from app.work import Work

T = TypeVar("T")

#: Opens a Work of the one who runs it, committed at the end of the block.
Begin = Callable[[], AbstractContextManager[Work]]
#: Told how many are done, of how many.
Progress = Callable[[int, int], None]

#: Rows of one transaction, and people whose values are looked for together.
_ROWS: Final = 100
_PEOPLE: Final = 200
#: Where the id of its key stands in an envelope: its first byte, counted from 1, and its length.
_KEY_ID: Final = (3, 16)


@dataclass(slots=True)
class Renewed:
    """How many people's old keys are gone, and how many values were sealed anew for that."""

    people: int = 0
    values: int = 0


def person(begin: Begin, reference: str) -> UUID:
    """Who has this reference. Raises NotFound, also for who is erased: there is no key to renew."""
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        named = select(col(Applicant.id)).where(col(Applicant.reference) == reference.strip())
        found = work.session.execute(named.where(col(Applicant.erased_at).is_(None))).scalar()
    if found is None:
        raise NotFound
    return UUID(str(found))


def needing(begin: Begin, vault: Vault, key_days: int) -> list[UUID]:
    """The people whose key is marked, was made more than ``key_days`` ago (0: age says nothing), or is half renewed."""
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        candidates = vault.needing_renewal(work.now - timedelta(days=key_days) if key_days else None)
        found: list[UUID] = []
        for some in _parts(candidates, _PEOPLE):
            living = select(col(Applicant.id)).where(col(Applicant.id).in_(some), col(Applicant.erased_at).is_(None))
            there = set(work.session.execute(living).scalars())
            found += [each for each in some if each in there]
    return found


def renew(
    begin: Begin,
    vault: Vault,
    people: Sequence[UUID],
    *,
    patience: float,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Renewed:
    """Give these people new keys, and delete the old ones with their last value.

    ``patience`` is in seconds: for so long after a new key was made another process may still seal with the old one.
    Raises Unopenable, and deletes nothing, when a value does not open; KeysUnavailable.
    """
    done = Renewed()
    retiring = vault.begin_renewal(people)
    shown = _Shown(progress, len(retiring))
    for some in _parts(retiring, _PEOPLE):
        done.values += _seal_anew(begin, some)
        shown.add(len(some))
    _wait(retiring, patience, sleep)
    for some in _parts(retiring, _PEOPLE):
        done.values += _seal_anew(begin, some)  # what another process sealed with the old key meanwhile
        done.people += vault.end_renewal(some)
    return done


class _Shown:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _wait(retiring: Sequence[Retiring], patience: float, sleep: Callable[[float], None]) -> None:
    if retiring and patience and (rest := max(each.since for each in retiring) + patience - time.time()) > 0:
        sleep(rest)


def _seal_anew(begin: Begin, retiring: Sequence[Retiring]) -> int:
    owners = {each.key_id: each.subject_id for each in retiring}
    values = 0
    for table, columns in _tables():
        last: UUID | None = None
        while True:
            with begin() as work:
                work.allow(Permission.RETENTION_RUN)
                rows = work.session.execute(_sealed_with(owners, table, columns, last)).all()
                values += sum(_row_anew(work, table, columns, row.id, owners) for row in rows)
            if len(rows) < _ROWS:
                break
            last = rows[-1].id
    return values


def _tables() -> Iterator[tuple[Table, list[Column[Any]]]]:
    for table in metadata.sorted_tables:
        columns = [each for each in table.columns if isinstance(each.type, LargeBinary) and each.name != "row_mac"]
        if columns and "id" in table.columns:
            yield table, columns


def _key_of(column: Column[Any]) -> Any:
    return func.substr(column, *_KEY_ID, type_=LargeBinary())


def _sealed_with(keys: dict[UUID, UUID], table: Table, columns: list[Column[Any]], last: UUID | None) -> Select[Any]:
    theirs = or_(*(_key_of(each).in_([key.bytes for key in keys]) for each in columns))
    asked = select(table.c.id, *columns).where(theirs).order_by(table.c.id).limit(_ROWS)
    return asked if last is None else asked.where(table.c.id > last)


def _row_anew(work: Work, table: Table, columns: list[Column[Any]], row_id: UUID, owners: dict[UUID, UUID]) -> int:
    """Seal one row's values anew, in one change that is on record; gives how many there were."""
    # Held only now: of tables that never change a row may be looked at, and not held.
    held = select(table.c.id, *columns).where(table.c.id == row_id).with_for_update(key_share=True)
    row = work.session.execute(held).one_or_none()
    changed: dict[str, bytes] = {}
    subject_id = None
    if row is None:
        return 0
    for column, value in zip(columns, row[1:], strict=True):
        key_id = _key_id(value)
        if key_id not in owners:
            continue
        subject_id = owners[key_id]
        again = work.vault.reseal(Cell(table.name, column.name, row.id, subject_id), bytes(value))
        if again is not None:
            changed[column.name] = again
    if changed:
        work.session.execute(update(table).where(table.c.id == row.id).values(changed))
        record(
            work,
            "applicant.key_renewed",
            object_type="applicant",
            object_id=subject_id,
            subject_id=subject_id,
            count=len(changed),
        )
    return len(changed)


def _key_id(value: Any) -> UUID | None:
    first, length = _KEY_ID
    named = bytes(value)[first - 1 : first - 1 + length] if value else b""
    return UUID(bytes=named) if len(named) == length else None


def _parts(all_of_them: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(all_of_them), size):
        yield all_of_them[first : first + size]
