"""What a backup is called, what stands in it, and how long it lives."""

import enum
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

FORMAT: Final = 1
#: Members of the archive. Parts stand between the first and the last two, so what was cut has no manifest.
HEADER: Final = "header.json"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
DATABASE: Final = "database"
DOCUMENTS: Final = "documents"
#: Bytes of the database in one member, and of anything in memory at once.
PIECE: Final = 1 << 20
#: What a signature is made over begins with this, so that it proves nothing about anything else.
SIGNED: Final = b"amparo-backup-manifest/1\n"
_NAME: Final = re.compile(r"amparo-(data|keys)-(\d{8}T\d{6}Z)-[0-9a-f]{4}\.age")
_STAMP: Final = "%Y%m%dT%H%M%SZ"


class Kind(enum.StrEnum):
    """The two backups. Each alone opens nothing."""

    DATA = "data"
    KEYS = "keys"


class Unusable(Exception):
    """A backup can not be made or read; the message is a sentence for the operator and says what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first member. ``revision`` is the tables' shape; ``tool`` the major version of pg_dump, 0 for SQLite."""

    kind: Kind
    engine: str
    installation: UUID
    revision: str
    made_at: datetime
    tool: int
    format: int = FORMAT

    def as_json(self) -> bytes:
        """Canonical: the same header is always the same bytes."""
        return _json(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises Unusable for a header of another form."""
        try:
            found = json.loads(text)
            if found["format"] > FORMAT:
                raise Unusable("A newer Amparo made this backup. Take that version to read it.")
            return cls(
                Kind(found["kind"]),
                str(found["engine"]),
                UUID(found["installation"]),
                str(found["revision"]),
                datetime.fromisoformat(found["made_at"]),
                int(found["tool"]),
                int(found["format"]),
            )
        except (ValueError, KeyError, TypeError):
            raise Unusable("This file is not a backup of Amparo: its header can not be read.") from None


@dataclass(frozen=True, slots=True)
class Part:
    """One whole thing inside: the database, or a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What the copied database holds: rows of each table, and the last seal of the record, as its line."""

    rows: Mapping[str, int]
    seals: int = 0
    last_seal: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last word of a backup: what must have been in it."""

    parts: Mapping[str, Part]
    contents: Contents = field(default_factory=lambda: Contents({}))

    @property
    def size(self) -> int:
        """All parts together, in bytes."""
        return sum(part.size for part in self.parts.values())

    def as_json(self) -> bytes:
        """Canonical: what is signed."""
        return _json(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises Unusable for a manifest of another form."""
        try:
            found = json.loads(text)
            held = found["contents"]
            return cls(
                {name: Part(int(part["size"]), str(part["sha256"])) for name, part in found["parts"].items()},
                Contents(
                    {str(name): int(rows) for name, rows in held["rows"].items()},
                    int(held["seals"]),
                    str(held["last_seal"]),
                ),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unusable("This file is not a whole backup: its manifest can not be read.") from None


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1, default=str).encode()


def name_of(kind: Kind, made_at: datetime, four: str) -> str:
    """A backup's file name: what it is and when it was made, and nothing else."""
    return f"amparo-{kind}-{made_at.astimezone(UTC).strftime(_STAMP)}-{four}.age"


def told_by(name: str) -> tuple[Kind, datetime] | None:
    """What a file name says; None for any other file."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return Kind(found[1]), datetime.strptime(found[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def outlived(names: Iterable[str], now: datetime, days: int) -> list[str]:
    """The backups of keys that are older than they may become, oldest first."""
    told = ((name, told_by(name)) for name in names)
    past = (
        name
        for name, says in told
        if says is not None and says[0] is Kind.KEYS and now - says[1] > timedelta(days=days)
    )
    return sorted(past, key=lambda name: (told_by(name) or (Kind.KEYS, now))[1])


def part_of(member: str) -> str:
    """Which part a member belongs to: the database comes in numbered pieces, a file in one."""
    return DATABASE if member.startswith(f"{DATABASE}/") else member


def differing(wanted: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Tables whose number of rows is not the one that the backup was made with."""
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name, 0) != found.get(name, 0))
