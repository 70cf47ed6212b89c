"""The text of a checkpoint: the head of the tree over all events, as a signed note (C2SP tlog-checkpoint, signed-note).

::

    amparo/018f7b7a-...            the origin: which record this is
    12345                          how many events the tree holds
    9HxQ...=                       its RFC 6962 head, base64
    chain main 12345               how long each chain of seals is, in events
    seal 57 4be1...                the seal that it ends at, and the SHA-256 of that seal's line
    time 2026-10-12T17:03:22.000123Z

    — amparo/018f7b7a-... mXk2...  the signature: base64 of four bytes that name the key, and 64 of Ed25519

The signature covers everything above the empty line, with the last line feed. Others may add signature lines of theirs.
A leaf of the tree is an event's MAC followed by its message: whoever is shown one event can compute its hash, and the
MAC, which nobody can guess, keeps the hashes of its neighbours from being tried out.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from app.audit.rules import moment_text

#: How many events a checkpoint may lag behind the seals, and the chain's name: there is one on both engines.
MOST_BEHIND: Final = 1000
CHAIN: Final = "main"
#: The signature type of Ed25519 in a note's key id.
_ED25519: Final = b"\x01"
#: What is longer is no checkpoint of ours, cosigned or not.
LONGEST: Final = 16_384
_SEAL: Final = re.compile(r"seal (\d{1,18}) ([0-9a-f]{64})", re.ASCII)
_TIME: Final = re.compile(r"time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})Z", re.ASCII)
_SIZE: Final = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)

#: Whether the private half of a public key (32 bytes) signed a message: `app.crypto.Vault.verify`.
Verify = Callable[[bytes, bytes, bytes], bool]


def origin_of(installation: object) -> str:
    """What the checkpoints of an installation begin with; its keys are called the same."""
    return f"amparo/{installation}"


def key_hash(name: str, public_key: bytes) -> bytes:
    """The four bytes that a signature line names its key by (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key as tools for signed notes take it: ``name+hash+key``."""
    return f"{name}+{key_hash(name, public_key).hex()}+{base64.b64encode(_ED25519 + public_key).decode()}"


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint before it is signed."""

    origin: str
    size: int
    root: bytes
    seal: int
    seal_digest: bytes
    made_at: datetime

    def body(self) -> str:
        """What the signature covers."""
        moment = moment_text(self.made_at).replace(" ", "T")
        return (
            f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\nchain {CHAIN} {self.size}\n"
            f"seal {self.seal} {self.seal_digest.hex()}\ntime {moment}Z\n"
        )

    def signed(self, public_key: bytes, signature: bytes) -> str:
        """The whole note."""
        line = base64.b64encode(key_hash(self.origin, public_key) + signature).decode()
        return f"{self.body()}\n— {self.origin} {line}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A note as it was found. ``seal``, its digest and ``made_at`` are None when it does not say them."""

    text: str
    origin: str
    size: int
    root: bytes
    seal: int | None
    seal_digest: bytes | None
    made_at: datetime | None
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def body(self) -> bytes:
        """What the signatures cover."""
        return self.text[: self.text.rindex("\n\n") + 1].encode()

    @property
    def name(self) -> str:
        """What its file is called: by its size, so that files stand in their order."""
        return f"{self.size:012d}-{self.root[:8].hex()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint in a note. Raises ValueError when it is none."""
        if len(text) > LONGEST or not text.endswith("\n") or "\n\n" not in text or "\r" in text:
            raise ValueError("not a signed note")
        body, _, signatures = text[:-1].rpartition("\n\n")
        origin, size, root, *more = [*body.split("\n"), "", ""]
        if not origin or _SIZE.fullmatch(size) is None:
            raise ValueError("not a checkpoint")
        said = "\n".join(more)
        seal, moment = _SEAL.search(said), _TIME.search(said)
        return cls(
            text=text,
            origin=origin,
            size=int(size),
            root=_exactly(root, 32),
            seal=int(seal[1]) if seal else None,
            seal_digest=bytes.fromhex(seal[2]) if seal else None,
            made_at=datetime.fromisoformat(f"{moment[1]}+00:00") if moment else None,
            signatures=tuple(_signature(line) for line in signatures.split("\n")),
        )

    def signer(self, keys: Iterable[bytes], verify: Verify) -> bytes | None:
        """The first of these public keys that signed it under the name of its origin; None when none did."""
        for key in keys:
            for name, by, signature in self.signatures:
                if name == self.origin and by == key_hash(name, key) and verify(key, self.body, signature):
                    return key
        return None


def _signature(line: str) -> tuple[str, bytes, bytes]:
    word, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if word != "—" or not name:
        raise ValueError("not a signature line")
    value = _decoded(encoded)
    return name, value[:4], value[4:]


def _exactly(encoded: str, length: int) -> bytes:
    value = _decoded(encoded)
    if len(value) != length:
        raise ValueError("not a hash")
    return value


def _decoded(encoded: str) -> bytes:
    try:
        value = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(value).decode() != encoded:
        raise ValueError("not written as base64 is")
    return value
