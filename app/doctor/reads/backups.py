"""What was backed up, when, and what lies where backups are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from app.backups.reads import state
from app.backups.reads.unfinished import unfinished
from app.backups.rules import Kind, outlived
from app.config import Environment, Settings, UnsafeSettings
from app.crypto.offline import BadRecipient, check_recipients
from app.doctor.reads.places import look
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules.backups import BackupFacts
from app.retention.reads.schedule import schedule

#: How a keyring of any name begins; see app/crypto/keyring.py.
_KEYRING: Final = b"amparo-keyring/"


def facts(wanted: Settings, around: Surroundings) -> BackupFacts:
    """Everything about backups that can be seen from here."""
    folder = wanted.backup_dir
    files = [path for path in folder.rglob("*") if path.is_file()] if folder is not None and folder.is_dir() else []
    known = state.last(wanted)
    data, keys = known.get(Kind.DATA), known.get(Kind.KEYS)
    newest = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in files]
    recipients, trouble = _recipients(wanted)
    production = wanted.environment is Environment.PRODUCTION
    return BackupFacts(
        now=around.clock(),
        wanted=production or folder is not None or bool(known),
        production=production,
        recipients=recipients,
        trouble=trouble,
        days=wanted.backup_days,
        # Whoever makes them in another way still says by AMPARO_BACKUP_DIR where they land.
        data=max([*newest, *([data.at] if data else [])], default=None),
        keys=keys.at if keys else None,
        folder=None if folder is None else str(folder),
        open=folder is not None and bool(look(folder).mode & 0o077),
        holds_keyring=any(_is_keyring(path) for path in files),
        keys_folder=None if keys is None else str(keys.file.parent),
        kept=() if keys is None else _kept(keys.file.parent, around.clock()),
        restoring=_restoring(wanted),
    )


def _recipients(wanted: Settings) -> tuple[int, str | None]:
    try:
        check_recipients(wanted.recipients)
        return len(wanted.recipients), None
    except (BadRecipient, UnsafeSettings) as trouble:
        return 0, str(trouble)


def _kept(folder: Path, now: datetime) -> tuple[str, ...]:
    """The backups of the keys that should have been removed a day ago."""
    try:
        names = [each.name for each in folder.iterdir()]
        return tuple(outlived(names, now - timedelta(days=1), schedule().key_backup_days))
    except (OSError, UnsafeSettings):
        return ()  # another account's, or not mounted now; and a schedule that can not be used stops the service


def _restoring(wanted: Settings) -> bool:
    try:
        return unfinished(wanted) is not None
    except SQLAlchemyError:
        return False  # a database that can not be reached is a finding of its own


def _is_keyring(path: Path) -> bool:
    try:
        return path.stat().st_size < 100_000 and _KEYRING in path.read_bytes()
    except OSError:
        return False
