"""People: invited, changed, suspended, taken back, signed out. What takes two persons is left as a request."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from app.access.actor import OPERATOR_ID
from app.access.grants import OF_A_PARTNER, Permission, Reach, Role
from app.access.model import Account, AccountRole, AccountStatus
from app.audit.actions import record
from app.authenticators.actions import links
from app.authenticators.actions.sessions import end_tokens
from app.errors import Conflict, Denied, Invalid, Problem
from app.once import once
from app.staff import reads
from app.staff.actions import changing, requests
from app.staff.actions.accounts import Zone, make_link
from app.staff.actions.changing import Change
from app.staff.actions.passwords import hashed
from app.staff.actions.signing_in import end_sessions
from app.staff.rules import needs_second
from app.work import Work

#: An address that is taken gives no row: whose it is, is nobody's to look up, and it may be another organization's.
_ADD: Final = {
    dialect: engine.insert(Account).on_conflict_do_nothing(index_elements=["email"]).returning(col(Account.id))
    for dialect, engine in (("sqlite", sqlite), ("postgresql", postgresql))
}

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=6)]


class NewStaff(BaseModel):
    """Somebody to be invited. ``partner_id`` goes with the roles of a partner, and only with them."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    ]
    name: Name
    roles: Roles
    partner_id: UUID | None = None
    time_zone: Zone = "America/Denver"


