"""What an installation asks of who confirms a payment: a password of just now, a passkey, or, in the demo, nothing.

A passkey's confirmation is never taken without being checked.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.authenticators.hands import demand, enrolled, signed_in
from tests.disbursements.test_signing import signed
from tests.funds.stage import answered, award, disbursement
from tests.story import Story
from tests.world import Person, World, key


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


def refused(person: Person, payment: str) -> str:
    """The code with which an approval is refused."""
    answer = person.post(f"/disbursements/{payment}/approve", json={}, headers=key())
    assert answer.status_code == 403, answer.text
    return str(answer.json()["code"])


def approved(person: Person, payment: str, **form: Any) -> str:
    """How an approval is said to be confirmed."""
    answer = person.post(f"/disbursements/{payment}/approve", json=form, headers=key())
    return str(answered(answer)["steps"][-1]["confirmed"])


def test_a_password_of_just_now_will_do_until_somebody_signs(world: World) -> None:
    award_id = award(world)["id"]
    first, second, third = (disbursement(world, "submitted", "1.00", award_id)["id"] for _ in range(3))
    demand(world, payment_confirmation="usual", step_up_minutes=5)
    # The cast signed in when the run began, however long ago that is.
    approver = signed_in(world, "approver")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert refused(approver, first) == "step_up"
    assert approved(approver, first) == "password"
    device = enrolled(approver)
    assert refused(approver, second) == "confirmation.needed"
    question = approver.post(f"/disbursements/{second}/confirmations", json={"verb": "approve"}, headers=key())
    assert approved(approver, second, confirmation=device.signed(answered(question, 201)["options"])) == "signed"
    assert refused(world.releaser, third) == "confirmation.no_passkey"


def test_nothing_but_a_passkey_where_that_is_set(world: World) -> None:
    demand(world, payment_confirmation="passkey")
    payment = disbursement(world, "submitted")["id"]
    assert refused(world.approver, payment) == "confirmation.no_passkey"
    device = enrolled(world.approver)
    assert answered(signed(world, payment, "approve", "approver", device))["steps"][-1]["confirmed"] == "signed"
