"""A bank's statement over HTTP: taken in, matched, what came back returned, closed by another person."""

from typing import Any

import pytest

from tests.batches.stage import released, sent
from tests.funds.stage import answered
from tests.statements.samples import ACCOUNT, Booked, camt053, ofx
from tests.world import World, key, today


def give(world: World, data: bytes, who: str = "fund_admin", **form: str) -> Any:
    return getattr(world, who).post("/statements", data=form, files={"file": ("statement", data)}, headers=key())


def lines(world: World, statement: Any, who: str = "fund_admin") -> list[Any]:
    found: list[Any] = answered(getattr(world, who).get(f"/statements/{statement['id']}/lines"))["items"]
    return found


def match(world: World, statement: Any, line: Any, who: str = "fund_admin", **form: Any) -> Any:
    body = {"line_id": line["id"], **form}
    return getattr(world, who).post(f"/statements/{statement['id']}/matches", json=body, headers=key())


def test_a_statement_is_reconciled_to_the_cent(world: World) -> None:
    fund_id, (first, second) = released(world, ["437.19", "12.00"])
    _, alone = released(world, ["5.00"], award_id=first["award_id"], method="check")
    run, _ = sent(world, fund_id)
    day = today()
    booked = [
        Booked(day, "1000.00", "DEPOSIT for Xochitl Canario", "DEP"),
        Booked(day, "-449.19", f"ACH {run['reference']}", "ACH-1"),
        Booked(day, "12.00", f"RETURN R03 {second['reference']}", "RET-1"),
    ]
    wrong = give(world, camt053(booked, "0.00", "562.82"), format="camt053")
    assert wrong.json()["errors"][0]["code"] == "statement.difference"
    assert "0.01" in wrong.json()["errors"][0]["message"]
    statement = answered(give(world, camt053(booked, "0.00", "562.81"), format="camt053"), 201)
    assert (statement["account"], statement["lines"], statement["matched"]) == ("•••• 7654", 3, 0)
    assert give(world, camt053(booked, "0.00", "562.81"), format="camt053").json()["code"] == "statement.here"

    deposit, debit, back = lines(world, statement)
    assert deposit["description"] == "DEPOSIT for Xochitl Canario"
    assert lines(world, statement, "auditor")[0]["description"] is None
    assert [(each["kind"], each["basis"], each["id"]) for each in debit["proposals"]] == [("run", "exact", run["id"])]
    answered(match(world, statement, debit, kind="run", batch_id=run["id"]), 201)
    assert answered(world.auditor.get(f"/disbursements/{first['id']}"))["status"] == "settled"
    back = lines(world, statement)[2]
    assert [each["reference"] for each in back["proposals"]] == [second["reference"]]
    assert back["return_reason"] == "The bank has no such account, or it is another person's"
    answered(match(world, statement, back, kind="returned", disbursement_id=second["id"]), 201)
    returned = answered(world.attorney.get(f"/disbursements/{second['id']}"))
    assert (returned["status"], returned["reason_code"]) == ("returned", "bank_return")
    assert returned["reason"].startswith("R03: ")

    close = f"/statements/{statement['id']}/close"
    assert world.approver.post(close, json={}, headers=key()).json()["code"] == "statement.unmatched"
    found = answered(match(world, statement, deposit, kind="other", reason="deposit"), 201)
    assert (found["difference"], found["unexplained"], found["outstanding_total"]) == ("0.00", "0.00", "5.00")
    assert [each["disbursement_id"] for each in found["outstanding"]] == [alone[0]["id"]]
    assert world.fund_admin.post(close, json={}, headers=key()).json()["code"] == "segregation_of_duties"
    assert answered(world.approver.post(close, json={}, headers=key()))["status"] == "closed"
    assert match(world, statement, deposit, kind="other", reason="deposit").json()["code"] == "statement.closed"


def test_a_line_settles_one_payment(world: World) -> None:
    _, (paid,) = released(world, ["437.19"])
    day = today()
    booked = [Booked(day, "-437.19", "WIRE OUT"), Booked(day, "-1.00", "FEE")]
    data = ofx(booked, "61.81")
    assert give(world, data, format="ofx").json()["errors"][0]["code"] == "opening.required"
    statement = answered(give(world, data, format="ofx", opening="500.00"), 201)
    line, fee = lines(world, statement)
    assert [(each["kind"], each["basis"]) for each in line["proposals"]] == [("paid", "likely")]
    refused = match(world, statement, fee, kind="paid", disbursement_id=paid["id"])
    assert refused.json()["errors"][0]["code"] == "line_id.amount"
    assert match(world, statement, line, "releaser", kind="paid", disbursement_id=paid["id"]).status_code == 403
    answered(match(world, statement, line, kind="paid", disbursement_id=paid["id"]), 201)
    settled = answered(world.auditor.get(f"/disbursements/{paid['id']}"))
    assert (settled["status"], settled["bank_reference"]) == ("settled", "BANK-1")
    assert lines(world, statement)[0]["match"]["reference"] == paid["reference"]
    again = match(world, statement, line, kind="other", reason="other")
    assert again.json()["code"] == "statement.matched"


def test_a_csv_file_is_read_by_a_mapping(world: World) -> None:
    mapping = {"name": "Example Bank", "day_column": "Date", "amount_column": "Amount", "description_column": "Text"}
    kept = answered(world.fund_admin.post("/statements/mappings", json=mapping, headers=key()), 201)["items"]
    form = {"format": "csv", "mapping_id": kept[0]["id"], "account": ACCOUNT, "opening": "1.00", "closing": "3.50"}
    data = b"Date,Amount,Text\r\n07/20/2026,2.50,interest\r\n"
    assert answered(give(world, data, **form), 201)["closing"] == "3.50"
    wrong = give(world, b"Day,Amount,Text\r\n", **form)
    assert wrong.json()["errors"][0]["code"] == "file.columns"
    only = {key_: value for key_, value in mapping.items() if key_ != "amount_column"}
    refused = world.fund_admin.post("/statements/mappings", json=only | {"name": "B"}, headers=key())
    assert refused.status_code == 422


@pytest.mark.parametrize("data", [b"<x", b'<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>', b"<Document/>"])
def test_what_is_no_statement_is_refused(world: World, data: bytes) -> None:
    answer = give(world, data, format="camt053")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "file.camt053")


@pytest.mark.parametrize("who", ["auditor", "attorney", "partner_admin", "admin", "intake"])
def test_only_the_fund_takes_statements_in(world: World, who: str) -> None:
    assert give(world, b"x", who, format="ofx").status_code == 403
