"""Disbursements over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.access.grants import Permission
from app.authenticators.rules import site_of
from app.cases.actions.dates import Day
from app.disbursements.actions import confirm, decide, edit, pay
from app.disbursements.actions import create as asking
from app.disbursements.actions.advance import Nothing
from app.disbursements.actions.confirm import Confirmation, NewQuestion, Terms
from app.disbursements.reads import disbursements as reads
from app.disbursements.reads import parts, waiting
from app.disbursements.reads.filter import DisbursementFilter
from app.disbursements.reads.find import readable
from app.disbursements.rules import DisbursementStatus, Figure, Verb
from app.funds.rules import Category
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.answers import Answer
from app.web.door import Door
from app.work import Work

door = Door("/disbursements")
funds = Door("/funds")
awards = Door("/awards")


@door.get("", Permission.DISBURSEMENT_READ)
def list_disbursements(
    work: Work,
    status: DisbursementStatus | None = None,
    fund_id: UUID | None = None,
    case_id: UUID | None = None,
    award_id: UUID | None = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
    partner_id: UUID | None = None,
    reference: str | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.DisbursementList:
    """The disbursements in your reach, newest first; ``from`` and ``to`` are days on which they were requested.

    ``reference`` is the disbursement's, its award's or its case's.
    """
    which = DisbursementFilter(
        status, fund_id, case_id, award_id, since, until, partner_id=partner_id, reference=reference
    )
    return reads.disbursements(work, which, limit, cursor)


@door.get("/waiting", Permission.DISBURSEMENT_READ)
def list_waiting(
    work: Work,
    step: Verb | None = None,
    fund_id: UUID | None = None,
    partner_id: UUID | None = None,
    mine: bool = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> waiting.WaitingList:
    """The disbursements that wait for a step, oldest first; ``mine`` leaves those that you may move on now."""
    return waiting.waiting(work, waiting.WaitingFilter(step, fund_id, partner_id, mine), limit, cursor)


@door.get("/{disbursement_id}", Permission.DISBURSEMENT_READ)
def get_disbursement(work: Work, disbursement_id: UUID) -> reads.DisbursementView:
    """One disbursement with the steps of its life."""
    return reads.disbursement(work, disbursement_id)


@door.post("", Permission.DISBURSEMENT_CREATE, key=True, status_code=201)
def create_disbursement(work: Work, form: asking.NewDisbursement) -> reads.DisbursementView:
    """Draft a payment out of an award: its amount is reserved."""
    return reads.disbursement(work, asking.create(work, form), answering=True)


@door.patch("/{disbursement_id}", Permission.DISBURSEMENT_CREATE, finds=edit.version)
def change_disbursement(work: Work, disbursement_id: UUID, form: edit.Change) -> reads.DisbursementView:
    """Change a payment that was not sent: it is a draft again, and what was approved or signed counts no more."""
    edit.change(work, disbursement_id, form)
    return reads.disbursement(work, disbursement_id, answering=True)


@door.post("/{disbursement_id}/submit", Permission.DISBURSEMENT_CREATE, finds=readable, key=True)
def submit_disbursement(
    work: Work, disbursement_id: UUID, request: Request, form: Nothing | None = None
) -> reads.DisbursementView:
    """Hand a draft in for approval; a large one for two."""
    asking.submit(work, disbursement_id, form or Nothing(), _terms(request).second_approval_over)
    return reads.disbursement(work, disbursement_id, answering=True)


def _terms(request: Request) -> Terms:
    settings = request.app.state.services.settings
    over = None if settings.second_approval_over is None else settings.second_approval_over * 100
    return Terms(site_of(settings.public_origin), settings.confirmation, settings.step_up, over)


@door.post(
    "/{disbursement_id}/confirmations", Permission.DISBURSEMENT_APPROVE, finds=readable, key=True, status_code=201
)
def ask_to_sign(work: Work, disbursement_id: UUID, form: NewQuestion, request: Request) -> Answer:
    """What the browser needs to have a step of this payment signed by my passkey; good for five minutes, once."""
    asked = confirm.ask(work, disbursement_id, form, _terms(request).site)
    return Answer({"id": asked.id, "disbursement_version": asked.version, "options": asked.options})


@door.post("/{disbursement_id}/approve", Permission.DISBURSEMENT_APPROVE, finds=readable, key=True)
def approve_disbursement(
    work: Work, disbursement_id: UUID, request: Request, form: Confirmation | None = None
) -> reads.DisbursementView:
    """Approve what somebody else asked for; with a passkey's signature over it, where that is asked for."""
    decide.approve(work, disbursement_id, form or Confirmation(), _terms(request))
    return reads.disbursement(work, disbursement_id, answering=True)


