"""Recording: a row with its own MAC, committed together with what it tells of."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, Uuid, bindparam, insert, select
from sqlmodel import col

from app.audit.model import AuditEvent
from app.audit.rules import ROWS, Outcome, Purpose, details_text, first_id_at, message, plain
from app.audit.rules.budgets import BUDGETS, Budget
from app.crypto import Group, MacPurpose, Vault
from app.db import Database, UtcTime, new_id
from app.errors import OverBudget
from app.metrics import BUDGETS_MET, EVENTS
from app.rows import Witness
from app.sight import NOTHING, OPTION, Sight
from app.work import LAST, Work

_INSERT = insert(AuditEvent.__table__).execution_options(**{LAST: True})  # type: ignore[attr-defined]  # SQLModel adds it to every table class

#: When the actor did this for the n-th last time since a moment; no row when it was less often.
_NTH_LAST = (
    select(col(AuditEvent.at))
    .where(
        col(AuditEvent.actor_id) == bindparam("actor", type_=Uuid()),
        # By the id, which tells the time it was made at, and is in the index; by the time, which the record says.
        col(AuditEvent.id) >= bindparam("first", type_=Uuid()),
        col(AuditEvent.at) > bindparam("since", type_=UtcTime()),
        col(AuditEvent.action) == bindparam("action"),
    )
    .order_by(col(AuditEvent.id).desc())
    .offset(bindparam("nth", type_=Integer()))
    .limit(1)
)


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
    Raises OverBudget when the actor did this more often than any work needs; it then shows and changes nothing.
    """
    for budget in BUDGETS.get(action, ()):
        _spend(work, action, budget)
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
    work.carry = partial(_carry, work.vault, work.defer(_INSERT, row), dict(details or {}))
    work.recorded += 1
    EVENTS.labels(action).inc()


def _carry(vault: Vault, row: dict[str, Any], details: Mapping[str, Any], rows: str) -> None:
    """Let an event that was not written yet carry what its Work wrote, under its MAC."""
    row["details"] = details_text({**details, ROWS: rows})
    row["mac"] = vault.mac(MacPurpose.AUDIT, message(plain(row)))


def attend(database: Database, vault: Vault) -> None:
    """Let every write to a witnessed row of this database carry its MAC, and stand in the record."""
    Witness(vault, partial(_leave, vault)).attend(database)


def _leave(vault: Vault, connection: Connection, rows: str) -> None:
    """An event of its own for what was written by no act, by whom the database is asked."""
    sight: Sight = connection.get_execution_options().get(OPTION, NOTHING)
    actor_id = UUID(sight.actor_id) if sight.actor_id else None
    row = event_row(vault, datetime.now(UTC), "rows.written", Outcome.DONE, actor_id=actor_id, details={ROWS: rows})
    connection.execute(_INSERT, row)


def _spend(work: Work, action: str, budget: Budget) -> None:
    since = work.now - budget.within
    most = budget.times * work.budget_factor
    asked = {"actor": work.actor.id, "action": action, "since": since, "first": first_id_at(since), "nth": most - 1}
    row = work.session.execute(_NTH_LAST, asked).one_or_none()
    if row is not None:
        BUDGETS_MET.labels(action).inc()
        raise OverBudget(math.ceil((row.at - since).total_seconds()))


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
