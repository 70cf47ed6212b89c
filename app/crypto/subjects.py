"""The subjects' keys in memory: a small reserve of new ones, and a bounded, short-lived store of opened ones."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from os import getpid
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto import wrapping
from app.crypto.derivation import KEY_BYTES, HoldsKeys, derive
from app.crypto.envelope import Associated, header
from app.crypto.epochs import Epochs
from app.crypto.groups import Group
from app.crypto.keystore import Keystore, WrappedSubject
from app.crypto.refusals import KeyExhausted, KeysUnavailable, UnknownSubject
from app.db import new_id

#: Keys made by one commit: one wait for the disk serves so many applicants.
RESERVE: Final = 16
#: Opened keys are kept for at most so many subjects and so many seconds.
CACHE_SUBJECTS: Final = 1_000
CACHE_SECONDS: Final = 60.0

# How often a key has sealed is estimated by sampling. A nonce is random, so one seal in 65,536 has a nonce that
# begins with two zero bytes; each of those, and no other, adds 65,536 to the count in the keystore. The expected count
# is exact over restarts and over all processes, at the limit it is off by about 1 % (the limit itself keeps a factor 4
# from the 2**32 of NIST SP 800-38D), and sealing costs no write: a true count would need one for every value. It
# counts a subject's groups together although each has a key of its own, which errs on the safe side.
SEALS_PER_SAMPLE: Final = 1 << 16
MOST_SEALS: Final = 1 << 30
_SAMPLE: Final = b"\0\0"


class SubjectKeys(HoldsKeys):
    """One subject's key, opened, and the ciphers of its groups as far as they were needed.

    ``older`` is the one that it takes the place of, while that still opens what was not sealed anew.
    """

    __slots__ = ("_ciphers", "_key", "associated", "head", "id", "older", "opened_at", "seals", "subject_id")

    def __init__(self, wrapped: WrappedSubject, key: bytes, installation: UUID, opened_at: float) -> None:
        self.id = wrapped.id
        self.subject_id = wrapped.subject_id
        self.head = header(wrapped.id)
        self.associated = Associated(self.head, installation, wrapped.subject_id)
        self.seals = wrapped.seals
        self.opened_at = opened_at
        self.older: SubjectKeys | None = None
        self._key = key
        self._ciphers: dict[Group, AESGCM] = {}

    def __repr__(self) -> str:
        return f"<SubjectKeys {self.subject_id}>"

    def cipher(self, group: Group) -> AESGCM:
        """The cipher of a group. Two threads may both make it: they make the same one."""
        cipher = self._ciphers.get(group)
        if cipher is None:
            cipher = self._ciphers[group] = AESGCM(derive(self._key, group))
        return cipher


class Subjects(HoldsKeys):
    """Gives out and opens subjects' keys. One for each process; safe to share between its threads."""

    def __init__(
        self, keystore: Keystore, epochs: Epochs, installation: UUID, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keystore = keystore
        self._epochs = epochs
        self._installation = installation
        self._clock = clock
        self._process = getpid()
        self._reserve: list[SubjectKeys] = []
        self._filling = threading.Lock()
        self._opened: dict[UUID, SubjectKeys] = {}  # in the order they were opened: the first is the oldest
        self._changing = threading.Lock()
        self._forgotten = 0

    def __repr__(self) -> str:
        return f"<Subjects of {self._installation}>"

    def new(self) -> UUID:
        """A new subject's id, a UUIDv7, whose key is already committed in the keystore."""
        if getpid() != self._process:  # two processes would hand out the same reserve: two people with one key
            raise RuntimeError("a vault belongs to the process that opened it: open one after the fork")
        with self._filling:
            if not self._reserve:
                self._reserve = self._make(RESERVE)
            keys = self._reserve.pop()
        keys.opened_at = self._clock()
        self._keep((keys,), self._forgotten)
        return keys.subject_id

    def get(self, subject_id: UUID) -> SubjectKeys:
        """A subject's keys. Raises UnknownSubject when the keystore has none that opens."""
        held = self._opened.get(subject_id)
        if held is not None and self._clock() - held.opened_at < CACHE_SECONDS:
            return held
        for keys in self._open((subject_id,)):
            return keys
        raise UnknownSubject

    def that_sealed(self, subject_id: UUID, blob: bytes) -> SubjectKeys:
        """The key of a subject that an envelope was made with. Raises UnknownSubject when there is none."""
        keys = self.get(subject_id)
        found = _made_by(keys, blob)
        if found is None:  # another process may just have begun to renew the key
            for again in self._open((subject_id,)):
                found = _made_by(again, blob)
        if found is None:
            raise UnknownSubject
        return found

    def preload(self, subject_ids: Iterable[UUID]) -> None:
        """Open the keys of many subjects with one query. Unknown ones are passed over."""
        youngest = self._clock() - CACHE_SECONDS
        missing = [
            subject_id
            for subject_id in dict.fromkeys(subject_ids)
            if (held := self._opened.get(subject_id)) is None or held.opened_at <= youngest
        ]
        if missing:
            self._open(missing[:CACHE_SUBJECTS])

    def forget(self, subject_id: UUID) -> None:
        """Drop a subject's opened keys from this process."""
        with self._changing:
            self._forgotten += 1
            self._opened.pop(subject_id, None)

    def destroy(self, subject_ids: Sequence[UUID]) -> int:
        """Delete these subjects' keys for good, here and in the keystore; gives how many there were.

        Another process that has one open keeps it for at most CACHE_SECONDS.
        """
        removed = self._keystore.remove_subjects(subject_ids)
        for subject_id in subject_ids:
            self.forget(subject_id)
        return removed

    def check_share(self, keys: SubjectKeys) -> None:
        """Raises KeyExhausted when the key has sealed its share."""
        if keys.seals >= MOST_SEALS:
            raise KeyExhausted

    def note_seal(self, keys: SubjectKeys, nonce: bytes) -> None:
        """Count the seal that used this nonce, if it is one of the sampled ones."""
        if nonce.startswith(_SAMPLE):
            self._keystore.count_seals(keys.id, SEALS_PER_SAMPLE)
            keys.seals += SEALS_PER_SAMPLE

    def _make(self, number: int) -> list[SubjectKeys]:
        with self._keystore.writing() as connection:
            # An epoch that is being destroyed must not get another key: nobody may end it before this commits.
            self._keystore.hold_still(connection, alone=False)
            epoch, cipher = self._epochs.current(connection)
            made: list[SubjectKeys] = []
            rows: list[WrappedSubject] = []
            for _ in range(number):
                subject_id, key_id, key = new_id(), new_id(), secrets.token_bytes(KEY_BYTES)
                label = wrapping.subject_label(self._installation, epoch, subject_id, key_id)
                rows.append(WrappedSubject(key_id, subject_id, epoch, wrapping.wrap(cipher, key, label), 0))
                made.append(SubjectKeys(rows[-1], key, self._installation, 0.0))
            self._keystore.add_subjects(connection, rows)
        made.reverse()  # given out from the end, the oldest id first
        return made

    def _open(self, subject_ids: Iterable[UUID]) -> list[SubjectKeys]:
        generation = self._forgotten
        opened_at = self._clock()
        current: dict[UUID, SubjectKeys] = {}
        older: dict[UUID, SubjectKeys] = {}
        for wrapped in self._keystore.subjects(list(subject_ids)):
            if (key := self._unwrap(wrapped)) is not None:
                opened = SubjectKeys(wrapped, key, self._installation, opened_at)
                (older if wrapped.retires else current)[wrapped.subject_id] = opened
        for subject_id, keys in current.items():
            keys.older = older.get(subject_id)
        self._keep(current.values(), generation)
        return list(current.values())

    def _unwrap(self, wrapped: WrappedSubject) -> bytes | None:
        cipher = self._epochs.cipher(wrapped.epoch)
        if cipher is None:  # rewrapped and its old epoch destroyed since the row was read: read it again, once
            again = [each for each in self._keystore.subjects([wrapped.subject_id]) if each.id == wrapped.id]
            if not again or (cipher := self._epochs.cipher(again[0].epoch)) is None:
                return None
            wrapped = again[0]
        try:
            return wrapping.unwrap(
                cipher,
                wrapped.wrapped,
                wrapping.subject_label(self._installation, wrapped.epoch, wrapped.subject_id, wrapped.id),
            )
        except KeysUnavailable:
            return None

    def _keep(self, opened: Iterable[SubjectKeys], generation: int) -> None:
        with self._changing:
            if generation != self._forgotten:
                return  # somebody was forgotten while these were read; it may be one of these
            for keys in opened:
                self._opened.pop(keys.subject_id, None)
                self._opened[keys.subject_id] = keys
            oldest = self._clock() - CACHE_SECONDS
            expired = sum(1 for _ in self._until_young(oldest))
            surplus = max(expired, len(self._opened) - CACHE_SUBJECTS)
            for subject_id in list(islice(self._opened, max(surplus, 0))):
                del self._opened[subject_id]

    def _until_young(self, oldest: float) -> Iterable[UUID]:
        for subject_id, keys in self._opened.items():
            if keys.opened_at > oldest:
                return
            yield subject_id


def _made_by(keys: SubjectKeys, blob: bytes) -> SubjectKeys | None:
    if blob.startswith(keys.head):
        return keys
    return keys.older if keys.older is not None and blob.startswith(keys.older.head) else None
