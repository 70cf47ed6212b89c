"""Changes of roles that wait for a second person, and what became of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.model import Account
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.model import RoleRequest
from app.staff.rules import RequestStatus, from_words
from app.work import Work

_Asker = aliased(Account)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A change that was asked for. ``mine`` is what the reader asked for, or what is about them: they do not decide."""

    id: UUID
    account_id: UUID
    name: str
    roles_before: list[Role]
    roles_after: list[Role]
    partner: str | None
    reinstates: bool
    asked_by: str | None
    asked_at: datetime
    ends_at: datetime
    asked_by_me: bool
    about_me: bool


@dataclass(frozen=True, slots=True)
class RequestList:
    items: list[RequestView]
    next: str | None


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """What a verb needs to know of a request before it decides it."""

    account_id: UUID
    roles_before: frozenset[Role]
    roles_after: frozenset[Role]
    partner_id: UUID | None
    reinstates: bool
    status: RequestStatus
    asked_by: UUID
    ends_at: datetime


def requests(work: Work) -> RequestList:
    """The changes that wait for a second person, first asked first."""
    work.allow(Permission.STAFF_APPROVE)
    rows = work.session.execute(_waiting(work).order_by(col(RoleRequest.id)))
    return RequestList([_view(work, row) for row in rows], None)


def waiting(work: Work, account_ids: Sequence[UUID]) -> dict[UUID, RequestView]:
    """What waits for a second person about these people. Its caller has asked whether the actor may see them."""
    rows = work.session.execute(_waiting(work).where(col(RoleRequest.account_id).in_(account_ids)))
    return {row.account_id: _view(work, row) for row in rows}


def waits_for_second(work: Work, account_id: UUID) -> bool:
    """Whether a change of this person waits. Its caller has asked whether the actor may see them."""
    return bool(waiting(work, [account_id]))


def request_of(work: Work, request_id: UUID, *, asked_by: UUID | None = None) -> FoundRequest:
    """One request, locked until the Work ends; of one asker alone when given. Raises NotFound."""
    statement = select(
        col(RoleRequest.account_id),
        col(RoleRequest.roles_before),
        col(RoleRequest.roles_after),
        col(RoleRequest.partner_id),
        col(RoleRequest.reinstates),
        col(RoleRequest.status),
        col(RoleRequest.asked_by),
        col(RoleRequest.ends_at),
    ).where(col(RoleRequest.id) == request_id)
    if asked_by is not None:
        statement = statement.where(col(RoleRequest.asked_by) == asked_by)
    row = work.session.execute(statement.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    account_id, before, after, *rest = row
    return FoundRequest(account_id, from_words(before), from_words(after), *rest)


def decidable(work: Work, request_id: UUID) -> None:
    """For the door: there is such a request. Raises NotFound."""
    work.allow(Permission.STAFF_APPROVE)
    request_of(work, request_id)


def withdrawable(work: Work, request_id: UUID) -> None:
    """For the door: the actor asked for this. Raises NotFound for what somebody else asked."""
    work.allow(Permission.STAFF_MANAGE)
    request_of(work, request_id, asked_by=work.actor.id)


def _waiting(work: Work) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(RoleRequest.id),
            col(RoleRequest.account_id),
            col(Account.name),
            col(RoleRequest.roles_before),
            col(RoleRequest.roles_after),
            col(Partner.name).label("partner"),
            col(RoleRequest.reinstates),
            col(RoleRequest.asked_by),
            col(_Asker.name).label("asker"),
            col(RoleRequest.asked_at),
            col(RoleRequest.ends_at),
        )
        .join(Account, col(Account.id) == col(RoleRequest.account_id))
        .outerjoin(_Asker, col(_Asker.id) == col(RoleRequest.asked_by))
        .outerjoin(Partner, col(Partner.id) == col(RoleRequest.partner_id))
        .where(col(RoleRequest.status) == RequestStatus.WAITING, col(RoleRequest.ends_at) > work.now)
    )


def _view(work: Work, row: Any) -> RequestView:
    return RequestView(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        roles_before=sorted(from_words(row.roles_before)),
        roles_after=sorted(from_words(row.roles_after)),
        partner=row.partner,
        reinstates=row.reinstates,
        asked_by=row.asker,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
        asked_by_me=row.asked_by == work.actor.id,
        about_me=row.account_id == work.actor.id,
    )
