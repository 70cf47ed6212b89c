"""Sending money, seeing it arrive, and taking it back."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.disbursements.actions.advance import (
    Nothing,
    advance,
    must_be_free,
    must_be_the_account,
    place_of,
    today_of,
)
from app.disbursements.actions.confirm import Confirmation, Terms, prove
from app.disbursements.actions.decide import Reason, sealed_reason
from app.disbursements.model import Disbursement
from app.disbursements.reads.find import FoundDisbursement, find
from app.disbursements.rules import ACCOUNT_WAIT, DisbursementStatus, Verb
from app.errors import Conflict, Invalid, Problem
from app.funds.actions.awards import begin_paying, take_back
from app.funds.actions.funds import Line
from app.funds.actions.ledger import Posting, post
from app.funds.rules import EntryKind
from app.once import once
from app.work import Work


class Settlement(Confirmation):
    """The day on which the bank paid (today unless given), and the bank's reference, which may follow."""

    settled_on: Day | None = None
    bank_reference: Line | None = None


class BankReference(BaseModel):
    """The bank's reference of a payment that is settled."""

    model_config = ConfigDict(extra="forbid")

    bank_reference: Line


def release(work: Work, disbursement_id: UUID, form: Confirmation | Nothing, terms: Terms | None = None) -> UUID:
    """Send the money. Raises NotFound, Denied, Invalid for a confirmation that does not hold, or Conflict."""
    found = find(work, Permission.DISBURSEMENT_RELEASE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        must_be_free(work, found, Verb.RELEASE)
        must_be_the_account(found)
        _must_have_waited(work, found)
        proof = prove(work, found, Verb.RELEASE, form, terms)
        advance(work, found, Verb.RELEASE, today, proof, released_on=today)
        begin_paying(work, found.award_id)

    return once(work, form, do, result_id=disbursement_id)


def _must_have_waited(work: Work, found: FoundDisbursement) -> None:
    """Raise Conflict while the payee's account was changed less than three days ago."""
    changed = found.account_changed_at
    if changed is not None and work.now < changed + ACCOUNT_WAIT:
        hours = -(-int((changed + ACCOUNT_WAIT - work.now).total_seconds()) // 3600)
        raise Conflict(
            "payee.account_waits",
            "The payee's account was changed. Money goes to it after three days: in {hours} hours.",
            {"hours": hours},
        )


def settle(work: Work, disbursement_id: UUID, form: Settlement, terms: Terms | None = None) -> UUID:
    """Say that the bank paid: the amount counts as paid from the award.

    Raises NotFound, Denied, Invalid for a day after today or before the release, Conflict when it is not released.
    """
    found = find(work, Permission.DISBURSEMENT_SETTLE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        settled_on = form.settled_on or today
        if settled_on > today:
            raise Invalid(Problem("/settled_on", "settled_on.future", "Enter today or a day before today."))
        if found.released_on is not None and settled_on < found.released_on:
            raise Invalid(
                Problem("/settled_on", "settled_on.too_early", "Enter a day on or after the day of the release.")
            )
        must_be_free(work, found, Verb.SETTLE)
        # What the bank did needs no signature; who gives one has it checked and kept.
        proof = None if form.confirmation is None else prove(work, found, Verb.SETTLE, form, terms)
        said = {"settled_on": settled_on, "bank_reference": form.bank_reference}
        advance(work, found, Verb.SETTLE, settled_on, proof, **said)
        post(work, place_of(found), Posting(EntryKind.SETTLED, found.amount, settled_on, found.id))

    return once(work, form, do, result_id=disbursement_id)


def give_bank_reference(work: Work, disbursement_id: UUID, form: BankReference) -> UUID:
    """Add the bank's reference to a settled disbursement that has none. Raises NotFound or Conflict."""
    found = find(work, Permission.DISBURSEMENT_SETTLE, disbursement_id)

    def do(_: UUID) -> None:
        changed = work.session.execute(
            update(Disbursement)
            .where(
                col(Disbursement.id) == found.id,
                col(Disbursement.status) == DisbursementStatus.SETTLED,
                col(Disbursement.bank_reference).is_(None),
            )
            .values(bank_reference=form.bank_reference)
        )
        if changed.rowcount != 1:
            raise Conflict(
                "disbursement.bank_reference", "Only a settled disbursement without a bank reference takes one."
            )
        record(
            work,
            "disbursement.bank_reference_given",
            object_type="disbursement",
            object_id=found.id,
            subject_id=found.case_id,
        )

    return once(work, form, do, result_id=disbursement_id)


def give_back(work: Work, disbursement_id: UUID, form: Reason) -> UUID:
    """Say that the bank or the payee sent the money back, before or after it was settled.

    Raises NotFound, or Conflict when it is neither released nor settled.
    """
    found = find(work, Permission.DISBURSEMENT_SETTLE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        was_settled = found.status is DisbursementStatus.SETTLED
        advance(
            work,
            found,
            Verb.RETURN,
            today,
            returned_on=today,
            reversed_on=today if was_settled else None,
            reason_code=form.code,
            reason=sealed_reason(work, found, form.reason),
        )
        if was_settled:
            take_back(work, place_of(found), Posting(EntryKind.REVERSED, found.amount, today, found.id))
        else:
            post(work, place_of(found), Posting(EntryKind.FREED, found.amount, today, found.id))

    return once(work, form, do, result_id=disbursement_id)


def reverse(work: Work, disbursement_id: UUID, form: Reason) -> UUID:
    """Undo a settled disbursement: a counter-entry on today's date, and the amount is on the award again.

    Raises NotFound, or Conflict when it is not settled.
    """
    found = find(work, Permission.DISBURSEMENT_SETTLE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        advance(
            work,
            found,
            Verb.REVERSE,
            today,
            reversed_on=today,
            reason_code=form.code,
            reason=sealed_reason(work, found, form.reason),
        )
        take_back(work, place_of(found), Posting(EntryKind.REVERSED, found.amount, today, found.id))

    return once(work, form, do, result_id=disbursement_id)
