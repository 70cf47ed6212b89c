"""Confirming a step with a passkey: a question over the payment's content, answered once, checked, and kept."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError
from sqlalchemy import delete, exists, select, update
from sqlmodel import col
from webauthn.helpers import base64url_to_bytes

from app.authenticators.actions import passkeys
from app.authenticators.actions.challenges import of_session
from app.authenticators.actions.passkeys import Assertion
from app.authenticators.reads import credential_ids
from app.authenticators.rules import Site
from app.config import PaymentConfirmation
from app.db import new_id
from app.disbursements.model import ConfirmationQuestion, Disbursement, DisbursementSignature
from app.disbursements.reads.find import FoundDisbursement, find
from app.disbursements.rules import (
    MOVES,
    NEEDS,
    NONCE_BYTES,
    QUESTION_LIFE,
    SIGNABLE,
    Confirmed,
    Verb,
    challenge_of,
)
from app.errors import Conflict, Denied, Invalid, Problem, StepUp
from app.once import once
from app.work import Work


@dataclass(frozen=True, slots=True)
class Terms:
    """How this installation lets a payment be confirmed: for which site, how strictly, by a proof how fresh."""

    site: Site
    policy: PaymentConfirmation
    within: timedelta | None
    #: In cents: what is more is approved by two people; None where one is always enough.
    second_approval_over: int | None = None


def _unreadable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        raise PydanticCustomError(
            "confirmation.unverifiable", "This is no answer of a passkey. Ask for a new question, then try again."
        ) from None


class Confirmation(BaseModel):
    """A verb that a person may confirm with a passkey: what the browser gave for the question that was asked.

    A confirmation that does not hold is refused, not ignored: whoever sends one must not think it counted.
    """

    model_config = ConfigDict(extra="forbid")

    confirmation: Annotated[Assertion | None, WrapValidator(_unreadable)] = None


class NewQuestion(BaseModel):
    """Which step is to be signed."""

    model_config = ConfigDict(extra="forbid")

    verb: Verb


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser needs to have a payment signed; ``version`` is the version that is signed."""

    id: UUID
    version: int
    options: dict[str, Any]


def ask(work: Work, disbursement_id: UUID, form: NewQuestion, site: Site) -> Question:
    """Ask the actor to sign a step of a payment: good for five minutes, once, from this session.

    Raises NotFound, Invalid for a step that is not signed, Denied without a passkey, Conflict when the payment does
    not wait for the step. A question is no event; its answer is on record.
    """
    if form.verb not in SIGNABLE:
        raise Invalid(Problem("/verb", "verb.not_signed", "Choose approve, release or settle."))
    found = find(work, NEEDS[form.verb], disbursement_id)
    allowed = credential_ids(work, work.actor.id)
    if not allowed or work.actor.session_id is None:
        raise Denied("confirmation.no_passkey", "You have no passkey here. Make one under your name first.")
    if found.status not in MOVES[form.verb].old:
        raise Conflict("disbursement.status", "The disbursement is not in a status that allows this. Load it again.")
    question_id = once(work, form, lambda id_: _write(work, found, form.verb, id_))
    asked = work.session.execute(
        select(col(ConfirmationQuestion.challenge), col(ConfirmationQuestion.version)).where(
            col(ConfirmationQuestion.id) == question_id
        )
    ).one_or_none()
    if asked is None:
        raise Conflict("confirmation.old", "This question is too old. Ask for a new one.")
    return Question(question_id, asked.version, passkeys.question(site, asked.challenge, allowed))


