"""One random key becomes many: HKDF-Expand-SHA256 (RFC 5869) under a fixed registry of purposes.

Only the expand step is used: every key that it starts from is 256 random bits, so there is nothing to extract.
"""

from typing import Final, Never

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from app.crypto.groups import Group, IndexKind, MacPurpose

#: Length of every symmetric key here, in bytes.
KEY_BYTES: Final = 32

Purpose = Group | IndexKind | MacPurpose

# By family, because members of two string enumerations with one value are equal and would share a place in a mapping.
_FAMILIES: Final[dict[type[Purpose], bytes]] = {
    Group: b"field-group/1",
    IndexKind: b"blind-index/1",
    MacPurpose: b"mac/1",
}


class HoldsKeys:
    """Base of every object that can reach a key: it is not pickled or copied, and so not sent, cached or stored."""

    __slots__ = ()

    def __reduce__(self) -> Never:
        raise TypeError("what holds keys is neither pickled nor copied")


def joined(*parts: bytes) -> bytes:
    """The parts, each after its length in 4 big-endian bytes: no two different lists of parts give the same bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def info(purpose: Purpose) -> bytes:
    """The HKDF info of a purpose: its family and its name. A test proves that no two are equal."""
    return joined(_FAMILIES[type(purpose)], purpose.value.encode())


def derive(key: bytes, purpose: Purpose) -> bytes:
    """The 32-byte key for ``purpose`` under ``key`` (32 random bytes)."""
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=info(purpose)).derive(key)
