"""Approving a disbursement, or not."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.access.grants import Permission
from app.crypto import Cell, Group
from app.disbursements.actions.advance import (
    Nothing,
    advance,
    must_be_free,
    must_be_the_account,
    place_of,
    today_of,
)
from app.disbursements.actions.confirm import Confirmation, Terms, prove
from app.disbursements.reads.find import FoundDisbursement, find
from app.disbursements.rules import DisbursementStatus, ReasonCode, Verb
from app.funds.actions.ledger import Posting, post
from app.funds.rules import EntryKind
from app.once import once
from app.work import Work


class Reason(BaseModel):
    """Why: in words for the case's attorneys, which are sealed, and by a code for those who read references only."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    code: ReasonCode = ReasonCode.OTHER


def approve(work: Work, disbursement_id: UUID, form: Confirmation | Nothing, terms: Terms | None = None) -> UUID:
    """Approve what somebody else asked for. It is approved when as many did as its amount needs.

    Raises NotFound, Denied, Invalid for a confirmation that does not hold, or Conflict when it is not submitted or its
    payee's account was changed meanwhile.
    """
    found = find(work, Permission.DISBURSEMENT_APPROVE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        must_be_free(work, found, Verb.APPROVE)
        must_be_the_account(found)
        proof = prove(work, found, Verb.APPROVE, form, terms)
        last = found.approvals + 1 >= found.approvals_needed
        columns = {"approved_on": today} if last else {"status": DisbursementStatus.SUBMITTED}
        advance(work, found, Verb.APPROVE, today, proof, approvals=found.approvals + 1, **columns)

    return once(work, form, do, result_id=disbursement_id)


def reject(work: Work, disbursement_id: UUID, form: Reason) -> UUID:
    """Refuse a disbursement: its amount is free on the award again.

    Raises NotFound, or Conflict when it was released or ended already.
    """
    found = find(work, Permission.DISBURSEMENT_APPROVE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        advance(work, found, Verb.REJECT, today, reason_code=form.code, reason=sealed_reason(work, found, form.reason))
        post(work, place_of(found), Posting(EntryKind.FREED, found.amount, today, found.id))

    return once(work, form, do, result_id=disbursement_id)


def sealed_reason(work: Work, found: FoundDisbursement, words: str) -> bytes:
    """The words of a reason, sealed under the case's key."""
    return work.vault.seal(Cell("disbursement", "reason", found.id, found.case_id), Group.NOTES, words)
