"""Asking for money from an award: a draft that holds its amount, and its submission."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.access.grants import Permission
from app.cases.actions.dates import Day
from app.cases.rules import day_in
from app.crypto import Cell, Group
from app.disbursements.actions.advance import Nothing, advance, keep_step, today_of
from app.disbursements.actions.expire import expire_overdue
from app.disbursements.model import Disbursement
from app.disbursements.reads.find import find
from app.disbursements.rules import (
    AuthorizationForm,
    DisbursementStatus,
    Duty,
    Method,
    Verb,
    approvals_needed,
    digest_of,
)
from app.errors import Conflict, Invalid, NotFound, Problem
from app.fees.rules import Agency, Instrument, instruments_for
from app.funds.actions.ledger import Amount, Place, Posting, post
from app.funds.reads.awards import find as find_award
from app.funds.reads.payees import PayablePayee, payable
from app.funds.rules import OPEN_AWARDS, EntryKind, PayeeKind
from app.once import once
from app.reference import new_reference
from app.web.i18n import N_
from app.work import Work


class Authorization(BaseModel):
    """The form by which an agency may draw a fee: which one, its number where it has one, and the day it was signed."""

    model_config = ConfigDict(extra="forbid")

    form: AuthorizationForm
    signed_on: Day
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None

    def columns(self) -> dict[str, Any]:
        """As they stand in the table."""
        return {
            "authorization_form": self.form,
            "authorization_number": self.number,
            "authorization_on": self.signed_on,
        }


class NewDisbursement(BaseModel):
    """A payment to make out of an award. The memo is for the case's attorneys and is sealed under the case's key."""

    model_config = ConfigDict(extra="forbid")

    award_id: UUID
    payee_id: UUID
    amount: Amount
    method: Method
    memo: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None
    authorization: Authorization | None = None


#: How an instrument that an agency takes is called among ways of payment; money orders are none of them.
_AS_METHOD: Final = {
    Instrument.ACH: Method.ACH,
    Instrument.CARD: Method.CARD,
    Instrument.CHECK: Method.CHECK,
    Instrument.PORTAL: Method.AGENCY_PORTAL,
}
_NOT_TAKEN: Final = {
    Agency.USCIS: N_(
        "USCIS takes no paper check and no wire. Pay by card with form G-1450, or from a bank account with form G-1650."
    ),
    Agency.EOIR: N_("The immigration courts are paid in their payment portal. Choose the agency's portal."),
}


def create(work: Work, form: NewDisbursement) -> UUID:
    """Draft a disbursement and give its id: its amount is reserved on the award from now on.

    Raises NotFound for an award out of reach, Invalid for a payee that can not be paid here, Conflict when the award
    is not open or has less left than this.
    """
    award = find_award(work, Permission.DISBURSEMENT_CREATE, form.award_id)

    def do(disbursement_id: UUID) -> None:
        if award.status not in OPEN_AWARDS:
            raise Conflict("award.not_open", "This award is not open: it was not approved, or it is closed.")
        payee = must_be_payable(work, form.payee_id, award.case_id)
        today = day_in(work.now, award.time_zone)
        must_be_accepted(payee, form.method, today)
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
            version=1,
            approvals=0,
            approvals_needed=1,
            account_hash=digest_of(payee.account),
            **(form.authorization.columns() if form.authorization else {}),
        )
        keep_step(work, disbursement_id, award.case_id, Verb.CREATE, today, Duty.REQUESTER)
        place = Place(award.fund_id, award.allocation_id, award.id)
        post(work, place, Posting(EntryKind.RESERVED, form.amount, today, disbursement_id))

    return once(work, form, do)


def submit(work: Work, disbursement_id: UUID, form: Nothing, second_approval_over: int | None = None) -> UUID:
    """Hand a draft in for approval; above ``second_approval_over`` cents for the approval of two.

    Raises NotFound, Denied for whoever approved it before, or Conflict when it is no draft any more.
    """
    found = find(work, Permission.DISBURSEMENT_CREATE, disbursement_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        needed = approvals_needed(int(found.amount), second_approval_over)
        advance(work, found, Verb.SUBMIT, today, requested_on=today, approvals_needed=needed)

    return once(work, form, do, result_id=disbursement_id)


def must_be_accepted(payee: PayablePayee, method: Method, day: date) -> None:
    """Raise Invalid when an agency whose rules are known does not take this way of payment on this day."""
    if method is Method.AGENCY_PORTAL and payee.kind is not PayeeKind.AGENCY:
        raise Invalid(
            Problem("/method", "method.agency_only", "Only an agency is paid on its own pages. Choose another way.")
        )
    if payee.agency is None:
        return
    taken = {_AS_METHOD.get(each.instrument) for each in instruments_for(payee.agency, day)} - {None}
    if taken and method not in taken:
        raise Invalid(Problem("/method", f"method.{payee.agency.value}", _NOT_TAKEN[payee.agency]))


def must_be_payable(work: Work, payee_id: UUID, case_id: UUID) -> PayablePayee:
    """Raise Invalid for a payee out of the actor's reach, and for a person who is the client of another case."""
    try:
        payee = payable(work, payee_id)
    except NotFound:
        raise Invalid(Problem("/payee_id", "payee_id.unknown", "There is no such payee.")) from None
    if payee.case_id is not None and payee.case_id != case_id:
        raise Invalid(
            Problem(
                "/payee_id", "payee_id.other_case", "This person is the client of another case. Choose another payee."
            )
        )
    return payee
