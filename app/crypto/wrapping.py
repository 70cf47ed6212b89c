"""Keys under keys: AES-256-GCM with associated data that says what the wrapped key is and whose.

A wrapped key is 12 bytes of nonce, 32 of ciphertext and 16 of tag. Put into another row, another epoch or another
installation, it does not unwrap.
"""

from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto.derivation import joined
from app.crypto.envelope import NONCE_BYTES, fresh_nonce
from app.crypto.refusals import KeysUnavailable

#: Length of a wrapped 32-byte key, in bytes.
WRAPPED_BYTES: Final = 60


def epoch_label(installation: UUID, number: int) -> bytes:
    """Associated data of a wrapped epoch key."""
    return joined(b"epoch", installation.bytes, number.to_bytes(8, "big"))


def subject_label(installation: UUID, epoch: int, subject_id: UUID, key_id: UUID) -> bytes:
    """Associated data of a wrapped subject key; with its id, so that two keys of one subject can not change places."""
    return joined(b"dek", installation.bytes, epoch.to_bytes(8, "big"), subject_id.bytes, key_id.bytes)


def purpose_label(installation: UUID, kind: str, version: int, key_id: UUID) -> bytes:
    """Associated data of a wrapped key that serves the whole installation."""
    return joined(b"purpose", installation.bytes, kind.encode(), version.to_bytes(8, "big"), key_id.bytes)


def wrap(wrapping: AESGCM, key: bytes, label: bytes) -> bytes:
    """``key`` wrapped for the place that ``label`` names."""
    nonce = fresh_nonce()
    return nonce + wrapping.encrypt(nonce, key, label)


def unwrap(wrapping: AESGCM, wrapped: bytes, label: bytes) -> bytes:
    """The key. Raises KeysUnavailable when it was not wrapped by this key for this place."""
    if len(wrapped) == WRAPPED_BYTES:
        try:
            return wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], label)
        except InvalidTag:
            pass
    raise KeysUnavailable("A wrapped key does not open: the keyring and the keystore are not of one installation.")
