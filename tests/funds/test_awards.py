"""Awards over HTTP: asked for on a case, decided by somebody else, closed."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app.errors import Conflict
from app.funds.actions import awards
from app.funds.rules import Category
from app.money import Money
from tests.cases.stage import offered, opened
from tests.funds.stage import allocate, answered, award, disbursement, draft, fund, payee, request_award
from tests.world import SOUTH, World, key


def _fund(world: World, amount: str = "1000.00", **more: str) -> str:
    made = fund(world, **more)
    allocate(world, made["id"], amount)
    return str(made["id"])


def test_an_award_is_asked_for_and_approved(world: World) -> None:
    case, fund_id = opened(world), _fund(world)
    asked = request_award(world, case.id, fund_id, "400.00")
    assert asked["status"] == "requested"
    assert asked["balance"]["available"] == "0.00"
    assert asked["requested_by"]["name"] == "Attorney"
    approved = answered(world.approver.post(f"/awards/{asked['id']}/approve", headers=key()))
    assert (approved["status"], approved["decided_by"]["name"]) == ("approved", "Approver")
    assert approved["balance"]["available"] == "400.00"
    again = answered(world.fund_admin.post(f"/awards/{asked['id']}/approve", headers=key()), 409)
    assert again["code"] == "award.status"


def test_an_allocation_is_not_promised_twice(world: World) -> None:
    case, fund_id = opened(world), _fund(world, "1000.00")
    first, second = (request_award(world, case.id, fund_id, "600.00") for _ in range(2))
    answered(world.approver.post(f"/awards/{first['id']}/approve", headers=key()))
    refused = answered(world.approver.post(f"/awards/{second['id']}/approve", headers=key()), 409)
    assert refused["code"] == "allocation.insufficient"
    seen = answered(world.approver.get(f"/awards/{second['id']}"))
    assert (seen["status"], seen["decided_by"]) == ("requested", None)


def test_a_rejection_sets_nothing_aside_and_tells_the_attorney_why(world: World) -> None:
    case, fund_id = opened(world), _fund(world)
    asked = request_award(world, case.id, fund_id)
    body = {"reason": "Xochitl Canario has another award."}
    refused = answered(world.approver.post(f"/awards/{asked['id']}/reject", json=body, headers=key()))
    assert (refused["status"], refused["rejection"]) == ("rejected", None)
    assert answered(world.attorney.get(f"/awards/{asked['id']}"))["rejection"] == body["reason"]
    assert answered(world.partner_admin.get(f"/awards/{asked['id']}"))["rejection"] is None
    assert answered(world.attorney.get("/awards"))["items"][0]["rejection"] is None
    assert answered(world.fund_admin.get(f"/funds/{fund_id}"))["balance"]["encumbered"] == "0.00"


def test_what_a_closed_award_did_not_spend_is_available_again(world: World) -> None:
    made = award(world, "1000.00")
    disbursement(world, "settled", "250.00", made["id"])
    closed = answered(world.fund_admin.post(f"/awards/{made['id']}/close", headers=key()))
    assert (closed["status"], closed["balance"]["budget"]) == ("closed", "250.00")
    seen = answered(world.fund_admin.get(f"/funds/{made['fund_id']}"))["allocations"][0]["balance"]
    assert seen == {"budget": "50000.00", "encumbered": "0.00", "paid": "250.00", "available": "49750.00"}
    refused = world.attorney.post(
        "/disbursements",
        json={"award_id": made["id"], "payee_id": payee(world)["id"], "amount": "1.00", "method": "ach"},
        headers=key(),
    )
    assert answered(refused, 409)["code"] == "award.not_open"


def test_an_award_is_not_closed_over_payments_under_way(world: World) -> None:
    made = award(world, "1000.00")
    draft(world, made["id"], payee(world)["id"], "10.00")
    refused = answered(world.fund_admin.post(f"/awards/{made['id']}/close", headers=key()), 409)
    assert refused["code"] == "award.in_use"
    assert answered(world.fund_admin.get(f"/awards/{made['id']}"))["status"] == "approved"


def test_money_that_comes_back_to_a_closed_award_goes_to_its_allocation(world: World) -> None:
    made = award(world, "1000.00")
    paid = disbursement(world, "settled", "250.00", made["id"])
    answered(world.fund_admin.post(f"/awards/{made['id']}/close", headers=key()))
    back = world.fund_admin.post(f"/disbursements/{paid['id']}/reverse", json={"reason": "Paid twice"}, headers=key())
    assert answered(back)["status"] == "reversed"
    seen = answered(world.fund_admin.get(f"/funds/{made['fund_id']}"))["allocations"][0]["balance"]
    assert seen == {"budget": "50000.00", "encumbered": "0.00", "paid": "0.00", "available": "50000.00"}


def test_an_award_becomes_active_when_payments_begin(world: World) -> None:
    made = award(world, "1000.00")
    disbursement(world, "approved", "1.00", made["id"])
    assert answered(world.fund_admin.get(f"/awards/{made['id']}"))["status"] == "approved"
    disbursement(world, "released", "1.00", made["id"])
    assert answered(world.fund_admin.get(f"/awards/{made['id']}"))["status"] == "active"


def test_only_open_cases_in_reach_get_awards(world: World) -> None:
    fund_id = _fund(world)
    body = {"fund_id": fund_id, "category": "representation", "amount": "1.00"}
    foreign = opened(world, "attorney2", "partner_admin2", partner=SOUTH)
    waiting = offered(world)
    for case_id in (foreign.id, uuid4()):
        sent = body | {"case_id": str(case_id)}
        for person in (world.attorney, world.partner_admin):
            assert person.post("/awards", json=sent, headers=key()).status_code == 404
    sent = body | {"case_id": str(waiting.id)}
    assert answered(world.partner_admin.post("/awards", json=sent, headers=key()), 409)["code"] == "case.not_open"
    # An attorney who was not asked does not even know the case.
    assert world.attorney.post("/awards", json=sent, headers=key()).status_code == 404


def test_awards_are_made_in_the_fund_s_term(world: World) -> None:
    case, fund_id = opened(world), _fund(world, ends_on="2026-06-30", time_zone="Pacific/Honolulu")
    form = awards.NewAward(case_id=case.id, fund_id=UUID(fund_id), category=Category.REPRESENTATION, amount=Money(100))
    # Ten in the evening of the thirtieth in Honolulu, when it is the first of July in London.
    with world.act_as("attorney", now=datetime(2026, 7, 1, 8, tzinfo=UTC)) as work:
        award_id = awards.request(work, form)
    assert answered(world.attorney.get(f"/awards/{award_id}"))["requested_on"] == "2026-06-30"
    late = datetime(2026, 7, 1, 10, tzinfo=UTC)
    with pytest.raises(Conflict, match=r"fund\.not_open"), world.act_as("attorney", now=late) as work:
        awards.request(work, form)
    with pytest.raises(Conflict, match=r"fund\.not_open"), world.act_as("approver", now=late) as work:
        awards.approve(work, award_id, awards.Nothing())


def test_a_fund_without_the_category_and_a_fund_that_is_not_there(world: World) -> None:
    case, fund_id = opened(world), _fund(world)
    body = {"case_id": str(case.id), "fund_id": fund_id, "category": "travel", "amount": "1.00"}
    refused = answered(world.attorney.post("/awards", json=body, headers=key()), 422)
    assert refused["errors"][0]["pointer"] == "/category"
    refused = answered(world.attorney.post("/awards", json=body | {"fund_id": str(uuid4())}, headers=key()), 422)
    assert refused["errors"][0]["pointer"] == "/fund_id"


def test_who_sees_which_awards(world: World) -> None:
    made = award(world)
    for person in (world.attorney, world.partner_admin, world.fund_admin, world.auditor):
        assert answered(person.get(f"/awards/{made['id']}"))["id"] == made["id"]
        assert [each["id"] for each in answered(person.get("/awards"))["items"]] == [made["id"]]
    for person in (world.attorney2, world.partner_admin2, world.colleague):
        assert person.get(f"/awards/{made['id']}").status_code == 404
        assert answered(person.get("/awards"))["items"] == []
    for person in (world.intake, world.admin):
        assert person.get(f"/awards/{made['id']}").status_code == 403
    for person in (world.attorney, world.partner_admin, world.auditor):
        assert person.post(f"/awards/{made['id']}/approve", headers=key()).status_code == 403


def test_lists_are_narrowed(world: World) -> None:
    made = award(world)
    asked = request_award(world, UUID(made["case_id"]), made["fund_id"])
    for query, found in (
        ("status=requested", [asked["id"]]),
        ("status=approved", [made["id"]]),
        (f"fund_id={made['fund_id']}", [asked["id"], made["id"]]),
        (f"case_id={made['case_id']}", [asked["id"], made["id"]]),
        (f"case_id={uuid4()}", []),
    ):
        assert [each["id"] for each in answered(world.auditor.get(f"/awards?{query}"))["items"]] == found


def test_every_verb_needs_a_key_and_repeats_its_answer(world: World) -> None:
    case, fund_id = opened(world), _fund(world)
    asked = request_award(world, case.id, fund_id, "400.00")
    path = f"/awards/{asked['id']}/approve"
    assert world.approver.post(path).status_code == 428
    assert world.approver.post(f"/awards/{uuid4()}/approve").status_code == 404
    header = key()
    answered(world.approver.post(path, headers=header))
    again = world.approver.post(path, json={}, headers=header)
    assert answered(again)["status"] == "approved"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.approver.post(path, json={"note": "x"}, headers=key()).status_code == 422


def test_who_decides_sees_what_would_be_left(world: World) -> None:
    made = award(world, "1000.00")
    asked = request_award(world, made["case_id"], made["fund_id"], "49000.01")
    page = world.approver.page(f"/awards/{asked['id']}").text
    assert "-$0.01" in page
    assert "The category has less than this" in page
    fits = request_award(world, made["case_id"], made["fund_id"], "48999.99")
    page = world.approver.page(f"/awards/{fits['id']}").text
    assert "$0.01" in page
    assert "The category has less than this" not in page
    assert "Left in the category" not in world.attorney.page(f"/awards/{fits['id']}").text