def _write(work: Work, found: FoundDisbursement, verb: Verb, question_id: UUID) -> None:
    nonce = secrets.token_bytes(NONCE_BYTES)
    connection = work.session.connection()
    connection.execute(
        delete(ConfirmationQuestion).where(
            col(ConfirmationQuestion.ends_at) < work.now, col(ConfirmationQuestion.actor_id) == work.actor.id
        )
    )
    connection.execute(
        ConfirmationQuestion.__table__.insert().values(  # type: ignore[attr-defined]  # SQLModel adds it
            id=question_id,
            disbursement_id=found.id,
            verb=verb,
            version=found.version,
            actor_id=work.actor.id,
            holder=of_session(work.actor.session_id),
            nonce=nonce,
            challenge=challenge_of(found.content, nonce, verb, work.actor.id),
            created_at=work.now,
            ends_at=work.now + QUESTION_LIFE,
        )
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """How a step was confirmed, and what was signed where something was."""

    confirmed: Confirmed
    signed: dict[str, Any] | None = None


def prove(
    work: Work, found: FoundDisbursement, verb: Verb, form: Confirmation | BaseModel, terms: Terms | None
) -> Proof:
    """How the actor confirms this step. Without terms nothing is asked: a program's own run, never a door.

    Raises Invalid for a confirmation that does not hold, Conflict when the payment changed since it was asked for,
    Denied where a passkey is needed, StepUp where a password will do and was not given just now.
    """
    given = getattr(form, "confirmation", None)
    if given is not None:
        if terms is None:
            raise _wrong()
        return _signed(work, found, verb, given, terms.site)
    if terms is None or terms.policy is PaymentConfirmation.OPTIONAL:
        return Proof(Confirmed.DEMO)
    if credential_ids(work, work.actor.id):
        raise Denied("confirmation.needed", "Confirm this with your passkey.")
    if terms.policy is PaymentConfirmation.PASSKEY or _fund_has_signatures(work, found.fund_id):
        raise Denied(
            "confirmation.no_passkey", "Payments of this fund are signed. Make a passkey under your name first."
        )
    if terms.within is not None and not work.actor.proved_since(work.now - terms.within):
        raise StepUp
    return Proof(Confirmed.PASSWORD)


def _fund_has_signatures(work: Work, fund_id: UUID) -> bool:
    """Whether anybody ever signed a payment of this fund: from then on a password is not enough."""
    signed = (
        exists()
        .where(col(DisbursementSignature.disbursement_id) == col(Disbursement.id))
        .where(col(Disbursement.fund_id) == fund_id)
    )
    return bool(work.session.execute(select(signed)).scalar())


def _signed(work: Work, found: FoundDisbursement, verb: Verb, given: Assertion, site: Site) -> Proof:
    answer = passkeys.checked(work, given, site, account_id=work.actor.id)
    if answer is None:
        raise _wrong()
    asked = _take(work, found, verb, answer.challenge)
    if asked is None or not passkeys.counted(work, answer):
        raise _wrong()
    if challenge_of(found.content, asked, verb, work.actor.id) != answer.challenge:
        raise Conflict("confirmation.changed", "The payment changed after you were asked. Load it again and look anew.")
    content, said = found.content, given.response
    return Proof(
        Confirmed.SIGNED,
        {
            "passkey_id": answer.passkey.id,
            "credential_id": base64url_to_bytes(given.rawId),
            "public_key": answer.passkey.public_key,
            "client_data": base64url_to_bytes(said.clientDataJSON),
            "authenticator_data": base64url_to_bytes(said.authenticatorData),
            "signature": base64url_to_bytes(said.signature),
            "nonce": asked,
            "account_hash": content.account_hash,
            "memo_hash": content.memo_hash,
            "host": site.host,
            "origin": site.origin,
        },
    )


def _take(work: Work, found: FoundDisbursement, verb: Verb, challenge: bytes) -> bytes | None:
    """The nonce of the question, which is spent by this; None when it was not asked, or not of this actor here."""
    taken = work.session.connection().execute(
        update(ConfirmationQuestion)
        .where(
            col(ConfirmationQuestion.challenge) == challenge,
            col(ConfirmationQuestion.disbursement_id) == found.id,
            col(ConfirmationQuestion.verb) == verb,
            col(ConfirmationQuestion.actor_id) == work.actor.id,
            col(ConfirmationQuestion.holder) == of_session(work.actor.session_id),
            col(ConfirmationQuestion.ends_at) > work.now,
            col(ConfirmationQuestion.used_at).is_(None),
        )
        .values(used_at=work.now)
        .returning(col(ConfirmationQuestion.nonce))
    )
    return taken.scalar_one_or_none()


def keep(work: Work, found: FoundDisbursement, verb: Verb, step_id: UUID, proof: Proof) -> None:
    """Write the signature of a step, where there is one."""
    if proof.signed is None:
        return
    work.insert(
        DisbursementSignature,
        id=new_id(),
        disbursement_id=found.id,
        step_id=step_id,
        verb=verb,
        version=found.version,
        actor_id=work.actor.id,
        created_at=work.now,
        **proof.signed,
    )


def _wrong() -> Invalid:
    return Invalid(
        Problem(
            "/confirmation",
            "confirmation.unverifiable",
            "The passkey's answer does not fit this payment. Ask for a new question, then try again.",
        )
    )
