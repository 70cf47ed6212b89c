"""Where the root key lives. Providers stand behind one Protocol; the one here keeps it in a file of mode 0600.

The keyring and the keystore are useless without each other: the keyring holds the root key and no record's key, the
keystore holds every record's key wrapped under the root. Both must be backed up, apart from the data and each other.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, Final, Protocol, Self
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto import wrapping
from app.crypto.derivation import KEY_BYTES, HoldsKeys
from app.crypto.refusals import KeysUnavailable

_FORMAT: Final = "amparo-keyring/1"
_ADVICE: Final = (
    "The root key of an Amparo installation. Keep a copy apart from the data: without it no record opens, "
    "and with it and the keystore every record does."
)


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

    def add_root(self) -> UUID:
        """Make a further root key, kept before this returns. During ``rotation`` only."""

    def keep_only(self, root: UUID) -> None:
        """Forget every other root key. During ``rotation`` only."""

    def rotation(self) -> AbstractContextManager[None]:
        """A context in which nobody else changes the roots."""


@dataclass(frozen=True, slots=True)
class _Root(HoldsKeys):
    id: UUID
    made_at: int  # seconds since 1970, UTC
    key: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        return cls(id=uuid4(), made_at=int(time.time()), key=secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class _Contents(HoldsKeys):
    installation: UUID
    keystore_made: bool
    roots: tuple[_Root, ...]


def init_keyring(path: Path) -> UUID:
    """Make the keyring file (mode 0600) with a new installation id and root key; gives the installation id.

    Raises KeysUnavailable when there is a file already: a second root would make every record unreadable.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = _Contents(installation=uuid4(), keystore_made=False, roots=(_Root.fresh(),))
    temporary = _write_beside(path, contents)
    try:
        os.link(temporary, path)  # unlike a rename, this refuses to replace a file that came in between
    except FileExistsError:
        raise KeysUnavailable(f"There is a keyring at {path} already. It is kept as it is.") from None
    finally:
        temporary.unlink()
    _sync_folder(path.parent)
    return contents.installation


class FileKeyring(HoldsKeys):
    """The root key in a file of mode 0600, read once and again when a root is asked for that it did not have."""

    def __init__(self, path: Path) -> None:
        """Raises KeysUnavailable, with what to do, when the file is missing, damaged or readable by others."""
        self._path = path.resolve()
        self._contents = _read(self._path)

    def __repr__(self) -> str:
        return f"<FileKeyring of {self.installation}>"

    @property
    def installation(self) -> UUID:
        return self._contents.installation

    @property
    def keystore_made(self) -> bool:
        return self._contents.keystore_made

    def roots(self) -> tuple[UUID, ...]:
        return tuple(root.id for root in self._contents.roots)

    def wrap(self, root: UUID, key: bytes, label: bytes) -> bytes:
        return wrapping.wrap(self._cipher(root), key, label)

    def unwrap(self, root: UUID, wrapped: bytes, label: bytes) -> bytes:
        return wrapping.unwrap(self._cipher(root), wrapped, label)

    def note_keystore(self) -> None:
        with self.rotation():
            if not self._contents.keystore_made:
                self._store(replace(self._contents, keystore_made=True))

    def add_root(self) -> UUID:
        root = _Root.fresh()
        self._store(replace(self._contents, roots=(*self._contents.roots, root)))
        return root.id

    def keep_only(self, root: UUID) -> None:
        kept = tuple(held for held in self._contents.roots if held.id == root)
        if not kept:
            raise KeysUnavailable("The keyring was not changed: it does not hold the root key that it should keep.")
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
            self._contents = _read(self._path)
            for left_over in self._path.parent.glob(f".{self._path.name}.*"):
                left_over.unlink()  # a process was killed while it wrote; the file may hold a root that should be gone
            yield
        finally:
            os.close(descriptor)

    def _cipher(self, root: UUID) -> AESGCM:
        if root not in self.roots():  # another process may have rotated the root since this one started
            self._contents = _read(self._path)
        for held in self._contents.roots:
            if held.id == root:
                return AESGCM(held.key)
        raise KeysUnavailable(
            f"The keystore needs root key {root}, which the keyring {self._path} does not hold. "
            "Put the keyring of this installation there, as it was after the last rotation."
        )

    def _store(self, contents: _Contents) -> None:
        temporary = _write_beside(self._path, contents)
        temporary.replace(self._path)
        _sync_folder(self._path.parent)
        self._contents = contents


def _read(path: Path) -> _Contents:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeysUnavailable(
                    f"The keyring {path} can be read by others than its owner. Run `chmod 600 {path}`, and consider "
                    "`amparo keys rotate --root`: whoever could read it may have a copy."
                )
            data = file.read()
    except FileNotFoundError:
        raise KeysUnavailable(
            f"There is no keyring at {path}. Run `amparo init` to make one, "
            "or restore it from its backup if this installation already has records."
        ) from None
    except OSError as trouble:
        raise KeysUnavailable(f"The keyring {path} can not be read: {trouble.strerror}.") from None
    contents = _parse(data)
    if contents is None:
        raise KeysUnavailable(f"The keyring {path} is damaged. Restore it from its backup; do not make a new one.")
    return contents


def _parse(data: bytes) -> _Contents | None:
    """The contents, or None for anything that is not a whole and unaltered keyring."""
    try:
        document = json.loads(data)
        if document["format"] != _FORMAT or document["check"] != _digest(document):
            return None
        roots = tuple(
            _Root(UUID(root["id"]), int(root["made_at"]), base64.b64decode(root["key"], validate=True))
            for root in document["roots"]
        )
        if not roots or any(len(root.key) != KEY_BYTES for root in roots):
            return None
        return _Contents(UUID(document["installation"]), bool(document["keystore_made"]), roots)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def _digest(document: Mapping[str, Any]) -> str:
    """Finds a slip of the disk or of a hand that copies. It does not protect against malice: the mode does that."""
    body = {name: value for name, value in document.items() if name != "check"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _write_beside(path: Path, contents: _Contents) -> Path:
    """The contents in a new file of mode 0600 in the same folder, on the disk before this returns."""
    document: dict[str, Any] = {
        "what": _ADVICE,
        "format": _FORMAT,
        "installation": str(contents.installation),
        "keystore_made": contents.keystore_made,
        "roots": [
            {"id": str(root.id), "made_at": root.made_at, "key": base64.b64encode(root.key).decode()}
            for root in contents.roots
        ],
    }
    document["check"] = _digest(document)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write((json.dumps(document, indent=2) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()  # a half-written key must not lie about
        raise
    return temporary


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
