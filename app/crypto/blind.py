"""Blind indexes and keyed digests: to find or to check something without keeping it.

Both begin with the version of their key in 2 big-endian bytes, so that a later key can stand beside an older one.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Final

from app.crypto.derivation import HoldsKeys, derive
from app.crypto.groups import IndexKind, MacPurpose

_VERSION_BYTES: Final = 2
#: Length of a blind index, in bytes: the version and 128 bits of digest.
BLIND_BYTES: Final = _VERSION_BYTES + 16
#: Length of a keyed digest, in bytes: the version and 256 bits.
MAC_BYTES: Final = _VERSION_BYTES + 32

# The same identifier written in two ways would have two indexes, and a conflict of interest would go unseen. So what
# is not in its one agreed form is refused here, whatever the rooms above forgot.
_FORMS: Final[Mapping[IndexKind, re.Pattern[str]]] = {
    IndexKind.A_NUMBER: re.compile(r"[0-9]{9}"),
    IndexKind.PHONE: re.compile(r"\+[1-9][0-9]{6,14}"),
    IndexKind.EMAIL: re.compile(r"[^\s@]+@[^\s@]+"),
}

# These digests are not checked against one that was kept: they are what something is found by, or what a password is
# hashed with. Made with a new key they would be other bytes, and a password or a repeated request not be recognised.
_LOOKED_UP: Final = frozenset(
    {
        MacPurpose.PASSWORD_PEPPER,
        MacPurpose.IDEMPOTENCY,
        MacPurpose.THROTTLE,
        MacPurpose.CURSOR,
        MacPurpose.BANK_ACCOUNT,
    }
)


class BlindIndex(HoldsKeys):
    """Equal identifiers give equal bytes; without the key nothing else can be learnt from them."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """``keys`` by version; the highest is the current one."""
        self.version = max(keys)
        self.versions = frozenset(keys)
        self._keys = {(version, kind): derive(key, kind) for version, key in keys.items() for kind in IndexKind}

    def __repr__(self) -> str:
        return f"<BlindIndex version {self.version}>"

    def of(self, kind: IndexKind, normalised: str, version: int | None = None) -> bytes:
        """18 bytes. Raises ValueError, without the text, when it is not in the agreed form of its kind.

        A-number: 9 digits, zero-padded. Phone: E.164. E-mail: lower-case. ``version`` is one of ``versions``, the
        current one unless given.
        """
        version = self.version if version is None else version
        if not _FORMS[kind].fullmatch(normalised) or normalised != normalised.lower():
            raise ValueError(f"{kind.value} is not normalised")
        digest = hmac.digest(self._keys[version, kind], normalised.encode("utf-8", "surrogatepass"), "sha256")
        return version.to_bytes(_VERSION_BYTES, "big") + digest[:16]


class Macs(HoldsKeys):
    """Keyed digests (HMAC-SHA256), with a key of its own for each purpose and version."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """``keys`` by version; the highest makes new digests, all of them check old ones."""
        self.version = max(keys)
        self._first = min(keys).to_bytes(_VERSION_BYTES, "big")
        self._prefix = self.version.to_bytes(_VERSION_BYTES, "big")
        self._keys = {
            (version.to_bytes(_VERSION_BYTES, "big"), purpose): derive(key, purpose)
            for version, key in keys.items()
            for purpose in MacPurpose
        }

    def __repr__(self) -> str:
        return f"<Macs version {self.version}>"

    def make(self, purpose: MacPurpose, message: bytes) -> bytes:
        """34 bytes."""
        prefix = self._first if purpose in _LOOKED_UP else self._prefix
        return prefix + hmac.digest(self._keys[prefix, purpose], message, "sha256")

    def knows(self, mac: bytes) -> bool:
        """Whether the key that ``mac`` names is here."""
        return (mac[:_VERSION_BYTES], MacPurpose.AUDIT) in self._keys

    def check(self, purpose: MacPurpose, message: bytes, mac: bytes) -> bool:
        """Whether ``mac`` is the digest of ``message`` for this purpose, in time that does not depend on the answer."""
        key = self._keys.get((mac[:_VERSION_BYTES], purpose))
        if key is None:
            return False
        return hmac.compare_digest(hmac.digest(key, message, "sha256"), mac[_VERSION_BYTES:])
