"""Payees over HTTP: sealed accounts, private people by reference."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from tests.cases.stage import opened
from tests.funds.stage import ACCOUNT, ROUTING, answered, payee
from tests.world import NORTH, SOUTH, World, key


def _refused(world: World, by: str, body: dict[str, Any], pointer: str) -> None:
    refused = answered(getattr(world, by).post("/payees", json=body), 422)
    assert pointer in [each["pointer"] for each in refused["errors"]]


def test_an_account_is_masked_everywhere_and_sealed_at_rest(world: World) -> None:
    made = payee(world)
    assert made["account"] == "•••• 1427"
    for person in (world.attorney, world.fund_admin, world.auditor):
        response = person.get("/payees")
        assert [each["account"] for each in answered(response)["items"]] == ["•••• 1427"]
        assert ACCOUNT not in response.text
    with world.services.database.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM payee")).one()
    assert all(ACCOUNT not in str(value) and ROUTING not in str(value) for value in row)


def test_a_partner_s_payee_belongs_to_the_partner(world: World) -> None:
    assert payee(world)["partner"] == NORTH
    assert payee(world, by="fund_admin", name=SOUTH.upper())["partner"] == SOUTH
    assert payee(world, by="fund_admin", name="Nobody we know")["partner"] is None
    south = str(world.partners[SOUTH])
    assert payee(world, by="fund_admin", kind="attorney", name="A. Lawyer", partner_id=south)["partner"] == SOUTH
    _refused(world, "attorney", {"kind": "partner", "name": "x", "partner_id": south}, "/partner_id")
    _refused(world, "fund_admin", {"kind": "vendor", "name": "x", "partner_id": south}, "/partner_id")
    body = {"kind": "partner", "name": "x", "partner_id": str(uuid4())}
    assert world.fund_admin.post("/payees", json=body).status_code == 404


def test_a_person_is_the_client_of_a_case_and_has_no_name(world: World) -> None:
    case = opened(world)
    made = payee(world, kind="person", name=None, case_id=str(case.id))
    reference = answered(world.fund_admin.get(f"/payees/{made['id']}"))["name"]
    assert reference.count("-") == 2
    foreign = {"kind": "person", "case_id": str(case.id)}
    assert world.attorney2.post("/payees", json=foreign).status_code == 404


def test_a_private_name_is_sealed_and_shown_to_nobody(world: World) -> None:
    for kind in ("person", "obligor"):
        made = payee(world, kind=kind, name="Xochitl Canario", account=None)
        assert made["name"] == made["reference"]
    with world.services.database.engine.connect() as connection:
        assert "Canario" not in str(connection.execute(text("SELECT * FROM payee")).all())
    for person in (world.attorney, world.fund_admin, world.auditor):
        assert "Canario" not in person.get("/payees").text


def test_what_does_not_belong_to_a_kind_is_refused(world: World) -> None:
    case = opened(world)
    _refused(world, "attorney", {"kind": "vendor"}, "/name")
    _refused(world, "attorney", {"kind": "person"}, "/name")
    _refused(world, "attorney", {"kind": "vendor", "name": "x", "case_id": str(case.id)}, "/case_id")
    account = {"routing_number": "102000996", "account_number": ACCOUNT}
    _refused(world, "attorney", {"kind": "vendor", "name": "x", "account": account}, "/account/routing_number")


def test_who_sees_which_payees(world: World) -> None:
    """A partner sees its own, those that belong to it, and what the fund entered for all; never another partner's."""
    own = payee(world, by="attorney2", kind="vendor", name="Their interpreter")
    for_all = payee(world, by="fund_admin", kind="agency", name="Immigration Court")
    theirs = payee(world, by="fund_admin", kind="partner", name=SOUTH)
    private = payee(world, by="fund_admin", kind="obligor", name="Xochitl Canario")
    everything = {each["id"] for each in (own, for_all, theirs, private)}

    def seen(person: Any) -> set[str]:
        return {each["id"] for each in answered(person.get("/payees"))["items"]}

    assert seen(world.attorney2) == seen(world.partner_admin2) == everything - {private["id"]}
    assert seen(world.attorney) == seen(world.partner_admin) == {for_all["id"]}
    assert seen(world.fund_admin) == seen(world.auditor) == everything
    assert world.attorney.get(f"/payees/{own['id']}").status_code == 404
    assert world.intake.get("/payees").status_code == 403
    assert world.auditor.post("/payees", json={}).status_code == 403


def test_the_same_key_gives_the_same_payee(world: World) -> None:
    header, body = key(), {"kind": "vendor", "name": "Paper and Ink"}
    first = answered(world.attorney.post("/payees", json=body, headers=header), 201)
    again = answered(world.attorney.post("/payees", json=body, headers=header), 201)
    assert UUID(again["id"]) == UUID(first["id"])
