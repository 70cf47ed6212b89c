"""What a person is told when they are not signed in: what to do now, in our words. The reason is for the record."""

from typing import NoReturn

import structlog

from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome
from app.errors import Conflict, Denied, Refusal
from app.single_sign_on.rules import Declined, Provider, Unsound
from app.work import Work

log = structlog.get_logger()


def refuse(work: Work, provider: Provider, said: Exception) -> NoReturn:
    """Raise what a person is told when a provider could not be asked, said no, or said what can not be believed."""
    if isinstance(said, Declined):
        raise refused(work, provider, "declined", declined())
    reason = said.reason if isinstance(said, Unsound) else "unreachable"
    log.warning("provider.refused", error=reason)
    raise refused(work, provider, reason, unsound() if isinstance(said, Unsound) else away())


def refused(work: Work, provider: Provider, reason: str, refusal: Refusal) -> Refusal:
    """Put the reason on record, as a code of ours, and give what the person is told."""
    row = event_row(
        work.vault,
        work.now,
        "sign_in.refused",
        Outcome.REFUSED,
        actor_id=work.actor.id,
        session_id=work.actor.session_id,
        request_id=work.request_id,
        object_type="identity_provider",
        object_id=provider.id,
        details={"reason": reason},
    )
    work.on_refusal.append((insert_events(), [row]))
    return refusal


def start_again() -> Refusal:
    return Denied(
        "sign_in.start_again",
        "This sign-in took too long, or it began in another window. Go to the sign-in page and begin again.",
    )


def away() -> Refusal:
    return Conflict(
        "sign_in.provider_away",
        "Your organization's sign-in does not answer. Wait a few minutes, then begin again.",
    )


def declined() -> Refusal:
    return Denied(
        "sign_in.provider_declined",
        "Your organization did not sign you in. Begin again, or ask the people who look after its accounts.",
    )


def unsound() -> Refusal:
    return Denied(
        "sign_in.provider_unsound",
        "We can not trust what your organization's sign-in told us, so you are not signed in. Tell the person who runs "
        "Amparo for you.",
    )


def second_factor() -> Refusal:
    return Denied(
        "sign_in.second_factor",
        "Your organization did not ask you for a second step. Set one up there, such as an app or a key. Then begin "
        "again.",
    )


def not_linked() -> Refusal:
    return Denied(
        "sign_in.not_linked",
        "Amparo does not know this account yet. New here? Use the link in your invitation. Or sign in as you did so "
        "far and link the account on your own page.",
    )


def not_open() -> Refusal:
    return Denied(
        "sign_in.not_open",
        "This account does not open Amparo for you. Ask the person who invited you.",
    )


def invitation_over() -> Refusal:
    return Denied(
        "sign_in.invitation_over",
        "This invitation was used or is too old. Ask the person who invited you for a new link.",
    )


def taken() -> Refusal:
    return Conflict(
        "identity.taken",
        "This account is linked to somebody in Amparo already. Sign in with it, or choose another one.",
    )


def linked() -> Refusal:
    return Conflict(
        "identity.linked",
        "You have linked an account of this organization already. Unlink it first.",
    )


def last_way_in() -> Refusal:
    return Conflict(
        "identity.last",
        "This is your only way to sign in. Set up another one first, such as a password.",
    )
