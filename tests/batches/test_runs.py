"""A run over HTTP: two people make it, its file leaves for one of them, and all its payments come along or none."""

import hashlib
from typing import Any

import pytest
from achkit import parse, validate  # type: ignore[import-untyped]  # it comes without types
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.access.sights import OPERATOR
from app.batches.model import Batch, BatchItem
from tests.batches.stage import make, move, one, released, sent, working_day
from tests.funds.stage import answered, step
from tests.world import World, key


def test_a_run_goes_to_the_bank_and_is_settled(world: World) -> None:
    fund_id, paid = released(world, ["437.19", "12.00"])
    person = one(world, paid[0]["award_id"], "0.81", 3, kind="obligor", name="Xochitl Canario")
    run, file = sent(world, fund_id)

    assert (run["status"], run["total"], run["items"], run["unnamed"]) == ("sent", "450.00", 3, 0)
    assert run["funds"] == [{"fund": "Fondo Uno", "amount": "450.00"}]
    assert [each["disbursement"] for each in run["payments"]] == [each["reference"] for each in [*paid, person]]
    assert validate(file.decode())["ok"]
    read = parse(file.decode())
    assert read["control"]["total_credit"] == 45_000
    assert [(batch["sec"], len(batch["entries"])) for batch in read["batches"]] == [("CCD", 2), ("PPD", 1)]
    entries = [each for batch in read["batches"] for each in batch["entries"]]
    assert entries[0]["name"] == "EJEMPLO VENDOR 1"
    assert entries[2]["name"].startswith("PY-")
    assert "XOCHITL" not in file.decode()
    assert run["digest"] == hashlib.sha256(file).hexdigest()

    done = answered(move(world, run, "settle", "fund_admin", bank_reference="TRACE-1"))
    assert {each["status"] for each in done["payments"]} == {"settled"}
    assert answered(world.auditor.get(f"/disbursements/{person['id']}"))["bank_reference"] == "TRACE-1"
    assert move(world, run, "settle", "fund_admin").json()["code"] == "batch.settled"


def test_a_file_is_for_who_confirmed_and_is_counted(world: World) -> None:
    fund_id, _ = released(world, ["10.00"])
    run = answered(make(world, fund_id), 201)
    path = f"/batches/{run['id']}/files"
    assert world.approver.get(f"{path}/nacha").json()["code"] == "batch.not_confirmed"
    answered(move(world, run, "confirm"))
    assert move(world, run, "send").json()["code"] == "batch.no_file"
    for who, status in (("fund_admin", 403), ("releaser", 403), ("auditor", 403), ("attorney", 403)):
        assert getattr(world, who).get(f"{path}/nacha").status_code == status
    first, again = (world.approver.get(f"{path}/nacha") for _ in range(2))
    assert first.content == again.content
    assert first.headers["cache-control"] == "no-store"
    register = world.approver.get(f"{path}/register").text
    assert "90005550001" not in register
    assert "0001" in register
    assert world.approver.get(f"{path}/wires").status_code == 404
    seen = {each["kind"]: each["downloads"] for each in answered(world.auditor.get(f"/batches/{run['id']}"))["files"]}
    assert seen == {"nacha": 2, "register": 1}


@pytest.mark.parametrize(
    ("what", "code"),
    [("no account", "batch.no_account"), ("settled", "batch.not_released"), ("wire", "batch.other_method")],
)
def test_all_or_nothing(world: World, what: str, code: str) -> None:
    fund_id, paid = released(world, ["10.00"])
    other: Any = one(world, paid[0]["award_id"], "5.00", 2, account=what != "no account",
                     method="wire" if what == "wire" else "ach")  # fmt: skip
    if what == "settled":
        answered(step(world, other["id"], "settle"))
    answer = make(world, fund_id, disbursement_ids=[paid[0]["id"], other["id"]])
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == [code]
    assert answered(world.auditor.get("/batches"))["items"] == []
    answered(make(world, fund_id, disbursement_ids=[paid[0]["id"]]), 201)


def test_a_payment_is_in_one_run_until_that_is_voided(world: World) -> None:
    fund_id, paid = released(world, ["10.00"])
    run = answered(make(world, fund_id), 201)
    ids = [paid[0]["id"]]
    assert make(world, fund_id).json()["code"] == "batch.nothing"
    assert make(world, fund_id, disbursement_ids=ids).json()["errors"][0]["code"] == "batch.taken"
    assert answered(move(world, run, "void"))["status"] == "voided"
    assert move(world, run, "confirm").json()["code"] == "batch.status"
    second = answered(make(world, fund_id, disbursement_ids=ids), 201)
    assert second["items"] == 1


def test_who_made_a_run_does_not_confirm_it(world: World) -> None:
    fund_id, _ = released(world, ["10.00"])
    run = answered(make(world, fund_id), 201)
    refused = move(world, run, "confirm", "fund_admin")
    assert (refused.status_code, refused.json()["code"]) == (403, "segregation_of_duties")
    assert answered(world.fund_admin.get(f"/batches/{run['id']}"))["can"] == ["void"]
    assert answered(world.approver.get(f"/batches/{run['id']}"))["can"] == ["confirm", "void"]


def test_a_payment_that_came_back_keeps_the_run_from_going_on(world: World) -> None:
    fund_id, paid = released(world, ["10.00"])
    run = answered(make(world, fund_id), 201)
    answered(step(world, paid[0]["id"], "return"))
    refused = move(world, run, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "batch.not_released")


def test_wires_are_a_list_with_whole_numbers(world: World) -> None:
    fund_id, _ = released(world, ["10.00"], method="wire", name="=HYPERLINK(1)")
    _, file = sent(world, fund_id, method="wire", kind="wires")
    text = file.decode("utf-8-sig")
    assert "102000995,90005550001,10.00" in text
    assert ",'=HYPERLINK(1)," in text


def test_a_day_must_be_one_on_which_banks_pay(world: World) -> None:
    fund_id, _ = released(world, ["10.00"])
    for day, code in (("2020-01-06", "effective_on.past"), ("2099-01-05", "effective_on.far")):
        assert make(world, fund_id, effective_on=day).json()["errors"][0]["code"] == code
    key_ = key()
    form = {"method": "ach", "fund_ids": [fund_id], "effective_on": working_day()}
    first, again = (world.fund_admin.post("/batches", json=form, headers=key_) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert world.fund_admin.post("/batches", json=form).status_code == 428


def test_the_database_keeps_the_rules(world: World) -> None:
    fund_id, _ = released(world, ["10.00"])
    run, _ = sent(world, fund_id)
    del run
    wrong = [
        update(Batch).values(status="draft"),
        update(Batch).values(total=1),
        update(Batch).values(digest="0" * 64),
        update(BatchItem).values(amount=1),
        update(BatchItem).values(active=True).where(col(BatchItem.active)),
    ]
    for statement in wrong:
        with pytest.raises(DBAPIError), world.services.database.writing(OPERATOR) as connection:
            connection.execute(statement)
