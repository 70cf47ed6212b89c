"""Reports over REST."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.reports import actions, sheets
from app.reports.reads import approvals, partner, position
from app.reports.reads import catalogue as catalogue_reads
from app.reports.reads import disbursements as reads
from app.reports.reads import saved as saved_reads
from app.reports.reads.asked import AsOf, OfPartner, Over
from app.reports.reads.question import Question
from app.reports.reads.tables import Table, record_file
from app.reports.reads.views import Report
from app.reports.rules import Format
from app.web.answers import Bytes
from app.web.door import Door
from app.work import Work

door = Door("/reports")

#: What the route gives beside JSON, for its description.
_FILES: dict[str, dict[str, Any]] = {media_type: {} for media_type in sheets.MEDIA_TYPES.values()}


@door.get("", Permission.REPORT_READ)
def list_reports(work: Work) -> catalogue_reads.Catalogue:
    """Which reports there are, and what each can be asked."""
    return catalogue_reads.catalogue(work)


@door.get("/disbursements", Permission.REPORT_READ, responses={200: {"model": Report, "content": _FILES}})
def report_disbursements(work: Work, question: Annotated[Question, Query()]) -> Any:
    """What was paid in a period, in groups and line by line, as JSON or as a file."""
    report = reads.disbursements(work, question)
    if question.format is Format.JSON:
        return report
    sheet = sheets.written(report, question.format, sheets.Reading(work.language, work.actor.time_zone))
    record_file(work, question.format, report.digest, report.totals.count, sheet.body)
    return Bytes(sheet.body, sheet.media_type, sheet.filename)


@door.get("/fund-position", Permission.FUND_REPORT_READ, responses={200: {"model": Table, "content": _FILES}})
def report_position(work: Work, question: Annotated[AsOf, Query()]) -> Any:
    """How every fund stood at the end of a day: budget, encumbered, paid, available."""
    return _given(work, position.position(work, question), question.format)


@door.get("/budget", Permission.FUND_REPORT_READ, responses={200: {"model": Table, "content": _FILES}})
def report_budget(work: Work, question: Annotated[Over, Query()]) -> Any:
    """Budget against actual, by fund and category, over a period."""
    return _given(work, position.budget(work, question), question.format)


@door.get("/partner-statement", Permission.REPORT_READ, responses={200: {"model": Table, "content": _FILES}})
def report_partner(work: Work, question: Annotated[OfPartner, Query()]) -> Any:
    """What was awarded on a partner's cases and paid for them, award by award."""
    return _given(work, partner.statement(work, question), question.format)


@door.get("/approvals", Permission.FUND_REPORT_READ, responses={200: {"model": Table, "content": _FILES}})
def report_approvals(work: Work, question: Annotated[Over, Query()]) -> Any:
    """Who asked for, approved, released and settled each payment, and whether it was signed."""
    return _given(work, approvals.approvals(work, question), question.format)


def _given(work: Work, table: Table, kind: Format) -> Any:
    """A report of one table as JSON or as a file, which goes on record."""
    if kind is Format.JSON:
        return table
    sheet = sheets.written_table(table, kind, sheets.Reading(work.language, work.actor.time_zone))
    record_file(work, kind, table.digest, len(table.rows), sheet.body)
    return Bytes(sheet.body, sheet.media_type, sheet.filename)


@door.get("/saved", Permission.REPORT_READ)
def list_saved(work: Work) -> saved_reads.SavedList:
    """The questions you keep, and those that your colleagues share, with the days they mean today."""
    return saved_reads.saved(work)


@door.post("/saved", Permission.REPORT_READ, status_code=201)
def save_question(work: Work, form: actions.NewSaved) -> saved_reads.SavedView:
    """Keep a question by a name: for a named period, or for two days."""
    return saved_reads.saved_one(work, actions.save(work, form))


@door.delete("/saved/{saved_id}", Permission.REPORT_READ, finds=saved_reads.saved_by_me, status_code=204)
def forget_question(work: Work, saved_id: UUID) -> None:
    """Delete a question that you kept."""
    actions.forget(work, saved_id)
