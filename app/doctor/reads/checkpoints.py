"""The newest checkpoint, and the places that should have it: asked themselves, not the database about them."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from app.audit.model import AuditLeaf
from app.audit.reads.tree import last_checkpoint
from app.audit.rules.checkpoints import Checkpoint
from app.audit.sealing import places_of
from app.audit.sealing.places import Place
from app.config import Settings
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules.checkpoints import CheckpointFacts


def facts(connection: Connection, wanted: Settings, around: Surroundings) -> CheckpointFacts:
    """How far checkpoints have come."""
    last = last_checkpoint(connection)
    size = 0 if last is None else last.size
    first = connection.execute(select(col(AuditLeaf.event_id)).where(col(AuditLeaf.position) == size + 1)).scalar()
    return CheckpointFacts(
        now=around.clock(),
        # An event's id was made when it happened: its first 48 bits are milliseconds since 1970.
        uncovered=None if first is None else datetime.fromtimestamp((first.int >> 80) / 1000, UTC),
        made_at=None if last is None else last.made_at,
        size=size,
        lacking=() if last is None else tuple(each.name for each in places_of(wanted) if _lacks(each, last.note)),
    )


def _lacks(place: Place, note: str) -> bool:
    try:
        return not place.holds(Checkpoint.parse(note))
    except (OSError, ValueError):
        return True
