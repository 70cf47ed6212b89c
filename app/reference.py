"""References: the human-readable names of records, the only name of a case that the money side ever shows.

``AP-7K3Q-9F2M``: a prefix for the kind, seven random characters and a check character. The alphabet is Crockford's
base 32 (https://www.crockford.com/base32.html), which has no I, L, O or U; the check character finds every single
wrong character and every swap of two neighbours.
"""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 7
#: A prime just below the alphabet's size, so that every weight is invertible and neighbours weigh differently.
_MODULUS: Final = 31


def new_reference(prefix: str) -> str:
    """A random reference with this prefix: 32^7 (34 thousand million) of each kind, told apart by a unique index."""
    body = "".join(secrets.choice(ALPHABET[:_MODULUS]) for _ in range(_LENGTH))
    return _written(prefix, body + _check(body))


def read_reference(text: str) -> str | None:
    """The reference as it is stored, from how people write it: any case, hyphens or none, O for 0, I or L for 1.

    None when it is not a reference or its check character does not fit.
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    if len(plain) != 2 + _LENGTH + 1:
        return None
    prefix, body = plain[:2], plain[2:].translate(str.maketrans("OIL", "011"))
    if any(character not in ALPHABET[:_MODULUS] for character in body) or _check(body[:-1]) != body[-1]:
        return None
    return _written(prefix, body)


def _written(prefix: str, body: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}"


def _check(body: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[-total % _MODULUS]
