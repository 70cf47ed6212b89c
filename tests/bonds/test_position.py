"""The position of a bond fund and what it has to chase: every figure from the ledger, to the dollar."""

from typing import Any

import pytest

from tests.bonds.stage import FUND_ITSELF, PAPERS, act, bond_fund, pay, requested
from tests.bonds.test_life import intact
from tests.cases.stage import opened
from tests.funds.stage import answered
from tests.world import World


def _book(world: World, amounts: list[str], returned: int, forfeited: int) -> list[Any]:
    """As many bonds of one fund, all posted; the first come back, the next are lost."""
    fund_id, case_id = bond_fund(world, "600000.00"), opened(world).id
    bonds = []
    for place, amount in enumerate(amounts):
        bond = requested(world, amount, case_id, fund_id=fund_id, obligor=FUND_ITSELF)
        act(world.fund_admin, bond, "approve")
        if place == 0:
            act(world.fund_admin, bond, "papers", papers=PAPERS)
            act(world.fund_admin, bond, "address", address="1 Example Street, Denver CO 80204")
        act(world.fund_admin, bond, "sign")
        pay(world, bond)
        bonds.append(act(world.fund_admin, bond, "post", receipt_number=f"I305-{place}"))
    for bond in bonds[:returned]:
        act(world.fund_admin, bond, "cancel")
        act(world.fund_admin, bond, "claim")
        act(world.approver, bond, "receive", principal=bond["amount"], interest="10.00")
    for bond in bonds[returned : returned + forfeited]:
        act(world.fund_admin, bond, "breach")
        act(world.fund_admin, bond, "forfeit")
    return bonds


def _said(world: World, **asked: str) -> Any:
    return answered(world.auditor.get("/bonds/position", params=asked))


def test_a_small_book_adds_up(world: World) -> None:
    bonds = _book(world, ["5000.00", "1500.00", "7500.00"], returned=1, forfeited=1)
    total = _said(world)["total"]
    assert total["posted"] == {"bonds": 3, "amount": "14000.00"}
    assert total["returned"] == {"bonds": 1, "amount": "5000.00"}
    assert total["forfeited"] == {"bonds": 1, "amount": "1500.00"}
    assert total["outstanding"] == {"bonds": 1, "amount": "7500.00"}
    assert (total["interest"], total["mean"]) == ("10.00", "4666.67")
    assert total["ages"][0] == {"from_days": 0, "to_days": 180, "bonds": 1, "amount": "7500.00"}
    assert {each["status"]: each["bonds"] for each in total["statuses"] if each["bonds"]} == {
        "posted": 1,
        "refunded": 1,
        "forfeited": 1,
    }
    before = _said(world, as_of="2020-01-01")
    assert before["total"]["posted"] == {"bonds": 0, "amount": "0.00"}
    assert before["funds"] == []
    assert world.auditor.get("/bonds/position", params={"as_of": "2999-01-01"}).status_code == 422
    assert intact(world)

    act(world.fund_admin, bonds[2], "cancel")
    chased = answered(world.fund_admin.get("/bonds/chase"))
    assert [(each["reference"], each["due"], each["days"]) for each in chased["items"]] == [
        (bonds[2]["reference"], "claim", 0)
    ]
    assert (chased["count"], chased["outstanding"], chased["next"]) == (1, "7500.00", None)
    due = answered(world.fund_admin.get("/bonds", params={"due": "claim"}))["items"]
    assert [each["id"] for each in due] == [bonds[2]["id"]]
    assert answered(world.fund_admin.get("/bonds", params={"due": "money"}))["items"] == []
    by_obligor = answered(world.fund_admin.get("/bonds", params={"obligor_id": bonds[0]["obligor"]["id"]}))["items"]
    assert len(by_obligor) == 3


def test_a_chase_list_goes_on_where_it_ended(world: World) -> None:
    bonds = _book(world, ["5000.00", "1500.00"], returned=0, forfeited=0)
    for bond in bonds:
        act(world.fund_admin, bond, "redeliver")
    first = answered(world.fund_admin.get("/bonds/chase", params={"limit": 1}))
    second = answered(world.fund_admin.get("/bonds/chase", params={"limit": 1, "cursor": first["next"]}))
    assert (len(first["items"]), first["count"], second["next"]) == (1, 2, None)
    assert {each["items"][0]["bond_id"] for each in (first, second)} == {bond["id"] for bond in bonds}
    assert world.fund_admin.get("/bonds/chase", params={"cursor": "x"}).status_code == 422


@pytest.mark.soak
def test_the_published_book_of_a_bond_fund(world: World) -> None:
    """92 bonds of 456,500 dollars, 4 returned, 3 forfeited, 85 out. Source: immigrantfreedomfund.org."""
    amounts = ["5000.00", "3500.00", "6500.00"] * 30 + ["5000.00", "1500.00"]
    _book(world, amounts, returned=4, forfeited=3)
    total = _said(world)["total"]
    assert total["posted"] == {"bonds": 92, "amount": "456500.00"}
    assert (total["returned"]["bonds"], total["forfeited"]["bonds"], total["outstanding"]["bonds"]) == (4, 3, 85)
    assert total["returned"]["amount"] == "20000.00"
    assert total["forfeited"]["amount"] == "15000.00"
    assert total["outstanding"]["amount"] == "421500.00"
    assert total["mean"] == "4961.96"
    assert intact(world)
