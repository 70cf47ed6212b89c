"""People: invited, given their first password, suspended; and what each sets for themselves."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access.grants import OF_A_PARTNER, Permission, Reach, Role, together
from app.access.identify import digest, new_secret
from app.access.model import Account, AccountRole, AccountStatus, PasswordLink, Token
from app.audit.actions import record
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.once import once
from app.partners.model import Partner
from app.staff import reads
from app.staff.actions.passwords import hashed, matches
from app.staff.actions.signing_in import end_sessions
from app.staff.rules import LINK_LIFE, fault, time_zones
from app.staff.scope import visible
from app.web.i18n import LANGUAGES
from app.work import Work


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise PydanticCustomError("time_zone.unknown", "Enter a time zone by its IANA name, like America/Denver.")
    return name


def _spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise PydanticCustomError("language.unknown", "Choose a language that Amparo speaks.")
    return language


#: A zone that this installation knows: another would break every page that shows a time.
Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class NewStaff(BaseModel):
    """Somebody to be invited. ``partner_id`` goes with the roles of a partner, and only with them."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    ]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    roles: Annotated[list[Role], Field(min_length=1, max_length=6)]
    partner_id: UUID | None = None
    time_zone: Zone = "America/Denver"


class FirstPassword(BaseModel):
    """The secret of a link, and the password to set."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    secret: Annotated[str, StringConstraints(min_length=20, max_length=100)]
    password: Password


class NewPassword(BaseModel):
    """The password so far, and the one from now on."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    current: Password
    password: Password


class Preferences(BaseModel):
    """How the screens speak to me. What is not given stays as it is."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, AfterValidator(_spoken), Field(json_schema_extra={"enum": list(LANGUAGES)})] | None = None
    time_zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """The new person's id, and the secret of the link with which they choose their password (None on a repetition)."""

    account_id: UUID
    secret: str | None


def invite(work: Work, form: NewStaff) -> Invited:
    """Add a person and make the link for their first password.

    Raises Denied when the actor may not give these roles, Invalid for a taken address or roles that do not go together.
    """
    reach = work.allow(Permission.STAFF_MANAGE)
    roles = frozenset(form.roles)
    _may_give(work, reach, roles, form.partner_id)
    problems = _problems(work, form, roles)
    if problems:
        raise Invalid(*problems)
    secrets: list[str] = []

    def do(account_id: UUID) -> None:
        if work.session.execute(select(col(Account.id)).where(col(Account.email) == form.email)).first():
            raise Invalid(Problem("/email", "email.taken", "Somebody else has this address. Enter a different one."))
        add_account(work, account_id, form)
        secrets.append(make_link(work, account_id))
        record(work, "staff.invited", object_type="account", object_id=account_id, details={"roles": sorted(roles)})

    account_id = once(work, form, do)
    return Invited(account_id, secrets[0] if secrets else None)


def add_account(work: Work, account_id: UUID, form: NewStaff, *, password: str | None = None) -> None:
    """Write an account and its roles; with a password it is active at once."""
    work.session.execute(
        insert(Account).values(
            id=account_id,
            email=form.email,
            name=form.name,
            partner_id=form.partner_id,
            status=AccountStatus.ACTIVE if password else AccountStatus.INVITED,
            password_hash=hashed(work.vault, password) if password else None,
            time_zone=form.time_zone,
            created_at=work.now,
        )
    )
    work.session.execute(insert(AccountRole), [{"account_id": account_id, "role": role} for role in set(form.roles)])


def make_link(work: Work, account_id: UUID) -> str:
    """A link's secret for choosing a password, good for 72 hours and used once."""
    secret = new_secret()
    work.session.execute(
        insert(PasswordLink).values(
            id=new_id(),
            account_id=account_id,
            digest=digest(secret),
            created_at=work.now,
            ends_at=work.now + LINK_LIFE,
        )
    )
    return secret


def choose_first_password(work: Work, form: FirstPassword) -> UUID:
    """Set the password of a link's person and make the account active; every other session of theirs ends.

    Raises NotFound for a link that is unknown, used or too old, and Invalid for a weak password.
    """
    person = reads.invitation(work, form.secret)
    _check(form.password, person.email, person.name)
    work.session.execute(update(PasswordLink).where(col(PasswordLink.id) == person.link_id).values(used_at=work.now))
    work.session.execute(
        update(Account)
        .where(col(Account.id) == person.account_id)
        .values(password_hash=hashed(work.vault, form.password), status=AccountStatus.ACTIVE)
    )
    end_sessions(work, person.account_id)
    record(work, "password.chosen", object_type="account", object_id=person.account_id)
    return person.account_id


