"""Government fees over REST: what applied when, schedules, and what a case has to do with fees."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.cases.actions.dates import Day
from app.fees import actions, reads
from app.web.answers import Bytes
from app.web.door import Door
from app.work import Work

door = Door("/fees")
cases = Door("/cases", tag="fees")


@door.get("", Permission.FEE_READ)
def list_fees(
    work: Work,
    as_of: Day | None = None,
    form: Annotated[str, Query(max_length=60)] = "",
    schedule_id: UUID | None = None,
) -> reads.FeesOnDay:
    """What applied on a day and why: amount, source, how sure it is, how it stands in law. ``form`` looks for words."""
    return reads.fees(work, as_of, form, schedule_id)


@door.get("/content", Permission.FEE_READ)
def get_content(work: Work, schedule_id: UUID | None = None) -> Bytes:
    """The schedule in force, or another one, as the CSV file that it was loaded from."""
    return Bytes(reads.content(work, schedule_id).encode(), "text/csv; charset=utf-8", "fees.csv")


@door.get("/schedules", Permission.FEE_READ)
def list_schedules(work: Work) -> reads.ScheduleList:
    """Every schedule there ever was, newest first."""
    return reads.schedules(work)


@door.search("/schedules/check", Permission.FEE_MANAGE)
def check_schedule(work: Work, form: actions.NewSchedule) -> actions.Checked:
    """Look at a schedule: what is wrong with it, or what it would change. Nothing is kept."""
    return actions.check(work, form)


@door.post("/schedules", Permission.FEE_MANAGE, status_code=201)
def propose_schedule(work: Work, form: actions.NewSchedule) -> reads.ComparedSchedule:
    """Hand a schedule in. It waits for a second person."""
    return reads.schedule(work, actions.propose(work, form))


@door.get("/schedules/{schedule_id}", Permission.FEE_READ)
def get_schedule(work: Work, schedule_id: UUID) -> reads.ComparedSchedule:
    """One schedule, side by side with the one in force."""
    return reads.schedule(work, schedule_id)


@door.post("/schedules/{schedule_id}/confirm", Permission.FEE_MANAGE, finds=reads.decidable, steps_up=True)
def confirm_schedule(work: Work, schedule_id: UUID) -> reads.ComparedSchedule:
    """Put a schedule in force that somebody else handed in."""
    return reads.schedule(work, actions.confirm(work, schedule_id))


@door.post("/schedules/{schedule_id}/withdraw", Permission.FEE_MANAGE, finds=reads.decidable)
def withdraw_schedule(work: Work, schedule_id: UUID) -> reads.ComparedSchedule:
    """Take back a schedule that waits."""
    return reads.schedule(work, actions.withdraw(work, schedule_id))


@cases.get("/{case_id}/fee-quotes", Permission.FEE_QUOTE)
def list_quotes(work: Work, case_id: UUID) -> reads.QuoteList:
    """The quotes of a case, newest first."""
    return reads.quotes(work, case_id)


@cases.post("/{case_id}/fee-quotes", Permission.FEE_QUOTE, finds=reads.quotable, status_code=201)
def make_quote(work: Work, case_id: UUID, form: actions.NewQuote) -> reads.QuoteView:
    """Say what filings cost on a day. It is kept as it is, by the schedule of now."""
    return reads.quote(work, case_id, actions.make(work, case_id, form))


@cases.get("/{case_id}/fee-quotes/{quote_id}", Permission.FEE_QUOTE)
def get_quote(work: Work, case_id: UUID, quote_id: UUID) -> reads.QuoteView:
    """One quote."""
    return reads.quote(work, case_id, quote_id)


@cases.get("/{case_id}/fee-waivers", Permission.FEE_QUOTE)
def list_waivers(work: Work, case_id: UUID) -> reads.WaiverList:
    """Where the fee waivers of a case stand."""
    return reads.waivers(work, case_id)


@cases.post("/{case_id}/fee-waivers", Permission.FEE_TRACK, finds=reads.trackable, status_code=201)
def enter_waiver(work: Work, case_id: UUID, form: actions.NewWaiver) -> reads.WaiverView:
    """Enter where the waiver of a form's fee stands."""
    return reads.waiver(work, case_id, actions.enter_waiver(work, case_id, form))


@cases.patch("/{case_id}/fee-waivers/{waiver_id}", Permission.FEE_TRACK, finds=reads.changeable_waiver)
def change_waiver(work: Work, case_id: UUID, waiver_id: UUID, form: actions.WaiverChange) -> reads.WaiverView:
    """Move a waiver on: filed, granted, denied."""
    return reads.waiver(work, case_id, actions.change_waiver(work, case_id, waiver_id, form))


@cases.get("/{case_id}/income-for-waiver", Permission.FEE_TRACK)
def get_income_for_waiver(work: Work, case_id: UUID) -> reads.IncomeView:
    """Whether the household's income alone speaks for a waiver: yes, no or not known. The income itself is not told."""
    return reads.income_speaks(work, case_id)


@cases.get("/{case_id}/fee-notices", Permission.FEE_QUOTE)
def list_notices(work: Work, case_id: UUID) -> reads.NoticeList:
    """The fees that an agency asked for by a notice, with their last days."""
    return reads.notices(work, case_id)


@cases.post("/{case_id}/fee-notices", Permission.FEE_TRACK, finds=reads.trackable, status_code=201)
def enter_notice(work: Work, case_id: UUID, form: actions.NewNotice) -> reads.NoticeView:
    """Enter the notice of the yearly asylum fee: its deadline opens at once."""
    return reads.notice(work, case_id, actions.enter(work, case_id, form))


@cases.post("/{case_id}/fee-notices/{notice_id}/paid", Permission.FEE_TRACK, finds=reads.payable)
def pay_notice(work: Work, case_id: UUID, notice_id: UUID, form: actions.PaidOn) -> reads.NoticeView:
    """Say that the fee is paid. Its deadline is done."""
    return reads.notice(work, case_id, actions.paid(work, case_id, notice_id, form))
