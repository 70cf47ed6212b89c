"""Passkeys: enrolled, used, given up. User verification is always demanded; the host and the origin are pinned."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import insert, select, update
from sqlmodel import col
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.access.grants import Permission
from app.audit.actions import record
from app.authenticators import reads
from app.authenticators.actions import challenges
from app.authenticators.actions.sessions import end_sessions
from app.authenticators.model import Passkey
from app.authenticators.rules import MOST_PASSKEYS, Purpose, Site
from app.db import new_id
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.work import Work

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=20_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Assertion(_Strict):
    """What an authenticator signed, as the browser gives it (``PublicKeyCredential.toJSON()``)."""

    class Response(_Strict):
        clientDataJSON: Base64Url  # noqa: N815 - a name of the WebAuthn standard
        authenticatorData: Base64Url  # noqa: N815 - as above
        signature: Base64Url
        userHandle: Base64Url | None = None  # noqa: N815 - as above

    id: Base64Url
    rawId: Base64Url  # noqa: N815 - a name of the WebAuthn standard
    type: Literal["public-key"]
    response: Response


class Attestation(_Strict):
    """A new credential, as the browser gives it."""

    class Response(_Strict):
        clientDataJSON: Base64Url  # noqa: N815 - a name of the WebAuthn standard
        attestationObject: Base64Url  # noqa: N815 - as above
        transports: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], Field(max_length=10)] = []

    id: Base64Url
    rawId: Base64Url  # noqa: N815 - a name of the WebAuthn standard
    type: Literal["public-key"]
    response: Response


class NewPasskey(_Strict):
    """A passkey to be kept, and what its owner calls it."""

    name: Name
    credential: Attestation


def ask_to_enrol(work: Work, site: Site) -> dict[str, Any]:
    """What the browser needs to make a passkey for the actor. Raises Denied in a session too weak to add one."""
    reads.may_change(work)
    challenge = challenges.ask(work, Purpose.ENROL, challenges.of_session(work.actor.session_id))
    return creation(work, site, challenge, work.actor.id, work.actor.email, work.actor.name)


def creation(work: Work, site: Site, challenge: bytes, account_id: UUID, email: str, name: str) -> dict[str, Any]:
    """The options of a new credential: discoverable, by a verified user, none that this person has already."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Amparo",
        user_id=account_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=300_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in reads.credential_ids(work, account_id)],
    )
    return options_to_json_dict(options)


def enrol(work: Work, form: NewPasskey, site: Site) -> UUID:
    """Keep a new passkey of the actor; their other sessions end. Raises Denied, Conflict, or Invalid."""
    reads.may_change(work)

    def do(passkey_id: UUID) -> None:
        if len(reads.credential_ids(work, work.actor.id)) >= MOST_PASSKEYS:
            raise Conflict("passkey.many", "You have as many passkeys as one person may have. Remove one first.")
        holder = challenges.of_session(work.actor.session_id)
        keep(work, form, site, work.actor.id, Purpose.ENROL, holder, passkey_id=passkey_id)
        end_sessions(work, work.actor.id, but=work.actor.session_id)
        record(work, "passkey.enrolled", object_type="passkey", object_id=passkey_id, subject_id=work.actor.id)

    return once(work, form, do)


