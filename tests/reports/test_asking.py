"""What can be asked, who may, and what is said when it can not be answered."""

import json
from decimal import Decimal
from itertools import product
from typing import Any

from sqlalchemy import select

from app.audit.model import AuditEvent
from app.disbursements.rules import Method
from app.funds.rules import Category
from app.reports.reads.question import Question
from tests.reports.stage import Books, Payment
from tests.world import NORTH, SOUTH, World

QUARTER = "from=2026-01-01&to=2026-03-31"
CATEGORIES = (Category.REPRESENTATION, Category.EXPERT, Category.TRAVEL)
UNKNOWN = "01a2074d-31d9-73c0-ab42-3a6c84197930"

WRONG = [
    ("", ["/from", "/to"]),
    ("to=2026-03-31", ["/from"]),
    ("from=2026-01-01", ["/to"]),
    ("from=zebra&to=2026-03-31", ["/from"]),
    ("from=2026-02-30&to=2026-03-31", ["/from"]),
    ("from=1700000000&to=2026-03-31", ["/from"]),
    ("from=2026-01-01T00:00:00Z&to=2026-03-31", ["/from"]),
    ("from=20260101&to=2026-03-31", ["/from"]),
    ("from=2026-01-01&to=2026-3-31", ["/to"]),
    ("from=2026-03-31&to=2026-01-01", ["/to"]),
    ("from=2016-01-01&to=2026-01-01", ["/to"]),
    (f"{QUARTER}&date_basis=zebra", ["/date_basis"]),
    (f"{QUARTER}&date_basis=", ["/date_basis"]),
    (f"{QUARTER}&group_by=zebra", ["/group_by"]),
    (f"{QUARTER}&group_by=fund,zebra", ["/group_by"]),
    (f"{QUARTER}&group_by=fund,fund", ["/group_by"]),
    (f"{QUARTER}&group_by=fund&group_by=fund", ["/group_by"]),
    (f"{QUARTER}&fund_id=zebra", ["/fund_id"]),
    (f"{QUARTER}&fund_id={UNKNOWN}", ["/fund_id"]),
    (f"{QUARTER}&partner_id=zebra", ["/partner_id"]),
    (f"{QUARTER}&partner_id={UNKNOWN}", ["/partner_id"]),
    (f"{QUARTER}&category=zebra", ["/category"]),
    (f"{QUARTER}&method=zebra", ["/method"]),
    (f"{QUARTER}&format=zebra", ["/format"]),
    (f"{QUARTER}&details=zebra", ["/details"]),
    (f"{QUARTER}&zebra=1", ["/zebra"]),
]


def test_what_is_wrong_is_named_and_never_repeated(world: World) -> None:
    for query, pointers in WRONG:
        answer = world.fund_admin.get(f"/reports/disbursements?{query}")
        assert answer.status_code == 422, query
        assert [each["pointer"] for each in answer.json()["errors"]] == pointers, query
        assert "zebra" not in answer.text.replace('"/zebra"', "").replace("zebra.unknown_field", "")
        spanish = world.fund_admin.get(f"/reports/disbursements?{query}", headers={"Accept-Language": "es"}).json()
        assert len(spanish["errors"]) == len(pointers)


GROUPINGS = {
    "method,fund": ["method", "fund"],
    "month": ["month"],
    "": [],
    ",": [],
    "partner&group_by=category,month": ["partner", "category", "month"],
}


def test_groupings_keep_their_order(world: World) -> None:
    for group_by, names in GROUPINGS.items():
        asked = world.fund_admin.get(f"/reports/disbursements?{QUARTER}&group_by={group_by}").json()["parameters"]
        assert asked["group_by"] == names


def test_what_is_not_said_has_a_default(world: World) -> None:
    report = world.auditor.get(f"/reports/disbursements?{QUARTER}").json()
    assert report["parameters"] == {
        "from": "2026-01-01", "to": "2026-03-31", "date_basis": "settled", "group_by": ["fund", "category"],
        "fund_id": None, "fund": None, "partner_id": None, "partner": None, "category": None, "method": None,
        "details": False,
    }  # fmt: skip
    assert report["lines"] is None


def test_roles_without_reports_are_refused(world: World) -> None:
    for path in ("/reports", f"/reports/disbursements?{QUARTER}", "/reports/disbursements?from=zebra"):
        assert world.stranger.get(path).status_code == 401
        for name in ("intake", "attorney", "admin"):
            assert getattr(world, name).get(path).status_code == 403, name
        assert world.stranger.page(path.split("?", maxsplit=1)[0]).status_code == 303
        assert world.attorney.page(path).status_code == 403
    for name in ("fund_admin", "approver", "auditor", "partner_admin"):
        assert getattr(world, name).get(f"/reports/disbursements?{QUARTER}").status_code == 200, name


def test_a_partner_sees_its_own_part_only(world: World) -> None:
    books = Books(world)
    books.pay([Payment(100), Payment(50, partner=SOUTH), Payment(7, partner=SOUTH, fund="Fondo Dos")])
    path = f"/reports/disbursements?{QUARTER}&details=true&group_by=fund,partner"
    everything = world.auditor.get(path).json()
    assert everything["totals"]["amount"] == "1.57"
    mine = world.partner_admin.get(path).json()
    assert [(row["partner"], row["amount"]) for row in mine["rows"]] == [("North Legal Aid", "1.00")]
    assert [line["partner"] for line in mine["lines"]] == ["North Legal Aid"]
    assert "South" not in json.dumps(mine)
    # A fund that paid none of its cases does not exist for it, though one that did does.
    assert world.partner_admin.get(f"{path}&fund_id={books.fund('Fondo Uno')}").json()["totals"]["amount"] == "1.00"
    assert world.partner_admin.get(f"{path}&fund_id={books.fund('Fondo Dos')}").status_code == 422
    page = world.partner_admin.page(f"/reports/disbursements?{QUARTER}").text
    assert "Fondo Uno" in page
    assert "Fondo Dos" not in page


