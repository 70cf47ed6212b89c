"""A payee's account changes by two people, one of whom calls back; and money goes to it after three days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from tests.funds.stage import ROUTING, answered, award, disbursement, payee, step
from tests.world import World, key, running

NEW = {"routing_number": ROUTING, "account_number": "900066601428"}


def _call(**more: Any) -> dict[str, Any]:
    today = (datetime.now(UTC) - timedelta(hours=7)).date().isoformat()  # where the cast works
    return {"called_on": today, "number_from": "agreement", "number_end": "0142"} | more


def test_a_changed_account_is_confirmed_called_back_and_waited_for(world: World) -> None:
    made = award(world, "1000.00")
    found = disbursement(world, "approved", "10.00", made["id"])
    path, account = f"/disbursements/{found['id']}", f"/payees/{found['payee']['id']}/account"
    asked = answered(world.approver.post(account, json=NEW))
    assert asked["account_change"]["account"] == "•••• 1428"
    assert world.attorney.post(account, json=NEW).status_code == 409
    own = world.approver.post(f"{account}/confirm", json=_call())
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    early = _call(called_on="2026-01-01")
    assert world.fund_admin.post(f"{account}/confirm", json=early).status_code == 422
    unknown = _call(number_from="partner_record")
    assert world.fund_admin.post(f"{account}/confirm", json=unknown).status_code == 422
    kept = answered(world.fund_admin.post(f"{account}/confirm", json=_call()))
    assert (kept["account"], kept["account_change"]) == ("•••• 1428", None)
    refused = step(world, found["id"], "release")
    assert (refused.status_code, refused.json()["code"]) == (409, "disbursement.account_changed")
    answered(world.attorney.patch(path, json={"amount": "10.00"}, headers={"If-Match": '"1"'}))
    answered(step(world, found["id"], "submit"))
    barred = step(world, found["id"], "approve", by="approver")
    assert "You asked for the change" in barred.text
    answered(step(world, found["id"], "approve", by="fund_admin"))
    soon = step(world, found["id"], "release")
    assert (soon.status_code, soon.json()["code"]) == (409, "payee.account_waits")
    assert "900066601428" not in world.auditor.get("/audit/events").text


def test_money_goes_after_three_days(world: World) -> None:
    made = award(world, "1000.00")
    to = payee(world, by="fund_admin", kind="vendor", name="Ink")["id"]
    answered(world.approver.post(f"/payees/{to}/account", json=NEW))
    assert "A new account waits" in world.fund_admin.page(f"/payees/{to}").text
    rejected = answered(world.releaser.post(f"/payees/{to}/account/reject"))
    assert rejected["account"] == "•••• 1427"
    answered(world.attorney.post(f"/payees/{to}/account", json=NEW))
    answered(world.releaser.post(f"/payees/{to}/account/confirm", json=_call()))
    body = {"award_id": made["id"], "payee_id": to, "amount": "1.00", "method": "ach"}
    found = answered(world.attorney.post("/disbursements", json=body, headers=key()), 201)
    answered(step(world, found["id"], "submit"))
    answered(step(world, found["id"], "approve"))
    assert step(world, found["id"], "release").status_code == 409
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=11)):
        assert step(world, found["id"], "release").status_code in (401, 409)


def test_a_large_payment_is_approved_by_two(world: World) -> None:
    made = award(world, "1000.00")
    settings = world.services.settings
    fresh = settings.model_validate(settings.model_dump() | {"second_approval_over": 100})
    with running(fresh) as strict:
        small = disbursement(strict, "submitted", "100.00", made["id"])
        found = disbursement(strict, "submitted", "100.01", made["id"])
        assert (small["approvals_needed"], found["approvals_needed"]) == (1, 2)
        once = answered(step(strict, found["id"], "approve", by="approver"))
        assert (once["status"], once["approvals"]) == ("submitted", 1)
        again = step(strict, found["id"], "approve", by="approver")
        assert (again.status_code, again.json()["code"]) == (403, "segregation_of_duties")
        assert step(strict, found["id"], "release").status_code == 409
        twice = answered(step(strict, found["id"], "approve", by="fund_admin"))
        assert (twice["status"], twice["approvals"]) == ("approved", 2)
        for by in ("approver", "fund_admin"):
            assert step(strict, found["id"], "release", by=by).status_code == 403
        answered(step(strict, found["id"], "release", by="releaser"))
