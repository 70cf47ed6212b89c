"""Changing a payment before it is sent: what is signed gets a new version, and every approval before counts no more."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.crypto import Cell, Group
from app.disbursements.actions.advance import advance, place_of, today_of
from app.disbursements.actions.create import Authorization, must_be_accepted, must_be_payable
from app.disbursements.model import DisbursementStep
from app.disbursements.reads.find import FoundDisbursement, find
from app.disbursements.rules import Method, Verb, digest_of
from app.errors import Invalid, Problem
from app.funds.actions.ledger import Amount, Posting, post
from app.funds.rules import EntryKind
from app.money import Money
from app.work import Work


class Change(BaseModel):
    """What is to be another; what is left out stays. ``memo`` null takes the memo away."""

    model_config = ConfigDict(extra="forbid")

    payee_id: UUID | None = None
    amount: Amount | None = None
    method: Method | None = None
    memo: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None
    authorization: Authorization | None = None


def version(work: Work, disbursement_id: UUID) -> int:
    """The version that ``If-Match`` is held against. Raises NotFound for what is not the actor's to change."""
    return find(work, Permission.DISBURSEMENT_CREATE, disbursement_id).version


def change(work: Work, disbursement_id: UUID, form: Change) -> None:
    """Change a payment that is not released: it is a draft again, of the next version, with the payee's account of now.

    Raises NotFound, Stale, Denied for somebody who approved it, Invalid for a payee or a method that does not go,
    Conflict when it was released or ended, or the award has less left than a larger amount asks for.
    """
    found = find(work, Permission.DISBURSEMENT_CREATE, disbursement_id)
    work.expect(found.version)
    if not form.model_fields_set:
        raise Invalid(Problem("", "change.nothing", "Say what should change."))
    payee_id = form.payee_id or found.content.payee_id
    payee = must_be_payable(work, payee_id, found.case_id)
    method = form.method or found.content.method
    today = today_of(work, found)
    must_be_accepted(payee, method, today)
    amount = found.amount if form.amount is None else form.amount
    columns: dict[str, Any] = {
        "payee_id": payee_id,
        "amount": amount,
        "method": method,
        "version": found.version + 1,
        "approvals": 0,
        "approvals_needed": 1,
        "approved_on": None,
        "account_hash": digest_of(payee.account),
        "requested_on": today,
    }
    if "memo" in form.model_fields_set:
        memo = Cell("disbursement", "memo", found.id, found.case_id)
        columns["memo"] = work.vault.seal(memo, Group.NOTES, form.memo)
    if form.authorization is not None:
        columns |= form.authorization.columns()
    advance(work, found, Verb.EDIT, today, **columns)
    _move_reservation(work, found, amount, today)


def _move_reservation(work: Work, found: FoundDisbursement, amount: Money, today: date) -> None:
    """Hold as much on the award as the payment now asks for. The entry is of this change: `transfer_id` is its step."""
    more = int(amount) - int(found.amount)
    if more == 0:
        return
    kind = EntryKind.RESERVED_MORE if more > 0 else EntryKind.RESERVED_LESS
    step_id = work.session.execute(
        select(col(DisbursementStep.id))
        .where(col(DisbursementStep.disbursement_id) == found.id, col(DisbursementStep.verb) == Verb.EDIT)
        .order_by(col(DisbursementStep.version).desc())
        .limit(1)
    ).scalar_one()
    post(work, place_of(found), Posting(kind, Money(abs(more)), today, transfer_id=step_id))
