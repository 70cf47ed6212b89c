"""Files and folders: what stands where, for whom."""

import os
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.audit.sealing import seals_file
from app.config import Settings
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules.places import Place, Places


def of(wanted: Settings, around: Surroundings) -> Places:
    """Where this installation is."""
    data = look(wanted.data_dir.absolute())
    database, keystore = sqlite_file(wanted.database), sqlite_file(wanted.keystore)
    keyring = wanted.keyring.absolute()
    stores = [look(path) for path in (database, keystore) if path is not None]
    return Places(
        data=data,
        database=None if database is None else look(database),
        keystore=None if keystore is None else look(keystore),
        keyring=look(keyring),
        keyring_folder=look(keyring.parent),
        keyring_beside_data=wanted.keyring_file is not None
        and _within(keyring, [wanted.data_dir, *(path.parent for path in (database, keystore) if path is not None)]),
        made=any(store.there for store in stores),
        same_account=around.uid in (data.owner, around.root),
    )


def seals(wanted: Settings, found: Places) -> tuple[Place, bool]:
    """The seals file, and whether it lies in the folder of the database. A server's data lies elsewhere."""
    file = seals_file(wanted).absolute()
    beside = found.database is not None and _within(file, [wanted.data_dir, Path(found.database.path).parent])
    return look(file), beside


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite address; None for a server, or for what is no address."""
    try:
        url = make_url(address)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database).absolute()


def look(path: Path) -> Place:
    """The file or folder as this account sees it."""
    try:
        stat = path.stat()
    except PermissionError:
        return Place(str(path), there=True, hidden=True, readable=False, writable=False)
    except OSError:
        return Place(str(path), there=False)
    return Place(
        str(path),
        there=True,
        mode=stat.st_mode,
        owner=stat.st_uid,
        readable=os.access(path, os.R_OK),
        writable=os.access(path, os.W_OK),
    )


def _within(file: Path, folders: list[Path]) -> bool:
    return any(file.resolve().is_relative_to(folder.resolve()) for folder in folders)
