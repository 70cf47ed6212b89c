"""What a password must be. Length decides, not a mixture of signs; what everybody tries first is refused."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

#: NIST SP 800-63B-4, section 3.1.1.2: alone a password has 15 characters or more; no composition rules.
SHORTEST: Final = 15
#: With a second factor (the same section asks for 8).
SHORTEST_WITH_CODE: Final = 12
LONGEST: Final = 128
#: Words of this work and of this product, which somebody who aims at it tries early.
OWN_WORDS: Final = frozenset(
    """amparo immigrant immigration inmigrante inmigracion defense defensa legal attorney lawyer abogado abogada
    fund fondo intake asylum asilo migrant migrante refugee refugiado partner auditor administrator administrador
    password passphrase contrasena welcome bienvenido denver colorado demonstration""".split()
)
#: Rows of a keyboard and other sequences that fingers find without thinking.
_WALKS: Final = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertzuiop", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv",
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PasswordFault:
    """Why a password can not be taken: a code and the sentence that says what to enter."""

    code: str
    message: str


def normalised(password: str) -> str:
    """The password as it is hashed: NFKC, so that the same keys on another keyboard give the same characters."""
    return unicodedata.normalize("NFKC", password)


def fault(
    password: str, *, email: str, name: str, common: Collection[str], with_code: bool = False
) -> PasswordFault | None:
    """What is wrong with a new password, or None. ``with_code``: the person's second factor is asked for too."""
    plain = normalised(password)
    if len(plain) < (SHORTEST_WITH_CODE if with_code else SHORTEST):
        if with_code:
            return PasswordFault("password.too_short", "Enter at least 12 characters. A sentence works well.")
        return PasswordFault("password.too_short", "Enter at least 15 characters. A sentence works well.")
    if len(plain) > LONGEST:
        return PasswordFault("password.too_long", "Enter at most 128 characters.")
    if len(set(plain.casefold())) < 5:
        return PasswordFault("password.repeats", "Use more different characters.")
    rest = plain.casefold()
    for part in (part for part in (*email.casefold().split("@"), *name.casefold().split()) if len(part) > 3):
        rest = rest.replace(part, "")
    if len(rest) < SHORTEST_WITH_CODE - 2:
        return PasswordFault("password.personal", "Do not build it from your name or e-mail address.")
    if is_common(plain, common):
        return PasswordFault("password.common", "This is one of the first that a stranger tries. Use other words.")
    return None


def is_common(password: str, common: Collection[str]) -> bool:
    """True for what lists of stolen passwords hold, also doubled, counted on or built of our own words alone."""
    text = password.casefold()
    letters = re.sub(r"[\W\d_]+", "", text)
    if any(_period(each) in common or _walked(each) for each in (text, letters) if each):
        return True
    words = [each for each in re.split(r"[\W\d_]+", text) if each]
    known = all(each in OWN_WORDS or each in common for each in words)
    return bool(words) and known and (len(set(words)) < 3 or set(words) <= OWN_WORDS)


def _period(text: str) -> str:
    """The part that the text repeats: "pass" of "passpasspass", the text itself when it repeats nothing."""
    for length in range(1, len(text) // 2 + 1):
        part = text[:length]
        if (part * (len(text) // length + 1))[: len(text)] == text:
            return part
    return text


def _walked(text: str) -> bool:
    """True for a password that follows the keyboard or the alphabet, forwards or back, from end to end."""
    rows = [row * 3 for row in (*_WALKS, *(walk[::-1] for walk in _WALKS))]
    return any(text in row for row in rows)
