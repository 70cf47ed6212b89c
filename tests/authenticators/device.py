"""A software authenticator for the tests: it makes passkeys and signs with them, honestly or not, as it is told."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.world import ORIGIN

_PRESENT, _VERIFIED, _HAS_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class Device:
    """One passkey. ``verifies`` is whether it checks its owner; ``counter`` is None for one that does not count."""

    origin: str = ORIGIN
    host: str = "localhost"
    verifies: bool = True
    counter: int | None = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: uuid4().bytes)
    handle: bytes = b""

    def made(self, options: Any) -> dict[str, Any]:
        """The credential for these options, as a browser sends it."""
        self.handle = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(_HAS_KEY) + credential}
        said = self._client_data("webauthn.create", options["challenge"])
        return {
            "id": text(self.id),
            "rawId": text(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": text(said),
                "attestationObject": text(cbor2.dumps(attested)),
                "transports": ["internal"],
            },
        }

    def signed(self, options: Any, **lies: Any) -> dict[str, Any]:
        """The assertion for these options. ``lies`` replace what it says: challenge, type, data, signature, handle."""
        if self.counter is not None:
            self.counter += 1
        said = self._client_data(lies.get("type", "webauthn.get"), lies.get("challenge", options["challenge"]))
        data = lies.get("data") or self._data(0)
        signature = lies.get("signature") or self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return {
            "id": text(self.id),
            "rawId": text(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": text(said),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(lies.get("handle", self.handle)),
            },
        }

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + (self.counter or 0).to_bytes(4, "big")
