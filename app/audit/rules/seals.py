"""The text of a seal: what is signed, what the next seal's ``previous`` is the digest of, one line of the seals file.

::

    amparo-audit-seal/1 57 2026-10-12T17:03:22.000123Z 1201 1204 <root> <previous> <key id> <signature>

Number, moment, first and last position, the Merkle root over their events, the SHA-256 of the line before (of nothing
for the first: 64 zeros), the id of the signing key; then the Ed25519 signature in base64 over everything before the
last space. A line is ASCII with single spaces, so anybody can check it with the public key and common tools.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from app.audit.rules import merkle_root, moment_text

#: What the first seal has in place of its predecessor's digest.
NOTHING_BEFORE: Final = bytes(32)
#: How many events a seal covers at most, so that checking one needs little memory. It may grow, never shrink.
LARGEST: Final = 1000

#: What every line begins with: the version of its form.
WORD: Final = "amparo-audit-seal/1"
_LINE: Final = re.compile(
    rf"{WORD} (\d{{1,18}}) (\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}})Z (\d{{1,18}}) (\d{{1,18}})"
    r" ([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f-]{36}) ([A-Za-z0-9+/]{86}==)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Head:
    """A seal before it is signed."""

    number: int
    sealed_at: datetime
    first_position: int
    last_position: int
    root: bytes
    previous: bytes
    key_id: UUID

    def signed_text(self) -> str:
        """What the signature covers."""
        return (
            f"{WORD} {self.number} {moment_text(self.sealed_at).replace(' ', 'T')}Z "
            f"{self.first_position} {self.last_position} {self.root.hex()} {self.previous.hex()} {self.key_id}"
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed head over the events at its positions."""

    head: Head
    signature: bytes

    @property
    def number(self) -> int:
        return self.head.number

    def line(self) -> str:
        """The seal as one line, without its line feed."""
        return f"{self.head.signed_text()} {base64.b64encode(self.signature).decode()}"

    def digest(self) -> bytes:
        """What the next seal names as ``previous``."""
        return hashlib.sha256(self.line().encode()).digest()

    @classmethod
    def parse(cls, line: str) -> Self:
        """The seal in a line without its line feed. Raises ValueError when it is none."""
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError("not a seal")
        number, moment, first, last, root, previous, key_id, signature = found.groups()
        head = Head(
            int(number),
            datetime.fromisoformat(f"{moment}+00:00"),
            int(first),
            int(last),
            bytes.fromhex(root),
            bytes.fromhex(previous),
            UUID(key_id),
        )
        seal = cls(head, base64.b64decode(signature))
        if seal.line() != line:
            raise ValueError("a seal that is not written as seals are")
        return seal


def leaf(event_id: UUID, mac: bytes) -> bytes:
    """What the Merkle tree holds of an event: its MAC, and its id in 16 bytes."""
    return mac + event_id.bytes


def next_head(before: Seal | None, events: list[tuple[UUID, bytes]], sealed_at: datetime, key_id: UUID) -> Head:
    """The head over these events (id and MAC, in their order), which follows the seal ``before``."""
    first = 1 if before is None else before.head.last_position + 1
    return Head(
        number=1 if before is None else before.number + 1,
        sealed_at=sealed_at,
        first_position=first,
        last_position=first + len(events) - 1,
        root=merkle_root([leaf(event_id, mac) for event_id, mac in events]),
        previous=NOTHING_BEFORE if before is None else before.digest(),
        key_id=key_id,
    )
