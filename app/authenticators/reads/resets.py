"""Resets of lost authenticators: who asked, who approved, and whose turn it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account, AccountStatus
from app.authenticators.model import FactorReset
from app.authenticators.rules import ResetStatus
from app.authenticators.scope import manageable
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class ResetView:
    """One reset. ``mine`` tells whether the reader asked for it: they can not approve it too."""

    id: UUID
    account_id: UUID
    name: str
    status: ResetStatus
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    ends_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class ResetList:
    items: list[ResetView]
    next: str | None


@dataclass(frozen=True, slots=True)
class PersonName:
    id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class OpenReset:
    """What carrying a reset out needs to know."""

    id: UUID
    account_id: UUID
    email: str
    asked_by: UUID
    approved_at: datetime | None
    first_half: bytes
    second_half: bytes | None


def resets(work: Work) -> ResetList:
    """The open resets of people within the actor's reach, the newest first."""
    reach = work.allow(Permission.STAFF_MANAGE)
    return ResetList([_view(work, row) for row in _open(work, manageable(work.actor, reach))], None)


def of_oneself(work: Work) -> ResetView | None:
    """The open reset of the actor's own ways to sign in, so that it does not happen behind their back."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    rows = _open(work, col(Account.id) == work.actor.id)
    return _view(work, rows[0]) if rows else None


def people(work: Work) -> list[PersonName]:
    """Whose ways to sign in the actor may ask to reset, by name."""
    reach = work.allow(Permission.STAFF_MANAGE)
    rows = work.session.execute(
        select(col(Account.id), col(Account.name), col(Account.email))
        .where(manageable(work.actor, reach), col(Account.status) == AccountStatus.ACTIVE)
        .order_by(col(Account.name), col(Account.id))
    )
    return [PersonName(*row) for row in rows]


def exists(work: Work, reset_id: UUID) -> None:
    """Raise NotFound when the reset is not open, or out of the actor's reach."""
    if reset_id not in {each.id for each in resets(work).items}:
        raise NotFound


def may_stop(work: Work, reset_id: UUID) -> None:
    """Raise NotFound unless the reset is one's own, or one that an administrator sees."""
    own = of_oneself(work)
    if own is not None and own.id == reset_id:
        return
    if work.actor.reach(Permission.STAFF_MANAGE) is None:
        raise NotFound
    exists(work, reset_id)


def person_exists(work: Work, account_id: UUID) -> None:
    """Raise NotFound when the person is not within the actor's reach."""
    if account_id not in {each.id for each in people(work)}:
        raise NotFound


def open_reset(work: Work, email: str) -> OpenReset | None:
    """The open reset of whoever has this address."""
    columns: tuple[Any, ...] = (
        col(FactorReset.id),
        col(FactorReset.account_id),
        col(Account.email),
        col(FactorReset.asked_by),
        col(FactorReset.approved_at),
        col(FactorReset.first_half),
        col(FactorReset.second_half),
    )
    row = work.session.execute(
        select(*columns)
        .join(Account, col(Account.id) == col(FactorReset.account_id))
        .where(
            col(Account.email) == email,
            col(Account.status) == AccountStatus.ACTIVE,
            col(FactorReset.ended_at).is_(None),
            col(FactorReset.ends_at) > work.now,
        )
    ).one_or_none()
    return OpenReset(*row) if row else None


def _open(work: Work, whose: Any) -> list[Row[Any]]:
    asker, approver = aliased(Account), aliased(Account)
    columns: tuple[Any, ...] = (
        col(FactorReset.id),
        col(FactorReset.account_id),
        col(Account.name),
        col(FactorReset.asked_by),
        col(asker.name).label("asker"),
        col(FactorReset.asked_at),
        col(approver.name).label("approver"),
        col(FactorReset.approved_at),
        col(FactorReset.ends_at),
    )
    return list(
        work.session.execute(
            select(*columns)
            .join(Account, col(Account.id) == col(FactorReset.account_id))
            .join(asker, col(asker.id) == col(FactorReset.asked_by))
            .join(approver, col(approver.id) == col(FactorReset.approved_by), isouter=True)
            .where(whose, col(FactorReset.ended_at).is_(None), col(FactorReset.ends_at) > work.now)
            .order_by(col(FactorReset.id).desc())
        )
    )


def _view(work: Work, row: Row[Any]) -> ResetView:
    return ResetView(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        status=ResetStatus.ASKED if row.approved_at is None else ResetStatus.APPROVED,
        asked_by=row.asker,
        asked_at=row.asked_at,
        approved_by=row.approver,
        approved_at=row.approved_at,
        ends_at=row.ends_at,
        mine=row.asked_by == work.actor.id,
    )
