"""The vault's formats written a second time, straight from their description and in another style.

It shares no code with the product, so that a mistake there is not repeated here and golden data is judged twice.
"""

import base64
import hashlib
import hmac
import json
import math
import struct
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def prefixed(*parts: bytes) -> bytes:
    out = bytearray()
    for part in parts:
        out += struct.pack(">I", len(part)) + part
    return bytes(out)


def expand(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand of RFC 5869 for the first 32 bytes: T(1) = HMAC(key, info | 0x01)."""
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()


def group_key(subject_key: bytes, group: str) -> bytes:
    return expand(subject_key, prefixed(b"field-group/1", group.encode()))


def unwrap(wrapping_key: bytes, wrapped: bytes, label: bytes) -> bytes:
    return AESGCM(wrapping_key).decrypt(wrapped[:12], wrapped[12:], label)


def padded_size(length: int) -> int:
    if length <= 1024:
        return max(1, math.ceil(length / 64)) * 64
    exponent = math.floor(math.log2(length))
    significant = math.floor(math.log2(exponent)) + 1
    unit: int = 2 ** (exponent - significant)
    return math.ceil(length / unit) * unit


def associated(head: bytes, installation: UUID, place: dict[str, str]) -> bytes:
    return prefixed(
        head,
        b"fund-field/1",
        installation.bytes,
        place["table"].encode(),
        place["column"].encode(),
        UUID(place["row_id"]).bytes,
        UUID(place["subject_id"]).bytes,
    )


class GoldenKeys:
    """Opens a recorded installation from nothing but its keyring and the rows of its keystore."""

    def __init__(self, golden: dict[str, Any]) -> None:
        keystore = golden["keystore"]
        self.installation = UUID(keystore["installation"]["id"])
        roots = {root["id"]: base64.b64decode(root["key"]) for root in golden["keyring"]["roots"]}
        self.epochs = {
            row["number"]: unwrap(
                roots[row["root_id"]],
                bytes.fromhex(row["wrapped"]),
                prefixed(b"epoch", self.installation.bytes, struct.pack(">Q", row["number"])),
            )
            for row in keystore["epoch"]
        }
        self.purposes = {
            row["kind"]: unwrap(
                roots[row["root_id"]],
                bytes.fromhex(row["wrapped"]),
                prefixed(
                    b"purpose",
                    self.installation.bytes,
                    row["kind"].encode(),
                    struct.pack(">Q", row["version"]),
                    UUID(row["id"]).bytes,
                ),
            )
            for row in keystore["purpose_key"]
        }
        self.subjects = {row["subject_id"]: (UUID(row["id"]), self._subject(row)) for row in keystore["subject_key"]}

    def _subject(self, row: dict[str, Any]) -> bytes:
        label = prefixed(
            b"dek",
            self.installation.bytes,
            struct.pack(">Q", row["epoch"]),
            UUID(row["subject_id"]).bytes,
            UUID(row["id"]).bytes,
        )
        return unwrap(self.epochs[row["epoch"]], bytes.fromhex(row["wrapped"]), label)

    def open(self, place: dict[str, str], group: str, blob: bytes) -> Any:
        key_id, subject_key = self.subjects[place["subject_id"]]
        head, nonce, body = blob[:18], blob[18:30], blob[30:]
        assert head == b"\x01\x01" + key_id.bytes
        cipher = AESGCM(group_key(subject_key, group))
        padded = cipher.decrypt(nonce, body, associated(head, self.installation, place))
        assert len(padded) == padded_size(len(padded.rstrip(b" ")))
        return json.loads(padded.decode("utf-8", "surrogatepass"))

    def seal(self, place: dict[str, str], group: str, value: Any, nonce: bytes) -> bytes:
        key_id, subject_key = self.subjects[place["subject_id"]]
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        data = text.encode("utf-8", "surrogatepass")
        data += b" " * (padded_size(len(data)) - len(data))
        head = b"\x01\x01" + key_id.bytes
        sealed = AESGCM(group_key(subject_key, group)).encrypt(nonce, data, associated(head, self.installation, place))
        return head + nonce + sealed

    def blind(self, kind: str, text: str) -> bytes:
        key = expand(self.purposes["blind"], prefixed(b"blind-index/1", kind.encode()))
        return b"\x00\x01" + hmac.new(key, text.encode(), hashlib.sha256).digest()[:16]

    def mac(self, purpose: str, message: bytes) -> bytes:
        key = expand(self.purposes["mac"], prefixed(b"mac/1", purpose.encode()))
        return b"\x00\x01" + hmac.new(key, message, hashlib.sha256).digest()
