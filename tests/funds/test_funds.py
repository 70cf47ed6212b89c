"""Funds and allocations over HTTP."""

from datetime import UTC, datetime

from app.funds.reads.funds import open_funds
from tests.funds.stage import allocate, answered, award, fund
from tests.world import World, key


def test_a_fund_has_all_its_money_unallocated(world: World) -> None:
    made = fund(world, "385000.00", ruleset="denver-dilsf", time_zone="America/New_York")
    whole = {"budget": "385000.00", "encumbered": "0.00", "paid": "0.00", "available": "385000.00"}
    assert made["balance"] == whole
    assert (made["awarded_total"], made["open"], made["allocations"]) == ("385000.00", True, [])
    part = allocate(world, made["id"], "200000.00", "representation")
    assert part["category"] == "representation"
    assert part["balance"] == {"budget": "200000.00", "encumbered": "0.00", "paid": "0.00", "available": "200000.00"}
    seen = answered(world.auditor.get(f"/funds/{made['id']}"))
    assert seen["balance"] == whole
    assert seen["allocations"] == [part]


def test_a_category_has_one_allocation_that_grows(world: World) -> None:
    made = fund(world)
    first = allocate(world, made["id"], "100.00")
    again = allocate(world, made["id"], "50.50")
    assert again["id"] == first["id"]
    assert again["balance"]["budget"] == "150.50"
    other = allocate(world, made["id"], "1.00", "travel")
    assert other["id"] != first["id"]


def test_an_allocation_is_no_more_than_the_fund_has(world: World) -> None:
    made = fund(world, "100.00")
    allocate(world, made["id"], "60.00")
    body = {"category": "travel", "amount": "40.01"}
    refused = answered(world.fund_admin.post(f"/funds/{made['id']}/allocations", json=body), 409)
    assert refused["code"] == "fund.insufficient"
    allocate(world, made["id"], "40.00", "travel")
    seen = answered(world.fund_admin.get(f"/funds/{made['id']}"))
    assert seen["balance"]["available"] == "100.00"


def test_the_same_key_allocates_once(world: World) -> None:
    made = fund(world)
    header, body = key(), {"category": "expert", "amount": "10.00"}
    for replayed in (False, True):
        response = world.fund_admin.post(f"/funds/{made['id']}/allocations", json=body, headers=header)
        assert answered(response, 201)["balance"]["budget"] == "10.00"
        assert ("Idempotency-Replayed" in response.headers) is replayed


def test_a_name_is_taken_once_and_the_end_comes_after_the_start(world: World) -> None:
    fund(world)
    body = {
        "name": "Fondo Uno",
        "giver": "Another",
        "starts_on": "2026-01-02",
        "ends_on": "2026-01-01",
        "awarded_total": "1",
    }
    refused = answered(world.fund_admin.post("/funds", json=body), 422)
    assert refused["errors"][0]["pointer"] == "/ends_on"
    refused = answered(world.fund_admin.post("/funds", json=body | {"ends_on": "2026-01-02"}), 422)
    assert refused["errors"][0]["pointer"] == "/name"


def test_funds_come_newest_first_page_by_page(world: World) -> None:
    names = [fund(world, name=f"Fund {number}")["name"] for number in range(3)]
    first = answered(world.auditor.get("/funds?limit=2"))
    rest = answered(world.auditor.get(f"/funds?limit=2&cursor={first['next']}"))
    assert [each["name"] for each in first["items"] + rest["items"]] == names[::-1]
    assert rest["next"] is None


def test_who_has_nothing_to_do_with_funds_sees_none(world: World) -> None:
    made = fund(world)
    for person in (world.attorney, world.partner_admin, world.intake, world.admin):
        assert person.get("/funds").status_code == 403
        assert person.get(f"/funds/{made['id']}").status_code == 403
    assert world.auditor.post("/funds", json={}).status_code == 403
    assert world.stranger.get("/funds").status_code == 401


def test_people_are_screened_for_funds_in_their_term_by_days_of_the_fund(world: World) -> None:
    fund(world, name="Without rules")
    fund(world, name="Over", ruleset="denver-dilsf", ends_on="2020-12-31")
    fund(world, name="Honolulu", ruleset="colorado-ildf", ends_on="2026-03-31", time_zone="Pacific/Honolulu")
    fund(world, name="Denver", ruleset="denver-dilsf", ends_on="2026-03-31")
    # Eight in the morning UTC on the first of April: still March in Honolulu, April in Denver.
    with world.act_as("intake", now=datetime(2026, 4, 1, 8, tzinfo=UTC)) as work:
        assert [(each.name, each.ruleset) for each in open_funds(work)] == [("Honolulu", "colorado-ildf")]
        work.decided = True
    with world.act_as("intake", now=datetime(2026, 3, 31, 8, tzinfo=UTC)) as work:
        assert [each.name for each in open_funds(work)] == ["Denver", "Honolulu"]
        work.decided = True


def test_a_fund_is_explained_to_the_cent(world: World) -> None:
    made = award(world, "1234.56")
    seen = answered(world.fund_admin.get(f"/funds/{made['fund_id']}"))
    assert seen["balance"]["encumbered"] == "1234.56"
    assert seen["allocations"][0]["balance"] == {
        "budget": "50000.00",
        "encumbered": "1234.56",
        "paid": "0.00",
        "available": "48765.44",
    }