class StaffChange(BaseModel):
    """What is to be different; what is not sent stays. ``partner_id`` null is no organization: people of the fund."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    roles: Roles | None = None
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """The new person's id, the secret of the link for their password, and whether their roles wait for a second person.

    There is no secret on a repetition, nor while the roles wait: whoever agrees is handed the link.
    """

    account_id: UUID
    secret: str | None
    waits: bool


def invite(work: Work, form: NewStaff) -> Invited:
    """Add a person and make the link for their first password.

    Roles that two people give are asked for. The link is then made when a second person agrees, and handed to them:
    who asked could else come in by it, and hold those roles in another's name.
    Raises Denied when the actor may not give these roles, Invalid for a taken address or roles that do not go together.
    """
    reach = work.allow(Permission.STAFF_MANAGE)
    roles = frozenset(form.roles)
    _may_give(work, reach, roles, form.partner_id)
    changing.check(work, roles, form.partner_id)
    waits = _needs_second(work, frozenset(), roles)
    secrets: list[str] = []

    def do(account_id: UUID) -> None:
        add_account(work, account_id, form, roles=frozenset() if waits else roles)
        if not waits:
            secrets.append(make_link(work, account_id))
        details: dict[str, str | int | list[str] | None] = {"roles": sorted(roles)}
        record(work, "staff.invited", object_type="account", object_id=account_id, details=details)
        if waits:
            requests.ask(work, account_id, Change(frozenset(), roles, form.partner_id, form.partner_id))

    account_id = once(work, form, do)
    return Invited(account_id, secrets[0] if secrets else None, waits)


def add_account(
    work: Work, account_id: UUID, form: NewStaff, *, roles: frozenset[Role] | None = None, password: str | None = None
) -> None:
    """Write an account with ``roles`` (those of the form unless given); with a password it is active at once.

    Raises Invalid for a taken address, whoever has it.
    """
    row = {
        "id": account_id,
        "email": form.email,
        "name": form.name,
        "partner_id": form.partner_id,
        "status": AccountStatus.ACTIVE if password else AccountStatus.INVITED,
        "password_hash": hashed(work.vault, password) if password else None,
        "time_zone": form.time_zone,
        "created_at": work.now,
        "version": 1,
    }
    if work.session.execute(_ADD[work.session.connection().dialect.name], row).first() is None:
        raise Invalid(Problem("/email", "email.taken", "Somebody else has this address. Enter a different one."))
    given = frozenset(form.roles) if roles is None else roles
    if given:
        work.session.execute(insert(AccountRole), [{"account_id": account_id, "role": role} for role in given])


def change(work: Work, account_id: UUID, form: StaffChange) -> UUID:
    """Change a person's name, roles or organization, or ask for it when it takes two persons.

    Raises NotFound; Denied for oneself and for roles the actor may not give; Invalid for roles that do not go together;
    Conflict when open cases would be left behind, or nobody with a role that somebody must have.
    """
    reach = work.allow(Permission.STAFF_MANAGE)
    person = reads.person_to_change(work, account_id)
    sent = form.model_fields_set
    roles = frozenset(form.roles) if form.roles is not None else person.roles
    partner_id = form.partner_id if "partner_id" in sent else person.partner_id
    wanted = Change(person.roles, roles, person.partner_id, partner_id)
    if form.name is None and not wanted.differs:
        raise Invalid(
            Problem("/roles", "staff.nothing", "Nothing is different. Change the name, a role or the organization.")
        )
    if form.name is not None and form.name != person.name:
        work.session.execute(
            update(Account)
            .where(col(Account.id) == account_id)
            .values(name=form.name, version=col(Account.version) + 1)
        )
        record(work, "staff.renamed", object_type="account", object_id=account_id)
    if wanted.differs:
        if account_id == work.actor.id:
            raise Denied("staff.self", "You can not change your own roles. Ask a colleague.")
        _may_give(work, reach, roles, partner_id)
        changing.check(work, roles, partner_id)
        _now_or_asked(work, account_id, wanted)
    return account_id


def suspend(work: Work, account_id: UUID) -> None:
    """Stop a person's access at once: account, sessions and tokens. Their cases stay theirs until somebody moves them.

    Raises Denied for oneself, Conflict for the last one with a role that somebody must have.
    """
    work.allow(Permission.STAFF_MANAGE)
    person = reads.person_to_change(work, account_id)
    if account_id == work.actor.id:
        raise Denied("staff.self", "You can not suspend yourself. Ask a colleague.")
    if person.status is AccountStatus.ACTIVE:
        changing.somebody_left(work, account_id, person.roles)
    work.session.execute(
        update(Account)
        .where(col(Account.id) == account_id)
        .values(status=AccountStatus.SUSPENDED, version=col(Account.version) + 1)
    )
    end_tokens(work, account_id)
    links.end_open(work, account_id)
    end_sessions(work, account_id)
    record(work, "staff.suspended", object_type="account", object_id=account_id)


def reinstate(work: Work, account_id: UUID) -> None:
    """Let a suspended person in again with the roles they had, or ask for it when it takes two persons.

    Raises NotFound, Denied for oneself, Conflict when the person is not suspended.
    """
    work.allow(Permission.STAFF_MANAGE)
    person = reads.person_to_change(work, account_id)
    if account_id == work.actor.id:
        raise Denied("staff.self", "You can not take yourself back. Ask a colleague.")
    if person.status is not AccountStatus.SUSPENDED:
        raise Conflict("staff.not_suspended", "This person is not suspended.")
    same = Change(person.roles, person.roles, person.partner_id, person.partner_id, reinstates=True)
    _now_or_asked(work, account_id, same)


def renew_link(work: Work, account_id: UUID) -> str:
    """A new link for somebody who has not chosen a password yet.

    Whoever holds the link can become its person: so nobody renews it for roles that they could not give alone, nor
    while roles wait for a second person, nor for somebody who has none yet.
    Raises NotFound, Conflict when a password was chosen or no role is given, Denied for such roles.
    """
    work.allow(Permission.STAFF_MANAGE)
    person = reads.person_to_change(work, account_id)
    if person.status is not AccountStatus.INVITED:
        raise Conflict("staff.active", "This person has a password already.")
    if work.actor.id != OPERATOR_ID and (not person.roles or reads.waits_for_second(work, account_id)):
        raise Conflict("staff.link_waits", "A second person has to agree to the roles first. They are given the link.")
    if person.roles and _needs_second(work, frozenset(), person.roles):
        raise Denied(
            "staff.link_roles",
            "You can not give these roles alone, so you can not make their link. Ask whoever runs the machine.",
        )
    record(work, "staff.link_renewed", object_type="account", object_id=account_id)
    return make_link(work, account_id)


def sign_out(work: Work, account_id: UUID) -> None:
    """End every session of a person, wherever they are signed in. Raises NotFound."""
    work.allow(Permission.STAFF_SESSIONS)
    reads.found_for(work, Permission.STAFF_SESSIONS, account_id)
    end_sessions(work, account_id)
    record(work, "staff.sessions_ended", object_type="account", object_id=account_id)


def _now_or_asked(work: Work, account_id: UUID, wanted: Change) -> None:
    """Carry a change out, or leave it to a second person. Who comes back is given all their roles again."""
    before = frozenset() if wanted.reinstates else wanted.roles_before
    if _needs_second(work, before, wanted.roles_after):
        requests.ask(work, account_id, wanted)
    else:
        changing.carry_out(work, account_id, wanted)


def _needs_second(work: Work, before: frozenset[Role], after: frozenset[Role]) -> bool:
    """Two people for an administrator's role, and for everything that somebody gives who grants nothing alone.

    The machine's operator could write into the database: at the machine one person decides, and it is on record.
    """
    if work.actor.id == OPERATOR_ID:
        return False
    alone = work.actor.reach(Permission.STAFF_GRANT)
    return needs_second(before, after, grants_alone=alone is not None, of_a_partner=alone is Reach.PARTNER)


def _may_give(work: Work, reach: Reach, roles: frozenset[Role], partner_id: UUID | None) -> None:
    """A partner's administrator adds people of the own organization only, with the roles of a partner only."""
    if reach is Reach.ALL:
        return
    if partner_id != work.actor.partner_id or not roles <= OF_A_PARTNER:
        raise Denied("staff.roles", "You can add people of your own organization only, with its own roles.")
