"""What the last check of the whole record came to. A page never checks it itself: that walks every event."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.model import AuditEvent
from app.work import Work


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """When the record was checked last, over how many events, and the verdict: intact, altered, truncated, undecided.

    ``compared`` is true when it was held against checkpoints or seals that are kept elsewhere.
    """

    at: datetime
    finding: str
    events: int
    compared: bool


def checked(work: Work) -> RecordCheck | None:
    """The last check, None when there was none.

    It is an event like every other: one that the database's owner invents shows at the next check, not before.
    """
    work.allow(Permission.AUDIT_SEALS)
    row: Any = work.session.execute(
        select(col(AuditEvent.at), col(AuditEvent.count).label("events"), col(AuditEvent.details))
        .where(col(AuditEvent.action) == "audit.verified")
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    details = json.loads(row.details)
    return RecordCheck(row.at, str(details.get("finding")), row.events or 0, bool(details.get("compared")))
