"""The pages of reports: what a person finds, in both languages."""

from datetime import date
from typing import Any

from bs4 import BeautifulSoup, Tag

from app.disbursements.rules import DisbursementStatus
from app.reports.rules import OF_A_FUND, Format, Preset
from tests.reports.stage import Books, Payment, taken_back
from tests.world import SOUTH, Person, World

QUARTER = "from=2026-01-01&to=2026-03-31"
PAGE = "/reports/disbursements"


def page(person: Person, query: str = "", path: str = PAGE, status: int = 200, **more: Any) -> BeautifulSoup:
    answer = person.page(f"{path}?{query}", **more)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    return BeautifulSoup(answer.text, "html.parser")


def words(found: Tag | None) -> list[str]:
    assert found is not None
    return list(found.stripped_strings)


def test_the_catalogue_leads_to_the_report(world: World) -> None:
    found = page(world.auditor, path="/reports")
    assert found.select_one(f'a[href="{PAGE}"]') is not None
    assert len(found.select("section:has(a[href='/reports/disbursements']) tbody tr")) == 10
    spanish = page(world.auditor, path="/reports", headers={"Accept-Language": "es"})
    assert spanish.select_one('html[lang="es"]') is not None
    assert words(spanish.select_one("h1")) == ["Informes"]


def test_table_total_and_bars(world: World) -> None:
    Books(world).pay([
        Payment(300), Payment(100, partner=SOUTH),
        taken_back(Payment(50), DisbursementStatus.REVERSED, date(2026, 2, 1)),
    ])  # fmt: skip
    found = page(world.fund_admin, f"{QUARTER}&group_by=partner,month")
    rows = [[cell for cell in words(row) if cell] for row in found.select("table tbody tr")]
    assert rows == [
        ["North Legal Aid", "January 2026", "2", "$0.00", "$3.50"],
        ["North Legal Aid", "February 2026", "1", "-$0.50", "-$0.50"],
        ["South Legal Aid", "January 2026", "1", "$0.00", "$1.00"],
    ]
    assert words(found.select_one("tfoot")) == ["Total", "4", "-$0.50", "$4.00"]
    lengths = [[bar["width"] for bar in row.select("rect.bar-plain")] for row in found.select("tbody tr")]
    assert lengths == [["100.00%"], [], ["28.57%"]]
    spanish = page(world.fund_admin, f"{QUARTER}&group_by=month", headers={"Accept-Language": "es"})
    assert words(spanish.select_one("tbody th")) == ["enero 2026"]
    assert words(spanish.select_one("h1")) == ["Desembolsos por mes"]


def test_lines_are_shown_when_asked_for(world: World) -> None:
    Books(world).pay([Payment(300)])
    assert len(page(world.fund_admin, QUARTER).select("table")) == 1
    lines = page(world.fund_admin, f"{QUARTER}&details=true").select("table")[1]
    cells = words(lines.select_one("tbody tr"))
    assert cells[0] == "Jan 8, 2026"
    assert cells[1].startswith("CA-")
    assert cells[-2:] == ["Settled", "$3.00"]


def test_every_file_is_one_link_away(world: World) -> None:
    Books(world).pay([Payment(300)])
    found = page(world.fund_admin, f"{QUARTER}&group_by=month&date_basis=approved")
    links = {link.get_text(): str(link["href"]) for link in found.select("p.files a")}
    assert list(links) == [each.upper() for each in Format]
    for href in links.values():
        answer = world.fund_admin.get(href.removeprefix("/api/v1"))
        assert answer.status_code == 200
        assert answer.content
    json = world.fund_admin.get(links["JSON"].removeprefix("/api/v1")).json()
    assert (json["parameters"]["date_basis"], json["parameters"]["group_by"]) == ("approved", ["month"])
    assert len(json["lines"]) == 1


def test_without_a_question_it_is_the_last_quarter(world: World) -> None:
    found = page(world.auditor)
    presets = found.select("p.presets a")
    assert len(presets) == len(set(Preset) - OF_A_FUND)
    last_quarter = presets[1]
    assert words(last_quarter) == ["Last quarter"]
    first, last = (str(found.select_one(f"input[name={name}]")["value"]) for name in ("from", "to"))  # type: ignore[index]  # both stand there
    assert f"from={first}&to={last}" in str(last_quarter["href"])
    checked = [box["value"] for box in found.select("input[name=group_by][checked]")]
    assert checked == ["fund", "category"]
    assert page(world.auditor, str(last_quarter["href"]).partition("?")[2])


