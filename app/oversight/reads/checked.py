"""What the last check of the whole record came to. A page never checks it itself: that walks every event."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.model import AuditEvent
from app.audit.rules import COVERED, message, plain
from app.audit.rules.verdict import Finding
from app.crypto import MacPurpose
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

    It is an event like every other. One that the database's owner invents or changes does not fit its MAC, and shows as
    what it is: an altered record. One that they removed shows at the next check, not before.
    """
    work.allow(Permission.AUDIT_SEALS)
    row: Any = work.session.execute(
        select(col(AuditEvent.mac), *(AuditEvent.__table__.c[name] for name in COVERED))  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        .where(col(AuditEvent.action) == "audit.verified")
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    told = row._mapping  # noqa: SLF001 - its public name for a row by names; "count" is a method of the row itself
    events = told["count"] or 0
    if not work.vault.check_mac(MacPurpose.AUDIT, message(plain(told)), row.mac):
        return RecordCheck(row.at, Finding.ALTERED, events, compared=False)
    details = json.loads(row.details)
    return RecordCheck(row.at, str(details.get("finding")), events, bool(details.get("compared")))
