"""The root key nowhere on disk: in shares on paper (SLIP-39), of which some together open it.

The keyring holds only a value that tells whether words that were typed make this root. Until they are, the
installation is sealed: the server runs and serves nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from shamir_mnemonic import (  # type: ignore[import-untyped]  # it comes without types
    MnemonicError,
    Share,
    combine_mnemonics,
    generate_mnemonics,
)

from app.crypto.derivation import KEY_BYTES
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.root import Access, Entry, LocalRoot, Making, Place, Question, Secret, check_value, fits, octets

#: What SLIP-39 can make at most, and the least that is of use.
MOST_SHARES: Final = 16
FEWEST_NEEDED: Final = 2


class InShares(LocalRoot):
    """A root that opens with the words of some of its shares."""

    place = Place.SHARES

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        self._check = str(entry.details["check"])
        self._set, self._needed = int(entry.details["set"]), int(entry.details["needed"])
        self._shares = int(entry.details["shares"])
        octets(self._check)

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:
        """From the words of all shares that ``split`` made, or of as many as are needed."""
        if new.secret is None or not new.secret.shares:
            raise KeysUnavailable("New shares must be written down by people. Run `amparo keys split` at a terminal.")
        shares = new.secret.shares
        first = _share(shares[0], 1)
        cipher = AESGCM(_combined(shares[: first.member_threshold]))
        return {
            "check": check_value(new.root_id, cipher),
            "set": first.identifier,
            "needed": first.member_threshold,
            "shares": len(shares),
        }

    @property
    def name(self) -> str:
        return f"{self._needed} of {self._shares} shares on paper"

    def question(self) -> Question | None:
        return None if self._cipher else Question(self.place, self._needed, self._shares)

    def check_share(self, words: str, number: int) -> None:
        """Whether one share is whole and of this set; ``number`` is how people count it. Raises KeysUnavailable."""
        share = _share(words, number)
        if share.identifier != self._set:
            raise KeysUnavailable(
                f"Share {number} belongs to another set. Look for the shares that were made last, on the day in"
                " `amparo keys status`."
            )

    def unlock(self, secret: Secret) -> None:
        if not secret.shares:
            raise KeysUnavailable("This keyring opens with shares and not with a passphrase.")
        for number, words in enumerate(secret.shares, start=1):
            self.check_share(words, number)
        different = list({_share(words, 1).index: words for words in secret.shares}.values())
        if len(different) < self._needed:
            raise KeysUnavailable(
                f"{len(different)} different shares were typed, and {self._needed} are needed. Type the others too."
            )
        cipher = AESGCM(_combined(different[: self._needed]))
        if not fits(self.entry.id, cipher, self._check):
            raise KeysUnavailable("These shares do not make this keyring's root key. One of them is of another set.")
        self._cipher = cipher


def split(key: bytes, *, shares: int, needed: int) -> tuple[str, ...]:
    """``key`` (32 bytes) as so many lists of 33 words, of which ``needed`` open it. Raises KeysUnavailable."""
    if not FEWEST_NEEDED <= needed <= shares <= MOST_SHARES or len(key) != KEY_BYTES:
        raise KeysUnavailable(
            f"Of up to {MOST_SHARES} shares, {FEWEST_NEEDED} or more must be needed, and not more than there are."
        )
    return tuple(generate_mnemonics(1, [(needed, shares)], key)[0])


def _share(words: str, number: int) -> Any:
    try:
        return Share.from_mnemonic(" ".join(words.lower().split()))
    except MnemonicError:
        pass  # its message repeats the words
    raise KeysUnavailable(f"Share {number} has a mistyped or missing word. Compare it with the paper, word by word.")


def _combined(shares: Sequence[str]) -> bytes:
    try:
        key: bytes = combine_mnemonics([" ".join(words.lower().split()) for words in shares])
    except MnemonicError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeysUnavailable("These shares do not belong together. Use shares that were made on the same day.")
    return key
