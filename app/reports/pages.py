"""Pages of reports: the catalogue, and the disbursement report with its form, table, chart and files."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.access.grants import Permission
from app.cases.rules import day_in
from app.errors import Invalid, Problem
from app.reports.reads import approvals, limits, partner, position
from app.reports.reads import catalogue as catalogue_reads
from app.reports.reads import disbursements as reads
from app.reports.reads import saved as saved_reads
from app.reports.reads.asked import AsOf, OfPartner, Over
from app.reports.reads.question import Question
from app.reports.reads.tables import Table
from app.reports.reads.views import Report
from app.reports.rules import MOST_RECORDS, Format, Period, Preset, presets, quarter_to_report
from app.reports.sheets import Reading
from app.web.answers import Page
from app.web.door import Door
from app.web.i18n import say
from app.web.problems import problems_of
from app.work import Work

door = Door(tag="pages")
View = TypeVar("View")

_PAGE: Final = "/reports/disbursements"
_API: Final = "/api/v1/reports/disbursements"
#: How many rows and lines a page shows; the files have all, and the totals are of all.
_MOST_ROWS: Final = 500
_MOST_LINES: Final = 200


class Asked(BaseModel):
    """The form as it comes, right or wrong: a page shows what is wrong beside what was typed."""

    model_config = ConfigDict(extra="ignore")

    first_on: str = Field(default="", alias="from")
    last_on: str = Field(default="", alias="to")
    date_basis: str = ""
    group_by: list[str] | None = None
    fund_id: str = ""
    partner_id: str = ""
    category: str = ""
    method: str = ""
    details: str = ""
    as_of: str = ""

    def given(self, today: date) -> dict[str, Any]:
        """What was typed, by the names of the address; without a period the quarter to report."""
        period = quarter_to_report(today)
        typed = self.model_dump(exclude={"first_on", "last_on", "as_of"})
        named = {
            "from": self.first_on or period.first.isoformat(),
            "to": self.last_on or period.last.isoformat(),
            **typed,
        }
        return {name: value for name, value in named.items() if value not in ("", None)}


@door.page("/reports", Permission.REPORT_READ)
def reports(work: Work) -> Page:
    """Which reports there are, and the questions that were kept."""
    return Page(
        "reports/catalogue.html",
        {"reports": catalogue_reads.catalogue(work).items, "saved": _saved(work)},
    )


@door.page(_PAGE, Permission.REPORT_READ)
def disbursements(work: Work, asked: Annotated[Asked, Query()]) -> Page:
    """The disbursement report: last quarter by fund and category unless something else is asked for."""
    today = day_in(work.now, work.actor.time_zone)
    given = asked.given(today)
    report, problems = _answered(work, given)
    funds = limits.funds(work)
    named = list(presets(today, next((each.term for each in funds if str(each.id) == asked.fund_id), None)))
    view = {
        "report": report,
        "problems": [(_field(each), say(work.language, each.message, each.values)) for each in problems],
        "form": _form(given),
        "funds": [(str(each.id), each.name) for each in funds],
        "partners": [(str(each.id), each.name) for each in limits.partners(work)],
        "presets": _presets(named, given),
        "named_period": _named(named, report),
        "files": _files(report, given),
        "most_in_pdf": MOST_RECORDS[Format.PDF],
        "saved": _saved(work),
        **_shown(report, Reading(work.language, work.actor.time_zone)),
    }
    return Page("reports/disbursements.html", view, status=422 if problems else 200)


@door.page("/reports/fund-position", Permission.FUND_REPORT_READ)
def fund_position(work: Work, asked: Annotated[Asked, Query()]) -> Page:
    """How every fund stands at the end of a day."""
    return _table_page(work, asked, "fund-position", AsOf, lambda question: position.position(work, question))


@door.page("/reports/budget", Permission.FUND_REPORT_READ)
def budget(work: Work, asked: Annotated[Asked, Query()]) -> Page:
    """Budget against actual."""
    return _table_page(work, asked, "budget", Over, lambda question: position.budget(work, question))


@door.page("/reports/partner-statement", Permission.REPORT_READ)
def partner_statement(work: Work, asked: Annotated[Asked, Query()]) -> Page:
    """A partner's statement."""
    return _table_page(work, asked, "partner-statement", OfPartner, lambda question: partner.statement(work, question))


@door.page("/reports/approvals", Permission.FUND_REPORT_READ)
def approvals_page(work: Work, asked: Annotated[Asked, Query()]) -> Page:
    """Who moved each payment."""
    return _table_page(work, asked, "approvals", Over, lambda question: approvals.approvals(work, question))


def _table_page(work: Work, asked: Asked, path: str, question: type[BaseModel], run: Callable[[Any], Table]) -> Page:
    """A report of one table: its form, its figures or what is wrong with the form, and its files."""
    today = day_in(work.now, work.actor.time_zone)
    partners = limits.partners(work) if "partner_id" in question.model_fields else []
    given = _of(question, asked, today, partners)
    # Nobody's statement is shown before somebody says whose: the first by its name would be read as the one meant.
    open_choice = bool(partners) and "partner_id" not in given
    table, problems = _tried(lambda: run(question.model_validate(given)))
    if open_choice:
        problems = [each for each in problems if _field(each) != "partner_id"]
    reading = Reading(work.language, work.actor.time_zone)
    view = {
        "report": table,
        "path": f"/reports/{path}",
        "title": next(each.title for each in catalogue_reads.catalogue(work).items if each.id == path),
        "problems": [(_field(each), say(work.language, each.message, each.values)) for each in problems],
        "form": {name: given.get(name, "") for name in _names(question)},
        "asks": _names(question),
        "funds": [(str(each.id), each.name) for each in limits.funds(work)],
        "partners": [(str(each.id), each.name) for each in partners],
        "open_choice": open_choice,
        "rows": [] if table is None else [reading.table_cells(row, table) for row in table.rows[:_MOST_ROWS]],
        "totals": [] if table is None else reading.table_cells(table.totals, table),
        "files": _table_files(table, path, given),
    }
    return Page("reports/table.html", view, status=422 if problems else 200)


