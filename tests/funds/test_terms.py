"""Programmes, what funds may be used for, closed books, and money that moves without a case."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.access.grants import Permission
from app.audit.actions import record
from app.errors import Conflict
from app.funds.actions.ledger import Place, Posting, post
from app.funds.rules import EntryKind, FundStatus, Limits, Need, forbidden_by
from app.funds.rules.outlook import project
from app.money import Money
from tests.cases.stage import opened
from tests.funds.stage import allocate, answered, disbursement, fund, request_award
from tests.world import NORTH, SOUTH, World, key, today


def terms(world: World, fund_id: str, **set_to: Any) -> Any:
    return answered(world.fund_admin.post(f"/funds/{fund_id}/terms", json=set_to))


def move(world: World, kind: str, fund_id: str, amount: str, **more: str) -> Any:
    """Money moved by two people; the response to the approval."""
    body = {"kind": kind, "fund_id": fund_id, "amount": amount} | more
    asked = answered(world.fund_admin.post("/transfers", json=body, headers=key()), 201)
    return world.approver.post(f"/transfers/{asked['id']}/approve", headers=key())


def balance(world: World, fund_id: str) -> Any:
    return answered(world.fund_admin.get(f"/funds/{fund_id}"))["balance"]


#: The sources of the Denver Immigrant Legal Services Fund at its launch in 2018, as its members announced them.
SOURCES = {
    "City general fund": "200000.00",
    "City support fund": "50000.00",
    "Vera SAFE grant": "100000.00",
    "Rose Community Foundation": "30000.00",
    "Denver Foundation": "5000.00",
}


def test_five_sources_are_one_programme_to_the_dollar(world: World) -> None:
    made = answered(world.fund_admin.post("/programmes", json={"name": "Legal services fund"}), 201)
    for source, amount in SOURCES.items():
        terms(world, fund(world, amount, name=source, giver=source)["id"], programme_id=made["id"])
    seen = answered(world.fund_admin.get(f"/programmes/{made['id']}"))
    assert {each["name"]: each["awarded_total"] for each in seen["funds"]} == SOURCES
    assert (seen["awarded_total"], seen["balance"]["budget"]) == ("385000.00", "385000.00")


#: The uses of the LA Justice Fund.
USES = {"representation": "5500000.00", "other": "1320000.00"}


def test_uses_with_administration_and_a_reserve_to_the_dollar(world: World) -> None:
    fund_id = fund(world, "7895000.00")["id"]
    terms(world, fund_id, reserve="425000.00", administration=8.5)
    for category, amount in USES.items():
        allocate(world, fund_id, amount, category)
    allocate(world, fund_id, "650000.00", "travel")
    refused = world.fund_admin.post(f"/funds/{fund_id}/allocations", json={"category": "other", "amount": "0.01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "fund.reserve")
    assert move(world, "administration", fund_id, "650000.00", category="travel").status_code == 200
    seen = answered(world.fund_admin.get(f"/funds/{fund_id}"))
    assert {each["category"]: each["balance"]["budget"] for each in seen["allocations"]} == USES | {
        "travel": "650000.00"
    }
    assert seen["balance"] == {
        "budget": "7895000.00", "encumbered": "0.00", "paid": "650000.00", "available": "7245000.00"
    }  # fmt: skip


#: What California's Department of Social Services paid by programme and year, in thousands of dollars.
YEARS = {
    "2015-16": {"UUM": 3_000, "ISF": 15_000},
    "2016-17": {"UUM": 3_000, "ISF": 30_000},
    "2017-18": {"UUM": 3_000, "ISF": 45_000, "DACA": 20_000, "Other": 3_000},
    "2018-19": {"UUM": 3_000, "ISF": 45_000, "Other": 29_200},
}


def test_programmes_by_year_to_the_dollar(world: World) -> None:
    totals = {}
    for year, parts in YEARS.items():
        made = answered(world.fund_admin.post("/programmes", json={"name": year}), 201)
        for name, thousands in parts.items():
            first = {"starts_on": f"{year[:4]}-07-01", "ends_on": f"20{year[5:]}-06-30"}
            made_fund = fund(world, f"{thousands}000.00", name=f"{name} {year}", **first)
            terms(world, made_fund["id"], programme_id=made["id"])
        totals[year] = answered(world.fund_admin.get(f"/programmes/{made['id']}"))["awarded_total"]
    assert totals == {
        "2015-16": "18000000.00", "2016-17": "33000000.00", "2017-18": "71000000.00", "2018-19": "77200000.00"
    }  # fmt: skip


def test_money_moves_by_two_people_only(world: World) -> None:
    one, two = fund(world, "1000.00")["id"], fund(world, "10.00", name="Fondo Dos")["id"]
    body = {"kind": "between_funds", "fund_id": one, "to_fund_id": two, "amount": "400.00"}
    asked = answered(world.fund_admin.post("/transfers", json=body, headers=key()), 201)
    own = world.fund_admin.post(f"/transfers/{asked['id']}/approve", headers=key())
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    assert balance(world, one)["budget"] == "1000.00"
    answered(world.approver.post(f"/transfers/{asked['id']}/approve", headers=key()))
    again = world.releaser.post(f"/transfers/{asked['id']}/reject", headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "transfer.status")
    assert (balance(world, one)["budget"], balance(world, two)["budget"]) == ("600.00", "410.00")
    short = move(world, "between_funds", one, "600.01", to_fund_id=two)
    assert (short.status_code, short.json()["code"]) == (409, "fund.insufficient")
    assert (balance(world, one)["budget"], balance(world, two)["budget"]) == ("600.00", "410.00")


def test_every_other_way_of_moving_money(world: World) -> None:
    fund_id = fund(world, "1000.00")["id"]
    for category in ("representation", "travel"):
        allocate(world, fund_id, "300.00", category)
    for kind, amount, more in (
        ("between_categories", "100.00", {"category": "travel", "to_category": "representation"}),
        ("spent_before", "50.00", {"category": "travel"}),
        ("income", "7.50", {}),
        ("given_back", "400.00", {}),
    ):
        answered(move(world, kind, fund_id, amount, **more))
    seen = answered(world.fund_admin.get(f"/funds/{fund_id}"))
    assert {each["category"]: each["balance"]["available"] for each in seen["allocations"]} == {
        "representation": "400.00", "travel": "150.00"
    }  # fmt: skip
    assert seen["balance"] == {"budget": "607.50", "encumbered": "0.00", "paid": "50.00", "available": "557.50"}
    terms(world, fund_id, administration=2)
    over = move(world, "administration", fund_id, "20.01", category="representation")
    assert (over.status_code, over.json()["code"]) == (409, "fund.administration")
    closed = world.fund_admin.post(f"/funds/{fund_id}/terms", json={"status": "closed"})
    assert (closed.status_code, closed.json()["code"]) == (409, "fund.has_money")


def test_an_award_is_refused_by_the_restriction_that_forbids_it(world: World) -> None:
    case = opened(world)
    fund_id = fund(world)["id"]
    allocate(world, fund_id)
    body = {"case_id": str(case.id), "fund_id": fund_id, "category": "representation", "amount": "600.00"}
    for forbidding, code in (
        ({"partners": [str(world.partners[SOUTH])]}, "fund.other_partners"),
        ({"case_types": ["naturalization"]}, "fund.other_case_types"),
        ({"custodies": ["declined"]}, "fund.other_custody"),
        ({"per_case": "599.99"}, "fund.per_case"),
        ({"per_person": "599.99"}, "fund.per_person"),
        ({"status": "closing"}, "fund.closing"),
    ):
        terms(world, fund_id, **forbidding)
        refused = world.attorney.post("/awards", json=body, headers=key())
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    terms(world, fund_id, partners=[str(world.partners[NORTH])], per_case="1000.00")
    first, second = (request_award(world, case.id, fund_id, "600.00")["id"] for _ in range(2))
    answered(world.fund_admin.post(f"/awards/{first}/approve", headers=key()))
    over = world.fund_admin.post(f"/awards/{second}/approve", headers=key())
    assert (over.status_code, over.json()["code"]) == (409, "fund.per_case")


def test_nothing_is_posted_into_a_closed_period(world: World) -> None:
    fund_id = fund(world)["id"]
    day = today()
    yesterday = day - timedelta(days=1)
    late = world.fund_admin.post(f"/funds/{fund_id}/lock", json={"through": str(day)})
    assert late.json()["errors"][0]["code"] == "day.not_over"
    locked = answered(world.fund_admin.post(f"/funds/{fund_id}/lock", json={"through": str(yesterday)}))
    assert locked["locked_through"] == str(yesterday)

    def receive(day: date) -> None:
        with world.act_as("fund_admin") as work:
            work.allow(Permission.FUND_MANAGE)
            record(work, "transfer.approved", object_type="fund", object_id=UUID(fund_id))
            post(work, Place(UUID(fund_id)), Posting(EntryKind.INCOME_RECEIVED, Money(100), day))

    with pytest.raises(Conflict) as refusal:
        receive(yesterday)
    assert refusal.value.code == "fund.period_closed"
    receive(day)
    asked = answered(world.fund_admin.post(f"/funds/{fund_id}/unlock"))
    assert asked["unlock_asked_by"]["id"] == str(world.people["fund_admin"])
    own = world.fund_admin.post(f"/funds/{fund_id}/unlock")
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    opened_again = answered(world.approver.post(f"/funds/{fund_id}/unlock"))
    assert (opened_again["locked_through"], opened_again["unlock_asked_by"]) == (None, None)
    receive(yesterday)


def test_the_pages_say_it(world: World) -> None:
    programme = answered(world.fund_admin.post("/programmes", json={"name": "Legal services fund"}), 201)["id"]
    fund_id = fund(world)["id"]
    terms(world, fund_id, programme_id=programme, per_case="1000.00", alert_below="900000.00", federal=True)
    body = {"kind": "income", "fund_id": fund_id, "amount": "7.50"}
    answered(world.fund_admin.post("/transfers", json=body, headers=key()), 201)
    assert "Legal services fund" in world.approver.page("/programmes").text
    assert "$100,000.00" in world.approver.page(f"/programmes/{programme}").text
    page = world.approver.page(f"/funds/{fund_id}/terms").text
    for said in ("$1,000.00", "Interest and other income", "2 CFR 200.344", "Approve"):
        assert said in page
    assert "Less than $900,000.00 is available." in world.approver.page(f"/funds/{fund_id}").text


TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("available", "promised", "begun", "ends", "finding"),
    [
        (9_000, 9_000, date(2026, 1, 1), date(2026, 12, 31), "runs_out"),
        (90_000, 9_000, date(2026, 1, 1), date(2026, 12, 31), "lasts"),
        (9_000, 0, date(2026, 1, 1), date(2026, 12, 31), "not_spent"),
        (9_000, 9_000, date(2026, 6, 1), date(2026, 12, 31), "too_early"),
        (0, 9_000, date(2026, 6, 1), date(2026, 12, 31), "empty"),
    ],
)
def test_when_a_fund_runs_out(available: int, promised: int, begun: date, ends: date, finding: str) -> None:
    found = project(Money(available), Money(promised), begun, ends, TODAY)
    assert found.finding == finding
    if finding == "runs_out":
        assert found.runs_out_on == TODAY + timedelta(days=90)
    if finding == "lasts":
        assert found.left == 90_000 - 9_000 * 184 // 90


def test_limits_forbid_what_they_name() -> None:
    need = Need("north", None, "detained", promised_case=500, promised_person=700, cents=300)
    assert forbidden_by(Limits(), need) == []
    limits = Limits(
        FundStatus.OPEN, frozenset({"south"}), frozenset({"asylum"}), frozenset({"released"}), Money(799), Money(1_000)
    )
    assert forbidden_by(limits, need) == ["partner", "case_type", "custody", "per_case"]


def test_every_balance_opens_to_its_entries_as_of_any_day(world: World) -> None:
    fund_id = disbursement(world, "settled", "250.00")["fund_id"]
    answered(move(world, "income", fund_id, "7.50"))
    answered(move(world, "spent_before", fund_id, "40.00", category="representation"))
    now = answered(world.fund_admin.get(f"/funds/{fund_id}"))
    day = today()
    assert answered(world.fund_admin.get(f"/funds/{fund_id}?as_of={day}")) == now
    before = answered(world.fund_admin.get(f"/funds/{fund_id}?as_of={day - timedelta(days=1)}"))
    assert set(before["balance"].values()) == {"0.00"}
    to_come = world.fund_admin.get(f"/funds/{fund_id}?as_of={day + timedelta(days=1)}")
    assert to_come.json()["errors"][0]["code"] == "as_of.future"
    sums = {
        account: answered(world.fund_admin.get(f"/funds/{fund_id}/entries?account={account}"))["total"]
        for account in ("giver", "income", "unallocated", "available", "charged", "encumbered", "reserved", "paid")
    }
    assert sums == {
        "giver": "-100000.00", "income": "-7.50", "unallocated": "50007.50", "available": "48960.00",
        "charged": "40.00", "encumbered": "750.00", "reserved": "0.00", "paid": "250.00",
    }  # fmt: skip
    for figure in ("budget", "encumbered", "paid", "available"):
        parts = answered(world.fund_admin.get(f"/funds/{fund_id}/parts?figure={figure}"))
        assert parts["total"] == now["balance"][figure], figure
    first = answered(world.fund_admin.get(f"/funds/{fund_id}/entries?limit=3"))
    rest = answered(world.fund_admin.get(f"/funds/{fund_id}/entries?cursor={first['next']}"))
    assert len(first["items"]) + len(rest["items"]) == first["count"]
    assert answered(world.fund_admin.get(f"/funds/{fund_id}/outlook"))["projection"]["finding"] == "runs_out"
