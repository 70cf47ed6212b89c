"""What takes two persons: one asks, a second one decides within two weeks; never the one whom it is about."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import AccountStatus
from app.audit.actions import record
from app.db import new_id
from app.errors import Conflict, Denied
from app.staff import reads
from app.staff.actions import changing
from app.staff.actions.accounts import make_link
from app.staff.actions.changing import Change
from app.staff.model import RoleRequest
from app.staff.rules import REQUEST_LIFE, RequestStatus, as_words
from app.work import Work


def ask(work: Work, account_id: UUID, wanted: Change) -> UUID:
    """Leave a change to a second person. Its caller has asked for the permission.

    Raises Conflict when another request about this person waits.
    """
    changing.somebody_left(work, account_id, wanted.roles_before - wanted.roles_after)
    _let_expire(work, account_id)
    waiting = select(col(RoleRequest.id)).where(
        col(RoleRequest.account_id) == account_id, col(RoleRequest.status) == RequestStatus.WAITING
    )
    if work.session.execute(waiting).first() is not None:
        raise Conflict("request.waiting", "A change of this person's roles waits already for a second person.")
    request_id = new_id()
    work.session.execute(
        insert(RoleRequest).values(
            id=request_id,
            account_id=account_id,
            roles_before=as_words(wanted.roles_before),
            roles_after=as_words(wanted.roles_after),
            partner_id=wanted.partner_after,
            reinstates=wanted.reinstates,
            status=RequestStatus.WAITING,
            asked_by=work.actor.id,
            asked_at=work.now,
            ends_at=work.now + REQUEST_LIFE,
        )
    )
    _record(work, "staff.change_asked", request_id, account_id, wanted)
    return request_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whom it is about, and for somebody who never signed in the secret of their link."""

    account_id: UUID
    secret: str | None = field(repr=False)


def approve(work: Work, request_id: UUID) -> Agreed:
    """Agree to a change that somebody else asked for, and carry it out.

    Somebody who was invited gets a new link by whoever agrees; one that the asker holds opens nothing any more.

    Raises NotFound; Denied for who asked and whom it is about; Conflict when it is decided, too old or out of date.
    """
    work.allow(Permission.STAFF_APPROVE)
    request = _to_decide(work, request_id)
    if work.actor.id == request.asked_by:
        raise Denied("staff.second", "You asked for this. A second person has to agree.")
    person = reads.person_as_is(work, request.account_id)
    wanted = Change(
        request.roles_before, request.roles_after, person.partner_id, request.partner_id, reinstates=request.reinstates
    )
    suspended = person.status is AccountStatus.SUSPENDED
    if person.roles != request.roles_before or (request.reinstates and not suspended):
        raise Conflict("request.outdated", "This person was changed since it was asked. Turn it down and ask again.")
    changing.check(work, wanted.roles_after, wanted.partner_after)
    _decide(work, request_id, RequestStatus.APPROVED)
    _record(work, "staff.change_approved", request_id, request.account_id, wanted)
    changing.carry_out(work, request.account_id, wanted)
    if person.status is not AccountStatus.INVITED:
        return Agreed(request.account_id, None)
    record(work, "staff.link_renewed", object_type="account", object_id=request.account_id)
    return Agreed(request.account_id, make_link(work, request.account_id))


def reject(work: Work, request_id: UUID) -> UUID:
    """Turn a change down; whoever asked takes it back instead. Raises as ``approve`` does."""
    work.allow(Permission.STAFF_APPROVE)
    request = _to_decide(work, request_id)
    if work.actor.id == request.asked_by:
        raise Denied("staff.second", "You asked for this. Take it back instead.")
    _decide(work, request_id, RequestStatus.REJECTED)
    _record(work, "staff.change_rejected", request_id, request.account_id)
    return request.account_id


def withdraw(work: Work, request_id: UUID) -> UUID:
    """Take back what one asked for oneself. Raises NotFound for what somebody else asked, Conflict when it is over."""
    work.allow(Permission.STAFF_MANAGE)
    request = reads.request_of(work, request_id, asked_by=work.actor.id)
    _still_waits(work, request)
    _decide(work, request_id, RequestStatus.WITHDRAWN)
    _record(work, "staff.change_withdrawn", request_id, request.account_id)
    return request.account_id


def _to_decide(work: Work, request_id: UUID) -> reads.FoundRequest:
    request = reads.request_of(work, request_id)
    if work.actor.id == request.account_id:
        raise Denied("staff.self", "You can not decide on your own roles. Ask a colleague.")
    _still_waits(work, request)
    return request


def _still_waits(work: Work, request: reads.FoundRequest) -> None:
    if request.status is not RequestStatus.WAITING:
        raise Conflict("request.decided", "This was decided already.")
    if request.ends_at <= work.now:
        raise Conflict("request.expired", "This was asked more than 14 days ago. Ask again.")


def _decide(work: Work, request_id: UUID, status: RequestStatus) -> None:
    work.session.execute(
        update(RoleRequest)
        .where(col(RoleRequest.id) == request_id, col(RoleRequest.status) == RequestStatus.WAITING)
        .values(status=status, decided_by=work.actor.id, decided_at=work.now)
    )


def _let_expire(work: Work, account_id: UUID) -> None:
    """Mark what nobody decided in time, so that it can be asked again."""
    work.session.execute(
        update(RoleRequest)
        .where(
            col(RoleRequest.account_id) == account_id,
            col(RoleRequest.status) == RequestStatus.WAITING,
            col(RoleRequest.ends_at) <= work.now,
        )
        .values(status=RequestStatus.EXPIRED, decided_at=work.now)
    )


def _record(work: Work, action: str, request_id: UUID, account_id: UUID, wanted: Change | None = None) -> None:
    record(
        work,
        action,
        object_type="role_request",
        object_id=request_id,
        subject_id=account_id,
        details=changing.told(wanted) if wanted is not None else None,
    )
