"""A disbursement's life over HTTP: the straight way, its ends, and what each step does to the award."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.disbursements.actions import create as asking
from app.disbursements.actions import pay
from app.disbursements.reads.verify import verify
from app.disbursements.rules import MOVES, DisbursementStatus, Method, Verb
from app.errors import Conflict
from app.money import Money
from tests.cases.stage import opened
from tests.funds.stage import (
    REASON,
    allocate,
    answered,
    award,
    disbursement,
    draft,
    fund,
    payee,
    request_award,
    step,
)
from tests.world import World, key

MEMO = "For the expert who saw Xochitl Canario on Tuesday."


def _balance(world: World, award_id: str) -> Any:
    return answered(world.attorney.get(f"/awards/{award_id}"))["balance"]


def test_four_people_bring_money_to_the_payee(world: World) -> None:
    made = award(world, "1000.00")
    assert _balance(world, made["id"]) == {
        "budget": "1000.00",
        "encumbered": "0.00",
        "paid": "0.00",
        "available": "1000.00",
    }
    asked = draft(world, made["id"], payee(world)["id"], "250.00", memo=MEMO)
    assert (asked["status"], asked["memo"]) == ("draft", MEMO)
    assert _balance(world, made["id"])["encumbered"] == "250.00"
    for verb in ("submit", "approve", "release", "settle"):
        asked = answered(step(world, asked["id"], verb))
    assert [(each["verb"], each["duty"], each["by"]["name"]) for each in asked["steps"]] == [
        ("create", "requester", "Attorney"),
        ("submit", None, "Attorney"),
        ("approve", "approver", "Approver"),
        ("release", "releaser", "Releaser"),
        ("settle", "settler", "Fund Admin"),
    ]
    assert _balance(world, made["id"]) == {
        "budget": "1000.00",
        "encumbered": "0.00",
        "paid": "250.00",
        "available": "750.00",
    }
    seen = answered(world.fund_admin.get(f"/funds/{made['fund_id']}"))["balance"]
    assert seen == {"budget": "100000.00", "encumbered": "750.00", "paid": "250.00", "available": "99000.00"}


def test_an_end_gives_the_money_back_to_the_award(world: World) -> None:
    made = award(world, "1000.00")
    for status in ("rejected", "returned", "reversed"):
        ended = disbursement(world, status, "1000.00", made["id"])
        assert ended["reason_code"] == REASON["code"]
        assert _balance(world, made["id"])["available"] == "1000.00"
    settled = disbursement(world, "settled", "1000.00", made["id"])
    back = answered(step(world, settled["id"], "return"))
    assert (back["status"], back["reversed_on"]) == ("returned", back["returned_on"])
    assert _balance(world, made["id"])["available"] == "1000.00"


def test_more_than_the_award_has_left_is_refused_drafts_included(world: World) -> None:
    made, to = award(world, "100.00"), payee(world)["id"]
    draft(world, made["id"], to, "60.00")
    body = {"award_id": made["id"], "payee_id": to, "amount": "40.01", "method": "check"}
    refused = answered(world.attorney.post("/disbursements", json=body, headers=key()), 409)
    assert refused["code"] == "award.insufficient"
    draft(world, made["id"], to, "40.00")
    assert _balance(world, made["id"])["available"] == "0.00"
    assert len(answered(world.attorney.get("/disbursements"))["items"]) == 2


def test_a_step_out_of_order_is_refused(world: World) -> None:
    """Every verb against every status: what the table does not allow is 409 and moves nothing."""
    made = award(world, "1000.00")
    for status in ("draft", "submitted", "approved", "released", "settled", "rejected", "returned", "reversed"):
        found = disbursement(world, status, "1.00", made["id"])
        for verb, move in MOVES.items():
            if verb in (Verb.EXPIRE, Verb.EDIT) or DisbursementStatus(status) in move.old:
                continue
            # Somebody who has had no part, so that only the status can be in the way.
            refused = step(world, found["id"], verb, by=None if verb is Verb.SUBMIT else _nobody_yet(found))
            assert (refused.status_code, refused.json()["code"]) in (
                (409, "disbursement.status"),
                (403, "segregation_of_duties"),
            ), (status, verb)
        assert answered(world.auditor.get(f"/disbursements/{found['id']}"))["status"] == status


def _nobody_yet(found: Any) -> str:
    had_a_part = {each["by"]["name"] for each in found["steps"]}
    free = {"Approver": "approver", "Releaser": "releaser", "Fund Admin": "fund_admin"}
    return next((person for name, person in free.items() if name not in had_a_part), "approver")


def test_an_award_must_be_approved_and_in_reach(world: World) -> None:
    made = award(world)
    asked = request_award(world, UUID(made["case_id"]), made["fund_id"])
    body = {"award_id": asked["id"], "payee_id": payee(world)["id"], "amount": "1.00", "method": "ach"}
    refused = answered(world.attorney.post("/disbursements", json=body, headers=key()), 409)
    assert refused["code"] == "award.not_open"
    for award_id in (made["id"], str(uuid4())):
        foreign = body | {"award_id": award_id}
        assert world.attorney2.post("/disbursements", json=foreign, headers=key()).status_code == 404


def test_a_payee_must_be_in_reach_and_a_person_is_paid_on_their_own_case(world: World) -> None:
    made = award(world)
    theirs = payee(world, by="attorney2", kind="vendor", name="Their interpreter")
    client = payee(world, kind="person", name=None, case_id=made["case_id"])
    other_client = payee(world, kind="person", name=None, case_id=str(opened(world).id))
    for payee_id in (theirs["id"], other_client["id"], str(uuid4())):
        body = {"award_id": made["id"], "payee_id": payee_id, "amount": "1.00", "method": "ach"}
        refused = answered(world.attorney.post("/disbursements", json=body, headers=key()), 422)
        assert refused["errors"][0]["pointer"] == "/payee_id"
    paid = draft(world, made["id"], client["id"])
    assert paid["payee"]["name"] == made["case_reference"]


def test_settlement_days(world: World) -> None:
    released = disbursement(world, "released")
    today = datetime.fromisoformat(released["released_on"]).date()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        refused = answered(step(world, released["id"], "settle", settled_on=day.isoformat()), 422)
        assert refused["errors"][0]["pointer"] == "/settled_on"
    settled = answered(step(world, released["id"], "settle", settled_on=today.isoformat(), bank_reference="TRN 7"))
    assert (settled["settled_on"], settled["bank_reference"]) == (today.isoformat(), "TRN 7")


def test_days_are_counted_in_the_fund_s_zone(world: World) -> None:
    case = opened(world)
    made = fund(world, time_zone="Pacific/Auckland")
    allocate(world, made["id"])
    released = disbursement(world, "released", award_id=award(world, case=case, fund_id=made["id"])["id"])
    later = datetime.now(UTC) + timedelta(days=40)
    noon = later.replace(hour=12, minute=30)  # the next day has begun in Auckland, whatever the season
    with world.act_as("fund_admin", now=noon) as work:
        pay.settle(work, UUID(released["id"]), pay.Settlement())
    settled = answered(world.auditor.get(f"/disbursements/{released['id']}"))
    assert settled["settled_on"] == (noon.date() + timedelta(days=1)).isoformat()


def test_the_bank_reference_may_follow_once(world: World) -> None:
    settled = disbursement(world, "settled")
    path, body = f"/disbursements/{settled['id']}/bank-reference", {"bank_reference": "TRN 900"}
    assert answered(world.fund_admin.post(path, json=body, headers=key()))["bank_reference"] == "TRN 900"
    assert world.fund_admin.post(path, json=body, headers=key()).status_code == 409


def test_memo_and_reason_open_for_the_case_s_attorneys_only(world: World) -> None:
    made = award(world)
    asked = draft(world, made["id"], payee(world)["id"], memo=MEMO)
    answered(step(world, asked["id"], "submit"))
    rejected = step(world, asked["id"], "reject")
    assert MEMO not in rejected.text
    assert REASON["reason"] not in rejected.text
    path = f"/disbursements/{asked['id']}"
    seen = answered(world.attorney.get(path))
    assert (seen["memo"], seen["reason"]) == (MEMO, REASON["reason"])
    for person in (world.partner_admin, world.fund_admin, world.auditor):
        seen = answered(person.get(path))
        assert (seen["memo"], seen["reason"], seen["reason_code"]) == (None, None, "duplicate")
    for person in (world.attorney, world.fund_admin):
        assert all(each["memo"] is None for each in answered(person.get("/disbursements"))["items"])
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT memo, reason FROM disbursement")).all()
    assert all(b"Canario" not in bytes(value) for row in rows for value in row)


def test_an_opened_memo_is_on_record_with_its_group(world: World) -> None:
    asked = draft(world, award(world)["id"], payee(world)["id"], memo=MEMO)

    def reads() -> list[Any]:
        with world.services.database.engine.connect() as connection:
            statement = text("SELECT groups FROM audit_event WHERE action = 'disbursement.read'")
            return list(connection.execute(statement).scalars())

    before = reads()
    answered(world.attorney.get(f"/disbursements/{asked['id']}"))
    answered(world.fund_admin.get(f"/disbursements/{asked['id']}"))
    assert sorted(reads()[len(before) :]) == ["", "notes"]


def test_who_sees_which_disbursements(world: World) -> None:
    made = disbursement(world, "draft")
    path = f"/disbursements/{made['id']}"
    for person in (world.attorney, world.partner_admin, world.fund_admin, world.auditor):
        assert answered(person.get(path))["id"] == made["id"]
    for person in (world.attorney2, world.partner_admin2, world.colleague):
        assert person.get(path).status_code == 404
        assert answered(person.get("/disbursements"))["items"] == []
        assert person.post(f"{path}/submit", headers=key()).status_code == 404
    for person in (world.intake, world.admin):
        assert person.get(path).status_code == 403
    for verb in ("approve", "release", "settle", "reject", "return", "reverse"):
        assert step(world, made["id"], verb, by="attorney").status_code == 403
    assert step(world, made["id"], "submit", by="fund_admin").status_code == 403


def test_what_nobody_finished_gives_its_money_back_when_it_is_needed(world: World) -> None:
    """Held for 14 days and no longer; what was released in time is not touched."""
    made, to = award(world, "100.00"), payee(world)["id"]
    old = [disbursement(world, status, "20.00", made["id"])["id"] for status in ("draft", "submitted", "approved")]
    released = disbursement(world, "released", "20.00", made["id"])["id"]
    form = asking.NewDisbursement(award_id=UUID(made["id"]), payee_id=UUID(to), amount=Money(3000), method=Method.CHECK)
    begun = datetime.now(UTC)
    with (
        pytest.raises(Conflict, match=r"award\.insufficient"),
        world.act_as("attorney", now=begun + timedelta(days=14)) as work,
    ):
        asking.create(work, form)
    with world.act_as("attorney", now=begun + timedelta(days=15)) as work:
        asking.create(work, form)
    for disbursement_id in old:
        seen = answered(world.auditor.get(f"/disbursements/{disbursement_id}"))
        assert (seen["status"], seen["steps"][-1]["verb"], seen["steps"][-1]["by"]) == ("expired", "expire", None)
    assert answered(world.auditor.get(f"/disbursements/{released}"))["status"] == "released"
    assert _balance(world, made["id"])["available"] == "50.00"
    with Session(world.services.database.engine) as session:
        assert verify(session).intact


def test_lists_are_narrowed(world: World) -> None:
    made = award(world, "1000.00")
    first = disbursement(world, "draft", "1.00", made["id"])
    second = disbursement(world, "settled", "1.00", made["id"])
    day, both = second["requested_on"], [second["id"], first["id"]]
    for query, found in (
        ("", both),
        ("status=settled", [second["id"]]),
        ("status=returned", []),
        (f"fund_id={made['fund_id']}", both),
        (f"award_id={made['id']}&status=draft", [first["id"]]),
        (f"case_id={made['case_id']}", both),
        (f"case_id={uuid4()}", []),
        (f"from={day}&to={day}", both),
        ("from=2000-01-01&to=2000-12-31", []),
        ("to=2000-12-31", []),
        ("limit=1", [second["id"]]),
    ):
        assert [each["id"] for each in answered(world.auditor.get(f"/disbursements?{query}"))["items"]] == found


@pytest.mark.parametrize("verb", ["submit", "approve", "release", "settle", "reject", "return", "reverse"])
def test_every_verb_needs_a_key_and_repeats_its_answer(world: World, verb: str) -> None:
    before = {
        "submit": "draft",
        "approve": "submitted",
        "release": "approved",
        "settle": "released",
        "reject": "approved",
        "return": "released",
        "reverse": "settled",
    }[verb]
    made = disbursement(world, before)
    person = getattr(
        world, {"submit": "attorney", "approve": "approver", "release": "releaser"}.get(verb, "fund_admin")
    )
    body = REASON if verb in ("reject", "return", "reverse") else {}
    path, header = f"/disbursements/{made['id']}/{verb}", key()
    assert person.post(path, json=body).status_code == 428
    assert person.post(f"/disbursements/{uuid4()}/{verb}", json=body).status_code == 404
    first = answered(person.post(path, json=body, headers=header))
    again = person.post(path, json=body, headers=header)
    assert answered(again)["status"] == first["status"] != before
    assert again.headers["Idempotency-Replayed"] == "true"
    other = person.post(path, json=body | {"x": 1}, headers=header)
    assert other.status_code == 422
