"""A bond's life over HTTP: its gates, its money, and who may take which step."""

import pytest

from app.access.sights import OPERATOR
from app.bonds.reads.verify import verify
from app.work import WatchedSession
from tests.bonds.stage import FUND_ITSELF, PAPERS, act, available, bond_fund, pay, posted, ready, refused, requested
from tests.cases.stage import opened
from tests.funds.stage import answered, request_award
from tests.world import World, key, today

TODAY = today().isoformat()


def intact(world: World) -> bool:
    """Whether the whole ledger adds up, with its bonds."""
    with world.services.database.connect(OPERATOR) as connection, WatchedSession(bind=connection) as session:
        found = verify(session)
    assert not found.faults, found.faults
    return True


def test_a_bond_is_posted_comes_back_and_its_money_is_lent_again(world: World) -> None:
    bond = requested(world)
    assert (bond["status"], bond["amount"], bond["obligor"]["holder"]) == ("requested", "5000.00", "fund")
    assert refused(world.fund_admin, bond, "post", 409, receipt_number="1") == "bond.status"
    bond = act(world.fund_admin, bond, "approve")
    assert refused(world.fund_admin, bond, "sign", 409) == "bond.papers_missing"
    act(world.fund_admin, bond, "papers", papers=PAPERS[:2])
    assert refused(world.fund_admin, bond, "post", 409, receipt_number="1") == "bond.papers_missing"
    act(world.approver, bond, "papers", papers=PAPERS[2:])
    assert refused(world.fund_admin, bond, "post", 409, receipt_number="1") == "bond.not_signed"
    act(world.fund_admin, bond, "sign")
    assert refused(world.fund_admin, bond, "post", 409, receipt_number="1") == "bond.not_paid"
    payment = pay(world, bond)
    left = available(world, bond)
    bond = act(world.fund_admin, bond, "post", receipt_number="I305-1")
    assert bond["money"]["outstanding"] == "5000.00"
    assert bond["disbursement_id"] == payment
    assert available(world, bond) == left
    assert intact(world)

    act(world.fund_admin, bond, "cancel")
    act(world.fund_admin, bond, "claim", receipt_lost=True)
    assert refused(world.fund_admin, bond, "receive", 403, principal="5000.00") == "segregation_of_duties"
    assert refused(world.approver, bond, "receive", 422, principal="5000.01") == "principal.too_large"
    assert refused(world.approver, bond, "receive", 422, principal="4000.00") == "rest_lost.differs"
    bond = act(world.approver, bond, "receive", principal="5000.00", interest="61.25")
    assert bond["status"] == "refunded"
    assert bond["money"] == {
        "posted": "5000.00",
        "refunded": "5000.00",
        "forfeited": "0.00",
        "outstanding": "0.00",
        "interest": "61.25",
    }
    assert available(world, bond) == "500000.00"
    assert intact(world)


def test_a_payment_that_stands_as_a_bond_can_not_be_undone_first(world: World) -> None:
    bond = posted(world)
    reason = {"reason": "Sent twice", "code": "duplicate"}
    answer = world.fund_admin.post(f"/disbursements/{bond['disbursement_id']}/reverse", json=reason, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "award.lent_as_bond")
    payment = bond["disbursement_id"]
    bond = act(world.fund_admin, bond, "unpost")
    assert (bond["status"], bond["money"]["posted"], bond["disbursement_id"]) == ("approved", "0.00", None)
    answered(world.fund_admin.post(f"/disbursements/{payment}/reverse", json=reason, headers=key()))
    assert refused(world.fund_admin, bond, "post", 409, receipt_number="1") == "bond.not_paid"
    pay(world, bond, "ach")
    act(world.fund_admin, bond, "post", receipt_number="2")
    assert intact(world)


