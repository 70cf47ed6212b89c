"""A value as bytes whose length says almost nothing about it.

Canonical JSON is never followed by a space, so spaces are the padding and a padded value is still JSON. Up to 1 KiB
the length is a multiple of 64 bytes; above it is rounded by PADMÉ (Nikitin et al., "Reducing Metadata Leakage from
Encrypted Files and Communication with PURBs", 2019), which costs at most 12 % and leaves O(log log n) bits.
"""

import json
from typing import Any, Final

#: Least length of a padded value, in bytes: every code, date and answer of the product fits into one block.
BLOCK: Final = 64
_PADME_ABOVE: Final = 1024

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=True
).encode


def padded_length(length: int, floor: int = BLOCK) -> int:
    """The length in bytes that ``length`` bytes are padded to; never under ``floor``, a multiple of 64."""
    if length <= floor:
        return floor
    if length <= _PADME_ABOVE:
        return -(-length // BLOCK) * BLOCK
    exponent = length.bit_length() - 1
    free_bits = exponent - exponent.bit_length()
    mask = (1 << free_bits) - 1
    return (length + mask) & ~mask


def pad(value: Any, floor: int = BLOCK) -> bytes:
    """``value`` as padded canonical JSON in UTF-8. As everywhere in JSON, keys become text and tuples lists.

    Raises TypeError, without the value, for what JSON does not have, like dates or NaN; ValueError for a ``floor``
    that is not a multiple of 64.
    """
    if floor < BLOCK or floor % BLOCK:
        raise ValueError("the floor of a padded value is a multiple of 64 bytes")
    try:
        # Half a surrogate pair is not valid UTF-8, but a browser can send one; what was typed must come back.
        data = _encode(value).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError):
        data = b""
    if not data:  # raised here and not above, so that the exception does not carry the first one and its value
        raise TypeError("only JSON values can be sealed")
    return data.ljust(padded_length(len(data), floor))


def unpad(data: bytes) -> Any:
    """The value that ``pad`` was given (tuples as lists). Raises ValueError when the bytes are not its work."""
    return json.loads(data.decode("utf-8", "surrogatepass"))
