"""Passwords: hashed with Argon2id over a keyed digest, so that a stolen table can not even be guessed at."""

import threading
from functools import cache

import argon2
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # the package has no types

from app.authenticators.rules.passwords import fault, normalised
from app.crypto import MacPurpose, Vault
from app.errors import Invalid, Problem

_HASHER = argon2.PasswordHasher()
#: Each hash takes 64 MiB: at most two at once, so that a flood of sign-ins can not take the machine's memory.
_TWO = threading.BoundedSemaphore(2)


@cache
def common() -> frozenset[str]:
    """What people's passwords are most often, from stolen ones that were published (the `zxcvbn` package's list)."""
    return frozenset(FREQUENCY_LISTS["passwords"])


def must_hold(password: str, *, email: str, name: str, with_code: bool = False) -> None:
    """Raise Invalid with what to enter instead, when a new password is too weak for this person."""
    wrong = fault(password, email=email, name=name, common=common(), with_code=with_code)
    if wrong is not None:
        raise Invalid(Problem("/password", wrong.code, wrong.message))


def hashed(vault: Vault, password: str) -> str:
    """The Argon2id hash to keep. Takes about 150 ms."""
    with _TWO:
        return _HASHER.hash(_peppered(vault, password))


def matches(vault: Vault, password_hash: str | None, password: str) -> bool:
    """True when the password is right. An unknown person (None) takes the same time and is never right."""
    with _TWO:
        try:
            _HASHER.verify(password_hash or _nobodys(), _peppered(vault, password))
        except argon2.exceptions.VerificationError:
            return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    """Checked for unknown people, so that a wrong address takes as long as a wrong password."""
    return _HASHER.hash("nobody has this password")


def _peppered(vault: Vault, password: str) -> str:
    return vault.mac(MacPurpose.PASSWORD_PEPPER, normalised(password).encode()).hex()
