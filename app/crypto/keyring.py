"""The keyring: the file that says where the root key is. Often the key is in it; see `roots` for the other places.

The keyring and the keystore are useless without each other: the keyring holds or names the root key and no record's
key, the keystore holds every record's key wrapped under the root. Both must be backed up, apart from the data and each
other.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID, uuid4

from app.crypto.derivation import HoldsKeys
from app.crypto.keyring_file import Contents, read, sync_folder, write_beside
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.choosing import place_of, root_of
from app.crypto.roots.in_shares import InShares
from app.crypto.roots.root import Access, Entry, Making, Place, Question, Root, Secret

#: Who asks people for what opens a sealed root, while a command runs at a terminal; nobody in a server.
telling: ContextVar["Callable[[FileKeyring], None] | None"] = ContextVar("telling", default=None)

#: Seconds for which a remote root that answered is taken to be well: a monitor asks far more often.
_WELL_FOR: Final = 20.0


@dataclass(frozen=True, slots=True)
class NewRoot(HoldsKeys):
    """Where the next root key shall be. ``secret`` is what shall open it, where people know that."""

    place: Place
    secret: Secret | None = field(default=None, repr=False)


class RootProvider(Protocol):
    """Who holds the root key: wraps and unwraps under it, and never gives it away."""

    @property
    def installation(self) -> UUID:
        """The installation whose root this is."""

    @property
    def keystore_made(self) -> bool:
        """Whether a keystore was ever made for this root; then a missing one is a loss and not a beginning."""

    def roots(self) -> tuple[UUID, ...]:
        """Ids of the root keys held now, oldest first. More than one only while a rotation is under way."""

    def wrap(self, root: UUID, key: bytes, label: bytes) -> bytes:
        """``key`` wrapped under that root for the place that ``label`` names."""

    def unwrap(self, root: UUID, wrapped: bytes, label: bytes) -> bytes:
        """The key. Raises KeysUnavailable when that root is not held, or did not wrap it for this place."""

    def note_keystore(self) -> None:
        """Remember that a keystore was made."""

    def add_root(self, wanted: NewRoot | None = None) -> UUID:
        """Make a further root key, kept before this returns; where the present one is unless another place is wanted.
        During ``rotation`` only."""

    def keep_only(self, root: UUID) -> None:
        """Have every other root key destroyed, then forget it. During ``rotation`` only."""

    def place(self, root: UUID) -> Place:
        """Where that root is."""

    def health(self) -> None:
        """Raises KeysUnavailable, with what to do, when the present root can not be used now."""

    @property
    def remote(self) -> bool:
        """Whether a service outside this process is asked for every use of the present root."""

    @property
    def deletion_delay(self) -> timedelta:
        """How long a root that is given up still exists where it was."""

    def rotation(self) -> AbstractContextManager[None]:
        """A context in which nobody else changes the roots."""


def init_keyring(path: Path, access: Access | None = None, wanted: NewRoot | None = None) -> UUID:
    """Make the keyring file (mode 0600) with a new installation id and root key; gives the installation id.

    Raises KeysUnavailable when there is a file already: a second root would make every record unreadable.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = _fresh(wanted or NewRoot(Place.FILE), access or Access(), None)
    contents = Contents(installation=uuid4(), keystore_made=False, roots=(root,))
    temporary = write_beside(path, contents)
    try:
        os.link(temporary, path)  # unlike a rename, this refuses to replace a file that came in between
    except FileExistsError:
        raise KeysUnavailable(f"There is a keyring at {path} already. It is kept as it is.") from None
    finally:
        temporary.unlink()
    sync_folder(path.parent)
    return contents.installation


