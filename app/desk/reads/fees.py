"""The page of a case's fees: what the room of fees knows of it, beside the funds that may pay."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.grants import Permission
from app.cases import reads as cases
from app.cases.rules import CaseStatus, day_in
from app.desk.reads.payers import Payer, payers_to_ask
from app.fees import reads as fees
from app.fees.rules import Known
from app.funds.rules import Category
from app.work import Work


@dataclass(frozen=True, slots=True)
class CaseFees:
    """``payers`` are funds with money for filing fees. ``within`` is None for who does not enter waivers."""

    id: UUID
    reference: str
    open: bool
    notices: list[fees.NoticeView]
    quotes: list[fees.QuoteView]
    waivers: list[fees.WaiverView]
    prices: fees.FeesOnDay
    payers: list[Payer]
    within: Known | None
    today: date


def fees_of_case(work: Work, case_id: UUID, on: date | None) -> CaseFees:
    """Everything about a case's fees, with the prices of a day to choose from, today's unless asked otherwise.

    Raises NotFound.
    """
    found = cases.case_for(work, Permission.FEE_QUOTE, case_id)
    tracks = Permission.FEE_TRACK in work.actor.permissions
    return CaseFees(
        id=case_id,
        reference=found.reference,
        open=found.status is CaseStatus.OPEN,
        notices=fees.notices(work, case_id).items,
        quotes=fees.quotes(work, case_id).items,
        waivers=fees.waivers(work, case_id).items,
        prices=fees.fees(work, on),
        payers=[
            each
            for each in payers_to_ask(work, case_id, found.applicant_id).items
            if Category.FILING_FEES in each.categories
        ],
        within=fees.income_speaks(work, case_id).within if tracks else None,
        today=day_in(work.now, work.actor.time_zone),
    )