def change_password(work: Work, form: NewPassword) -> None:
    """Change one's own password; every session ends, this one too. Raises Invalid naming the field that is wrong."""
    work.allow(Permission.ACCOUNT_OWN)
    known = reads.candidate(work, work.actor.email)
    if known is None or not matches(work.vault, known.password_hash, form.current):
        raise Invalid(Problem("/current", "current.wrong", "This is not your password so far. Enter it again."))
    _check(form.password, work.actor.email, work.actor.name)
    work.session.execute(
        update(Account).where(col(Account.id) == work.actor.id).values(password_hash=hashed(work.vault, form.password))
    )
    end_sessions(work, work.actor.id)
    record(work, "password.changed", object_type="account", object_id=work.actor.id)


def suspend(work: Work, account_id: UUID) -> None:
    """Stop a person's access at once: account, sessions and tokens. Raises Denied for oneself."""
    account_id = _manageable(work, account_id)
    if account_id == work.actor.id:
        raise Denied("staff.self", "You can not suspend yourself. Ask a colleague.")
    work.session.execute(update(Account).where(col(Account.id) == account_id).values(status=AccountStatus.SUSPENDED))
    work.session.execute(
        update(Token)
        .where(col(Token.account_id) == account_id, col(Token.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    end_sessions(work, account_id)
    record(work, "staff.suspended", object_type="account", object_id=account_id)


def renew_link(work: Work, account_id: UUID) -> str:
    """A new link for somebody who has not chosen a password yet. Raises Conflict when they have."""
    account_id = _manageable(work, account_id)
    status = work.session.execute(select(col(Account.status)).where(col(Account.id) == account_id)).scalar_one()
    if status is not AccountStatus.INVITED:
        raise Conflict("staff.active", "This person has a password already.")
    record(work, "staff.link_renewed", object_type="account", object_id=account_id)
    return make_link(work, account_id)


def prefer(work: Work, form: Preferences) -> None:
    """Keep the language and the time zone in which the actor wants to be spoken to."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    chosen = form.model_dump(exclude_none=True)
    if not chosen:
        raise Invalid(Problem("/language", "preferences.nothing", "Choose a language or a time zone."))
    work.session.execute(update(Account).where(col(Account.id) == work.actor.id).values(**chosen))
    record(work, "account.preferences", object_type="account", object_id=work.actor.id)


def create_token(work: Work, account_id: UUID, name: str, days: int) -> str:
    """A bearer token for a person, shown this once. For the command line, whose operator needs no permission."""
    secret = new_secret()
    token_id = new_id()
    work.session.execute(
        insert(Token).values(
            id=token_id,
            account_id=account_id,
            name=name,
            digest=digest(secret),
            created_at=work.now,
            ends_at=work.now + timedelta(days=days),
        )
    )
    record(work, "token.created", object_type="token", object_id=token_id, subject_id=account_id)
    return secret


def _manageable(work: Work, account_id: UUID) -> UUID:
    reach = work.allow(Permission.STAFF_MANAGE)
    found = work.session.execute(
        select(col(Account.id)).where(col(Account.id) == account_id, visible(work.actor, reach))
    ).first()
    if found is None:
        raise NotFound
    return account_id


def _may_give(work: Work, reach: Reach, roles: frozenset[Role], partner_id: UUID | None) -> None:
    """A partner's administrator adds people of the own organization only, with the roles of a partner only."""
    if reach is Reach.ALL:
        return
    if partner_id != work.actor.partner_id or not roles <= OF_A_PARTNER:
        raise Denied("staff.roles", "You can add people of your own organization only, with its own roles.")


def _problems(work: Work, form: NewStaff, roles: frozenset[Role]) -> list[Problem]:
    problems = []
    if not together(roles):
        problems.append(Problem("/roles", "roles.apart", "These roles never meet in one person. Choose fewer."))
    of_partner = bool(roles & OF_A_PARTNER)
    if of_partner and form.partner_id is None:
        problems.append(Problem("/partner_id", "partner_id.required", "Choose the organization this person works for."))
    if form.partner_id is not None:
        if not of_partner or roles - OF_A_PARTNER:
            problems.append(Problem("/partner_id", "partner_id.unfit", "People of the fund belong to no partner."))
        known = select(col(Partner.id)).where(col(Partner.id) == form.partner_id)
        if work.session.execute(known).first() is None:
            problems.append(Problem("/partner_id", "partner_id.unknown", "There is no such partner. Choose one."))
    return problems


def _check(password: str, email: str, name: str) -> None:
    wrong = fault(password, email=email, name=name)
    if wrong is not None:
        raise Invalid(Problem("/password", wrong.code, wrong.message))