def _names(question: type[BaseModel]) -> set[str]:
    """The names of a question as they stand in an address."""
    return {field.alias or name for name, field in question.model_fields.items()}


def _of(
    question: type[BaseModel], asked: Asked, today: date, partners: Sequence[limits.PartnerLimit]
) -> dict[str, Any]:
    """What was typed of what this report asks; without a day today, without a period the quarter to report.

    Who can ask of one partner only asks of that one.
    """
    names = _names(question)
    given = {name: value for name, value in asked.given(today).items() if name in names}
    if "as_of" in names:
        given["as_of"] = asked.as_of or today.isoformat()
    if "partner_id" in names and len(partners) == 1:
        given.setdefault("partner_id", str(partners[0].id))
    return given


def _table_files(table: Table | None, path: str, given: Mapping[str, Any]) -> list[tuple[Format, str | None]]:
    """The address of each file; None for one that would hold more than its format takes."""
    if table is None:
        return []
    count = len(table.rows)
    address = f"/api/v1/reports/{path}"
    return [
        (each, _address(address, given, {"format": each}) if count <= MOST_RECORDS.get(each, count) else None)
        for each in Format
    ]


def _tried(run: Callable[[], View]) -> tuple[View | None, Sequence[Problem]]:
    """What comes out, or what is wrong with the form."""
    try:
        return run(), ()
    except ValidationError as error:
        return None, problems_of(error.errors())
    except Invalid as refused:
        return None, refused.problems


def _answered(work: Work, given: Mapping[str, Any]) -> tuple[Report | None, Sequence[Problem]]:
    """The report, or what is wrong with the form."""
    return _tried(lambda: reads.disbursements(work, Question.model_validate(given), seen_as="page"))


def _shown(report: Report | None, reading: Reading) -> dict[str, Any]:
    """The part of the report that stands on the page, with the words of its rows, and its chart."""
    if report is None:
        return {"rows": [], "lines": [], "largest": 0, "chart": None}
    return {
        "rows": [(reading.spoken_keys(row, report), row) for row in report.rows[:_MOST_ROWS]],
        "lines": [(line, reading.event(line.event)) for line in (report.lines or ())[:_MOST_LINES]],
        "largest": max((row.amount for row in report.rows), default=0),
        "chart": reading.months(report),
    }


def _presets(named: Sequence[tuple[Preset, Period]], given: Mapping[str, Any]) -> list[tuple[Preset, str, bool]]:
    """Each named period with the address that asks for it, and whether it is the one that is asked for."""
    return [
        (
            preset,
            _address(_PAGE, given, {"from": period.first, "to": period.last}),
            (given["from"], given["to"]) == (period.first.isoformat(), period.last.isoformat()),
        )
        for preset, period in named
    ]


def _named(named: Sequence[tuple[Preset, Period]], report: Report | None) -> Preset | None:
    """The name of the report's period, where it has one."""
    if report is None:
        return None
    days = Period(report.parameters["from"], report.parameters["to"])
    return next((preset for preset, period in named if period == days), None)


def _saved(work: Work) -> list[tuple[saved_reads.SavedView, str]]:
    """The kept questions that have days today, with their addresses."""
    return [(each, _saved_address(each)) for each in saved_reads.saved(work).items if each.first_on is not None]


def _saved_address(saved: saved_reads.SavedView) -> str:
    ids: dict[str, UUID | None] = {"fund_id": saved.fund_id, "partner_id": saved.partner_id}
    asked = {
        "from": saved.first_on,
        "to": saved.last_on,
        "date_basis": saved.date_basis,
        "group_by": ",".join(saved.group_by) or ",",
        **ids,
        "category": saved.category,
        "method": saved.method,
        "details": "true" if saved.details else None,
    }
    return _address(_PAGE, {}, {name: value for name, value in asked.items() if value is not None})


def _files(report: Report | None, given: Mapping[str, Any]) -> list[tuple[Format, str | None]]:
    """The address of each file; None for one that would hold more than its format takes."""
    if report is None:
        return []
    records = report.totals.count
    return [
        (
            each,
            _address(_API, given, {"format": each, "details": "true"})
            if records <= MOST_RECORDS.get(each, records)
            else None,
        )
        for each in Format
    ]


def _address(path: str, given: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The address of the same question with some answers changed."""
    asked = {**given, **other}
    written = {name: ",".join(value) if isinstance(value, list) else value for name, value in asked.items()}
    return f"{path}?{urlencode(written, safe=',')}"


def _form(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of the form hold: what was asked, else what is asked when nothing is."""
    usual = {name: field.default for name, field in Question.model_fields.items()}
    named = [name for each in given.get("group_by", usual["group_by"]) for name in each.split(",")]
    return {
        "from": given["from"],
        "to": given["to"],
        "date_basis": given.get("date_basis", usual["date_basis"]),
        "group_by": [name for name in named if name],
        "details": "details" in given,
        **{name: given.get(name, "") for name in ("fund_id", "partner_id", "category", "method")},
    }


def _field(problem: Problem) -> str:
    """The name of the field that a problem is about."""
    return problem.pointer.split("/")[1] if "/" in problem.pointer else ""
