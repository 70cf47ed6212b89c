"""Quotes: what a case's filings cost on a day, kept as it was."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.reads.find import FoundCase, case_for
from app.cases.rules import CaseStatus, day_in, is_plausible
from app.errors import Conflict, Invalid, Problem
from app.fees.model import FeeQuote
from app.fees.reads.of_cases import waived_on
from app.fees.reads.schedules import InForce, in_force
from app.fees.rules import QuotedFees, quote
from app.once import once
from app.work import Work


class NewQuote(BaseModel):
    """What is to be filed, by the ids of lines of the schedule, and on which day."""

    model_config = ConfigDict(extra="forbid")

    filed_on: Day
    fees: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=30)]


def make(work: Work, case_id: UUID, form: NewQuote) -> UUID:
    """Make a quote by the schedule in force and keep it on the case.

    Raises NotFound, Conflict on a case that is not open, Invalid for a fee without a price on that day.
    """
    found = case_for(work, Permission.FEE_QUOTE, case_id)

    def do(quote_id: UUID) -> None:
        keep(work, found, quote_id, form.filed_on, form.fees)

    return once(work, form, do)


def keep(work: Work, case: FoundCase, quote_id: UUID, filed_on: date, fees: list[str]) -> QuotedFees:
    """Keep a quote under this id, for a verb that answers repeated requests itself. Raises as ``make``."""
    if case.status is not CaseStatus.OPEN:
        raise Conflict("case.not_open", "Fees are quoted on open cases. This case is not open.")
    if not is_plausible(filed_on, day_in(work.now, work.actor.time_zone)):
        raise Invalid(Problem("/filed_on", "date.range", "Check the year."))
    by = in_force(work)
    quoted = quote(by.lines, fees, filed_on, waived_on(work, case.id))
    work.session.execute(insert(FeeQuote).values(**_row(work, case, quote_id, filed_on, by, quoted)))
    record(work, "fee_quote.made", object_type="fee_quote", object_id=quote_id, subject_id=case.applicant_id)
    return quoted


def _row(
    work: Work, case: FoundCase, quote_id: UUID, filed_on: date, by: InForce, quoted: QuotedFees
) -> dict[str, Any]:
    return {
        "id": quote_id,
        "case_id": case.id,
        "filed_on": filed_on,
        "schedule_id": by.id,
        "schedule_number": by.number,
        "schedule_digest": by.digest,
        "snapshot": _snapshot(quoted),
        "total": quoted.total,
        "waived": quoted.waived,
        "firm": quoted.is_firm,
        "made_by_id": work.actor.id,
        "made_at": work.now,
    }


def _snapshot(quoted: QuotedFees) -> dict[str, Any]:
    """Amounts with their cents and days as text: as it stands here it is read for ever."""
    return {
        "lines": [
            {
                "line": each.line.as_json(),
                "standing": each.standing,
                "asked": str(each.asked),
                "cautions": list(each.cautions),
            }
            for each in quoted.lines
        ],
        "payments": [asdict(each) | {"amount": str(each.amount)} for each in quoted.payments],
    }
