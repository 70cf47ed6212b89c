"""Erasures as they are shown: on their way, done, and the certificate of one that is done."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.access.sights import COUNTING
from app.applicants.model import Applicant
from app.audit.actions import record
from app.errors import NotFound
from app.partners.model import Partner
from app.retention.model import Erasure
from app.retention.reads.find import held
from app.retention.reads.schedule import schedule
from app.retention.rules import ErasureCause, ErasureStatus, RetentionClass
from app.retention.scope import visible_erasures
from app.sight import OPTION
from app.work import Work


@dataclass(frozen=True, slots=True)
class ErasureView:
    """One erasure: of whom by reference, why, how far it is, and what may be done with it."""

    id: UUID
    applicant_id: UUID
    reference: str
    partner: str
    retention_class: RetentionClass
    cause: ErasureCause
    status: ErasureStatus
    due_on: date
    asked_by_id: UUID | None
    asked_by: str | None
    noticed_at: datetime
    notice_until: date
    notified: str | None
    approved_by: str | None
    approved_at: datetime | None
    erased_at: datetime | None
    horizon_on: date | None
    on_hold: bool


@dataclass(frozen=True, slots=True)
class ErasureList:
    items: list[ErasureView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """That somebody was erased: by whose decision, which key was destroyed, and when the last copy has expired.

    ``tombstone`` is random and stands for the person. ``epoch`` is None while the key that wrapped theirs exists, and
    ``horizon_on`` then too. ``digest`` is SHA-256 over the other fields as ``canonical`` writes them.
    """

    tombstone: UUID
    retention_class: RetentionClass
    cause: ErasureCause
    asked_by: str | None
    asked_at: datetime
    approved_by: str
    approved_at: datetime
    erased_at: datetime
    keys_destroyed_at: datetime | None
    epoch: int | None
    epoch_destroyed_at: datetime | None
    root_changed: bool
    horizon_on: date | None
    installation: UUID
    digest: str


_asker, _notified, _approver = aliased(Account), aliased(Account), aliased(Account)
_FROM: Select[*tuple[Any, ...]] = (
    select(
        col(Erasure.id),
        col(Erasure.applicant_id),
        col(Applicant.reference),
        col(Partner.name).label("partner"),
        col(Erasure.retention_class),
        col(Erasure.cause),
        col(Erasure.status),
        col(Erasure.due_on),
        col(Erasure.asked_by_id),
        col(_asker.name).label("asked_by"),
        col(Erasure.noticed_at),
        col(Erasure.notice_until),
        col(_notified.name).label("notified"),
        col(_approver.name).label("approved_by"),
        col(Erasure.approved_at),
        col(Erasure.erased_at),
        col(Erasure.horizon_on),
        held(col(Erasure.applicant_id)).label("on_hold"),
    )
    .join(Applicant, col(Applicant.id) == col(Erasure.applicant_id))
    .join(Partner, col(Partner.id) == col(Erasure.partner_id))
    .outerjoin(_asker, col(_asker.id) == col(Erasure.asked_by_id))
    .outerjoin(_notified, col(_notified.id) == col(Erasure.notified_id))
    .outerjoin(_approver, col(_approver.id) == col(Erasure.approved_by_id))
)


def erasures(
    work: Work,
    *,
    status: ErasureStatus | None = None,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> ErasureList:
    """Erasures in the actor's reach, newest first, of one status where asked."""
    reach = work.allow(Permission.RETENTION_READ)
    statement = _FROM.where(visible_erasures(work.actor, reach))
    if status is not None:
        statement = statement.where(col(Erasure.status) == status)
    rows = work.session.execute(keyset.newest_first(statement, col(Erasure.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "erasure.listed", object_type="erasure", count=len(page.rows))
    return ErasureList([_view(row) for row in page.rows], page.next)


def erasure(work: Work, erasure_id: UUID) -> ErasureView:
    """One erasure. Raises NotFound when it is absent or out of reach."""
    reach = work.allow(Permission.RETENTION_READ)
    found = _FROM.where(col(Erasure.id) == erasure_id, visible_erasures(work.actor, reach))
    row = work.session.execute(found).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def told(work: Work, *, limit: int) -> list[ErasureView]:
    """The notices that were addressed to the actor and that they can still answer, the nearest end first."""
    work.allow(Permission.RETENTION_READ)
    rows = work.session.execute(
        _FROM.where(
            visible_erasures(work.actor, work.allow(Permission.RETENTION_READ)),
            col(Erasure.notified_id) == work.actor.id,
            col(Erasure.status) == ErasureStatus.NOTICED,
            col(Erasure.notice_until) >= work.now.astimezone(UTC).date(),
        )
        .order_by(col(Erasure.notice_until), col(Erasure.id))
        .limit(limit)
    ).all()
    record(work, "erasure.listed", object_type="erasure", count=len(rows))
    return [_view(row) for row in rows]


def to_approve(work: Work, *, limit: int) -> list[ErasureView]:
    """The erasures that the actor can approve now, the longest waiting first."""
    reach = work.allow(Permission.ERASURE_APPROVE)
    rows = work.session.execute(
        _FROM.where(
            visible_erasures(work.actor, reach),
            col(Erasure.status) == ErasureStatus.NOTICED,
            col(Erasure.notice_until) <= work.now.astimezone(UTC).date(),
            or_(col(Erasure.asked_by_id).is_(None), col(Erasure.asked_by_id) != work.actor.id),
            ~held(col(Erasure.applicant_id)),
        )
        .order_by(col(Erasure.notice_until), col(Erasure.id))
        .limit(limit)
    ).all()
    record(work, "erasure.listed", object_type="erasure", count=len(rows))
    return [_view(row) for row in rows]


def certificate(work: Work, erasure_id: UUID) -> Certificate:
    """The certificate of an erasure that is done; the look is recorded. Raises NotFound for any other."""
    reach = work.allow(Permission.RETENTION_READ)
    row = work.session.execute(
        _FROM.add_columns(
            col(Erasure.tombstone),
            col(Erasure.keys_destroyed_at),
            col(Erasure.epoch),
            col(Erasure.epoch_destroyed_at),
            col(Erasure.root_changed),
        ).where(
            col(Erasure.id) == erasure_id,
            col(Erasure.status) == ErasureStatus.ERASED,
            visible_erasures(work.actor, reach),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    record(work, "erasure.certificate_read", object_type="erasure", object_id=erasure_id, subject_id=row.applicant_id)
    said = {
        "tombstone": row.tombstone,
        "retention_class": row.retention_class,
        "cause": row.cause,
        "asked_by": row.asked_by,
        "asked_at": row.noticed_at,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "erased_at": row.erased_at,
        "keys_destroyed_at": row.keys_destroyed_at,
        "epoch": row.epoch,
        "epoch_destroyed_at": row.epoch_destroyed_at,
        "root_changed": bool(row.root_changed),
        "horizon_on": row.horizon_on,
        "installation": work.vault.installation,
    }
    return Certificate(**said, digest=hashlib.sha256(canonical(said)).hexdigest())


def canonical(said: Mapping[str, Any]) -> bytes:
    """The certificate's fields as sorted JSON without spaces, each as the API shows it: so anybody can check it."""
    return json.dumps(
        {name: _plain(value) for name, value in said.items()}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the nightly run finds: for the person who looks after it. Counts, and nobody's reference."""

    noticed: int
    approved: int
    keys_left: int
    epochs_left: int


def waiting(work: Work) -> Waiting:
    """How many erasures stand at which step; what is left after a run was stopped half-way."""
    work.allow(Permission.RETENTION_RUN)

    def number(*conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).where(*conditions)
        return int(work.session.execute(counted, execution_options={OPTION: COUNTING}).scalar_one())

    gone = col(Erasure.keys_destroyed_at)
    return Waiting(
        noticed=number(col(Erasure.status) == ErasureStatus.NOTICED),
        approved=number(col(Erasure.status) == ErasureStatus.APPROVED),
        keys_left=number(col(Erasure.status) == ErasureStatus.ERASED, gone.is_(None)),
        epochs_left=number(gone.is_not(None), col(Erasure.epoch_destroyed_at).is_(None)),
    )


@dataclass(frozen=True, slots=True)
class PeriodView:
    """How long a class is kept, and what that rests on."""

    retention_class: RetentionClass
    days: int
    years: int
    erases: bool
    source: str


@dataclass(frozen=True, slots=True)
class ScheduleView:
    effective_from: date
    notice_days: int
    key_backup_days: int
    periods: list[PeriodView]


def periods(work: Work) -> ScheduleView:
    """The periods of this installation."""
    work.allow(Permission.RETENTION_READ)
    found = schedule()
    return ScheduleView(
        found.effective_from,
        found.notice_days,
        found.key_backup_days,
        [PeriodView(each.key, each.days, each.years, each.erases, each.source) for each in found.periods],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _view(row: Any) -> ErasureView:
    return replace(ErasureView(*row), on_hold=bool(row.on_hold))
