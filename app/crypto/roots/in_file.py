"""The root key as it is, in the keyring file. The file's mode 0600 is all that guards it."""

import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto.derivation import KEY_BYTES
from app.crypto.roots.root import Access, Entry, LocalRoot, Making, Place, octets, text


class InFile(LocalRoot):
    """A root that the keyring itself holds."""

    place = Place.FILE

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        key = octets(entry.details["key"])
        if len(key) != KEY_BYTES:
            raise ValueError("a root has 32 bytes")
        self._cipher = AESGCM(key)

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:  # noqa: ARG003 - it needs nothing from anywhere
        return {"key": text(secrets.token_bytes(KEY_BYTES))}

    @property
    def name(self) -> str:
        return "the keyring file"
