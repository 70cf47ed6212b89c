"""Signatures (Ed25519): who has the public key can check them, and only who has keystore and root can make them."""

from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.crypto.derivation import HoldsKeys


class Signer(HoldsKeys):
    """The signing keys of an installation: the current one signs, every one can be named for checking."""

    def __init__(self, seeds: Mapping[UUID, bytes], current: UUID) -> None:
        """``seeds`` are the 32-byte private keys by key id."""
        self.key_id = current
        self._keys = {key_id: Ed25519PrivateKey.from_private_bytes(seed) for key_id, seed in seeds.items()}

    def __repr__(self) -> str:
        return f"<Signer {self.key_id}>"

    def sign(self, message: bytes) -> bytes:
        """64 bytes, by the current key."""
        return self._keys[self.key_id].sign(message)

    def public_key(self, key_id: UUID | None = None) -> bytes:
        """The 32-byte public key, the current one unless named. Raises KeyError when there is no such key."""
        return self._keys[key_id or self.key_id].public_key().public_bytes_raw()

    def public_keys(self) -> dict[UUID, bytes]:
        """Every public key by its id, the retired ones too."""
        return {key_id: self.public_key(key_id) for key_id in self._keys}


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` was made with the private half of ``public_key`` (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