def test_one_fund_alone(world: World) -> None:
    books = Books(world)
    books.pay([Payment(100), Payment(7, fund="Fondo Dos")])
    report = world.fund_admin.get(f"/reports/disbursements?{QUARTER}&fund_id={books.fund('Fondo Dos')}").json()
    assert report["totals"]["amount"] == "0.07"
    assert report["parameters"]["fund"] == "Fondo Dos"


def test_what_is_limited_adds_up_to_the_whole(world: World) -> None:
    """Over every category, every method and every partner the limited reports are the parts of the unlimited one."""
    Books(world).pay([
        Payment(cents, partner=partner, category=category, method=method)
        for cents, (partner, category, method) in enumerate(product((NORTH, SOUTH), CATEGORIES, Method), 101)
    ])  # fmt: skip
    limits = {
        "category": [each.value for each in Category],
        "method": [each.value for each in Method],
        "partner_id": [str(world.partners[name]) for name in (NORTH, SOUTH)],
    }
    whole = world.auditor.get(f"/reports/disbursements?{QUARTER}").json()["totals"]
    assert whole["count"] == 2 * len(CATEGORIES) * len(Method)
    for name, values in limits.items():
        parts = [world.auditor.get(f"/reports/disbursements?{QUARTER}&{name}={value}").json() for value in values]
        assert sum(Decimal(part["totals"]["amount"]) for part in parts) == Decimal(whole["amount"])
        assert sum(part["totals"]["count"] for part in parts) == whole["count"]
        assert all(part["parameters"][name] == value for part, value in zip(parts, values, strict=True))
    alone = f"/reports/disbursements?{QUARTER}&category=expert&method=wire&partner_id={limits['partner_id'][0]}"
    assert world.auditor.get(alone).json()["totals"]["count"] == 1


def test_another_partner_is_no_limit_for_a_partner(world: World) -> None:
    path = f"/reports/disbursements?{QUARTER}&partner_id="
    assert world.partner_admin.get(f"{path}{world.partners[NORTH]}").json()["parameters"]["partner"] == NORTH
    assert world.partner_admin.get(f"{path}{world.partners[SOUTH]}").status_code == 422
    assert "South Legal Aid" not in world.partner_admin.page(f"/reports/disbursements?{QUARTER}").text


def recorded(world: World) -> list[dict[str, Any]]:
    """The details of each run of a report that is on record."""
    table = AuditEvent.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    with world.services.database.engine.connect() as connection:
        found = connection.execute(
            select(table.c.details, table.c["count"], table.c.actor_id).where(table.c.action == "report.run")
        )
        return [json.loads(row.details) | {"count": row.count, "actor": row.actor_id} for row in found]


def test_every_run_is_on_record_with_its_digest(world: World) -> None:
    books = Books(world)
    books.pay([Payment(100)])
    fund_id = books.fund("Fondo Uno")
    digests = [
        world.fund_admin.get(f"/reports/disbursements?{QUARTER}&fund_id={fund_id}").json()["digest"],
        world.auditor.get(f"/reports/disbursements?{QUARTER}&details=true&group_by=month").json()["digest"],
    ]
    assert world.fund_admin.get(f"/reports/disbursements?{QUARTER}&format=pdf").status_code == 200
    assert world.fund_admin.page(f"/reports/disbursements?{QUARTER}").status_code == 200
    runs = recorded(world)
    assert [run["digest"] for run in runs[:2]] == digests
    assert runs[0] == {
        "report": "disbursements", "from": "2026-01-01", "to": "2026-03-31", "date_basis": "settled",
        "group_by": ["fund", "category"], "fund_id": str(fund_id), "partner_id": None, "category": None,
        "method": None, "lines": "no", "format": "json",
        "digest": digests[0], "count": 1, "actor": world.people["fund_admin"],
    }  # fmt: skip
    assert (runs[1]["lines"], runs[1]["group_by"], runs[1]["actor"]) == ("yes", ["month"], world.people["auditor"])
    assert [run["format"] for run in runs[2:]] == ["pdf", "page"]


def test_the_catalogue_describes_every_parameter(world: World) -> None:
    entry = world.partner_admin.get("/reports").json()["items"][0]
    assert entry["path"] == "/api/v1/reports/disbursements"
    described = {parameter["name"]: parameter for parameter in entry["parameters"]}
    assert set(described) == {field.alias or name for name, field in Question.model_fields.items()}
    assert described["group_by"]["values"] == ["fund", "category", "partner", "month", "method"]
    assert described["date_basis"]["default"] == "settled"
    assert [name for name, parameter in described.items() if parameter["required"]] == ["from", "to"]
    assert all(parameter["description"] for parameter in described.values())


def test_the_api_describes_the_report(world: World) -> None:
    operation = world.auditor.get("/openapi.json").json()["paths"]["/api/v1/reports/disbursements"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {field.alias or name for name, field in Question.model_fields.items()}
    assert set(operation["responses"]["200"]["content"]) >= {"application/json", "application/pdf"}
