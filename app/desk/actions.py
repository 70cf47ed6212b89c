"""Asking for the money of a fee that runs out, in one step: what it costs, and the award that it is asked from."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.access.grants import Permission
from app.fees import actions as fees
from app.fees.reads import notice
from app.funds.actions import awards
from app.funds.rules import Category
from app.once import once
from app.work import Work


class FeeRequest(BaseModel):
    """From which fund the money is asked."""

    model_config = ConfigDict(extra="forbid")

    fund_id: UUID


def ask_for_fee(work: Work, case_id: UUID, notice_id: UUID, form: FeeRequest) -> UUID:
    """Make the quote of a notice's fee and ask for an award of its amount.

    Raises NotFound, Invalid for a fund without filing fees, Conflict when the fee is over, was asked for, or can not be
    paid by the schedule in force.
    """
    found = notice(work, case_id, notice_id, may=Permission.AWARD_REQUEST)

    def do(_: UUID) -> None:
        quote_id, amount = fees.quote_for(work, case_id, found)
        wanted = awards.NewAward(case_id=case_id, fund_id=form.fund_id, category=Category.FILING_FEES, amount=amount)
        fees.note_asked(work, case_id, notice_id, quote_id, awards.request(work, wanted))

    return once(work, form, do, result_id=notice_id)
