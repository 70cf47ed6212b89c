"""Questions that people keep by a name: what is kept, who may use it, and how they stand on the pages."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from sqlalchemy import select

from app.audit.model import AuditEvent
from app.cases.rules import day_in
from app.reports.model import SavedQuestion
from app.reports.rules import quarter_to_report
from tests.funds.stage import fund
from tests.reports.stage import Books, Payment
from tests.story import said
from tests.world import Person, World, key

QUARTERLY: dict[str, Any] = {"name": "For the city", "period": "last_quarter", "group_by": ["partner", "month"]}
FIXED: dict[str, Any] = {"name": "Winter", "from": "2026-01-01", "to": "2026-03-31", "details": True}


def keep(person: Person, status: int = 201, **form: Any) -> Any:
    answer = person.post("/reports/saved", json=form, headers=key())
    assert answer.status_code == status, answer.text
    return answer.json()


def kept(person: Person) -> list[str]:
    return [each["name"] for each in person.get("/reports/saved").json()["items"]]


def test_a_named_period_moves_along_and_two_days_stay(world: World) -> None:
    today = day_in(datetime.now(UTC), "America/Denver")
    moving, staying = keep(world.auditor, **QUARTERLY), keep(world.auditor, **FIXED)
    period = quarter_to_report(today)
    assert (moving["first_on"], moving["last_on"]) == (period.first.isoformat(), period.last.isoformat())
    assert (moving["period"], moving["group_by"]) == ("last_quarter", ["partner", "month"])
    assert (staying["first_on"], staying["last_on"], staying["period"]) == ("2026-01-01", "2026-03-31", None)
    # The days that a form sends along with a named period are not kept.
    both = keep(world.auditor, **FIXED | {"name": "Both", "period": "this_year"})
    assert both["first_on"] == f"{today.year}-01-01"
    table = SavedQuestion.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(select(table.c.asked).where(table.c.name == "Both"))
        assert [set(json.loads(row.asked)) for row in rows] == [{"period", "date_basis", "group_by", "details"}]


def test_a_funds_year_is_kept_with_its_fund(world: World) -> None:
    made = fund(world, starts_on="2020-02-29", ends_on="2098-02-28")
    asked = {"name": "Year", "period": "this_fund_year", "fund_id": made["id"]}
    found = keep(world.fund_admin, **asked)
    assert found["first_on"][5:] in ("02-29", "03-01")
    assert found["fund_id"] == made["id"]
    future = fund(world, name="Later", starts_on="2090-01-01")
    assert (
        keep(world.fund_admin, 422, **asked | {"name": "x", "fund_id": future["id"]})["errors"][0]["code"]
        == "period.none"
    )


def test_what_can_not_be_kept(world: World) -> None:
    keep(world.fund_admin, **FIXED)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": " winter "}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"name": "a", "to": "2025-01-01"}, "/to"),
        ({"name": "a", "to": "2036-01-01"}, "/to"),
        ({"name": "a", "fund_id": str(UUID(int=7))}, "/fund_id"),
        ({"name": "a", "partner_id": str(UUID(int=7))}, "/partner_id"),
        ({"name": "a", "group_by": ["zebra"]}, "/group_by"),
        ({"name": "a", "zebra": 1}, "/zebra"),
    ]
    for change, pointer in wrong:
        errors = keep(world.fund_admin, 422, **FIXED | change)["errors"]
        assert [each["pointer"] for each in errors] == [pointer], change
    assert keep(world.fund_admin, 422, name="a", to="2026-01-01")["errors"][0]["code"] == "period.either"
    assert keep(world.fund_admin, 422, name="a", period="fund_term")["errors"][0]["code"] == "period.fund"
    assert kept(world.fund_admin) == ["Winter"]
    other = str(world.partners["South Legal Aid"])
    assert keep(world.partner_admin, 422, **FIXED | {"partner_id": other})["errors"][0]["pointer"] == "/partner_id"


def test_own_ones_and_those_that_colleagues_share(world: World) -> None:
    keep(world.fund_admin, **FIXED)
    shared = keep(world.fund_admin, **QUARTERLY | {"shared": True})
    keep(world.partner_admin, **FIXED | {"name": "Ours", "shared": True})
    assert kept(world.fund_admin) == ["For the city", "Winter"]
    for colleague in ("approver", "auditor"):
        assert kept(getattr(world, colleague)) == ["For the city"]
    assert kept(world.partner_admin) == ["Ours"]
    assert kept(world.partner_admin2) == []
    seen = world.auditor.get("/reports/saved").json()["items"][0]
    assert (seen["mine"], seen["by"]["name"]) == (False, "Fund Admin")
    path = f"/reports/saved/{shared['id']}"
    assert world.auditor.delete(path).status_code == 404
    assert world.attorney.delete(path).status_code == 403
    assert world.fund_admin.delete(path).status_code == 204
    assert world.fund_admin.delete(path).status_code == 404
    assert kept(world.auditor) == []


def test_a_name_with_letters_of_any_script_is_used_once(world: World) -> None:
    for name, again in (("Último año", "Último año"), ("Ñ", "ñ"), ("Отчёт", "ОТЧЁТ")):
        said(world.fund_admin.post("/reports/saved", json={"name": name, "period": "last_quarter"}, headers=key()), 201)
        form = {"name": again, "period": "last_quarter"}
        assert (
            world.fund_admin.post("/reports/saved", json=form, headers=key()).json()["errors"][0]["code"]
            == "name.taken"
        )


def test_keeping_is_on_record_without_the_name_and_repeats_are_one(world: World) -> None:
    same = key()
    answers = [world.auditor.post("/reports/saved", json=FIXED, headers=same) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    world.auditor.delete(f"/reports/saved/{answers[0].json()['id']}")
    table = AuditEvent.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(
            select(table.c.action, table.c.details).where(table.c.object_type == "saved_question")
        )
        found = [(row.action, row.details) for row in rows]
    assert [action for action, _ in found] == ["report.saved", "report.forgotten"]
    assert all("Winter" not in details for _, details in found)


def test_pages_lead_to_what_is_kept(world: World) -> None:
    Books(world).pay([Payment(300)])
    keep(world.fund_admin, **FIXED | {"name": "<Winter>", "shared": True, "group_by": []})
    for path in ("/reports", "/reports/disbursements"):
        mine = BeautifulSoup(world.fund_admin.page(path).text, "html.parser")
        link = mine.select_one(".kept a")
        assert link is not None
        assert link.get_text() == "<Winter>"
        assert len(mine.select(".kept form[data-method=delete][data-confirm]")) == 1
        theirs = BeautifulSoup(world.auditor.page(path).text, "html.parser")
        assert not theirs.select(".kept form")
        answer = world.auditor.page(str(link["href"]))
        assert answer.status_code == 200
        assert "Jan 1, 2026 to Mar 31, 2026" in answer.text
        assert "$3.00" in answer.text


def test_the_page_offers_to_keep_what_it_shows(world: World) -> None:
    text = world.auditor.page("/reports/disbursements?category=expert&group_by=,").text
    form = BeautifulSoup(text, "html.parser").select_one('form[data-api$="/reports/saved"]')
    assert form is not None
    given = {str(field["name"]): str(field.get("value", "")) for field in form.select("[name]")}
    assert given["/period"] == "last_quarter"
    assert (given["/category"], given["/group_by"]) == ("expert", ",")
    sent: dict[str, Any] = {name[1:]: value for name, value in given.items()} | {
        "name": "Experts",
        "shared": False,
        "details": False,
    }
    assert keep(world.auditor, **sent)["group_by"] == []
