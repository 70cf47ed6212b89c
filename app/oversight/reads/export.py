"""Events taken out of Amparo: as a file that says which seal stands for it, and can be held against itself."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.model import AuditLeaf, AuditSeal
from app.audit.rules.seals import Head, Seal
from app.errors import Conflict, Invalid, Problem
from app.oversight.reads.cells import inert
from app.oversight.reads.events import EventFilter, EventView, statement, views, within
from app.oversight.rules import Format
from app.work import Work

#: So many events are taken at once; more are narrowed by days first. Each takes about 300 bytes.
MOST: Final = 50_000

_COLUMNS: Final = (
    "position", "id", "at", "action", "meaning", "outcome", "actor_id", "actor", "object_type", "object_id", "object",
    "subject_id", "subject", "groups", "purpose", "count", "details", "session_id", "request_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file, and what is told about it beside it."""

    body: bytes
    media_type: str
    filename: str
    digest: str
    seal: str
    count: int


def exported(work: Work, only: EventFilter, form: Format) -> Exported:
    """The sealed events that fit the filter, oldest first, up to the newest seal; taking them is on record.

    ``digest`` is SHA-256 over the events' canonical lines: a JSON array for each, as `amparo` writes it, with line
    feeds between. Raises Conflict before the first seal, and Invalid when more fit than one file may hold.
    """
    reach = work.allow(Permission.AUDIT_EXPORT)
    seal = _newest_seal(work)
    wanted = statement().where(within(work, reach, only), col(AuditLeaf.position) <= seal.head.last_position)
    count = work.session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    if count > MOST:
        raise Invalid(
            Problem("/from", "audit.too_many", "These are {count} events. Choose fewer days: {most} fit into a file.",
                    {"count": count, "most": MOST})
        )  # fmt: skip
    found = views(work, work.session.execute(wanted.order_by(col(AuditLeaf.position))).all())
    lines = [_line(event) for event in found]
    digest = hashlib.sha256("\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()).hexdigest()
    record(
        work,
        "audit.exported",
        object_type="audit_event",
        object_id=only.object_id,
        subject_id=only.subject_id or only.about_id,
        count=len(lines),
        details={
            "narrowed": only.given(),
            "filter": only.told(),
            "format": form.value,
            "digest": digest,
            "seal": seal.number,
        },
    )
    body = (_as_csv if form is Format.CSV else _as_json)(lines, digest, seal.line())
    media = "text/csv; charset=utf-8" if form is Format.CSV else "application/json"
    name = f"amparo-audit-{work.now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{form.value}"
    return Exported(body, media, name, digest, seal.line(), len(lines))


def _newest_seal(work: Work) -> Seal:
    row = work.session.execute(
        select(
            col(AuditSeal.number),
            col(AuditSeal.sealed_at),
            col(AuditSeal.first_position),
            col(AuditSeal.last_position),
            col(AuditSeal.root),
            col(AuditSeal.previous),
            col(AuditSeal.key_id),
            col(AuditSeal.signature),
        )
        .order_by(col(AuditSeal.number).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise Conflict("audit.unsealed", "Nothing has been sealed yet. Try again in a minute.")
    *head, signature = row
    return Seal(Head(*head), signature)


def _line(event: EventView) -> list[Any]:
    """One event in the order of the columns; ids, moments and lists as texts."""
    actor, about, whom = event.actor, event.object, event.subject
    return [
        event.position,
        str(event.id),
        event.at.astimezone(UTC).isoformat(),
        event.action,
        event.meaning,
        event.outcome.value,
        str(actor.id) if actor else None,
        actor.label if actor else None,
        event.object_type,
        str(about.id) if about else None,
        about.label if about else None,
        str(whom.id) if whom else None,
        whom.label if whom else None,
        ",".join(event.groups),
        event.purpose.value if event.purpose else None,
        event.count,
        json.dumps(event.details, ensure_ascii=False, sort_keys=True),
        str(event.session_id) if event.session_id else None,
        event.request_id,
    ]


def _as_json(lines: list[list[Any]], digest: str, seal: str) -> bytes:
    whole = {
        "digest": digest,
        "seal": seal,
        "count": len(lines),
        "columns": _COLUMNS,
        "events": lines,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _as_csv(lines: list[list[Any]], digest: str, seal: str) -> bytes:
    """The events under their columns; the digest and the seal stand in the last two lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows([[inert(value) for value in line] for line in lines])
    writer.writerow(["digest", digest])
    writer.writerow(["seal", seal])
    return text.getvalue().encode("utf-8-sig")
