"""Reports of one table: the same figures as the ledger's, in every format, and a file that can be told again."""

import csv
import hashlib
import io
import json
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pikepdf
import pytest

from app.access.sights import OPERATOR
from app.reports.reads.files import MadeHere, made_here
from tests.story import Story, said, whole_way
from tests.world import NORTH, SOUTH, World, today

TODAY = today().isoformat()
YEAR = f"from={TODAY[:4]}-01-01&to={TODAY}"
#: Every report of one table with the rest of its address.
ALL = (
    f"fund-position?as_of={TODAY}",
    f"budget?{YEAR}",
    f"approvals?{YEAR}",
)


@pytest.fixture
def paid(world: World) -> Story:
    """A case whose payment is settled."""
    return whole_way(world)


def of(world: World, address: str, who: str = "fund_admin") -> dict[str, Any]:
    found: dict[str, Any] = said(getattr(world, who).get(f"/reports/{address}"))
    return found


def test_the_position_is_what_the_fund_says_of_itself(world: World, paid: Story) -> None:
    balance = said(world.fund_admin.get(f"/funds/{paid.fund}"))["balance"]
    table = of(world, f"fund-position?fund_id={paid.fund}")
    (row,) = table["rows"]
    assert {name: row[name] for name in balance} == balance == table["totals"]
    assert row["paid"] != "0.00"
    (before,) = of(world, f"fund-position?fund_id={paid.fund}&as_of=2020-01-01")["rows"]
    assert {before[name] for name in balance} == {"0.00"}, "nothing stood there yet"


def test_budget_and_actual_add_up_to_each_category(world: World, paid: Story) -> None:
    allocations = said(world.fund_admin.get(f"/funds/{paid.fund}"))["allocations"]
    rows = of(world, f"budget?{YEAR}&fund_id={paid.fund}")["rows"]
    assert {row["category"]: (row["budget"], row["paid"], row["available"]) for row in rows} == {
        each["category"]: tuple(each["balance"][name] for name in ("budget", "paid", "available"))
        for each in allocations
    }
    later = of(world, "budget?from=2090-01-01&to=2090-01-31")["rows"]
    assert {row["paid"] for row in later} == {"0.00"}
    assert [row["paid_before"] for row in later] == [row["paid"] for row in rows]


def test_a_partner_reads_its_own_statement_and_nobody_elses(world: World, paid: Story) -> None:
    (row,) = of(world, f"partner-statement?{YEAR}", "partner_admin")["rows"]
    assert row["paid"] == row["paid_in_all"] != "0.00"
    assert row["case"] == said(world.fund_admin.get(f"/cases/{paid.case}"))["reference"]
    assert row["paid_before"] == row["taken_back"] == "0.00"
    assert of(world, f"partner-statement?{YEAR}", "partner_admin2")["rows"] == []
    other = world.partner_admin.get(f"/reports/partner-statement?{YEAR}&partner_id={world.partners[SOUTH]}")
    assert other.status_code == 422
    assert world.fund_admin.get(f"/reports/partner-statement?{YEAR}").json()["errors"][0]["pointer"] == "/partner_id"
    assert of(world, f"partner-statement?{YEAR}&partner_id={world.partners[NORTH]}")["rows"] == [row]


@pytest.mark.usefixtures("paid")
def test_who_moved_a_payment_stands_there_by_name(world: World) -> None:
    (row,) = of(world, f"approvals?{YEAR}")["rows"]
    people = [row[f"{duty}_by"] for duty in ("requested", "approved", "released", "settled")]
    assert len(set(people)) == 4
    assert all(people)
    assert (row["separated"], row["signed"]) == ("yes", "no"), "nothing was signed in this world"


@pytest.mark.parametrize("address", ALL)
@pytest.mark.usefixtures("paid")
def test_every_format_holds_the_same_figures(world: World, address: str) -> None:
    table = of(world, address)
    names = [column["name"] for column in table["columns"]]
    digest = hashlib.sha256(
        json.dumps(
            {"rows": table["rows"], "totals": table["totals"]},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()
    ).hexdigest()
    assert digest == table["digest"]
    money = [column["name"] for column in table["columns"] if column["kind"] == "money"]
    comma = world.fund_admin.get(f"/reports/{address}&format=csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(comma, newline=""), strict=True))
    written = [dict(zip(["record", *names], line, strict=False)) for line in lines[1 : len(table["rows"]) + 1]]
    assert [[line[name] for name in money] for line in written] == [
        [row[name] for name in money] for row in table["rows"]
    ]
    assert any(digest in line for line in lines)
    book = openpyxl.load_workbook(io.BytesIO(world.fund_admin.get(f"/reports/{address}&format=xlsx").content))
    sheet = book.worksheets[0]
    assert sheet.max_row == len(table["rows"]) + 2, "titles, rows and a total"
    paper = world.fund_admin.get(f"/reports/{address}&format=pdf").content
    with pikepdf.open(io.BytesIO(paper)) as document:
        assert document.Root.MarkInfo.Marked, "tagged for who hears it"


def looked_up(world: World, body: bytes) -> MadeHere | None:
    with world.services.database.connect(OPERATOR) as connection:
        return made_here(connection, world.services.vault, hashlib.sha256(body).hexdigest())


@pytest.mark.usefixtures("paid")
def test_a_file_that_comes_back_is_told_again(world: World) -> None:
    for address in (*ALL, f"disbursements?{YEAR}"):
        body = world.fund_admin.get(f"/reports/{address}&format=csv").content
        found = looked_up(world, body)
        assert found is not None
        assert found.intact
        assert found.report == address.partition("?")[0]
        assert found.digest in body.decode()
        assert found.by
        assert looked_up(world, body.replace(b"1", b"2", 1)) is None, "one figure changed"
        assert looked_up(world, b"") is None


@pytest.mark.parametrize("address", [*ALL, f"partner-statement?{YEAR}"])
@pytest.mark.usefixtures("paid")
def test_the_page_shows_the_same(world: World, address: str) -> None:
    page = world.fund_admin.page(f"/reports/{address}")
    assert page.status_code == 200
    if address.startswith("partner"):
        assert "Choose a partner." in page.text
        assert "SHA-256" not in page.text, "nobody's figures before somebody says whose"
        address += f"&partner_id={world.partners[NORTH]}"
        page = world.fund_admin.page(f"/reports/{address}")
    assert of(world, address)["digest"] in page.text
    wrong = world.fund_admin.page(f"/reports/{address.replace(TODAY, 'tomorrow')}")
    assert wrong.status_code == 422
    assert "tomorrow" in wrong.text, "what was typed is still there"
