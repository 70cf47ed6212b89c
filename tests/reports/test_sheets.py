"""The four formats: read back by other programs, they hold the same report to the cent."""

import csv
import io
import re
from datetime import date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.disbursements.rules import DisbursementStatus, Method
from app.funds.rules import Category
from app.reports.reads.views import Report
from app.reports.rules import MOST_RECORDS, Format
from app.reports.sheets import written
from app.reports.sheets.comma import harmless
from tests.reports.by_hand import ENGLISH, FORMULAS, SPANISH, line, long_report, made, text_of
from tests.reports.stage import Books, Payment, taken_back
from tests.world import SOUTH, World

QUARTER = "from=2026-01-01&to=2026-03-31"


@pytest.fixture(scope="module")
def long() -> Report:
    return long_report()


def records(body: bytes) -> list[dict[str, str]]:
    """The records of a CSV as a strict reader sees them."""
    text = body.decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(record) for record in found}) == 1, "every record has as many fields as the first"
    names = ["record", "date", "case", "disbursement", "fund", "category", "partner", "month", "method", "event",
             "count", "reversals", "amount", "parameter", "value"]  # fmt: skip
    assert len(found[0]) == len(names)
    return [dict(zip(names, record, strict=True)) for record in found[1:]]


def of_kind(found: list[dict[str, str]], word: str) -> list[dict[str, str]]:
    return [record for record in found if record["record"] == word]


def cents(text: str) -> int:
    """Any sum in cents: `Money.parse` reads what a person may enter, a total can be larger."""
    assert re.fullmatch(r"-?\d+\.\d\d", text)
    return int(text.replace(".", ""))


def amounts_after(text: str, heading: str) -> list[int]:
    """Every amount that is printed after a heading, in the order of reading."""
    found = re.findall(r"(-?)\$([\d,]+)\.(\d\d)", text[text.index(f"\n{heading}\n") :])
    return [int(f"{sign}{dollars.replace(',', '')}{rest}") for sign, dollars, rest in found]


def test_four_formats_of_one_report_agree_to_the_cent(world: World) -> None:
    books = Books(world)
    books.pay([
        Payment(1),
        Payment(99_999_999_999_999, fund="Fundación Ñandú", category=Category.BOND),
        Payment(33, partner=SOUTH, method=Method.CHECK, settled_on=date(2026, 3, 31)),
        taken_back(Payment(123_456), DisbursementStatus.REVERSED, date(2026, 2, 1)),
        Payment(2, fund=FORMULAS[0]),
        Payment(5, settled_on=date(2026, 4, 1)),
    ])  # fmt: skip
    query = f"/reports/disbursements?{QUARTER}&group_by=partner,month,fund"
    report = world.fund_admin.get(f"{query}&details=true").json()
    assert report["totals"] == {"amount": "1000000000000.35", "count": 6, "reversals": "-1234.56"}
    rows = [(cents(row["reversals"]), cents(row["amount"])) for row in report["rows"]]
    lines = [cents(each["amount"]) for each in report["lines"]]
    total = cents(report["totals"]["amount"])
    for language, heading in (("en", "Groups"), ("es", "Grupos")):
        headers = {"Accept-Language": language}
        files = {
            kind: world.fund_admin.get(f"{query}&format={kind}", headers=headers) for kind in ("csv", "xlsx", "pdf")
        }
        for kind, file in files.items():
            assert file.status_code == 200
            name = f'attachment; filename="disbursements_settled_2026-01-01_2026-03-31.{kind}"'
            assert file.headers["Content-Disposition"] == name
        text = text_of(files["pdf"].content)
        book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))
        found = records(files["csv"].content)
        assert report["digest"] in text
        assert report["digest"] in found[-1]["value"]
        assert {each["fund"] for each in found if each["case"]} >= {"'" + FORMULAS[0], "Fundación Ñandú"}
        groups = [record for record in found if record["amount"] and not record["case"]]
        assert [(cents(each["reversals"]), cents(each["amount"])) for each in groups[:-1]] == rows
        assert cents(groups[-1]["amount"]) == total
        assert [cents(each["amount"]) for each in found if each["case"]] == lines
        assert [cell_cents(cells[-1]) for cells in list(book.worksheets[0].values)[1:]] == [
            *(r[1] for r in rows),
            total,
        ]
        assert [cell_cents(cells[-1]) for cells in list(book.worksheets[1].values)[1:]] == [*lines, total]
        printed = [
            *(each for row in rows for each in row),
            cents(report["totals"]["reversals"]),
            total,
            *lines,
            total,
        ]
        assert amounts_after(text, heading) == printed


def cell_cents(value: object) -> int:
    """The cents in a cell of a worksheet: a number of dollars, or exact text where no number would be."""
    return cents(value) if isinstance(value, str) else round(float(str(value)) * 100)


