"""What a root key can do, wherever it is. The keyring names each root; what stands here opens what it wrapped."""

import base64
import binascii
import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto import wrapping
from app.crypto.derivation import KEY_BYTES, HoldsKeys, joined
from app.crypto.refusals import KeysSealed, KeysUnavailable

_MARK_BYTES: Final = 16


class Place(StrEnum):
    """Where a root key is."""

    FILE = "file"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a place, not a secret
    SHARES = "shares"
    ENVIRONMENT = "environment"
    PKCS11 = "pkcs11"
    AWS_KMS = "aws-kms"


@dataclass(frozen=True, slots=True)
class Entry(HoldsKeys):
    """A root key as the keyring names it. ``details`` is what its place needs to find or to open it."""

    id: UUID
    made_at: int  # seconds since 1970, UTC
    place: Place
    details: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """How this machine gets to the places: from the settings, never from the keyring."""

    production: bool = True
    passphrase_file: Path | None = None
    pkcs11_module: Path | None = None
    pkcs11_token: str = ""
    pkcs11_pin_file: Path | None = None
    kms_key: str | None = None
    kms_region: str | None = None
    kms_endpoint: str | None = None
    patience: float = 10.0  # seconds that a place outside this process has for an answer


@dataclass(frozen=True, slots=True)
class Secret(HoldsKeys):
    """What people know and the disk does not: a passphrase, or the words of shares."""

    passphrase: str | None = field(default=None, repr=False)
    shares: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What a sealed root asks for. ``needed`` shares of ``shares``; both are 0 for a passphrase."""

    place: Place
    needed: int = 0
    shares: int = 0


class Root(HoldsKeys, ABC):
    """One root key. It never gives itself away; every refusal is a KeysUnavailable that says what to do."""

    place: ClassVar[Place]
    #: Asked over a wire, where an answer may be late or cost something.
    remote: ClassVar[bool] = False
    #: How long the key still exists after ``destroy``: part of the horizon of an erasure.
    delay: ClassVar[timedelta] = timedelta(0)

    def __init__(self, entry: Entry, access: Access) -> None:
        """Raises KeyError, TypeError or ValueError when the entry is not whole. Nothing outside is asked yet."""
        self.entry = entry
        self.access = access

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.entry.id}>"

    @classmethod
    @abstractmethod
    def make(cls, new: "Making") -> Mapping[str, Any]:
        """Make a new key and give its details. Raises KeysUnavailable; nothing was made then."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Where the key is, in words for the operator."""

    @abstractmethod
    def wrap(self, key: bytes, label: bytes) -> bytes:
        """``key`` (32 bytes) wrapped for the place that ``label`` names."""

    @abstractmethod
    def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        """The key. Raises KeysUnavailable when this root did not wrap it for this place."""

    def health(self) -> None:
        """Raises KeysUnavailable when the key can not be used now."""
        label = joined(b"health", self.entry.id.bytes)
        if self.unwrap(self.wrap(bytes(KEY_BYTES), label), label) != bytes(KEY_BYTES):
            raise KeysUnavailable(f"{self.name} does not open what it has just wrapped.")

    def question(self) -> Question | None:
        """What must be told before the key can be used; None when it can."""
        return None

    def unlock(self, secret: Secret) -> None:
        """Open the key with what somebody knows. Raises KeysUnavailable that says what is wrong with it."""

    def reuse(self, other: "Root") -> None:
        """Open with what another root of the same place was opened with, if that is possible; else stay sealed."""

    def destroy(self) -> None:
        """Have the key destroyed where it is. What is in the keyring itself goes with its entry."""


@dataclass(frozen=True, slots=True)
class Making(HoldsKeys):
    """What a new root is made with. ``before`` is the present one, when it is in the same place."""

    root_id: UUID
    access: Access
    secret: Secret | None = field(default=None, repr=False)
    before: Root | None = None


class LocalRoot(Root):
    """A root whose key is in this process's memory once it is open."""

    _cipher: AESGCM | None = None

    def wrap(self, key: bytes, label: bytes) -> bytes:
        return wrapping.wrap(self.cipher(), key, label)

    def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        return wrapping.unwrap(self.cipher(), wrapped, label)

    def cipher(self) -> AESGCM:
        """The cipher. Raises KeysSealed while the key is not open."""
        if self._cipher is None:
            raise KeysSealed
        return self._cipher


def check_value(root_id: UUID, cipher: AESGCM) -> str:
    """What tells later whether a key is this root, and nothing else about it."""
    return text(wrapping.wrap(cipher, bytes(KEY_BYTES), _check_label(root_id)))


def fits(root_id: UUID, cipher: AESGCM, check: str) -> bool:
    """Whether this is the key that the check value was made with."""
    try:
        return wrapping.unwrap(cipher, octets(check), _check_label(root_id)) == bytes(KEY_BYTES)
    except KeysUnavailable:
        return False


def _check_label(root_id: UUID) -> bytes:
    return joined(b"root-check", root_id.bytes)


def marked(key: bytes, label: bytes) -> bytes:
    """``key`` and a mark of it: a service that answers with anything else is found out."""
    return key + hashlib.sha256(joined(b"root-mark", label, key)).digest()[:_MARK_BYTES]


def unmarked(answer: bytes, label: bytes, name: str) -> bytes:
    """The key that was marked. Raises KeysUnavailable for any other answer."""
    key = answer[:KEY_BYTES]
    if len(answer) != KEY_BYTES + _MARK_BYTES or not hmac.compare_digest(marked(key, label), answer):
        raise KeysUnavailable(f"{name} answered with another key than it was given. Trust nothing of it; see its log.")
    return key


def text(data: bytes) -> str:
    """Bytes as the keyring writes them."""
    return base64.b64encode(data).decode()


def octets(written: str) -> bytes:
    """What ``text`` wrote. Raises ValueError."""
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def secret_in(file: Path, what: str, setting: str) -> str:
    """What a file holds that the system gives this process. Raises KeysUnavailable, without what it holds."""
    try:
        found = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise KeysUnavailable(f"{what} can not be read from {file}. Put it there, or correct {setting}.") from None
    if not found:
        raise KeysUnavailable(f"The file {file} is empty. Put {what[0].lower()}{what[1:]} there.")
    return found
