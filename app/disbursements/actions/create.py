"""Asking for money from an award: a draft that holds its amount, and its submission."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.access.grants import Permission
from app.cases.rules import day_in
from app.crypto import Cell, Group
from app.disbursements.actions.advance import Nothing, advance, keep_step, today_of
from app.disbursements.actions.expire import expire_overdue
from app.disbursements.model import Disbursement
from app.disbursements.reads.find import find
from app.disbursements.rules import DisbursementStatus, Duty, Method, Verb
from app.errors import Conflict, Invalid, NotFound, Problem
from app.funds.actions.ledger import Amount, Place, Posting, post
from app.funds.reads.awards import FoundAward
from app.funds.reads.awards import find as find_award
from app.funds.reads.payees import payable
from app.funds.rules import OPEN_AWARDS, EntryKind
from app.once import once
from app.reference import new_reference
from app.work import Work


class NewDisbursement(BaseModel):
    """A payment to make out of an award. The memo is for the case's attorneys and is sealed under the case's key."""

    model_config = ConfigDict(extra="forbid")

    award_id: UUID
    payee_id: UUID
    amount: Amount
    method: Method
    memo: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None


def create(work: Work, form: NewDisbursement) -> UUID:
    """Draft a disbursement and give its id: its amount is reserved on the award from now on.

    Raises NotFound for an award out of reach, Invalid for a payee that can not be paid here, Conflict when the award
    is not open or has less left than this.
    """
    award = find_award(work, Permission.DISBURSEMENT_CREATE, form.award_id)

    def do(disbursement_id: UUID) -> None:
        if award.status not in OPEN_AWARDS:
            raise Conflict("award.not_open", "This award is not open: it was not approved, or it is closed.")
        _must_be_payable(work, form, award)
        today = day_in(work.now, award.time_zone)
        expire_overdue(work, award, today)
        memo = Cell("disbursement", "memo", disbursement_id, award.case_id)
        work.insert(
            Disbursement,
            id=disbursement_id,
            reference=new_reference("DB"),
            award_id=award.id,
            case_id=award.case_id,
            fund_id=award.fund_id,
            category=award.category,
            partner_id=award.partner_id,
            payee_id=form.payee_id,
            amount=form.amount,
            method=form.method,
            status=DisbursementStatus.DRAFT,
            # Sealed also when empty: whether there is a memo shows nowhere.
            memo=work.vault.seal(memo, Group.NOTES, form.memo),
            requested_on=today,
            created_at=work.now,
        )
        keep_step(work, disbursement_id, award.case_id, Verb.CREATE, today, Duty.REQUESTER)
        place = Place(award.fund_id, award.allocation_id, award.id)
        post(work, place, Posting(EntryKind.RESERVED, form.amount, today, disbursement_id))

    return once(work, form, do)


def submit(work: Work, disbursement_id: UUID, form: Nothing) -> UUID:
    """Hand a draft in for approval. Raises NotFound, or Conflict when it is no draft any more."""
    found = find(work, Permission.DISBURSEMENT_CREATE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        advance(work, found, Verb.SUBMIT, today, requested_on=today)

    return once(work, form, do, result_id=disbursement_id)


def _must_be_payable(work: Work, form: NewDisbursement, award: FoundAward) -> None:
    """Raise Invalid for a payee out of the actor's reach, and for a person who is the client of another case."""
    try:
        payee = payable(work, form.payee_id)
    except NotFound:
        raise Invalid(Problem("/payee_id", "payee_id.unknown", "There is no such payee.")) from None
    if payee.case_id is not None and payee.case_id != award.case_id:
        raise Invalid(
            Problem(
                "/payee_id", "payee_id.other_case", "This person is the client of another case. Choose another payee."
            )
        )