def test_nothing_in_a_period_is_said(world: World) -> None:
    found = page(world.auditor, "from=1999-01-01&to=1999-12-31")
    assert found.select_one(".empty") is not None
    assert not found.select("table")


def test_what_is_wrong_leads_to_its_field(world: World) -> None:
    found = page(world.auditor, "from=2026-03-31&to=2026-01-01&group_by=zebra&fund_id=x&date_basis=settled", status=422)
    links = [str(link["href"]) for link in found.select(".summary a")]
    assert links == ["#fto", "#fgroup_by", "#ffund_id"]
    assert all(found.select_one(href) is not None for href in links)
    assert str(found.select_one("#fto")["value"]) == "2026-01-01"  # type: ignore[index]  # it stands there
    spanish = page(world.auditor, "from=x&to=2026-01-01", status=422, headers={"Accept-Language": "es"})
    assert "2026-03-14" in words(spanish.select_one(".summary[role=alert]"))[-1]


def test_nothing_checked_groups_by_nothing(world: World) -> None:
    """The form always sends one empty grouping, so that no box checked is told from a first visit."""
    Books(world).pay([Payment(300), Payment(1, partner=SOUTH)])
    found = page(world.auditor, f"{QUARTER}&group_by=,")
    assert [cell for cell in words(found.select_one("tbody tr")) if cell] == ["All", "2", "$3.01"]
    assert found.select_one('input[type=hidden][name=group_by][value=","]') is not None


def test_names_are_escaped(world: World) -> None:
    Books(world).pay([Payment(300, fund="<script>alert(1)</script>")])
    text = world.auditor.page(f"{PAGE}?{QUARTER}&details=true").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_long_report_says_what_it_leaves_out(world: World, monkeypatch: Any) -> None:
    Books(world).pay([Payment(1, partner=partner) for partner in ("North Legal Aid", SOUTH)])
    monkeypatch.setattr("app.reports.pages._MOST_ROWS", 1)
    monkeypatch.setattr("app.reports.pages._MOST_LINES", 1)
    monkeypatch.setattr("app.reports.pages.MOST_RECORDS", {Format.PDF: 1})
    found = page(world.auditor, f"{QUARTER}&group_by=partner&details=true")
    assert [len(table.select("tbody tr")) for table in found.select("table")] == [1, 1]
    assert all("the first 1" in str(words(table.select_one("caption"))) for table in found.select("table"))
    assert words(found.select_one("tfoot"))[-1] == "$0.02"
    assert "PDF" not in [link.get_text() for link in found.select("p.files a")]


def test_a_fund_brings_its_own_periods(world: World) -> None:
    books = Books(world)
    books.pay([Payment(300)])
    found = page(world.auditor, f"{QUARTER}&fund_id={books.fund('Fondo Uno')}")
    links = {words(link)[0]: str(link["href"]) for link in found.select("p.presets a")}
    assert {"Fund's last year", "Fund's year now"} <= set(links)
    assert "Fund's whole term" not in links  # eighty years are more than a report takes
    year = page(world.auditor, links["Fund's year now"].partition("?")[2])
    assert words(year.select_one("p.presets a[aria-current]"))  # the calendar's year and the fund's are the same days


def test_the_course_of_months_says_in_words_what_it_draws(world: World) -> None:
    Books(world).pay([
        Payment(300), Payment(100, partner=SOUTH), Payment(800, settled_on=date(2026, 3, 31)),
    ])  # fmt: skip
    found = page(world.auditor, f"{QUARTER}&group_by=partner,month")
    picture = found.select_one("svg.course")
    assert picture is not None
    assert picture["aria-label"] == "Amount by month: January 2026 $4.00; February 2026 $0.00; March 2026 $8.00"
    assert [bar["height"] for bar in picture.select("rect")] == ["50.00%", "0.00%", "100.00%"]
    assert page(world.auditor, f"{QUARTER}&group_by=partner").select_one("svg.course") is None
