"""Recording: a row with its own MAC, committed together with what it tells of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.audit.model import AuditEvent
from app.audit.rules import Outcome, Purpose, details_text, message, plain
from app.crypto import Group, MacPurpose, Vault
from app.db import new_id
from app.work import Work

_INSERT = insert(AuditEvent.__table__)  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def record(
    work: Work,
    action: str,
    *,
    object_type: str | None = None,
    object_id: UUID | None = None,
    subject_id: UUID | None = None,
    groups: Iterable[Group] = (),
    purpose: Purpose | None = None,
    count: int | None = None,
    details: Mapping[str, str | int | list[str] | None] | None = None,
) -> None:
    """Put on record that the actor did or saw this; it is committed with the Work, or neither is.

    ``details`` takes codes, statuses and names of fields; never a name, a number or a sentence of a client.
    """
    row = event_row(
        work.vault,
        work.now,
        action,
        Outcome.DONE,
        actor_id=work.actor.id,
        session_id=work.actor.session_id,
        request_id=work.request_id,
        object_type=object_type,
        object_id=object_id,
        subject_id=subject_id,
        groups=",".join(groups),
        purpose=purpose,
        count=count,
        details=dict(details or {}),
    )
    work.defer(_INSERT, row)
    work.recorded += 1


def event_row(vault: Vault, now: datetime, action: str, outcome: Outcome, **columns: Any) -> dict[str, Any]:
    """A complete row of the record with its MAC; columns that are not given are empty."""
    row: dict[str, Any] = {
        "id": new_id(),
        "at": now,
        "action": action,
        "outcome": outcome,
        "actor_id": None,
        "session_id": None,
        "object_type": None,
        "object_id": None,
        "subject_id": None,
        "groups": "",
        "purpose": None,
        "count": None,
        "request_id": "",
        "details": {},
    } | columns
    row["details"] = details_text(row["details"])
    row["mac"] = vault.mac(MacPurpose.AUDIT, message(plain(row)))
    return row


def insert_events() -> Any:
    """The statement that takes rows of ``event_row``."""
    return _INSERT
