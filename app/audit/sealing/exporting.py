"""Taking checkpoints to their places, each in its own time: a place that fails is tried again and holds up nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from app.access.sights import SEALER
from app.audit.model import AuditPlace
from app.audit.reads.tree import checkpoints_after, last_checkpoint
from app.audit.rules.checkpoints import Checkpoint
from app.audit.sealing.places import Place, PlaceRefuses
from app.db import Database
from app.metrics import CHECKPOINT_EXPORTED_AT, CHECKPOINT_NOT_EXPORTED

log = structlog.get_logger()

#: A place that failed is tried again after so long.
AGAIN: Final = timedelta(seconds=30)
#: Checkpoints that one place gets at a time, so that the others do not wait for it.
_TOGETHER: Final = 100

#: An insert that may give way to a row that is there, in each engine's words.
_INSERT: Final[dict[str, Callable[[type[AuditPlace]], sqlite.Insert | postgresql.Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_PLACES: Final = select(
    col(AuditPlace.place), col(AuditPlace.number), col(AuditPlace.exported_at), col(AuditPlace.tried_at),
    col(AuditPlace.trouble),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """How a place fared: the number of the last checkpoint there, and what went wrong, by the error's kind."""

    place: str
    number: int
    trouble: str | None


def export(database: Database, places: Sequence[Place], now: datetime) -> list[Exported]:
    """Take to each place what it lacks; a new one begins with the newest checkpoint.

    What a place raises is kept beside it, logged and counted. Raises SQLAlchemyError, TimeoutError.
    """
    return [_to(database, place, str(index), now) for index, place in enumerate(places, start=1)]


def is_behind(database: Database, places: Sequence[Place], now: datetime) -> bool:
    """Whether a place lacks the newest checkpoint and has not just failed. Writes nothing."""
    with database.look(SEALER) as connection:
        last = last_checkpoint(connection)
        rows = {row.place: row for row in connection.execute(_PLACES)}
    return last is not None and any(_waits(rows.get(place.name), last.number, now) for place in places)


def _waits(row: Any, newest: int, now: datetime) -> bool:
    if row is None:
        return True
    # After an older copy of the record was put back, its numbers begin again below what the place was given.
    return bool(row.number != newest and (row.trouble is None or not timedelta(0) <= now - row.tried_at < AGAIN))


def _to(database: Database, place: Place, label: str, now: datetime) -> Exported:
    with database.look(SEALER) as connection:
        row = connection.execute(_PLACES.where(col(AuditPlace.place) == place.name)).one_or_none()
        waiting = _lacking(connection, row)
    number, trouble = 0 if row is None else row.number, None
    try:
        for each in waiting:
            place.put(Checkpoint.parse(each.note))
            number = each.number
    except (OSError, PlaceRefuses, ValueError, TypeError) as error:
        trouble = type(error).__name__
        CHECKPOINT_NOT_EXPORTED.labels(label).inc()
        log.error("audit.checkpoint_not_exported", error=trouble)  # noqa: TRY400 - no traceback, once each try
    if trouble is None:
        CHECKPOINT_EXPORTED_AT.labels(label).set(now.timestamp())
    if waiting or row is None or trouble != row.trouble:
        with database.writing(SEALER) as connection:
            _note(connection, place.name, number, now, trouble)
    return Exported(place.name, number, trouble)


def _lacking(connection: Connection, row: Any) -> Sequence[Any]:
    last = last_checkpoint(connection)
    if last is None:
        return []
    if row is None or row.number > last.number or row.number == 0:
        return [last]
    return checkpoints_after(connection, row.number, _TOGETHER)


def _note(connection: Connection, place: str, number: int, now: datetime, trouble: str | None) -> None:
    said = {"number": number, "tried_at": now, "trouble": trouble} | ({} if trouble else {"exported_at": now})
    # Several programs may take the record to a place that is new to all of them: the second one finds a row.
    added = _INSERT[connection.dialect.name](AuditPlace).values(place=place, **said)
    connection.execute(added.on_conflict_do_update(index_elements=["place"], set_=said))
