"""The first way to sign in, by the secret of an invitation link: a passkey. A password is in ``accounts.py``."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import update
from sqlmodel import col

from app.access.model import Account, AccountStatus
from app.access.strength import demanded
from app.audit.actions import record
from app.authenticators.actions import challenges, links, passkeys
from app.authenticators.actions.sessions import end_sessions
from app.authenticators.reads import roles_of
from app.authenticators.rules import Purpose, Site
from app.config import Strength
from app.errors import Conflict
from app.staff import reads
from app.work import Work

Secret = Annotated[str, StringConstraints(min_length=20, max_length=100)]


class Invited(BaseModel):
    """The secret of a link."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    secret: Secret


class FirstPasskey(passkeys.NewPasskey):
    """The secret of a link, and the passkey that the browser made for it."""

    secret: Secret


def ask_for_passkey(work: Work, form: Invited, site: Site) -> dict[str, Any]:
    """What the browser needs to make the first passkey. Raises NotFound for a link that is unknown, used or too old."""
    person = reads.invitation(work, form.secret)
    challenge = challenges.ask(work, Purpose.INVITATION, challenges.of_secret(form.secret))
    return passkeys.creation(work, site, challenge, person.account_id, person.email, person.name)


def keep_first_passkey(work: Work, form: FirstPasskey, site: Site) -> None:
    """Keep the first passkey of a link's person and make the account active. Raises NotFound or Invalid."""
    person = reads.invitation(work, form.secret)
    holder = challenges.of_secret(form.secret)
    new = passkeys.NewPasskey(name=form.name, credential=form.credential)
    passkey_id = passkeys.keep(work, new, site, person.account_id, Purpose.INVITATION, holder)
    links.use(work, person.link_id, person.account_id)
    active = update(Account).where(col(Account.id) == person.account_id).values(status=AccountStatus.ACTIVE)
    work.session.execute(active)
    end_sessions(work, person.account_id)
    record(work, "passkey.enrolled", object_type="passkey", object_id=passkey_id, subject_id=person.account_id)


def must_take_a_password(work: Work, secret: str, strengths: Mapping[str, Strength]) -> None:
    """Raise Conflict when the roles of a link's person ask for a passkey: a password would be a weaker way in."""
    person = reads.invitation(work, secret)
    if demanded(roles_of(work, person.account_id), strengths) is Strength.PASSKEY:
        raise Conflict("invitation.passkey", "Your role signs in with a passkey. Make one here.")
