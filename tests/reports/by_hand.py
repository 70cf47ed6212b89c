"""Reports made by hand for the sheets, and the text of a PDF as another program reads it."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pypdf

from app.disbursements.rules import Method
from app.funds.rules import Category
from app.money import Money
from app.reports.reads.views import Line, Report, digest_of, rows_of, total_of
from app.reports.rules import DateBasis, Grouping
from app.reports.sheets import Reading

ENGLISH, SPANISH = Reading("en", "America/Denver"), Reading("es", "America/Denver")
FORMULAS = ('=HYPERLINK("http://example.org","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1")


def made(lines: list[Line], group_by: tuple[Grouping, ...] = (Grouping.FUND, Grouping.MONTH)) -> Report:
    """A report of these lines, without a database."""
    rows = tuple(rows_of(lines, group_by))
    report = Report(
        title="Disbursements",
        parameters={
            "from": date(2026, 1, 1), "to": date(2026, 3, 31), "date_basis": DateBasis.SETTLED, "group_by": group_by,
            "fund_id": None, "fund": None, "partner_id": None, "partner": None, "category": None, "method": None,
            "details": True,
        },
        rows=rows,
        totals=total_of(rows),
        lines=tuple(lines),
        generated_at=datetime(2026, 4, 2, 12, tzinfo=UTC),
        digest="",
    )  # fmt: skip
    return replace(report, digest=digest_of(report))


def line(cents: int, **more: Any) -> Line:
    usual: dict[str, Any] = {
        "case": "CA-7K3Q-9F2M", "category": Category.EXPERT, "date": date(2026, 2, 28), "disbursement": "DB-7K3Q-9F2M",
        "event": "settled" if cents > 0 else "reversed", "fund": "Fondo Uno", "fund_id": uuid4(), "method": Method.ACH,
        "partner": "North Legal Aid", "partner_id": uuid4(),
    }  # fmt: skip
    return Line(amount=Money(cents), **(usual | more))


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


def long_report() -> Report:
    """Three hundred lines: many pages."""
    funds = {name: uuid4() for name in ("Fondo Uno", "Fundación Ñandú", FORMULAS[0])}
    return made([
        line((-1) ** (number % 7 == 0) * (number + 1) * 1237, fund=name, fund_id=funds[name],
             date=date(2026, number % 3 + 1, number % 28 + 1))
        for number in range(300)
        for name in [list(funds)[number % 3]]
    ])  # fmt: skip
