"""Reading a backup from its first byte to its last. What it says counts only when the end was reached."""

import hashlib
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from app.backups.rules import HEADER, MANIFEST, PIECE, SIGNATURE, Header, Manifest, Part, Unusable, part_of
from app.crypto.offline import BadRecipient, DamagedFile, WrongIdentity, decrypt

#: A header, manifest or signature that is longer is none.
_MOST: Final = 1 << 28
_NO_BACKUP: Final = "is not a backup of Amparo."


class _NotWhole(Unusable):
    """What was read is not all that there must be."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose key signed the manifest."""

    key_id: UUID
    signature: bytes


class Archive:
    """One backup, read once. ``pieces`` gives what is in it; after that ``manifest`` and ``signature`` are there."""

    def __init__(self, members: tarfile.TarFile, judge: Callable[[], None]) -> None:
        """``judge`` reads what is left of the file and raises Unusable when it is not as it was written."""
        self._members, self._judge, self._ended = members, judge, False
        self.header = Header.from_json(self._small(self._next(), HEADER))
        self.manifest = Manifest({})
        self.signed = b""
        self.signature = Signature(UUID(int=0), b"")

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """Each part's name with its next piece, in order. Raises Unusable at the end for what was not all of it."""
        digests: dict[str, Any] = {}
        sizes: dict[str, int] = {}
        while (member := self._next()).name != MANIFEST:
            name = part_of(member.name)
            digest = digests.setdefault(name, hashlib.sha256())
            sizes.setdefault(name, 0)
            content = self._content(member)
            while piece := content.read(PIECE):
                digest.update(piece)
                sizes[name] += len(piece)
                yield name, piece
            if not member.size:
                yield name, b""
        self.signed = self._small(member, MANIFEST)
        self.manifest = Manifest.from_json(self.signed)
        self.signature = _signature(self._small(self._next(), SIGNATURE))
        found = {name: Part(sizes[name], digest.hexdigest()) for name, digest in digests.items()}
        if found != dict(self.manifest.parts):
            raise _NotWhole("This backup is not whole: what is in it differs from its manifest. Take another one.")

    def end(self) -> None:
        """Read on to the end of the file: only there it is known that nothing was cut. Raises Unusable."""
        if not self._ended:
            self._ended = True
            if self._members.next() is not None:
                raise _NotWhole("This backup has more in it than its manifest says. Take another one.")
            self._judge()

    def _next(self) -> tarfile.TarInfo:
        member = self._members.next()
        if member is None or not member.isreg():
            raise _NotWhole("This backup is not whole: it ends too early. Take another one.")
        return member

    def _small(self, member: tarfile.TarInfo, name: str) -> bytes:
        if member.name != name or member.size > _MOST:
            raise _NotWhole(f"This file {_NO_BACKUP}")
        return self._content(member).read()

    def _content(self, member: tarfile.TarInfo) -> IO[bytes]:
        content = self._members.extractfile(member)
        assert content is not None, "it is a regular file"
        return content


def _signature(text: bytes) -> Signature:
    try:
        found = json.loads(text)
        return Signature(UUID(found["key"]), bytes.fromhex(found["signature"]))
    except (ValueError, KeyError, TypeError):
        raise _NotWhole("This backup is not whole: its signature can not be read.") from None


@contextmanager
def reading(file: Path, identities: str) -> Iterator[Archive]:
    """The backup in ``file``, opened by the text of an identity file; its plaintext is in a pipe and nowhere else.

    Raises Unusable, at the latest at the end of the block, for what is cut, altered, foreign or can not be read.
    """
    try:
        source = file.open("rb")
    except OSError as error:
        raise Unusable(f"{file} can not be read: {error.strerror}.") from None
    out, into = os.pipe()
    opener = _Opener(source, into, identities)
    opener.start()
    try:
        with os.fdopen(out, "rb") as plain:
            try:
                with tarfile.open(fileobj=plain, mode="r|") as members:
                    archive = Archive(members, partial(opener.judge, plain, file))
                    yield archive
                    archive.end()
            except (tarfile.TarError, EOFError, _NotWhole) as trouble:
                opener.judge(plain, file)  # a file that was cut looks like a short archive: this is the true reason
                raise Unusable(str(trouble) if isinstance(trouble, _NotWhole) else f"{file} {_NO_BACKUP}") from None
    finally:
        opener.join()
        source.close()


class _Opener(threading.Thread):
    """Decrypts into a pipe. What it meets is said when the other end asks."""

    def __init__(self, source: IO[bytes], into: int, identities: str) -> None:
        super().__init__(daemon=True)
        self._source, self._into, self._identities = source, into, identities
        self._trouble: Exception | None = None

    def run(self) -> None:
        try:
            with os.fdopen(self._into, "wb", buffering=0) as into:
                decrypt(self._source.read, into.write, self._identities)
        except BrokenPipeError:
            pass  # nobody wants the rest
        except (WrongIdentity, DamagedFile, BadRecipient, OSError, ValueError) as trouble:
            self._trouble = trouble

    def judge(self, plain: IO[bytes], file: Path) -> None:
        """Come to the end of the file, whose last bytes say that nothing was cut. Raises Unusable for what was met."""
        while plain.read(PIECE):
            pass
        self.join()
        if isinstance(self._trouble, WrongIdentity):
            raise Unusable(f"This identity does not open {file}. Take the one whose recipient stood in the settings.")
        if isinstance(self._trouble, BadRecipient):
            raise Unusable(str(self._trouble))
        if isinstance(self._trouble, DamagedFile):
            raise Unusable(f"{file} is cut, altered, or no backup. Take another copy of it, or an older one.")
        if self._trouble is not None:
            raise Unusable(f"{file} can not be read to its end: {self._trouble}.")


class _Enough(Exception):
    """The header was read, and nothing else is wanted now."""


def header_of(file: Path, identities: str) -> Header:
    """The header alone, of a file that may still prove to be cut. Raises Unusable."""
    found: list[Header] = []
    with suppress(_Enough), reading(file, identities) as archive:
        found.append(archive.header)
        raise _Enough
    return found[0]


def verify(file: Path, identities: str) -> tuple[Header, Manifest]:
    """Read a whole backup and hold it against its manifest; nothing is restored. Raises Unusable."""
    with reading(file, identities) as archive:
        for _ in archive.pieces():
            pass
    return archive.header, archive.manifest
