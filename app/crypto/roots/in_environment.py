"""The root key in an environment variable. Whoever can look at the process can read it, so never in production."""

import os
import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto.derivation import KEY_BYTES
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.root import Access, Entry, LocalRoot, Making, Place, check_value, fits, octets, text

VARIABLE: Final = "AMPARO_ROOT_KEY"


class InEnvironment(LocalRoot):
    """A root in a variable: for demos and tests in containers that keep no file."""

    place = Place.ENVIRONMENT

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        self._check = str(entry.details["check"])
        octets(self._check)

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:
        cipher = _read(new.access)
        before = new.before
        if before is not None and fits(before.entry.id, cipher, str(before.entry.details["check"])):
            raise KeysUnavailable(f"A new root needs a new value. Move to a file first, then change {VARIABLE}.")
        return {"check": check_value(new.root_id, cipher)}

    @property
    def name(self) -> str:
        return f"the variable {VARIABLE}"

    def cipher(self) -> AESGCM:
        if self._cipher is None:
            cipher = _read(self.access)
            if not fits(self.entry.id, cipher, self._check):
                raise KeysUnavailable(f"{VARIABLE} holds another key than this keyring needs. Set the right one.")
            self._cipher = cipher
        return self._cipher


def fresh_value() -> str:
    """A new value for the variable."""
    return text(secrets.token_bytes(KEY_BYTES))


def _read(access: Access) -> AESGCM:
    if access.production:
        raise KeysUnavailable(
            f"In production no root key is read from {VARIABLE}: other programs can look at it. Use a keyring file."
        )
    try:
        key = octets(os.environ.get(VARIABLE, ""))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeysUnavailable(f"{VARIABLE} is not 32 bytes in base64. `openssl rand -base64 32` makes one.")
    return AESGCM(key)
