"""Documents as a stream of sealed chunks: a file of any length is sealed and opened in bounded memory.

    0   24  salt
    24  32  commitment to the key
    56  ...  chunks of 64 KiB under AES-256-GCM, each with its tag of 16 bytes; the last may be shorter

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", 2015) as age uses it: a chunk's nonce is a prefix, its number in 4 bytes, and whether it
is the last. So a chunk that is dropped, repeated, exchanged, cut or added is found. Key, prefix and commitment come
from the document's own key, the salt and the place, so a stream opens as no other document and no other part of one.
The commitment is checked before anything is opened: one file can not open under two keys.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from app.crypto.derivation import KEY_BYTES, HoldsKeys, joined
from app.crypto.groups import Cell, Group, MacPurpose
from app.crypto.refusals import Unopenable
from app.crypto.vault import Vault

#: Bytes of a document in one chunk, and what sealing adds to each.
CHUNK: Final = 65_536
_TAG: Final = 16
SEALED_CHUNK: Final = CHUNK + _TAG
_SALT: Final = 24
_PREFIX: Final = 7
_COMMITMENT: Final = 32
HEAD: Final = _SALT + _COMMITMENT
_CONTEXT: Final = b"fund/doc-stream/v1"
_SAMENESS: Final = b"fund/doc-sameness/v1"


class Source(Protocol):
    """Where a sealed stream is read from: a file, or anything that gives bytes like one."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What a stream belongs to; under any other it does not open."""

    document_id: UUID
    part: str
    subject_id: UUID


class DocumentKey(HoldsKeys):
    """A document's own random key, opened."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "<DocumentKey>"

    def derive(self, salt: bytes, place: Place) -> tuple[AESGCM, bytes, bytes]:
        """The cipher, the prefix of its nonces and the commitment of one stream."""
        where = joined(place.document_id.bytes, place.part.encode(), place.subject_id.bytes)
        info = joined(_CONTEXT, salt, where)
        made = HKDFExpand(algorithm=SHA512(), length=KEY_BYTES + _PREFIX + _COMMITMENT, info=info).derive(self._key)
        return AESGCM(made[:KEY_BYTES]), made[KEY_BYTES : KEY_BYTES + _PREFIX], made[KEY_BYTES + _PREFIX :]


def new_key() -> DocumentKey:
    """A fresh key for one document."""
    return DocumentKey(secrets.token_bytes(KEY_BYTES))


def wrap_key(vault: Vault, cell: Cell, key: DocumentKey) -> bytes:
    """The key, sealed under its subject's, whose destruction shreds the document. Raises UnknownSubject."""
    return vault.seal(cell, Group.DOCUMENTS, key._key.hex())  # noqa: SLF001 - the key leaves its object here alone


def unwrap_key(vault: Vault, cell: Cell, sealed: bytes) -> DocumentKey:
    """The key of a document. Raises Unopenable."""
    return DocumentKey(bytes.fromhex(vault.open(cell, Group.DOCUMENTS, sealed)))


class Sealing(HoldsKeys):
    """Seals one stream, piece by piece: write what ``head``, ``add`` and ``end`` give, in this order."""

    def __init__(self, key: DocumentKey, place: Place, sameness: "Sameness | None" = None) -> None:
        """``sameness`` is shown each chunk before it is sealed."""
        salt = secrets.token_bytes(_SALT)
        self._cipher, self._prefix, commitment = key.derive(salt, place)
        self._sameness = sameness
        self._kept: list[memoryview] = []
        self._size = 0
        self._number = 0
        self.head = salt + commitment

    def add(self, data: bytes | memoryview) -> bytes:
        """The chunks that are full now; the last one is kept back until it is known whether more comes.

        ``data`` is not copied before it is sealed when it makes whole chunks: it must not be changed afterwards.
        """
        if not data:
            return b""
        self._kept.append(memoryview(data))
        self._size += len(data)
        made = []
        while self._size > CHUNK:
            made.append(self._seal(self._first(), last=False))
        return made[0] if len(made) == 1 else b"".join(made)

    def end(self) -> bytes:
        """The last chunk, which says that it is the last."""
        return self._seal(b"".join(self._kept), last=True)

    def _first(self) -> bytes | memoryview:
        """One chunk off the beginning of what is kept."""
        self._size -= CHUNK
        if len(self._kept[0]) > CHUNK:
            first, self._kept[0] = self._kept[0][:CHUNK], self._kept[0][CHUNK:]
            return first
        taken, need = [], CHUNK
        while need:
            part = self._kept[0]
            taken.append(part[:need])
            if len(part) > need:
                self._kept[0] = part[need:]
            else:
                self._kept.pop(0)
            need -= len(taken[-1])
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def _seal(self, chunk: bytes | memoryview, *, last: bool) -> bytes:
        if self._sameness is not None:
            self._sameness.show(chunk)
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), chunk, None)
        self._number += 1
        return sealed


class Sameness(HoldsKeys):
    """Tells whether two files are the same, for one request that comes twice. Not a digest for anybody else's eyes.

    The chunks go through the universal hash of AES-GCM (GMAC, NIST SP 800-38D) under a secret key, the tags through
    SHA-256: five times as fast as SHA-256 over the whole file. The tags are shown to nobody, so that one key and one
    row of nonces serve all files.
    """

    def __init__(self, vault: Vault) -> None:
        made = HKDFExpand(algorithm=SHA512(), length=KEY_BYTES, info=_SAMENESS)
        self._cipher = AESGCM(made.derive(vault.mac(MacPurpose.IDEMPOTENCY, _SAMENESS)))
        self._tags = hashlib.sha256()
        self._number = 0

    def __repr__(self) -> str:
        return "<Sameness>"

    def show(self, chunk: bytes | memoryview) -> None:
        """Take the next chunk into account."""
        self._tags.update(self._cipher.encrypt(self._number.to_bytes(12, "big"), b"", chunk))
        self._number += 1

    def told(self) -> str:
        """What is equal for equal files, as hexadecimal digits."""
        return self._tags.hexdigest()


def open_stream(key: DocumentKey, place: Place, source: Source) -> Iterator[bytes]:
    """The document, a chunk at a time; each is checked before it is given.

    Raises Unopenable, also at the end: only who has come to it knows that the stream is whole.
    """
    head = source.read(HEAD)
    cipher, prefix, commitment = key.derive(head[:_SALT], place)
    if len(head) != HEAD or not hmac.compare_digest(head[_SALT:], commitment):
        raise Unopenable
    chunk, number = source.read(SEALED_CHUNK), 0
    while True:
        after = source.read(SEALED_CHUNK) if len(chunk) == SEALED_CHUNK else b""
        data = _opened(cipher, _nonce(prefix, number, last=not after), chunk)
        # Only an empty document ends with an empty chunk: no stream has two forms.
        if not data and number:
            raise Unopenable
        yield data
        if not after:
            return
        chunk, number = after, number + 1


def sealed_length(length: int) -> int:
    """How many bytes a document of ``length`` bytes takes, sealed."""
    return HEAD + length + _TAG * max(1, -(-length // CHUNK))


def opened_length(sealed: int) -> int:
    """How many bytes a stream of ``sealed`` bytes holds; what is too short for one holds none."""
    body = sealed - HEAD
    return max(0, body - _TAG * max(1, -(-body // SEALED_CHUNK)))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _opened(cipher: AESGCM, nonce: bytes, chunk: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, None)
    except InvalidTag:
        pass
    raise Unopenable  # outside the handler, so that no cause is attached
