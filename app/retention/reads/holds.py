"""Holds as they are shown. Why there is one is opened for the person who set it and for those who may lift it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.applicants.model import Applicant
from app.audit.actions import record
from app.cases.model import Case
from app.crypto import Cell, Group
from app.errors import NotFound
from app.retention.model import Hold
from app.retention.rules import HoldReason, HoldScope
from app.retention.scope import visible_holds
from app.work import Work


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold: on what, why by code, by whom, and how far its lifting has come. ``reason`` is None unless opened."""

    id: UUID
    scope: HoldScope
    applicant_id: UUID | None
    applicant: str | None
    case_id: UUID | None
    case: str | None
    reason_code: HoldReason
    set_by_id: UUID
    set_by: str
    set_at: datetime
    lift_asked_by_id: UUID | None
    lift_asked_by: str | None
    lift_asked_at: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HoldList:
    items: list[HoldView]
    next: str | None


_setter, _asker, _lifter = aliased(Account), aliased(Account), aliased(Account)
_HOLDS: Select[*tuple[Any, ...]] = (
    select(
        col(Hold.id),
        col(Hold.scope),
        col(Hold.applicant_id),
        col(Applicant.reference).label("applicant"),
        col(Hold.case_id),
        col(Case.reference).label("case"),
        col(Hold.reason_code),
        col(Hold.set_by_id),
        col(_setter.name).label("set_by"),
        col(Hold.set_at),
        col(Hold.lift_asked_by_id),
        col(_asker.name).label("lift_asked_by"),
        col(Hold.lift_asked_at),
        col(_lifter.name).label("lifted_by"),
        col(Hold.lifted_at),
    )
    .join(_setter, col(_setter.id) == col(Hold.set_by_id))
    .outerjoin(_asker, col(_asker.id) == col(Hold.lift_asked_by_id))
    .outerjoin(_lifter, col(_lifter.id) == col(Hold.lifted_by_id))
    .outerjoin(Applicant, col(Applicant.id) == col(Hold.applicant_id))
    .outerjoin(Case, col(Case.id) == col(Hold.case_id))
)


def holds(
    work: Work, *, standing: bool = True, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> HoldList:
    """Holds in the actor's reach, newest first; with ``standing`` False the lifted ones too."""
    reach = work.allow(Permission.HOLD_READ)
    statement = _HOLDS.where(visible_holds(work.actor, reach))
    if standing:
        statement = statement.where(col(Hold.lifted_at).is_(None))
    rows = work.session.execute(keyset.newest_first(statement, col(Hold.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "hold.listed", object_type="hold", count=len(page.rows))
    return HoldList([HoldView(*row) for row in page.rows], page.next)


def hold(work: Work, hold_id: UUID) -> HoldView:
    """One hold, with its words for those who may know them. Raises NotFound when it is absent or out of reach."""
    reach = work.allow(Permission.HOLD_READ)
    row = work.session.execute(
        _HOLDS.add_columns(col(Hold.subject_id), col(Hold.reason_sealed)).where(
            col(Hold.id) == hold_id, visible_holds(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    knows = row.set_by_id == work.actor.id or Permission.HOLD_LIFT in work.actor.permissions
    opens = knows and bool(row.reason_sealed)  # empty when the person was erased after the hold was lifted
    record(
        work,
        "hold.read",
        object_type="hold",
        object_id=hold_id,
        subject_id=row.applicant_id,
        groups=(Group.STAFF,) if opens else (),
    )
    cell = Cell("hold", "reason_sealed", hold_id, row.subject_id)
    reason = work.vault.open(cell, Group.STAFF, row.reason_sealed) if opens else None
    return replace(HoldView(*row[:-2]), reason=reason)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case's page says: since when its person is on hold (None when not), and when they were erased."""

    held_since: datetime | None
    erased_at: datetime | None


def standing_of(work: Work, case_id: UUID) -> Standing:
    """Whether a case that the actor has reached through its own scope is on hold or erased.

    That there is a hold is told to everybody who sees the case: whoever may not know why does not learn it here.
    """
    held_since = work.session.execute(
        select(col(Hold.set_at))
        .where(
            col(Hold.lifted_at).is_(None),
            or_(
                col(Hold.scope) == HoldScope.EVERYTHING,
                col(Hold.applicant_id).in_(select(col(Case.applicant_id)).where(col(Case.id) == case_id)),
            ),
        )
        .order_by(col(Hold.set_at))
        .limit(1)
    ).scalar()
    erased_at = work.session.execute(select(col(Case.erased_at)).where(col(Case.id) == case_id)).scalar()
    return Standing(held_since, erased_at)
