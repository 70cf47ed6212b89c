"""Proofs that stand for themselves: one event under a checkpoint, and a later checkpoint that goes on an earlier one.

Each is a JSON text with everything that is needed to check it but trust in the public key.
"""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.audit.rules import COVERED
from app.audit.rules.checkpoints import Checkpoint, Verify
from app.audit.rules.merkle import head_from, is_consistent, leaf_hash

INCLUSION: Final = "amparo-audit-proof/1"
CONSISTENCY: Final = "amparo-audit-consistency/1"
#: A proof is a few thousand bytes.
LARGEST: Final = 1_000_000


def inclusion_text(
    leaf: tuple[bytes, bytes], index: int, path: Sequence[bytes], checkpoint: str, public_key: bytes
) -> str:
    """The proof of one event: ``leaf`` is its MAC and its message."""
    mac, event = leaf
    return _text(
        {
            "form": INCLUSION,
            "columns": ["form", *COVERED],
            "event": event.decode(),
            "mac": mac.hex(),
            "index": index,
            "path": [each.hex() for each in path],
            "checkpoint": checkpoint,
            "public_key": base64.b64encode(public_key).decode(),
        }
    )


def consistency_text(old: str, new: str, path: Sequence[bytes], keys: Sequence[bytes]) -> str:
    """The proof that one checkpoint goes on another; ``keys`` signed the old and the new one."""
    return _text(
        {
            "form": CONSISTENCY,
            "old": old,
            "new": new,
            "path": [each.hex() for each in path],
            "public_keys": [base64.b64encode(each).decode() for each in keys],
        }
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a proof came to: 0 it holds, 1 it does not, 3 it is none; and how that is said."""

    code: int
    lines: list[str]


def check(text: str, verify: Verify, trusted: Collection[bytes]) -> Checked:
    """Check a proof of either form. ``trusted`` are public keys one knows from elsewhere; none for the one inside.

    Needs neither a database nor a secret.
    """
    try:
        proof = json.loads(text)
        if proof["form"] == INCLUSION:
            return _inclusion(proof, verify, trusted)
        if proof["form"] == CONSISTENCY:
            return _consistency(proof, verify, trusted)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return Checked(3, ["undecided: This is no proof of a record of Amparo."])


def public_key_in(text: str) -> bytes:
    """A public key as it was typed: 32 bytes in base64 or hexadecimal, or ``name+hash+key``. Raises ValueError."""
    word = text.strip()
    if word.startswith("amparo/"):
        word = word.split("+", 2)[-1]
    try:
        key = bytes.fromhex(word) if len(word) == 64 else base64.b64decode(word, validate=True)
    except binascii.Error:
        raise ValueError("not a public key") from None
    if len(key) == 33 and key[0] == 1:
        key = key[1:]
    if len(key) != 32:
        raise ValueError("not a public key")
    return key


def _inclusion(proof: dict[str, Any], verify: Verify, trusted: Collection[bytes]) -> Checked:
    checkpoint = Checkpoint.parse(proof["checkpoint"])
    key = public_key_in(proof["public_key"])
    refused = _refused(checkpoint, key, verify, trusted)
    if refused is not None:
        return refused
    leaf = leaf_hash(bytes.fromhex(proof["mac"]) + proof["event"].encode())
    path = [bytes.fromhex(each) for each in proof["path"]]
    if not _whole(proof["index"]) or head_from(leaf, proof["index"], checkpoint.size, path) != checkpoint.root:
        return Checked(1, ["altered: This event is not the one that the checkpoint covers."])
    said = dict(zip(("form", *COVERED), json.loads(proof["event"]), strict=True))
    return Checked(
        0,
        [
            f"proved: This is event {proof['index'] + 1} of the {checkpoint.size} of {checkpoint.origin}.",
            *(f"  {name}: {value}" for name, value in said.items() if value not in (None, "", "{}")),
            *_of(checkpoint),
            *_whose(key, trusted),
        ],
    )


def _consistency(proof: dict[str, Any], verify: Verify, trusted: Collection[bytes]) -> Checked:
    old, new = Checkpoint.parse(proof["old"]), Checkpoint.parse(proof["new"])
    keys = [public_key_in(each) for each in proof["public_keys"]]
    for checkpoint, key in zip((old, new), keys, strict=True):
        refused = _refused(checkpoint, key, verify, trusted)
        if refused is not None:
            return refused
    path = [bytes.fromhex(each) for each in proof["path"]]
    if old.origin != new.origin or not is_consistent(old.size, new.size, old.root, new.root, path):
        return Checked(1, ["altered: The later checkpoint does not go on the earlier one."])
    return Checked(
        0,
        [
            f"proved: The record of {new.size} events begins with the record of {old.size} events, unchanged.",
            *_whose(keys[-1], trusted),
        ],
    )


def _refused(checkpoint: Checkpoint, key: bytes, verify: Verify, trusted: Collection[bytes]) -> Checked | None:
    if trusted and key not in trusted:
        return Checked(1, ["altered: This was signed with another key than you gave."])
    if checkpoint.signer([key], verify) is None:
        return Checked(1, ["altered: The checkpoint was not signed with this key."])
    return None


def _of(checkpoint: Checkpoint) -> list[str]:
    moment = f", made {checkpoint.made_at:%Y-%m-%d %H:%M:%S} UTC" if checkpoint.made_at else ""
    return [f"Checkpoint: {checkpoint.size} events, head {checkpoint.root.hex()}{moment}."]


def _whose(key: bytes, trusted: Collection[bytes]) -> list[str]:
    if trusted:
        return ["Signed with a key that you gave."]
    encoded = base64.b64encode(key).decode()
    return [f"Signed with the key in this file, {encoded}: compare it with the one that the organization published."]


def _whole(index: object) -> bool:
    return type(index) is int


def _text(proof: dict[str, Any]) -> str:
    return json.dumps(proof, ensure_ascii=False, indent=1) + "\n"