def test_the_files_say_what_was_asked(long: Report) -> None:
    for reading in (ENGLISH, SPANISH):
        names = [name for name, _ in reading.facts(long)]
        found = records(written(long, Format.CSV, reading).body)
        assert [record["parameter"] for record in found if record["parameter"]] == names
        book = openpyxl.load_workbook(io.BytesIO(written(long, Format.XLSX, reading).body))
        assert [cells[0] for cells in book.worksheets[2].values][: len(names)] == names
        text = text_of(written(long, Format.PDF, reading).body)
        assert all(name in text for name in names[1:])


def test_columns_of_csv_lines_add_up_to_the_total(long: Report) -> None:
    found = records(written(long, Format.CSV, ENGLISH).body)
    (total,) = of_kind(found, "Total")
    for kind in ("Group", "Line"):
        for name in ("amount", "reversals"):
            assert sum(cents(each[name]) for each in of_kind(found, kind)) == cents(total[name])
        assert sum(int(each["count"]) for each in of_kind(found, kind)) == int(total["count"])
    body = written(long, Format.CSV, ENGLISH).body
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.endswith(b"\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")


def test_a_name_is_never_a_formula() -> None:
    report = made([line(-5, partner=name, fund=name) for name in FORMULAS])
    for record in records(written(report, Format.CSV, ENGLISH).body):
        for name, value in record.items():
            if name in ("amount", "reversals"):
                assert re.fullmatch(r"(-?\d+\.\d\d)?", value), "amounts stay numbers, also below zero"
            elif value:
                assert value[0] == "'" or value.strip()[0] not in "=+-@＝＋－＠"
    book = openpyxl.load_workbook(io.BytesIO(written(report, Format.XLSX, ENGLISH).body))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert FORMULAS[0] in [cell.value for cell in cells]
    assert "=HYPERLINK" in text_of(written(report, Format.PDF, ENGLISH).body)


@settings(max_examples=300)
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_harmless_text_keeps_its_words(text: str) -> None:
    safe = harmless(text)
    assert safe in (text, "'" + text)
    assert safe[:1] not in set("=+-@\t\r\n\x00＝＋－＠")


def test_a_spreadsheet_rounds_nothing() -> None:
    amounts = [1, 7, 10**15 - 1, 10**15, 9_007_199_254_740_993, -(10**16) - 1]
    book = openpyxl.load_workbook(
        io.BytesIO(written(made([line(each) for each in amounts]), Format.XLSX, ENGLISH).body)
    )
    assert [cell_cents(cells[-1]) for cells in list(book.worksheets[1].values)[1:]] == [*amounts, sum(amounts)]
    sheet = book.worksheets[1]
    assert sheet.freeze_panes == "A2"
    assert sheet["I2"].number_format.startswith("#,##0.00")
    assert sheet["A2"].value == datetime(2026, 2, 28)  # noqa: DTZ001 - a day in a sheet has no zone


def test_no_file_leaves_a_trace(long: Report, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for kind in (Format.CSV, Format.XLSX, Format.PDF):
        assert written(long, kind, ENGLISH).body
    assert list(tmp_path.iterdir()) == []


def test_the_same_report_is_the_same_file(long: Report) -> None:
    for kind in (Format.CSV, Format.XLSX, Format.PDF):
        assert written(long, kind, ENGLISH).body == written(long, kind, ENGLISH).body


def test_an_empty_report_is_a_file_too() -> None:
    empty = made([])
    assert "No payment counts in this period." in text_of(written(empty, Format.PDF, ENGLISH).body)
    book = openpyxl.load_workbook(io.BytesIO(written(empty, Format.XLSX, ENGLISH).body))
    assert list(book.worksheets[0].values)[-1] == ("Total", "", 0, 0, 0)
    (total,) = of_kind(records(written(empty, Format.CSV, ENGLISH).body), "Total")
    assert (total["count"], total["amount"]) == ("0", "0.00")


def test_more_than_a_file_holds_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Books(world).pay([Payment(1, category=category) for category in Category])
    path = f"/reports/disbursements?{QUARTER}"
    for place in ("disbursements", "tables"):
        monkeypatch.setattr(f"app.reports.reads.{place}.MOST_RECORDS", {**MOST_RECORDS, Format.PDF: 6})
    refused = world.fund_admin.get(f"{path}&format=pdf")
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/format", "format.too_long")]
    assert world.fund_admin.get(f"{path}&format=pdf&details=false&group_by=fund").status_code == 200
    assert world.fund_admin.get(f"{path}&format=pdf&details=false").status_code == 422
    assert world.fund_admin.get(f"{path}&format=csv").status_code == 200