@door.post("/{disbursement_id}/reject", Permission.DISBURSEMENT_APPROVE, finds=readable, key=True)
def reject_disbursement(work: Work, disbursement_id: UUID, form: decide.Reason) -> reads.DisbursementView:
    """Refuse a disbursement, with a reason: its amount is free on the award again."""
    return reads.disbursement(work, decide.reject(work, disbursement_id, form), answering=True)


@door.post("/{disbursement_id}/release", Permission.DISBURSEMENT_RELEASE, finds=readable, key=True)
def release_disbursement(
    work: Work, disbursement_id: UUID, request: Request, form: Confirmation | None = None
) -> reads.DisbursementView:
    """Send the money that others asked for and approved; with a passkey's signature, where that is asked for."""
    pay.release(work, disbursement_id, form or Confirmation(), _terms(request))
    return reads.disbursement(work, disbursement_id, answering=True)


@door.post("/{disbursement_id}/settle", Permission.DISBURSEMENT_SETTLE, finds=readable, key=True)
def settle_disbursement(
    work: Work, disbursement_id: UUID, request: Request, form: pay.Settlement | None = None
) -> reads.DisbursementView:
    """Say that the bank paid; the fourth person. A signature may be given."""
    pay.settle(work, disbursement_id, form or pay.Settlement(), _terms(request))
    return reads.disbursement(work, disbursement_id, answering=True)


@door.post("/{disbursement_id}/bank-reference", Permission.DISBURSEMENT_SETTLE, finds=readable, key=True)
def give_bank_reference(work: Work, disbursement_id: UUID, form: pay.BankReference) -> reads.DisbursementView:
    """Add the bank's reference, where the settlement came without."""
    return reads.disbursement(work, pay.give_bank_reference(work, disbursement_id, form), answering=True)


@door.post("/{disbursement_id}/return", Permission.DISBURSEMENT_SETTLE, finds=readable, key=True)
def return_disbursement(work: Work, disbursement_id: UUID, form: decide.Reason) -> reads.DisbursementView:
    """Say, with a reason, that the money came back."""
    return reads.disbursement(work, pay.give_back(work, disbursement_id, form), answering=True)


@door.post("/{disbursement_id}/reverse", Permission.DISBURSEMENT_SETTLE, finds=readable, key=True)
def reverse_disbursement(work: Work, disbursement_id: UUID, form: decide.Reason) -> reads.DisbursementView:
    """Undo a settled disbursement, with a reason: a counter-entry on today's date."""
    return reads.disbursement(work, pay.reverse(work, disbursement_id, form), answering=True)


@funds.get("/{fund_id}/parts", Permission.FUND_READ)
def list_parts_of_fund(
    work: Work,
    fund_id: UUID,
    figure: Figure,
    category: Category | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> parts.Parts:
    """What a figure of a fund, or of one of its categories, is made of; the parts add up to it."""
    return parts.parts_of_fund(work, fund_id, figure, category, limit, cursor)


@awards.get("/{award_id}/parts", Permission.AWARD_READ)
def list_parts_of_award(
    work: Work, award_id: UUID, figure: Figure, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> parts.Parts:
    """What a figure of an award is made of; the parts add up to it."""
    return parts.parts_of_award(work, award_id, figure, limit, cursor)
