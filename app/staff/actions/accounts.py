"""What each sets for themselves: the first password by a link, another one, language and zone; and tokens."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import digest, new_secret
from app.access.model import Account, AccountStatus, Token
from app.audit.actions import record
from app.authenticators.actions import links
from app.authenticators.actions.codes import note_password
from app.authenticators.reads import asks_for_code
from app.authenticators.rules.passwords import SHORTEST, normalised
from app.config import Strength
from app.db import new_id
from app.errors import Invalid, Problem
from app.staff import reads
from app.staff.actions.invitations import must_take_a_password
from app.staff.actions.passwords import hashed, matches, must_hold
from app.staff.actions.signing_in import end_sessions, throttled
from app.staff.rules import LINK_LIFE, time_zones
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


def make_link(work: Work, account_id: UUID) -> str:
    """A link's secret for choosing a password, good for 72 hours and used once. It takes the place of older ones."""
    return links.make(work, account_id, LINK_LIFE)


def choose_first_password(work: Work, form: FirstPassword, strengths: Mapping[str, Strength]) -> UUID:
    """Set the password of a link's person and make the account active; every other session of theirs ends.

    Raises NotFound for a link that is unknown, used or too old, and Invalid for a weak password.
    """
    person = reads.invitation(work, form.secret)
    must_take_a_password(work, form.secret, strengths)
    must_hold(form.password, email=person.email, name=person.name)
    links.use(work, person.link_id, person.account_id)
    work.session.execute(
        update(Account)
        .where(col(Account.id) == person.account_id)
        .values(password_hash=hashed(work.vault, form.password), status=AccountStatus.ACTIVE)
    )
    end_sessions(work, person.account_id)
    record(work, "password.chosen", object_type="account", object_id=person.account_id)
    return person.account_id


def change_password(work: Work, form: NewPassword, *, address: str) -> None:
    """Change one's own password; every session ends, this one too. Raises Invalid naming the field that is wrong."""
    work.allow(Permission.ACCOUNT_OWN)
    attempt = throttled(work, work.actor.email, address)
    known = reads.candidate(work, work.actor.email)
    if known is None or not matches(work.vault, known.password_hash, form.current):
        attempt.failed()
        raise Invalid(Problem("/current", "current.wrong", "This is not your password so far. Enter it again."))
    with_code = asks_for_code(work, work.actor.id)
    must_hold(form.password, email=work.actor.email, name=work.actor.name, with_code=with_code)
    note_password(work, work.actor.id, short=len(normalised(form.password)) < SHORTEST)
    work.session.execute(
        update(Account).where(col(Account.id) == work.actor.id).values(password_hash=hashed(work.vault, form.password))
    )
    end_sessions(work, work.actor.id)
    record(work, "password.changed", object_type="account", object_id=work.actor.id)


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