def keep(
    work: Work,
    form: NewPasskey,
    site: Site,
    account_id: UUID,
    purpose: Purpose,
    holder: bytes,
    *,
    passkey_id: UUID | None = None,
) -> UUID:
    """Verify a new credential and write it. Raises Invalid when it does not hold or is known already."""
    wrong = Invalid(
        Problem("/credential", "passkey.wrong", "This passkey could not be used here. Try again, or use another way.")
    )
    try:
        challenge = parse_client_data_json(base64url_to_bytes(form.credential.response.clientDataJSON)).challenge
        verified = verify_registration_response(
            credential=form.credential.model_dump(exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise wrong from None
    if not challenges.answered(work, challenge, purpose, holder):
        raise wrong
    known = select(col(Passkey.id)).where(col(Passkey.credential_id) == verified.credential_id)
    if work.session.execute(known).first() is not None:
        raise wrong
    passkey_id = passkey_id or new_id()
    work.session.execute(
        insert(Passkey).values(
            id=passkey_id,
            account_id=account_id,
            name=form.name,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            counter=verified.sign_count,
            transports=" ".join(form.credential.response.transports),
            backed_up=verified.credential_backed_up,
            created_at=work.now,
        )
    )
    return passkey_id


def ask_to_sign_in(work: Work, site: Site, holder: bytes) -> dict[str, Any]:
    """What the browser needs to use whichever passkey its owner picks. It says nothing about who has one."""
    challenge = challenges.ask(work, Purpose.SIGN_IN, holder)
    return _request(site, challenge, [])


def ask_to_step_up(work: Work, site: Site) -> dict[str, Any]:
    """The same for somebody who is signed in, and whose own passkeys alone will do."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    challenge = challenges.ask(work, Purpose.STEP_UP, challenges.of_session(work.actor.session_id))
    return _request(site, challenge, reads.credential_ids(work, work.actor.id))


def _request(site: Site, challenge: bytes, allowed: list[bytes]) -> dict[str, Any]:
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=300_000,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer whose signature holds, of a passkey that is known: what it answers to, and what the passkey counts."""

    passkey: reads.KnownPasskey
    challenge: bytes
    counter: int
    backed_up: bool


def checked(work: Work, assertion: Assertion, site: Site, *, account_id: UUID | None = None) -> Checked | None:
    """Check what an authenticator signed, for this site, by a verified user; None when anything does not hold.

    Whether the challenge was ever asked is the caller's to find out, and then to call `counted`.
    """
    known = reads.passkey_of(work, _bytes(assertion.rawId))
    if known is None or (account_id is not None and known.account_id != account_id):
        return None
    handle = assertion.response.userHandle
    if handle is not None and _bytes(handle) != known.account_id.bytes:
        return None
    try:
        challenge = parse_client_data_json(base64url_to_bytes(assertion.response.clientDataJSON)).challenge
        verified = verify_authentication_response(
            credential=assertion.model_dump(exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Checked(known, challenge, verified.new_sign_count, verified.credential_backed_up)


def counted(work: Work, answer: Checked) -> bool:
    """Let the passkey's counter grow; False when somebody used the passkey in this very moment."""
    known = answer.passkey
    grown = work.session.execute(
        update(Passkey)
        .where(col(Passkey.id) == known.id, col(Passkey.counter) == known.counter)
        .values(counter=answer.counter, used_at=work.now, backed_up=answer.backed_up)
    )
    return bool(grown.rowcount == 1)


def used(
    work: Work, assertion: Assertion, site: Site, purpose: Purpose, holder: bytes, *, account_id: UUID | None = None
) -> UUID | None:
    """Whose passkey signed this, when everything holds; None when anything does not, whatever it is.

    ``account_id`` narrows it to one person. The challenge is spent, and the counter has grown, when this gives an id.
    """
    answer = checked(work, assertion, site, account_id=account_id)
    if answer is None or not challenges.answered(work, answer.challenge, purpose, holder):
        return None
    return answer.passkey.account_id if counted(work, answer) else None


def offline(assertion: Assertion, site: Site, challenge: bytes, public_key: bytes) -> bool:
    """Whether the owner of this public key, verified, signed this challenge for this site. Asks no database."""
    try:
        verify_authentication_response(
            credential=assertion.model_dump(exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    return True


def question(site: Site, challenge: bytes, allowed: list[bytes]) -> dict[str, Any]:
    """The options by which a browser asks one of these passkeys to sign this challenge."""
    return _request(site, challenge, allowed)


def remove(work: Work, passkey_id: UUID) -> None:
    """Give up a passkey; other sessions end. Raises NotFound for anybody else's, Conflict for the last way in."""
    reads.may_change(work)
    reads.owned(work, passkey_id)
    ways = reads.ways(work)
    others = len(ways.passkeys) - 1
    if not others and (not ways.password or ways.needs_passkey):
        raise Conflict("passkey.last", "This is your last way to sign in. Add another one first.")
    work.session.execute(update(Passkey).where(col(Passkey.id) == passkey_id).values(ended_at=work.now))
    end_sessions(work, work.actor.id, but=work.actor.session_id)
    record(work, "passkey.removed", object_type="passkey", object_id=passkey_id, subject_id=work.actor.id)


def end_all(work: Work, account_id: UUID) -> None:
    """Give up every passkey of a person: what remains after a reset is nothing."""
    mine = update(Passkey).where(col(Passkey.account_id) == account_id, col(Passkey.ended_at).is_(None))
    work.session.execute(mine.values(ended_at=work.now))


def _bytes(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except ValueError:
        return b""
