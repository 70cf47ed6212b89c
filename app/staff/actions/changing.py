"""A change of somebody's roles or organization, carried out: checked, written, their sessions ended, on record."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import col

from app.access import ties
from app.access.grants import ADMINISTRATORS, Role
from app.access.model import Account, AccountRole, AccountStatus, SignInSession
from app.audit.actions import record
from app.authenticators.actions.sessions import end_tokens
from app.errors import Conflict, Invalid, Problem
from app.partners.model import Partner
from app.staff import reads
from app.staff.actions.signing_in import end_sessions
from app.staff.rules import NEVER_NOBODY, role_fault
from app.work import Work

_FAULTS = {
    "roles.apart": Problem("/roles", "roles.apart", "These roles never meet in one person. Choose fewer."),
    "partner_id.required": Problem(
        "/partner_id", "partner_id.required", "Choose the organization this person works for."
    ),
    "partner_id.unfit": Problem("/partner_id", "partner_id.unfit", "People of the fund belong to no partner."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """Roles and organization as they are and as they shall be; ``reinstates`` lets a suspended person in again."""

    roles_before: frozenset[Role]
    roles_after: frozenset[Role]
    partner_before: UUID | None
    partner_after: UUID | None
    reinstates: bool = False

    @property
    def differs(self) -> bool:
        return self.roles_before != self.roles_after or self.partner_before != self.partner_after

    @property
    def leaves_cases(self) -> bool:
        """True when the person could no longer work on the cases they have."""
        lost = Role.ATTORNEY in self.roles_before - self.roles_after
        return lost or self.partner_before != self.partner_after


def check(work: Work, roles: frozenset[Role], partner_id: UUID | None) -> None:
    """Raise Invalid for roles that do not go together, or not with this organization."""
    problems = []
    fault = role_fault(roles, has_partner=partner_id is not None)
    if fault is not None:
        problems.append(_FAULTS[fault])
    if partner_id is not None:
        known = select(col(Partner.id)).where(col(Partner.id) == partner_id)
        if work.session.execute(known).first() is None:
            problems.append(Problem("/partner_id", "partner_id.unknown", "There is no such partner. Choose one."))
    if problems:
        raise Invalid(*problems)


def somebody_left(work: Work, account_id: UUID, lost: frozenset[Role]) -> None:
    """Raise Conflict when nobody else who can sign in has one of these roles that somebody must have.

    The rows are locked: of two administrators who remove each other at the same moment, one succeeds.
    """
    for role in NEVER_NOBODY:
        if role not in lost:
            continue
        holders = (
            select(col(AccountRole.account_id))
            .join(Account, col(Account.id) == col(AccountRole.account_id))
            .where(col(AccountRole.role) == role, col(Account.status) == AccountStatus.ACTIVE)
            .order_by(col(AccountRole.account_id))
            .with_for_update()
        )
        if not set(work.session.execute(holders).scalars()) - {account_id}:
            raise Conflict("staff.last", "Nobody else has this role. Give it to a second person first.")


def carry_out(work: Work, account_id: UUID, wanted: Change) -> None:
    """Write the change; every session of the person ends. Raises Conflict when open cases would be left behind."""
    somebody_left(work, account_id, wanted.roles_before - wanted.roles_after)
    if wanted.leaves_cases and reads.works_on_cases(work, account_id):
        raise Conflict(
            "staff.has_cases",
            "This person still works on cases. Have them given to somebody else first, or end the assignments.",
        )
    if wanted.leaves_cases:
        # What is left holds nothing any more: help whose hours are over.
        ties.untie_everything(work.session, account_id, work.now)
    moved = wanted.partner_before != wanted.partner_after
    values = {"partner_id": wanted.partner_after, "partner_since": work.now} if moved else {}
    status = {"status": _back_to(work, account_id)} if wanted.reinstates else {}
    work.session.execute(
        update(Account)
        .where(col(Account.id) == account_id)
        .values(version=col(Account.version) + 1, **values, **status)
    )
    taken, given = wanted.roles_before - wanted.roles_after, wanted.roles_after - wanted.roles_before
    if taken:
        work.session.execute(
            delete(AccountRole).where(col(AccountRole.account_id) == account_id, col(AccountRole.role).in_(taken))
        )
    if given:
        work.session.execute(insert(AccountRole), [{"account_id": account_id, "role": role} for role in given])
    end_sessions(work, account_id)
    if given & ADMINISTRATORS:
        end_tokens(work, account_id)  # a token of before would carry the new power without a new proof
    record(
        work,
        "staff.reinstated" if wanted.reinstates else "staff.changed",
        object_type="account",
        object_id=account_id,
        details=told(wanted),
    )


def told(wanted: Change) -> dict[str, str | int | list[str] | None]:
    """The change for the record: roles by their words, organizations by their ids."""
    details: dict[str, str | int | list[str] | None] = {
        "roles_before": sorted(wanted.roles_before),
        "roles_after": sorted(wanted.roles_after),
    }
    if wanted.partner_before != wanted.partner_after:
        details["partner_before"] = str(wanted.partner_before) if wanted.partner_before else None
        details["partner_after"] = str(wanted.partner_after) if wanted.partner_after else None
    return details


def _back_to(work: Work, account_id: UUID) -> AccountStatus:
    """What somebody is who comes back: active when they ever signed in or chose a password, else invited again."""
    signed_in = select(func.count()).where(col(SignInSession.account_id) == account_id).scalar_subquery()
    row = work.session.execute(
        select(col(Account.password_hash), signed_in.label("sessions")).where(col(Account.id) == account_id)
    ).one()
    return AccountStatus.ACTIVE if row.password_hash or row.sessions else AccountStatus.INVITED
