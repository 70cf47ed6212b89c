"""Whether a file that came back is a report that was made here, byte for byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select
from sqlmodel import col

from app.access.model import Account
from app.audit.model import AuditEvent
from app.audit.reads import plain_columns
from app.audit.reads.tree import leaf_of
from app.crypto import Vault

#: What the record of a run holds beside the report's parameters.
_NOT_ASKED: Final = frozenset({"report", "format", "digest", "lines"})


@dataclass(frozen=True, slots=True)
class MadeHere:
    """A report that went out as this file: when, to whom, and what was asked. ``intact`` is the record's own MAC."""

    at: datetime
    by: str | None
    report: str
    asked: Mapping[str, str]
    digest: str
    intact: bool


def made_here(connection: Connection, vault: Vault, file_digest: str) -> MadeHere | None:
    """The first time that this very file (its SHA-256 in hexadecimal) went out; None when it never did."""
    statement = (
        select(
            col(AuditEvent.at),
            col(AuditEvent.request_id),
            col(AuditEvent.actor_id),
            col(AuditEvent.details),
            col(Account.name),
            col(AuditEvent.mac),
            *plain_columns(connection.dialect.name),
        )
        .outerjoin(Account, col(Account.id) == col(AuditEvent.actor_id))
        .where(col(AuditEvent.action) == "report.exported", col(AuditEvent.details).contains(f'"{file_digest}"'))
        .order_by(col(AuditEvent.id))
    )
    for at, request_id, actor_id, text, name, mac, *plain in connection.execute(statement):
        details = json.loads(text)
        if details.get("file") == file_digest:
            run = _run(connection, request_id, actor_id, details["digest"])
            asked = {key: _said(value) for key, value in run.items() if key not in _NOT_ASKED and value is not None}
            intact = leaf_of(vault, mac, plain) is not None
            return MadeHere(at, name, str(run.get("report", "?")), asked, details["digest"], intact)
    return None


def _run(connection: Connection, request_id: str, actor_id: UUID | None, digest: str) -> dict[str, Any]:
    """What was asked in the request that the file came from."""
    texts = connection.execute(
        select(col(AuditEvent.details)).where(
            col(AuditEvent.action) == "report.run",
            col(AuditEvent.request_id) == request_id,
            col(AuditEvent.actor_id) == actor_id,
        )
    ).scalars()
    runs = (json.loads(text) for text in texts)
    return next((run for run in runs if run.get("digest") == digest), {})


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
