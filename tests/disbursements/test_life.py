"""A disbursement's life over HTTP."""

from tests.funds.stage import answered, award, disbursement, draft, payee, step
from tests.world import World


def test_four_people_bring_money_to_the_payee(world: World) -> None:
    made = award(world, "1000.00")
    assert made["balance"] == {"budget": "1000.00", "encumbered": "0.00", "paid": "0.00", "available": "1000.00"}
    asked = draft(world, made["id"], payee(world)["id"], "250.00", memo="For the brief of Xochitl.")
    assert asked["status"] == "draft"
    assert answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]["encumbered"] == "250.00"
    for verb in ("submit", "approve", "release", "settle"):
        asked = answered(step(world, asked["id"], verb))
    assert asked["status"] == "settled"
    assert [each["verb"] for each in asked["steps"]] == ["create", "submit", "approve", "release", "settle"]
    balance = answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]
    assert balance == {"budget": "1000.00", "encumbered": "0.00", "paid": "250.00", "available": "750.00"}
    fund = answered(world.fund_admin.get(f"/funds/{made['fund_id']}"))
    assert fund["balance"] == {
        "budget": "100000.00",
        "encumbered": "750.00",
        "paid": "250.00",
        "available": "99000.00",
    }


def test_every_end(world: World) -> None:
    made = award(world, "1000.00")
    for status in ("rejected", "returned", "reversed"):
        disbursement(world, status, award_id=made["id"])
        assert answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]["available"] == "1000.00"
