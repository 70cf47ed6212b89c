"""Making a backup: written aside, on the disk before it gets its name. What has the name is whole."""

import errno
import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from app.backups.actions.sources import Source, database, remove_unless_in_use
from app.backups.reads import contents, state
from app.backups.rules import (
    DATABASE,
    DOCUMENTS,
    HEADER,
    MANIFEST,
    PIECE,
    SIGNATURE,
    SIGNED,
    Header,
    Kind,
    Manifest,
    Part,
    Unusable,
    name_of,
    told_by,
)
from app.config import Settings
from app.crypto import Vault
from app.crypto.offline import BadRecipient, check_recipients, encrypt

#: Where documents lie while they are taken in: no record names them yet.
_INCOMING: Final = "incoming"
#: Where files lay before each installation had a folder of its own.
_KEPT: Final = "kept"
_END: Final = b"\0" * 1024
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(slots=True)
class _Packing:
    """The archive's bytes, one piece after the other, with the digest of each part."""

    settings: Settings
    vault: Vault
    kind: Kind
    source: Source
    made_at: datetime
    parts: dict[str, Part] = field(default_factory=dict)

    def pieces(self) -> Iterator[bytes]:
        source = self.source
        header = Header(self.kind, source.engine, self.vault.installation, source.revision, self.made_at, source.tool)
        yield from _member(HEADER, header.as_json())
        yield from self._database()
        folder = contents.documents_folder(self.settings)
        if self.kind is Kind.DATA and folder.is_dir():
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                within = file.relative_to(folder)
                ours = within.parts[0] in (_KEPT, str(self.vault.installation))
                if ours and _INCOMING not in within.parts:
                    yield from self._document(file, f"{DOCUMENTS}/{within.as_posix()}")
        manifest = Manifest(self.parts, source.contents).as_json()
        yield from _member(MANIFEST, manifest)
        signature = {"key": str(self.vault.signing_key_id), "signature": self.vault.sign(SIGNED + manifest).hex()}
        yield from _member(SIGNATURE, json.dumps(signature).encode())
        yield _END

    def _database(self) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for number, piece in enumerate(self.source.pieces, start=1):
            digest.update(piece)
            size += len(piece)
            yield from _member(f"{DATABASE}/{number:08d}", piece)
        self.parts[DATABASE] = Part(size, digest.hexdigest())

    def _document(self, file: Path, name: str) -> Iterator[bytes]:
        try:
            opened = file.open("rb")
        except FileNotFoundError:
            return  # erased since the database was copied
        with opened:
            digest, size = hashlib.sha256(), os.fstat(opened.fileno()).st_size
            yield _head(name, size)
            left = size
            while left:
                piece = opened.read(min(PIECE, left))
                if not piece:
                    raise Unusable(f"A file of the documents became shorter while it was read: {name}.")
                digest.update(piece)
                left -= len(piece)
                yield piece
            yield _fill(size)
        self.parts[name] = Part(size, digest.hexdigest())


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _fill(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def _member(name: str, content: bytes) -> Iterator[bytes]:
    yield _head(name, len(content))
    yield content
    yield _fill(len(content))


def make(settings: Settings, vault: Vault, kind: Kind, folder: Path, now: datetime) -> tuple[Path, Manifest]:
    """Put a backup into ``folder`` and give its file and what is in it. Nobody stops working for it.

    Raises Unusable: no recipients, no such folder, the other kind lies there, the disk is full, a program is missing.
    """
    recipients = _recipients(settings)
    _refuse_folder(folder, kind)
    for left_over in folder.glob(f".amparo-{kind}-*.part"):
        remove_unless_in_use(left_over)
    file = folder / name_of(kind, now, token_hex(2))
    with database(settings, kind) as source, _written(file) as write:
        packing = _Packing(settings, vault, kind, source, now)
        encrypt(packing.pieces(), write, recipients)
    _note(settings, kind, now, file)
    return file, Manifest(packing.parts, source.contents)


def _recipients(settings: Settings) -> Sequence[str]:
    recipients = settings.recipients
    if not recipients:
        raise Unusable(
            "Nobody is named who may read the backup: set AMPARO_BACKUP_RECIPIENTS, or AMPARO_BACKUP_RECIPIENTS_FILE."
            " `amparo backup recipient new` makes an identity for you to keep offline, and its recipient."
        )
    try:
        check_recipients(recipients)
    except BadRecipient as bad:
        raise Unusable(str(bad)) from None
    return recipients


def _refuse_folder(folder: Path, kind: Kind) -> None:
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}. Is its disk mounted? Make it with `install -d -m 0700`.")
    other = [each.name for each in folder.iterdir() if (told := told_by(each.name)) is not None and told[0] is not kind]
    if other:
        raise Unusable(
            f"{folder} holds backups of the {told_by(other[0])[0]}. Data and keys lie in different places:"  # type: ignore[index]  # it was told above
            " whoever takes one must not have the other. Name another folder."
        )


@contextmanager
def _written(file: Path) -> Iterator[Any]:
    """Gives what writes; at the end of the block the file is on the disk under its name, or there is no file."""
    part = file.with_name(f".{file.name}.part")
    size = 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            flock(made, LOCK_EX)

            def write(piece: bytes) -> None:
                nonlocal size
                made.write(piece)
                size += len(piece)

            yield write
            made.flush()
            os.fsync(made.fileno())
            if os.fstat(made.fileno()).st_size != size:
                raise Unusable(f"The disk of {file.parent} did not keep what was written to it.")
            part.rename(file)
        _sync(file.parent)
    except OSError as trouble:
        if trouble.errno in _FULL:
            raise Unusable(f"{file.parent} is full: there is no new backup. Make room, then do this again.") from None
        raise Unusable(f"{file.parent} can not be written: {trouble.strerror}. There is no new backup.") from None
    finally:
        with suppress(OSError):
            part.unlink()


def _note(settings: Settings, kind: Kind, now: datetime, file: Path) -> None:
    """Write down beside the data that this was made; the backup itself does not depend on it."""
    known = {each: {"at": last.at.isoformat(), "file": str(last.file)} for each, last in state.last(settings).items()}
    known[kind] = {"at": now.isoformat(), "file": str(file.absolute())}
    place = state.place(settings)
    aside = place.with_name(f".{place.name}.new")
    try:
        aside.write_text(json.dumps(known, indent=1), encoding="utf-8")
        aside.replace(place)
    except OSError as trouble:
        raise Unusable(
            f"The backup {file} is made and whole. That it was made can not be written to {place}: {trouble.strerror}."
        ) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
