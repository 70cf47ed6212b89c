"""The root key in the keyring file, sealed by a passphrase (Argon2id, 64 MiB, 3 passes: RFC 9106, section 4)."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.crypto import wrapping
from app.crypto.derivation import KEY_BYTES, joined
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.root import (
    Access,
    Entry,
    LocalRoot,
    Making,
    Place,
    Question,
    Root,
    Secret,
    octets,
    secret_in,
    text,
)

_MEMORY: Final = 64 * 1024  # KiB
_PASSES: Final = 3
_LANES: Final = 4
_SALT_BYTES: Final = 16
#: Fewer characters can be tried out by whoever has the file.
SHORTEST: Final = 12


class WithPassphrase(LocalRoot):
    """A root that opens with a passphrase: told by somebody, or in a file that the system gives this process."""

    place = Place.PASSPHRASE

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        self.salt, self._sealed = octets(entry.details["salt"]), octets(entry.details["sealed"])
        self.cost = tuple(int(entry.details[each]) for each in ("memory", "passes", "lanes"))
        # A keyring that somebody has altered may not make this process ask for all of the machine's memory.
        memory, passes, lanes = self.cost
        sane = 8 * 1024 <= memory <= 1024 * 1024 and 1 <= passes <= 64 and 1 <= lanes <= 16
        if len(self.salt) != _SALT_BYTES or not sane:
            raise ValueError("no cost that this program makes")
        self.over: AESGCM | None = None

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:
        """With the passphrase that is told; without one, with the one that the present root was opened with."""
        secret, before = new.secret, new.before
        cost: tuple[int, ...] = (_MEMORY, _PASSES, _LANES)
        if secret is not None and secret.passphrase is not None:
            if len(secret.passphrase) < SHORTEST:
                raise KeysUnavailable(f"A passphrase has {SHORTEST} characters or more. Six random words are good.")
            salt = secrets.token_bytes(_SALT_BYTES)
            over = _stretched(secret.passphrase, salt, cost)
        elif isinstance(before, WithPassphrase):
            before.cipher()
            salt, cost, over = before.salt, before.cost, before.opened_with()
        else:
            raise KeysUnavailable("A passphrase is needed. Run `amparo keys move --to passphrase` at a terminal.")
        sealed = wrapping.wrap(over, secrets.token_bytes(KEY_BYTES), _label(new.root_id))
        memory, passes, lanes = cost
        return {"salt": text(salt), "memory": memory, "passes": passes, "lanes": lanes, "sealed": text(sealed)}

    @property
    def name(self) -> str:
        return "the keyring file, sealed by a passphrase"

    def cipher(self) -> AESGCM:
        """Read the passphrase's file first where there is one: what was mended there is used without a restart."""
        if self._cipher is None and self.access.passphrase_file is not None:
            told = secret_in(self.access.passphrase_file, "The passphrase", "AMPARO_KEYRING_PASSPHRASE_FILE")
            self.unlock(Secret(passphrase=told))
        return super().cipher()

    def question(self) -> Question | None:
        return Question(self.place) if self._cipher is None and self.access.passphrase_file is None else None

    def unlock(self, secret: Secret) -> None:
        if secret.passphrase is None:
            raise KeysUnavailable("This keyring opens with a passphrase and not with shares.")
        over = _stretched(secret.passphrase, self.salt, self.cost)
        try:
            key = wrapping.unwrap(over, self._sealed, _label(self.entry.id))
        except KeysUnavailable:
            raise KeysUnavailable("That is not the passphrase of this keyring. Mind capital letters.") from None
        self.over, self._cipher = over, AESGCM(key)

    def reuse(self, other: Root) -> None:
        """A root that was made unattended is under the same passphrase and salt as the one before."""
        if isinstance(other, WithPassphrase) and other.over is not None and other.salt == self.salt:
            try:
                key = wrapping.unwrap(other.over, self._sealed, _label(self.entry.id))
            except KeysUnavailable:
                return
            self.over, self._cipher = other.over, AESGCM(key)

    def opened_with(self) -> AESGCM:
        """What the passphrase was stretched to. Raises KeysUnavailable while it was not told."""
        if self.over is None:
            raise KeysUnavailable("The keyring is sealed. Open it with its passphrase first.")
        return self.over


def _stretched(passphrase: str, salt: bytes, cost: tuple[int, ...]) -> AESGCM:
    memory, passes, lanes = cost
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory)
    return AESGCM(kdf.derive(passphrase.encode("utf-8", "surrogatepass")))


def _label(root_id: UUID) -> bytes:
    return joined(b"root-under-passphrase", root_id.bytes)