def test_a_breach_keeps_the_money_owed_until_it_is_lost(world: World) -> None:
    bond = posted(world)
    bond = act(world.fund_admin, bond, "breach")
    assert (bond["due"], bond["money"]["outstanding"]) == (["address", "contest"], "5000.00")
    act(world.fund_admin, bond, "contest", way="appeal")
    assert refused(world.fund_admin, bond, "contest", 409, way="appeal") == "bond.contested"
    bond = act(world.fund_admin, bond, "forfeit")
    assert (bond["status"], bond["money"]["forfeited"]) == ("forfeited", "5000.00")
    assert intact(world)
    bond = act(world.fund_admin, bond, "interest", amount="12.00")
    bond = act(world.fund_admin, bond, "reinstate")
    assert (bond["status"], bond["money"]["outstanding"], bond["money"]["interest"]) == ("posted", "5000.00", "12.00")
    act(world.fund_admin, bond, "breach")
    assert refused(world.fund_admin, bond, "mitigate", 422, lost="5000.00") == "lost.too_large"
    bond = act(world.fund_admin, bond, "mitigate", lost="2000.00")
    assert (bond["status"], bond["money"]["outstanding"]) == ("cancelled", "3000.00")
    act(world.approver, bond, "claim")
    bond = act(world.fund_admin, bond, "receive", principal="2900.00", rest_lost=True)
    assert (bond["money"]["refunded"], bond["money"]["forfeited"]) == ("2900.00", "2100.00")
    assert intact(world)


def test_who_asked_or_works_on_the_case_does_not_decide(world: World) -> None:
    bond = requested(world)
    assert world.attorney.post(f"/bonds/{bond['id']}/approve", json={}, headers=key()).status_code == 403
    rejected = act(world.fund_admin, bond, "reject", reason="Too much for this fund")
    assert (rejected["status"], rejected["rejection"]) == ("rejected", None)
    assert answered(world.attorney.get(f"/bonds/{bond['id']}"))["rejection"] == "Too much for this fund"
    # The award is free for another bond.
    form = {"award_id": bond["award_id"], "kind": "delivery", "obligor": FUND_ITSELF}
    again = answered(world.attorney.post("/bonds", json=form, headers=key()), 201)
    assert world.attorney.post("/bonds", json=form, headers=key()).json()["code"] == "award.has_bond"
    assert act(world.attorney, again, "withdraw")["status"] == "withdrawn"


@pytest.mark.parametrize(
    ("amount", "category", "code"),
    [("1499.99", "bond", "bond.too_small"), ("5000.00", "travel", "award_id.other_category")],
)
def test_what_no_bond_stands_on(world: World, amount: str, category: str, code: str) -> None:
    fund_id = bond_fund(world, "100000.00")
    if category != "bond":
        more = {"name": "Other", "giver": "x", "starts_on": "2020-01-01", "ends_on": "2099-12-31"}
        fund_id = answered(world.fund_admin.post("/funds", json=more | {"awarded_total": "9000.00"}), 201)["id"]
        form = {"category": category, "amount": "9000.00"}
        answered(world.fund_admin.post(f"/funds/{fund_id}/allocations", json=form), 201)
    award = request_award(world, opened(world).id, fund_id, amount, category=category)
    asked = {"award_id": award["id"], "kind": "delivery", "obligor": FUND_ITSELF}
    answer = world.attorney.post("/bonds", json=asked, headers=key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


def test_a_bond_waits_for_its_award(world: World) -> None:
    award = request_award(world, opened(world).id, bond_fund(world), "5000.00", category="bond")
    form = {"award_id": award["id"], "kind": "delivery", "obligor": FUND_ITSELF}
    bond = answered(world.attorney.post("/bonds", json=form, headers=key()), 201)
    assert refused(world.fund_admin, bond, "approve", 409) == "award.not_approved"


def test_a_key_is_needed_and_a_replay_posts_nothing_twice(world: World) -> None:
    bond = ready(world)
    pay(world, bond)
    form, once = {"receipt_number": "I305-7"}, key()
    assert world.fund_admin.post(f"/bonds/{bond['id']}/post", json=form).status_code == 428
    first = answered(world.fund_admin.post(f"/bonds/{bond['id']}/post", json=form, headers=once))
    again = world.fund_admin.post(f"/bonds/{bond['id']}/post", json=form, headers=once)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert answered(again)["money"] == first["money"]
    assert again.headers["ETag"] == f'"{first["version"]}"'
    assert intact(world)


def test_days_are_in_order_and_never_to_come(world: World) -> None:
    bond = posted(world)
    assert refused(world.fund_admin, bond, "cancel", 422, on="2999-01-01") == "on.future"
    assert refused(world.fund_admin, bond, "cancel", 422, on="2020-01-01") == "on.too_early"
