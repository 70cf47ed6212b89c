"""What an installation asks of who confirms a payment: a password of just now, a passkey, or, in the demo, nothing.

A passkey's confirmation is never taken without being checked.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.authenticators.hands import demand, enrolled
from tests.disbursements.test_signing import signed
from tests.funds.stage import answered, award, disbursement, step
from tests.story import Story
from tests.world import World, key


@pytest.mark.parametrize("verb", ["approve", "release", "settle"])
def test_a_confirmation_that_can_not_be_checked_is_refused(world: World, verb: str) -> None:
    story = Story(world).begin().apply().accept().assign().fund_it().draft()
    path = f"/disbursements/{story.disbursement}/{verb}"
    refused = world.approver.post(path, json={"confirmation": {"id": "credential"}}, headers=key())
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/confirmation"]
    assert "credential" not in refused.text
    without = world.approver.post(path, json={"confirmation": None}, headers=key())
    assert without.status_code == 409


def refused(world: World, payment: str, by: str) -> str:
    """The code with which an approval is refused."""
    answer = step(world, payment, "approve", by=by)
    assert answer.status_code == 403, answer.text
    return str(answer.json()["code"])


def test_a_password_of_just_now_will_do_until_somebody_signs(world: World) -> None:
    demand(world, payment_confirmation="usual", step_up_minutes=5)
    award_id = award(world)["id"]
    first, second, third = (disbursement(world, "submitted", "1.00", award_id)["id"] for _ in range(3))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert refused(world, first, "approver") == "step_up"
    assert answered(step(world, first, "approve"))["steps"][-1]["confirmed"] == "password"
    device = enrolled(world.approver)
    assert refused(world, second, "approver") == "confirmation.needed"
    assert answered(signed(world, second, "approve", "approver", device))["steps"][-1]["confirmed"] == "signed"
    assert refused(world, third, "releaser") == "confirmation.no_passkey"


def test_nothing_but_a_passkey_where_that_is_set(world: World) -> None:
    demand(world, payment_confirmation="passkey")
    payment = disbursement(world, "submitted")["id"]
    assert refused(world, payment, "approver") == "confirmation.no_passkey"
    device = enrolled(world.approver)
    assert answered(signed(world, payment, "approve", "approver", device))["steps"][-1]["confirmed"] == "signed"
