"""An answer that was lost is asked for again with the same key: what was made stays one, and is not shown again."""

import time

import pyotp
import pytest

from tests.authenticators.device import Device
from tests.authenticators.hands import signed_in
from tests.authenticators.test_codes import seed_of
from tests.story import said
from tests.world import World


def test_a_repeated_request_makes_nothing_twice(world: World) -> None:
    here = signed_in(world, "colleague")
    made, again = (here.post("/authenticator-app", headers={"Idempotency-Key": "app"}) for _ in range(2))
    assert said(made, 201) == said(again, 201), "the seed that the person has scanned stays"
    assert again.headers["Idempotency-Replayed"] == "true"
    code = pyotp.TOTP(seed_of(here)).at(time.time() - 30)
    assert here.post("/authenticator-app/confirm", json={"code": code}).status_code == 204
    made, again = (here.post("/recovery-codes", headers={"Idempotency-Key": "codes"}) for _ in range(2))
    assert (len(said(made, 201)["codes"]), said(again, 201)["codes"]) == (10, None), "shown once, and still good"
    credential = {"name": "Key ring", "credential": Device().made(said(here.post("/passkeys/challenge"), 200))}
    made, again = (here.post("/passkeys", json=credential, headers={"Idempotency-Key": "passkey"}) for _ in range(2))
    assert said(made, 201) == said(again, 201)
    assert len(said(here.get("/passkeys"))["items"]) == 1
    actions = [each["action"] for each in said(world.auditor.get("/audit/events?limit=200"))["items"]]
    assert [actions.count(each) for each in ("app.begun", "recovery.codes_made", "passkey.enrolled")] == [1, 1, 1]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_repeated_reset_shows_no_second_half(world: World) -> None:
    form = {"account_id": str(world.people["colleague"])}
    made, again = (
        world.partner_admin.post("/factor-resets", json=form, headers={"Idempotency-Key": "reset"}) for _ in range(2)
    )
    assert said(made, 201)["id"] == said(again, 201)["id"]
    assert (said(made, 201)["half"] is None, said(again, 201)["half"]) == (False, None)
    other = {"account_id": str(world.people["attorney"])}
    assert (
        world.partner_admin.post("/factor-resets", json=other, headers={"Idempotency-Key": "reset"}).status_code == 422
    )
