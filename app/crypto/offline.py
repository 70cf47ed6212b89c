"""Files for somebody offline: the age format, X25519 recipients. This machine can write such a file and not read it.

The format is age-encryption.org/v1 by the library pyrage, so that any age program opens what is written here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BufferedIOBase
from typing import Any, Final

import pyrage

_NO_IDENTITY: Final = "No matching keys"


class WrongIdentity(Exception):
    """None of the identities that were given opens this file."""


class DamagedFile(Exception):
    """Not a file of this format, or one that was cut or altered."""


class BadRecipient(Exception):
    """What should name a recipient or an identity does not. The message never repeats an identity."""


def new_identity() -> tuple[str, str]:
    """A fresh identity (secret, to be kept offline) and its recipient (public)."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def check_recipients(recipients: Sequence[str]) -> None:
    """Raises BadRecipient for the first that is none."""
    _recipients(recipients)


def encrypt(pieces: Iterable[bytes], write: Callable[[bytes], object], recipients: Sequence[str]) -> None:
    """Write ``pieces``, one after the other, for these recipients. Holds one piece at a time.

    Raises BadRecipient, and unchanged whatever ``pieces`` or ``write`` raise.
    """
    for_whom = _recipients(recipients)
    reader, writer = _Reader(iter(pieces)), _Writer(write)
    try:
        pyrage.encrypt_io(reader, writer, for_whom)
    except (pyrage.EncryptError, OSError) as error:
        _raise_first(reader.trouble, writer.trouble)
        raise DamagedFile(str(error)) from None
    _raise_first(reader.trouble, writer.trouble)  # the library may end well although its last write failed


def decrypt(read: Callable[[int], bytes], write: Callable[[bytes], object], identities: str) -> None:
    """Give ``write`` what the file says, piece by piece, each checked; only a return says that it was the whole.

    ``identities`` is the text of an identity file. Raises WrongIdentity, DamagedFile, BadRecipient, and unchanged
    whatever ``read`` or ``write`` raise.
    """
    known = _identities(identities)
    reader, writer = _Reader(read), _Writer(write)
    try:
        pyrage.decrypt_io(reader, writer, known)
    except (pyrage.DecryptError, OSError) as error:
        _raise_first(reader.trouble, writer.trouble)
        if _NO_IDENTITY in str(error):
            raise WrongIdentity from None
        raise DamagedFile from None
    _raise_first(reader.trouble, writer.trouble)


def _recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    try:
        return [pyrage.x25519.Recipient.from_str(each) for each in texts]
    except pyrage.RecipientError:
        raise BadRecipient("A recipient is not one of age: it begins with age1 and has 62 characters.") from None


def _identities(text: str) -> list[pyrage.x25519.Identity]:
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BadRecipient("The identity file holds no identity: a line that begins with AGE-SECRET-KEY-1.") from None
    return found


def _raise_first(*troubles: Exception | None) -> None:
    for trouble in troubles:
        if trouble is not None:
            raise trouble


class _Reader(BufferedIOBase):
    """What the library reads from. It turns every error into a text, so the first one is kept here."""

    def __init__(self, source: Iterator[bytes] | Callable[[int], bytes]) -> None:
        self._source = source
        self._left = memoryview(b"")
        self.trouble: Exception | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        try:
            if callable(self._source):
                return self._source(-1 if size is None else size)
            while not self._left:
                piece = next(self._source, None)
                if piece is None:
                    return b""
                self._left = memoryview(piece)
        except Exception as trouble:
            self.trouble = trouble
            raise
        taken, self._left = self._left[:size], self._left[size:]
        return bytes(taken)


class _Writer(BufferedIOBase):
    """What the library writes to, with the first error kept."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.trouble: Exception | None = None

    def write(self, data: Any, /) -> int:
        try:
            self._write(bytes(data))
        except Exception as trouble:
            self.trouble = trouble
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""
