"""The keyring as a file: whole or refused, readable by its owner only, on the disk before it takes its place.

Format 1 holds root keys as they are. Format 2 also names roots that are elsewhere, or sealed; format 1 is written as
long as it says everything, so that an older program still reads it.
"""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from app.crypto.derivation import HoldsKeys
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.choosing import root_of
from app.crypto.roots.root import Access, Entry, Place, Root

_FORMATS: Final = ("amparo-keyring/1", "amparo-keyring/2")
_ADVICE: Final = (
    "The root key of an Amparo installation. Keep a copy apart from the data: without it no record opens, "
    "and with it and the keystore every record does."
)
_ADVICE_ELSEWHERE: Final = (
    "Names the root key of an Amparo installation, which is elsewhere or sealed. Keep a copy apart from the data: "
    "without this file and what opens the key no record opens."
)


@dataclass(frozen=True, slots=True)
class Contents(HoldsKeys):
    """What the file says."""

    installation: UUID
    keystore_made: bool
    roots: tuple[Root, ...]


def read(path: Path, access: Access) -> Contents:
    """The contents. Raises KeysUnavailable, with what to do, when the file is missing, damaged or open to others."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeysUnavailable(
                    f"The keyring {path} can be read by others than its owner. Run `chmod 600 {path}`, and consider "
                    "`amparo keys rotate --root`: whoever could read it may have a copy."
                )
            data = file.read()
    except FileNotFoundError:
        raise KeysUnavailable(
            f"There is no keyring at {path}. Run `amparo init` to make one, "
            "or restore it from its backup if this installation already has records."
        ) from None
    except OSError as trouble:
        raise KeysUnavailable(f"The keyring {path} can not be read: {trouble.strerror}.") from None
    contents = _parse(data, access)
    if contents is None:
        raise KeysUnavailable(f"The keyring {path} is damaged. Restore it from its backup; do not make a new one.")
    return contents


def _parse(data: bytes, access: Access) -> Contents | None:
    """The contents, or None for anything that is not a whole and unaltered keyring."""
    try:
        document = json.loads(data)
        if document["format"] not in _FORMATS or document["check"] != digest(document):
            return None
        roots = tuple(root_of(_entry(root), access) for root in document["roots"])
        if not roots:
            return None
        return Contents(UUID(document["installation"]), bool(document["keystore_made"]), roots)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _entry(root: Mapping[str, Any]) -> Entry:
    known = ("id", "made_at", "place")
    details = {name: value for name, value in root.items() if name not in known}
    return Entry(UUID(root["id"]), int(root["made_at"]), Place(root.get("place", Place.FILE.value)), details)


def digest(document: Mapping[str, Any]) -> str:
    """Finds a slip of the disk or of a hand that copies. It does not protect against malice: the mode does that."""
    body = {name: value for name, value in document.items() if name != "check"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def write_beside(path: Path, contents: Contents) -> Path:
    """The contents in a new file of mode 0600 in the same folder, on the disk before this returns."""
    plain = all(root.place is Place.FILE for root in contents.roots)
    document: dict[str, Any] = {
        "what": _ADVICE if any(root.place is Place.FILE for root in contents.roots) else _ADVICE_ELSEWHERE,
        "format": _FORMATS[0] if plain else _FORMATS[1],
        "installation": str(contents.installation),
        "keystore_made": contents.keystore_made,
        "roots": [_written(root.entry) for root in contents.roots],
    }
    document["check"] = digest(document)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write((json.dumps(document, indent=2) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()  # a half-written key must not lie about
        raise
    return temporary


def _written(entry: Entry) -> dict[str, Any]:
    place = {} if entry.place is Place.FILE else {"place": entry.place.value}
    return {"id": str(entry.id), "made_at": entry.made_at, **place, **entry.details}


def sync_folder(folder: Path) -> None:
    """Have what was renamed or linked in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
