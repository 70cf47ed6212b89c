"""The pages of runs and statements: who sees what, and what they may do there."""

from datetime import UTC, datetime

from tests.batches.stage import make, move, released
from tests.funds.stage import answered
from tests.statements.samples import Booked, ofx
from tests.world import World, key


def test_the_pages_of_runs_and_statements(world: World) -> None:
    fund_id, (paid, _) = released(world, ["437.19", "12.00"])
    chooser = world.fund_admin.page("/batches").text
    assert paid["id"] in chooser
    run = answered(make(world, fund_id), 201)
    path = f"/batches/{run['id']}"
    assert "/confirm" not in world.fund_admin.page(path).text
    assert f"/api/v1{path}/confirm" in world.approver.page(path).text
    answered(move(world, run, "confirm"))
    assert f"/api/v1{path}/files/nacha" in world.approver.page(path).text
    assert "/files/nacha" not in world.auditor.page(path).text
    assert "New run" not in world.auditor.page("/batches").text

    data = ofx([Booked(datetime.now(UTC).date(), "-437.19", f"WIRE {paid['reference']}")], "62.81")
    taken = world.fund_admin.post(
        "/statements", data={"format": "ofx", "opening": "500.00"}, files={"file": ("s.ofx", data)}, headers=key()
    )
    page = f"/statements/{answered(taken, 201)['id']}"
    assert "data-upload" in world.fund_admin.page("/statements").text
    assert "data-upload" not in world.auditor.page("/statements").text
    assert f"Yes, it is {paid['reference']}" in world.fund_admin.page(page).text
    told = world.auditor.page(page).text
    assert "WIRE" not in told
    assert "437.19" in told
    for who in ("attorney", "partner_admin", "admin"):
        assert getattr(world, who).page("/statements").status_code == 403
