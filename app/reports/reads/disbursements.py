"""The disbursement report: one look at the database, one view for every format, one entry in the record."""

from dataclasses import replace
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement

from app.access.grants import Permission
from app.audit.actions import record
from app.funds.rules import Category
from app.money import Money
from app.reports.reads import limits, statements
from app.reports.reads.question import Question
from app.reports.reads.tables import must_fit
from app.reports.reads.titles import title_of
from app.reports.reads.views import Line, Parameters, Report, Row, digest_of, rows_of, total_of
from app.reports.rules import MOST_RECORDS, Grouping
from app.reports.scope import countable, unnamed
from app.work import Work

_CATEGORIES: Final = {category: place for place, category in enumerate(Category)}


def disbursements(work: Work, question: Question, *, seen_as: str | None = None) -> Report:
    """What was paid in a period, in groups, and line by line when lines are wanted. The run is recorded.

    ``seen_as`` names what the report is shown as where that is none of the formats. Raises Invalid for a fund or a
    partner that the actor has no part in, and for more rows or lines than a file of the format holds.

    One statement gives everything: the groups, or the lines and the groups from these very lines. Two statements could
    see different payments, because on PostgreSQL each sees what was committed before it.
    """
    reach = work.allow(Permission.REPORT_READ)
    names = limits.names_of(work, reach, question)
    counted = countable(work.actor, reach)
    lines = _lines(work, question, counted) if question.wants_lines else None
    rows = _rows(work, question, counted) if lines is None else rows_of(lines, question.group_by)
    must_fit(question.format, len(rows))
    report = Report(
        title=title_of(work.language, question),
        parameters=_parameters(question, names),
        rows=tuple(sorted(rows, key=lambda row: [_place(row, grouping) for grouping in question.group_by])),
        totals=total_of(rows),
        lines=lines,
        generated_at=work.now,
        digest="",
    )
    report = replace(report, digest=digest_of(report))
    _record(work, question, report, seen_as or question.format)
    return report


def _rows(work: Work, question: Question, counted: ColumnElement[bool]) -> list[Row]:
    """The groups, added up by the database."""
    found = work.session.execute(statements.groups(question, counted)).mappings()
    return [
        Row(
            amount=Money(int(group["amount"])),
            category=group.get("category"),
            count=int(group["count"]),
            fund=group.get("fund"),
            fund_id=group.get("fund_id"),
            method=group.get("method"),
            month=group.get("month"),
            partner=group.get("partner"),
            partner_id=group.get("partner_id"),
            reversals=Money(int(group["reversals"])),
        )
        for group in found
    ]


def _place(row: Row, grouping: Grouping) -> int | str:
    """Where a row stands among others: names and months rising, categories as they are listed.

    The same on both engines and in every language, and so is the digest.
    """
    if row.category is not None and grouping is Grouping.CATEGORY:
        return _CATEGORIES[row.category]
    return str(getattr(row, grouping))


def _lines(work: Work, question: Question, counted: ColumnElement[bool]) -> tuple[Line, ...]:
    """The lines by day. Raises Invalid when there are more than a file of the format holds."""
    most = MOST_RECORDS.get(question.format)
    statement = statements.lines(question, counted, unnamed(work.actor))
    found = work.session.execute(statement if most is None else statement.limit(most + 1))
    id_of = cache(UUID)  # a few funds and partners stand on all the lines, and reading an id takes longer than all else
    lines = tuple(
        Line(
            amount=Money(amount),
            case=case,
            category=category,
            date=day,
            disbursement=reference,
            event=event,
            fund=fund,
            fund_id=id_of(fund_id),
            method=method,
            partner=partner,
            partner_id=id_of(partner_id),
        )
        for amount, case, category, day, reference, event, fund, fund_id, method, partner, partner_id in found
    )
    must_fit(question.format, len(lines))
    return lines


def _parameters(question: Question, names: limits.Names) -> Parameters:
    return {
        "from": question.from_,
        "to": question.to,
        "date_basis": question.date_basis,
        "group_by": question.group_by,
        "fund_id": question.fund_id,
        "fund": names.fund,
        "partner_id": question.partner_id,
        "partner": names.partner,
        "category": question.category,
        "method": question.method,
        "details": question.wants_lines,
    }


def _record(work: Work, question: Question, report: Report, seen_as: str) -> None:
    record(
        work,
        "report.run",
        object_type="report",
        count=report.totals.count,
        details={
            "report": "disbursements",
            "from": question.from_.isoformat(),
            "to": question.to.isoformat(),
            "date_basis": question.date_basis.value,
            "group_by": [grouping.value for grouping in question.group_by],
            **{name: None if value is None else str(value) for name, value in question.limits().items()},
            "lines": "yes" if question.wants_lines else "no",
            "format": str(seen_as),
            "digest": report.digest,
        },
    )
