"""Whether a restore was broken off here: then old data may bring erased people back, and nobody may work with it."""

import json
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.backups.reads.contents import on_server, sqlite_file
from app.config import Settings, UnsafeSettings

_SUFFIX: Final = ".restoring"
#: On a server the mark is a schema of its own, and its comment says what the restore puts there.
_MARKED: Final = text("SELECT obj_description(to_regnamespace('amparo_restoring'), 'pg_namespace')")
_THERE: Final = text("SELECT to_regnamespace('amparo_restoring') IS NOT NULL")


def mark_of(database: Path) -> Path:
    """The file that says so, beside SQLite's database."""
    return database.with_name(database.name + _SUFFIX)


def unfinished(settings: Settings) -> set[str] | None:
    """What a restore that was broken off was putting there (``data``, ``keys``); None when there was none.

    Raises SQLAlchemyError for a server that can not be asked.
    """
    file = sqlite_file(settings.database)
    if file is not None:
        try:
            return _words(mark_of(file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
    engine = on_server(settings.database)
    try:
        with engine.connect() as connection:
            if not connection.execute(_THERE).scalar():
                return None
            return _words(connection.execute(_MARKED).scalar() or "")
    finally:
        engine.dispose()


def refuse_unfinished(settings: Settings) -> None:
    """Raises UnsafeSettings when a restore was broken off here. A server that does not answer is not judged."""
    try:
        broken_off = unfinished(settings) is not None
    except SQLAlchemyError:
        return
    if broken_off:
        raise UnsafeSettings(
            "A restore was broken off here, so this data may hold people who were erased. Run the same `amparo restore`"
            " again: it begins anew, and nobody can work before it has ended."
        )


def _words(text_of_mark: str) -> set[str]:
    try:
        return set(json.loads(text_of_mark))
    except (ValueError, TypeError):
        return {"data"}
