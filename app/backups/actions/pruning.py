"""Removing backups of the keys at the end of their life: an old one would open again what was erased since."""

from datetime import datetime
from pathlib import Path

from app.backups.rules import Unusable, outlived


def prune(folder: Path, now: datetime, days: int) -> list[str]:
    """Remove from ``folder`` the backups of keys that are older than so many days; gives their names.

    Raises Unusable.
    """
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}. Is its disk mounted?")
    gone = outlived((each.name for each in folder.iterdir()), now, days)
    for name in gone:
        try:
            (folder / name).unlink()
        except OSError as trouble:
            raise Unusable(f"{folder / name} can not be removed: {trouble.strerror}.") from None
    return gone
