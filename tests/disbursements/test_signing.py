"""An approval and a release are signatures over the payment: of one version, by one person, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlmodel import col

from app.disbursements.model import DisbursementSignature
from app.disbursements.rules import Content, Method, Verb, challenge_of
from tests.authenticators.device import Device
from tests.authenticators.hands import enrolled
from tests.funds.stage import answered, award, disbursement, draft, payee, step
from tests.world import World, key


def asked(world: World, disbursement_id: str, verb: str, by: str) -> Any:
    """What a browser is given to have this step signed."""
    path = f"/disbursements/{disbursement_id}/confirmations"
    return answered(getattr(world, by).post(path, json={"verb": verb}, headers=key()), 201)["options"]


def signed(world: World, disbursement_id: str, verb: str, by: str, device: Device, **lies: Any) -> Any:
    """The response to a step that this person's passkey signed."""
    answer = device.signed(asked(world, disbursement_id, verb, by), **lies)
    return step(world, disbursement_id, verb, by=by, confirmation=answer)


def settled(world: World, devices: dict[str, Device], award_id: str, amount: str = "1.00") -> Any:
    """A payment whose approval and release were signed."""
    found = disbursement(world, "submitted", amount, award_id)
    for verb, by in (("approve", "approver"), ("release", "releaser")):
        answered(signed(world, found["id"], verb, by, devices[by]))
    return answered(step(world, found["id"], "settle"))


@pytest.fixture
def devices(world: World) -> dict[str, Device]:
    return {name: enrolled(getattr(world, name)) for name in ("approver", "releaser")}


def test_the_challenge_is_of_every_bound_value() -> None:
    content = Content(uuid4(), 1, uuid4(), b"a" * 32, 100, Method.ACH, uuid4(), uuid4(), b"m" * 32)
    actor, nonce = uuid4(), b"n" * 16
    first = challenge_of(content, nonce, Verb.APPROVE, actor)
    values: dict[str, Any] = {
        "disbursement_id": uuid4(),
        "version": 2,
        "payee_id": uuid4(),
        "account_hash": b"b" * 32,
        "amount": 101,
        "method": Method.WIRE,
        "fund_id": uuid4(),
        "case_id": uuid4(),
        "memo_hash": b"x" * 32,
    }
    others = {
        challenge_of(replace(content, **{name: value}), nonce, Verb.APPROVE, actor) for name, value in values.items()
    }
    others |= {
        challenge_of(content, b"o" * 16, Verb.APPROVE, actor),
        challenge_of(content, nonce, Verb.RELEASE, actor),
        challenge_of(content, nonce, Verb.APPROVE, uuid4()),
    }
    assert len(others | {first}) == 13


def test_a_signed_payment_says_so(world: World, devices: dict[str, Device]) -> None:
    found = settled(world, devices, award(world)["id"])
    assert [each["confirmed"] for each in found["steps"]] == [None, None, "signed", "signed", None]
    with world.services.database.engine.connect() as connection:
        kept = connection.execute(select(col(DisbursementSignature.verb))).scalars().all()
    assert sorted(kept) == [Verb.APPROVE, Verb.RELEASE]


def test_an_answer_counts_once_here_and_for_this_person(world: World, devices: dict[str, Device]) -> None:
    made = award(world)
    one, two = (disbursement(world, "submitted", "1.00", made["id"])["id"] for _ in range(2))
    answer = devices["approver"].signed(asked(world, one, "approve", "approver"))
    for by, which, verb in (("approver", two, "approve"), ("releaser", one, "approve"), ("approver", one, "release")):
        refused = step(world, which, verb, by=by, confirmation=answer)
        assert refused.status_code in (409, 422), refused.text
    answered(step(world, one, "approve", by="approver", confirmation=answer))
    again = step(world, one, "release", by="releaser", confirmation=answer)
    assert again.status_code == 422
    unverified = replace(devices["approver"], verifies=False)
    assert signed(world, two, "approve", "approver", unverified).status_code == 422
    assert signed(world, two, "approve", "approver", devices["approver"], signature=b"0" * 70).status_code == 422
    options = asked(world, two, "approve", "approver")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        late = step(world, two, "approve", by="approver", confirmation=devices["approver"].signed(options))
    assert late.status_code == 422


def test_a_change_makes_the_signature_void(world: World, devices: dict[str, Device]) -> None:
    made = award(world, "1000.00")
    found = disbursement(world, "submitted", "100.00", made["id"])
    path = f"/disbursements/{found['id']}"
    early = devices["approver"].signed(asked(world, found["id"], "approve", "approver"))
    assert world.attorney.patch(path, json={"amount": "150.00"}).status_code == 428
    stale = world.attorney.patch(path, json={"amount": "150.00"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    changed = answered(world.attorney.patch(path, json={"amount": "150.00"}, headers={"If-Match": '"1"'}))
    assert (changed["status"], changed["version"], changed["amount"]) == ("draft", 2, "150.00")
    assert answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]["encumbered"] == "150.00"
    answered(step(world, found["id"], "submit"))
    refused = step(world, found["id"], "approve", by="approver", confirmation=early)
    assert (refused.status_code, refused.json()["code"]) == (409, "confirmation.changed")
    answered(signed(world, found["id"], "approve", "approver", devices["approver"]))
    lowered = answered(world.attorney.patch(path, json={"amount": "20.00"}, headers={"If-Match": '"2"'}))
    assert (lowered["status"], lowered["approvals"], lowered["approved_on"]) == ("draft", 0, None)
    assert answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]["encumbered"] == "20.00"
    answered(step(world, found["id"], "submit"))
    answered(signed(world, found["id"], "approve", "approver", devices["approver"]))
    answered(signed(world, found["id"], "release", "releaser", devices["releaser"]))
    late = world.attorney.patch(path, json={"amount": "1.00"}, headers={"If-Match": '"3"'})
    assert (late.status_code, late.json()["code"]) == (409, "disbursement.status")
    assert answered(step(world, found["id"], "settle"))["amount"] == "20.00"


def test_uscis_takes_no_check_and_the_court_its_portal(world: World) -> None:
    made = award(world)
    uscis = payee(world, by="fund_admin", kind="agency", name="USCIS", account=None)["id"]
    court = payee(world, by="fund_admin", kind="agency", name="EOIR", account=None)["id"]
    form = {"award_id": made["id"], "payee_id": uscis, "amount": "5.00", "method": "check"}
    refused = world.attorney.post("/disbursements", json=form, headers=key())
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "method.uscis")
    assert "G-1450" in refused.text
    note = {"form": "g_1650", "signed_on": "2026-01-05", "number": "17"}
    kept = draft(world, made["id"], uscis, "5.00", authorization=note)
    assert (kept["authorization_form"], kept["authorization_number"]) == ("g_1650", "17")
    assert draft(world, made["id"], court, "5.00", method="agency_portal")["method"] == "agency_portal"
