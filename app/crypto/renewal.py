"""A new key for one subject while what the old one sealed stays readable. Can be broken off anywhere and begun again.

The new key is committed beside the old one and seals from then on; the old one *retires*: it opens what is not sealed
anew yet. Who keeps the values seals each anew, waits until no other process can have sealed with the old key from its
memory (``SETTLED``), looks once more, and then has the old key deleted.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update

from app.crypto import schema, wrapping
from app.crypto.derivation import KEY_BYTES
from app.crypto.epochs import Epochs
from app.crypto.keystore import Keystore, WrappedSubject
from app.crypto.refusals import UnknownSubject
from app.crypto.subjects import CACHE_SECONDS
from app.db import new_id

#: Seconds after which no process seals with a retiring key: it forgets the key, and its last transaction has ended.
SETTLED: Final = CACHE_SECONDS + 60.0
#: Subjects whose new keys are made by one transaction.
BATCH: Final = 500
_KEY: Final = schema.subject_key.c


@dataclass(frozen=True, slots=True)
class Retiring:
    """A key that only opens. ``since`` is in seconds since 1970, by the keystore's own machine."""

    key_id: UUID
    subject_id: UUID
    since: int


def begin(keystore: Keystore, epochs: Epochs, installation: UUID, subject_ids: Sequence[UUID]) -> list[Retiring]:
    """Make a new key for each of these subjects and let the old ones retire; those under way go on. Unknown: left out.

    Gives the retiring keys of all of them.
    """
    for some in _batches(list(dict.fromkeys(subject_ids))):
        with keystore.writing() as connection:
            keystore.hold_still(connection, alone=False)
            epoch, cipher = epochs.current(connection)
            theirs = select(_KEY.id, _KEY.subject_id, _KEY.retiring_since).where(_KEY.subject_id.in_(some))
            held = connection.execute(theirs.with_for_update()).all()
            under_way = {row.subject_id for row in held if row.retiring_since is not None}
            old = {row.subject_id: row.id for row in held if row.subject_id not in under_way}
            if not old:
                continue
            connection.execute(
                update(schema.subject_key).where(_KEY.id.in_(old.values())).values(retiring_since=int(time.time()))
            )
            made = []
            for subject_id in old:
                key_id = new_id()
                label = wrapping.subject_label(installation, epoch, subject_id, key_id)
                wrapped = wrapping.wrap(cipher, secrets.token_bytes(KEY_BYTES), label)
                made.append(WrappedSubject(key_id, subject_id, epoch, wrapped, 0))
            keystore.add_subjects(connection, made)
    wanted = set(subject_ids)
    return [each for each in retiring(keystore) if each.subject_id in wanted]


def retiring(keystore: Keystore) -> list[Retiring]:
    """Every key that has been replaced and still opens, in the order of their ids."""
    replaced = select(_KEY.id, _KEY.subject_id, _KEY.retiring_since).where(_KEY.retiring_since.is_not(None))
    with keystore.reading() as connection:
        return [Retiring(*row) for row in connection.execute(replaced.order_by(_KEY.id))]


def end(keystore: Keystore, key_ids: Sequence[UUID]) -> int:
    """Delete these retiring keys; gives how many there were. What is still sealed with one opens nowhere any more."""
    removed = 0
    for some in _batches(key_ids):
        gone = delete(schema.subject_key).where(_KEY.id.in_(some), _KEY.retiring_since.is_not(None))
        with keystore.writing() as connection:
            removed += connection.execute(gone).rowcount
    keystore.flush_residue()
    return removed


def mark(keystore: Keystore, subject_id: UUID) -> None:
    """Keep that somebody else may have a subject's present key. Raises UnknownSubject."""
    present = _KEY.subject_id == subject_id, _KEY.retiring_since.is_(None)
    with keystore.writing() as connection:
        marked = update(schema.subject_key).where(*present).values(compromised_at=int(time.time()))
        if not connection.execute(marked).rowcount:
            raise UnknownSubject


def needing(keystore: Keystore, made_before: datetime | None) -> list[UUID]:
    """The subjects whose key is marked, was made before this moment, or is being renewed. No moment: age says nothing.

    When a key was made stands in its id, a UUIDv7.
    """
    wanted: list[ColumnElement[bool]] = [_KEY.compromised_at.is_not(None), _KEY.retiring_since.is_not(None)]
    if made_before is not None:
        wanted.append(_KEY.id < UUID(int=max(0, int(made_before.timestamp() * 1_000)) << 80))
    with keystore.reading() as connection:
        found = connection.execute(select(_KEY.subject_id).where(or_(*wanted)).order_by(_KEY.id)).scalars()
        return list(dict.fromkeys(found))


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]