class FileKeyring(HoldsKeys):
    """The keyring file, read once and again when a root is asked for that it did not have."""

    def __init__(self, path: Path, access: Access | None = None) -> None:
        """Raises KeysUnavailable, with what to do, when the file is missing, damaged or readable by others."""
        self._path = path.resolve()
        self._access = access or Access()
        self._well_until = 0.0
        self._contents = read(self._path, self._access)

    def __repr__(self) -> str:
        return f"<FileKeyring of {self.installation}>"

    @property
    def installation(self) -> UUID:
        return self._contents.installation

    @property
    def keystore_made(self) -> bool:
        return self._contents.keystore_made

    @property
    def remote(self) -> bool:
        return self._contents.roots[-1].remote

    @property
    def deletion_delay(self) -> timedelta:
        return max(root.delay for root in self._contents.roots)

    def roots(self) -> tuple[UUID, ...]:
        return tuple(root.entry.id for root in self._contents.roots)

    def described(self) -> tuple[Root, ...]:
        """The roots themselves, oldest first, for whoever tells people about them."""
        return self._contents.roots

    def place(self, root: UUID) -> Place:
        return self._root(root).place

    def wrap(self, root: UUID, key: bytes, label: bytes) -> bytes:
        return self._root(root).wrap(key, label)

    def unwrap(self, root: UUID, wrapped: bytes, label: bytes) -> bytes:
        return self._root(root).unwrap(wrapped, label)

    def health(self) -> None:
        present = self._contents.roots[-1]
        if not present.remote or time.monotonic() >= self._well_until:
            present.health()
            self._well_until = time.monotonic() + _WELL_FOR

    def questions(self) -> tuple[Question, ...]:
        """What people must tell before every root can be used; nothing where the machine has it all."""
        asked = (root.question() for root in self._contents.roots)
        return tuple(question for question in asked if question is not None)

    def check_share(self, words: str, number: int) -> None:
        """Whether one share is whole and of this keyring. Raises KeysUnavailable."""
        for root in self._contents.roots:
            if isinstance(root, InShares) and root.question() is not None:
                root.check_share(words, number)

    @property
    def name(self) -> str:
        """Where the present root is, in words."""
        return self._contents.roots[-1].name

    def lines(self) -> list[str]:
        """Where the roots are and since when, in words; nothing needs to be open for it."""
        made = [datetime.fromtimestamp(root.entry.made_at, UTC).date() for root in self._contents.roots]
        roots = [f"Root key: {root.name}, made {day}" for root, day in zip(self._contents.roots, made, strict=True)]
        if len(roots) > 1:
            roots.append("A change of the root key is not finished. Run `amparo keys rotate --root`.")
        if self.deletion_delay:
            roots.append(f"A root key that is given up still exists there for {self.deletion_delay.days} days.")
        return roots

    def unlock(self, secret: Secret) -> None:
        """Open the sealed roots that this secret opens. Raises KeysUnavailable when it opens none."""
        refusal: KeysUnavailable | None = None
        waiting = [root for root in self._contents.roots if root.question() is not None]
        for root in waiting:
            try:
                root.unlock(secret)
            except KeysUnavailable as trouble:
                refusal = refusal or trouble
        if waiting and all(root.question() is not None for root in waiting):
            raise refusal or KeysUnavailable("Nothing was opened.")

    def note_keystore(self) -> None:
        with self.rotation():
            if not self._contents.keystore_made:
                self._store(replace(self._contents, keystore_made=True))

    def add_root(self, wanted: NewRoot | None = None) -> UUID:
        present = self._contents.roots[-1]
        root = _fresh(wanted or NewRoot(present.place), self._access, present)
        if wanted is not None and wanted.secret is not None:
            root.unlock(wanted.secret)
        elif present.place is root.place and root.question() is not None:
            root.reuse(present)
        self._store(replace(self._contents, roots=(*self._contents.roots, root)))
        return root.entry.id

    def keep_only(self, root: UUID) -> None:
        kept = tuple(held for held in self._contents.roots if held.entry.id == root)
        if not kept:
            raise KeysUnavailable("The keyring was not changed: it does not hold the root key that it should keep.")
        for held in self._contents.roots:
            if held.entry.id != root:
                held.destroy()  # before it is forgotten here: done a second time, it does no harm
        self._store(replace(self._contents, roots=kept))

    @contextmanager
    def rotation(self) -> Iterator[None]:
        """Hold the keyring against every other process of this machine, and see it as it is now."""
        try:
            descriptor = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as trouble:
            raise KeysUnavailable(
                f"The folder {self._path.parent} can not be written: {trouble.strerror}. The keyring was not changed."
            ) from None
        try:
            flock(descriptor, LOCK_EX)
            self._reread()
            for left_over in self._path.parent.glob(f".{self._path.name}.*"):
                left_over.unlink()  # a process was killed while it wrote; the file may hold a root that should be gone
            yield
        finally:
            os.close(descriptor)

    def _root(self, root: UUID) -> Root:
        if root not in self.roots():  # another process may have rotated the root since this one started
            self._reread()
        for held in self._contents.roots:
            if held.entry.id == root:
                tell = telling.get()
                if tell is not None and held.question() is not None:
                    tell(self)
                return held
        raise KeysUnavailable(
            f"The keystore needs root key {root}, which the keyring {self._path} does not hold. "
            "Put the keyring of this installation there, as it was after the last rotation."
        )

    def _reread(self) -> None:
        """Read the file again. Roots that are open stay open, and open what follows them in the same place."""
        before = self._contents.roots
        found = read(self._path, self._access)
        open_ones = {root.entry.id: root for root in before if root.question() is None}
        roots = tuple(open_ones.get(root.entry.id, root) for root in found.roots)
        for root in roots:
            for held in before:
                if root.question() is not None and held.place is root.place:
                    root.reuse(held)
        self._contents = replace(found, roots=roots)

    def _store(self, contents: Contents) -> None:
        temporary = write_beside(self._path, contents)
        temporary.replace(self._path)
        sync_folder(self._path.parent)
        self._contents = contents


def _fresh(wanted: NewRoot, access: Access, present: Root | None) -> Root:
    root_id = uuid4()
    before = present if present is not None and present.place is wanted.place else None
    details = place_of(wanted.place).make(Making(root_id, access, wanted.secret, before))
    return root_of(Entry(root_id, int(time.time()), wanted.place, details), access)
