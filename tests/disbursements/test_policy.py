"""How an installation lets payments be confirmed: by a password given just now, or by nothing but a passkey."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.config import Settings
from app.web.services import Services
from tests.authenticators.device import Device
from tests.authenticators.hands import enrolled
from tests.disbursements.test_signing import signed
from tests.funds.stage import answered, award, disbursement, step
from tests.world import World


@pytest.fixture
def asking(world: World) -> Iterator[World]:
    """An installation as in production: a proof of the last five minutes."""
    lenient = world.client.app.state.services  # type: ignore[attr-defined]  # the application under the client
    asks(world, "usual")
    yield world
    world.client.app.state.services = lenient  # type: ignore[attr-defined]  # as above


def asks(world: World, policy: str) -> None:
    """Confirm payments by this policy from now on."""
    settings = Settings(**world.services.settings.model_dump() | {"payment_confirmation": policy, "step_up_minutes": 5})
    services = Services(settings, world.services.database, world.services.vault)
    world.client.app.state.services = services  # type: ignore[attr-defined]  # as above


def refused(world: World, payment: str, by: str) -> str:
    """The code with which an approval is refused."""
    answer = step(world, payment, "approve", by=by)
    assert answer.status_code == 403, answer.text
    return str(answer.json()["code"])


def test_a_password_of_just_now_will_do_until_somebody_signs(asking: World) -> None:
    award_id = award(asking)["id"]
    first, second, third = (disbursement(asking, "submitted", "1.00", award_id)["id"] for _ in range(3))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert refused(asking, first, "approver") == "step_up"
    assert answered(step(asking, first, "approve"))["steps"][-1]["confirmed"] == "password"
    device = enrolled(asking.approver)
    assert refused(asking, second, "approver") == "confirmation.needed"
    assert answered(signed(asking, second, "approve", "approver", device))["steps"][-1]["confirmed"] == "signed"
    assert refused(asking, third, "releaser") == "confirmation.no_passkey"


def test_nothing_but_a_passkey_where_that_is_set(asking: World) -> None:
    asks(asking, "passkey")
    payment = disbursement(asking, "submitted")["id"]
    assert refused(asking, payment, "approver") == "confirmation.no_passkey"
    device: Device = enrolled(asking.approver)
    assert answered(signed(asking, payment, "approve", "approver", device))["steps"][-1]["confirmed"] == "signed"
