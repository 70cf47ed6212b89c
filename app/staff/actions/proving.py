"""Proving again who one is, in a session that stands: before a sensitive act, or to make a weak session strong."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Uuid, bindparam, update
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import digest, new_secret
from app.access.methods import Method, as_words
from app.access.model import SignInSession
from app.access.strength import enough
from app.audit.actions import record
from app.authenticators.actions.challenges import of_session
from app.authenticators.actions.codes import Code
from app.authenticators.actions.passkeys import used
from app.authenticators.rules import Purpose, Site
from app.config import Strength
from app.errors import CodeNeeded, Denied, Invalid, NotSignedIn, Problem
from app.staff import reads
from app.staff.actions.passwords import matches
from app.staff.actions.signing_in import PasskeySignIn, second_factor, throttled
from app.work import Work, claiming

#: The session stays; its cookie does not: who knew the old one is not let in by somebody else's proof.
_RENEW: Final = claiming(
    update(SignInSession)
    .where(col(SignInSession.id) == bindparam("of_session", type_=Uuid()), col(SignInSession.ended_at).is_(None))
    .values(digest=bindparam("new_digest"), proved_at=bindparam("at"), methods=bindparam("new_methods")),
    NotSignedIn,
)


class Proof(BaseModel):
    """The password of whoever is signed in, and the code that goes with it for whoever has an app."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    code: Code | None = None


def prove(work: Work, form: Proof, *, address: str) -> str:
    """Take a fresh proof and give the session's new secret. The Work reads, like a sign-in's.

    Raises Denied for a token, TooSoon after too many failures, CodeNeeded, Invalid when the proof does not hold.
    """
    _at_a_browser(work)
    attempt = throttled(work, work.actor.email, address)
    known = reads.candidate(work, work.actor.email)
    if not matches(work.vault, known.password_hash if known else None, form.password):
        attempt.failed()
        raise Invalid(Problem("/password", "proof.wrong", "This is not right. Check it and try again."))
    try:
        methods = second_factor(work, work.actor.id, form.code, attempt)
    except CodeNeeded:
        raise
    except NotSignedIn:
        raise Invalid(Problem("/code", "proof.wrong", "This is not right. Check it and try again.")) from None
    return renew(work, methods | {Method.PASSWORD})


def prove_with_passkey(work: Work, form: PasskeySignIn, site: Site, *, address: str) -> str:
    """Take a passkey's word as a fresh proof. Raises Denied for a token, TooSoon, or Invalid."""
    _at_a_browser(work)
    attempt = throttled(work, work.actor.email, address)
    holder = of_session(work.actor.session_id)
    if used(work, form.credential, site, Purpose.STEP_UP, holder, account_id=work.actor.id) is None:
        attempt.failed()
        raise Invalid(Problem("/credential", "proof.wrong", "This is not right. Check it and try again."))
    return renew(work, frozenset({Method.PASSKEY}))


def _at_a_browser(work: Work) -> None:
    work.allow(Permission.ACCOUNT_SIGN_IN)
    if work.actor.session_id is None:
        raise Denied("proof.session", "Only a person at a browser can do this: a token does not tell who holds it.")


def renew(work: Work, methods: frozenset[Method], proved_at: datetime | None = None) -> str:
    """A new secret for the actor's session, which is from now on proved by these methods too.

    ``proved_at`` is when, now unless somebody else saw it earlier.

    Raises Denied for a proof weaker than the actor's roles ask for: their session stays as it was. Only a session that
    is too weak itself takes one, since it can do nothing but prove more.
    """
    standing = work.actor.methods & {Method.FEDERATED}  # one factor there and a code here are proved in two steps
    if not work.actor.weak and not enough(methods | standing, work.actor.demanded):
        if work.actor.demanded is Strength.PASSKEY:
            raise Denied("sign_in.weak", "Confirm with a passkey.")
        raise Denied("sign_in.weak", "Confirm with a passkey, or with your password and a code.")
    secret = new_secret()
    row = {
        "of_session": work.actor.session_id,
        "new_digest": digest(secret),
        "at": proved_at or work.now,
        "new_methods": as_words(work.actor.methods | methods),
    }
    work.defer(_RENEW, row)
    details = {"methods": [str(each) for each in sorted(methods)]}
    record(work, "session.proved", object_type="session", object_id=work.actor.session_id, details=details)
    return secret
