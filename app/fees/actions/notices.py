"""Fees that an agency asks for by a notice: the notice opens a deadline, paying closes it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import delete, insert, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day, NewDeadline, complete_deadline, open_deadline
from app.cases.reads.find import FoundCase, case_for
from app.cases.rules import CaseStatus, DeadlineKind, day_in
from app.db import new_id
from app.errors import Conflict, Invalid, Problem
from app.fees.actions.quotes import keep
from app.fees.model import FeeNotice, FeeQuote, FeeWaiver
from app.fees.reads.of_cases import notice
from app.fees.reads.schedules import InForce, in_force
from app.fees.reads.views import NoticeView
from app.fees.rules import Agency, FeeLine, due_on, on_day
from app.money import Money
from app.once import once
from app.work import Work


class NewNotice(BaseModel):
    """The day of the agency's notice, and which fee it asks for: the yearly asylum fee unless another is named."""

    model_config = ConfigDict(extra="forbid")

    noticed_on: Day
    agency: Agency = Agency.USCIS
    item: Annotated[str, StringConstraints(max_length=60)] = "annual_asylum_fee"


class PaidOn(BaseModel):
    """The day on which the agency's receipt says that the fee was paid."""

    model_config = ConfigDict(extra="forbid")

    paid_on: Day


def enter(work: Work, case_id: UUID, form: NewNotice) -> UUID:
    """Enter a notice: its deadline opens with it, by the schedule in force.

    Raises NotFound, Conflict on a case that is not open, Invalid for a day on which no such clock ran.
    """
    found = case_for(work, Permission.FEE_TRACK, case_id)

    def do(notice_id: UUID) -> None:
        if found.status is not CaseStatus.OPEN:
            raise Conflict("case.not_open", "Fees are quoted on open cases. This case is not open.")
        _must_have_come(work, form.noticed_on, "/noticed_on")
        by = in_force(work)
        _enter(work, found, notice_id, by, _with_clock(by, form), form.noticed_on)

    return once(work, form, do)


def paid(work: Work, case_id: UUID, notice_id: UUID, form: PaidOn) -> UUID:
    """The fee is paid: its deadline is done. Raises NotFound, Invalid, Conflict when it was over before."""
    found = case_for(work, Permission.FEE_TRACK, case_id)
    before = notice(work, case_id, notice_id, may=Permission.FEE_TRACK)

    def do(_: UUID) -> None:
        if not before.open:
            raise Conflict("fee_notice.over", "This fee is not open any more. Load the page again.")
        _must_have_come(work, form.paid_on, "/paid_on")
        if form.paid_on < before.noticed_on:
            raise Invalid(
                Problem("/paid_on", "fee_notice.paid_first", "This day is before the notice. Check the date.")
            )
        work.session.execute(
            update(FeeNotice)
            .where(col(FeeNotice.id) == notice_id, col(FeeNotice.paid_on).is_(None))
            .values(paid_on=form.paid_on, paid_by_id=work.actor.id)
        )
        complete_deadline(work, before.deadline_id)
        _record(work, "fee_notice.paid", notice_id, found)

    return once(work, form, do, result_id=notice_id)


def quote_for(work: Work, case_id: UUID, before: NoticeView) -> tuple[UUID, Money]:
    """Make the quote of a notice's fee for today, and give it with what is to be paid. For a verb above this room.

    Raises Conflict when the fee is over, money was asked for before, or the amount is not one to be paid by.
    """
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    if not before.open:
        raise Conflict("fee_notice.over", "This fee is not open any more. Load the page again.")
    if before.award_id is not None:
        raise Conflict("fee_notice.asked", "Money was asked for already. Look at the case's money.")
    today = day_in(work.now, work.actor.time_zone)
    lines = [
        each.id
        for each in on_day(in_force(work).lines, today)
        if (each.agency, each.form, each.item) == (before.fee.agency, before.fee.form, before.fee.item)
    ]
    if not lines:
        raise Conflict(
            "fees.none_today", "The schedule in force has no price for this fee today. Ask the fund to load one."
        )
    quote_id = new_id()
    quoted = keep(work, found, quote_id, today, lines)
    if not quoted.is_firm:
        raise Conflict("fees.example", "This amount is an example. The fund must load the agency's own amount first.")
    if not quoted.total:
        raise Conflict("fees.nothing", "Nothing is to be paid for this now.")
    return quote_id, quoted.total


def note_asked(work: Work, case_id: UUID, notice_id: UUID, quote_id: UUID, award_id: UUID) -> None:
    """Keep by which award the money for a notice's fee was asked for."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    work.session.execute(
        update(FeeNotice).where(col(FeeNotice.id) == notice_id).values(quote_id=quote_id, award_id=award_id)
    )
    _record(work, "fee_notice.asked", notice_id, found)


def erase(work: Work, case_ids: Sequence[UUID]) -> None:
    """Take away what these cases have to do with fees. Called inside an erasure, before their deadlines go."""
    for table in (FeeNotice, FeeQuote, FeeWaiver):
        work.session.execute(delete(table).where(col(table.case_id).in_(case_ids)))


def _with_clock(by: InForce, form: NewNotice) -> FeeLine:
    for each in on_day(by.lines, form.noticed_on):
        if (each.agency, each.item) == (form.agency, form.item) and each.due_days is not None and each.status.is_owed:
            return each
    raise Invalid(
        Problem(
            "/noticed_on",
            "fee_notice.no_clock",
            "By the schedule in force no clock ran for this fee on that day. Check the date of the notice.",
        )
    )


def _enter(work: Work, case: FoundCase, notice_id: UUID, by: InForce, line: FeeLine, noticed_on: date) -> None:
    assert line.due_days is not None  # that is how it was chosen
    last = due_on(noticed_on, line.due_days)
    deadline_id = new_id()
    kind = DeadlineKind.ANNUAL_ASYLUM_FEE if line.item == "annual_asylum_fee" else DeadlineKind.FEE
    wanted = {"due_on": last.isoformat(), "kind": kind, "title": line.title}
    open_deadline(work, case, deadline_id, NewDeadline.model_validate(wanted))
    work.session.execute(
        insert(FeeNotice).values(
            id=notice_id,
            case_id=case.id,
            deadline_id=deadline_id,
            agency=line.agency,
            form=line.form,
            item=line.item,
            line_id=line.id,
            amount=line.amount,
            schedule_number=by.number,
            schedule_digest=by.digest,
            noticed_on=noticed_on,
            due_on=last,
            created_by_id=work.actor.id,
            created_at=work.now,
        )
    )
    _record(work, "fee_notice.entered", notice_id, case)


def _must_have_come(work: Work, day: date, pointer: str) -> None:
    if day > day_in(work.now, work.actor.time_zone):
        raise Invalid(Problem(pointer, "fee_notice.later", "This day has not come yet. Check the date."))


def _record(work: Work, action: str, notice_id: UUID, case: FoundCase) -> None:
    record(work, action, object_type="fee_notice", object_id=notice_id, subject_id=case.applicant_id)
