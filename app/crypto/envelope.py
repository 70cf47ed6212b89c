"""The envelope: one sealed value as bytes, bound to its place.

    0   1  version 0x01
    1   1  suite   0x01: AES-256-GCM, 96-bit random nonce, 128-bit tag
    2  16  key id
    18 12  nonce
    30  n  ciphertext, then 16 bytes of tag

The associated data binds the header and the place: installation, table, column, row and subject. Change any of them,
or a single bit of the envelope, and it does not open. Suites 0x02 (AES-256-GCM-SIV) and 0x03 (XAES-256-GCM) are kept
free for a need that random nonces under a key per subject do not have.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto.derivation import joined
from app.crypto.groups import Cell, Group
from app.crypto.refusals import Unopenable

NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = 18
_BODY: Final = _HEADER_BYTES + NONCE_BYTES
_TAG_BYTES: Final = 16
#: What an envelope adds to the padded value, in bytes.
OVERHEAD: Final = _BODY + _TAG_BYTES
_VERSION_AND_SUITE: Final = b"\x01\x01"
_CONTEXT: Final = b"fund-field/1"


def header(key_id: UUID) -> bytes:
    """The first 18 bytes of every envelope made with this key."""
    return _VERSION_AND_SUITE + key_id.bytes


class Associated:
    """What an envelope is bound to, each part after its length; what a subject's cells have in common is made once."""

    __slots__ = ("_before", "_subject")

    def __init__(self, head: bytes, installation: UUID, subject_id: UUID) -> None:
        self._before = joined(head, _CONTEXT, installation.bytes)
        self._subject = joined(subject_id.bytes)

    def data(self, cell: Cell) -> bytes:
        """The associated data of a cell, which must be of this subject."""
        return self._before + _column(cell.table, cell.column) + joined(cell.row_id.bytes) + self._subject


@cache  # there are as many as sealed columns in the product
def _column(table: str, column: str) -> bytes:
    return joined(table.encode(), column.encode())


def fresh_nonce() -> bytes:
    """12 random bytes from the operating system, which also stays random in a forked process."""
    return os.urandom(NONCE_BYTES)


def close(cipher: AESGCM, head: bytes, nonce: bytes, padded: bytes, associated: bytes) -> bytes:
    """The envelope around ``padded``. A nonce is used once, ever."""
    return head + nonce + cipher.encrypt(nonce, padded, associated)


def uncover(cipher: AESGCM, head: bytes, blob: bytes, associated: bytes) -> bytes:
    """The padded value in an envelope made with ``head``. Raises Unopenable, with no cause attached."""
    if len(blob) >= OVERHEAD and blob.startswith(head):
        try:
            return cipher.decrypt(blob[_HEADER_BYTES:_BODY], blob[_BODY:], associated)
        except InvalidTag:
            pass
    raise Unopenable


def uncover_by_any(
    cipher: Callable[[Group], AESGCM], head: bytes, blob: bytes, associated: bytes
) -> tuple[Group, bytes]:
    """The group that an envelope was made for, and the padded value in it. Raises Unopenable when there is none."""
    for group in Group:
        try:
            return group, uncover(cipher(group), head, blob, associated)
        except Unopenable:
            continue
    raise Unopenable
