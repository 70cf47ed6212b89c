"""One case's whole way, on both engines."""

from tests.story import BODY, Story, said, whole_way
from tests.world import World, key


def test_one_case_from_intake_to_report(world: World) -> None:
    story = whole_way(world)
    case = said(world.attorney.get(f"/cases/{story.case}"))
    assert (case["status"], case["partner"]["name"], case["attorney"]["name"]) == (
        "open",
        "North Legal Aid",
        "Attorney",
    )
    fund = said(world.fund_admin.get(f"/funds/{story.fund}"))
    assert fund["balance"] == {
        "budget": "20000.00", "encumbered": "1062.81", "paid": "437.19", "available": "18500.00",
    }  # fmt: skip
    query = "/reports/disbursements?from=2020-01-01&to=2029-12-31&group_by=fund,category&details=true"
    report = said(world.fund_admin.get(query))
    assert [line["case"] for line in report["lines"]] == [story.reference]
    assert "Ejemplo" not in str(report)


def test_one_key_on_two_records_is_two_requests(world: World) -> None:
    """The scope of a key is the very path: what was done to one application says nothing of another."""
    first = Story(world).begin().apply()
    other = said(world.intake.post("/applications", json=BODY | {"submit": True}), 201)["id"]
    header = key()
    one = world.intake.post(f"/applications/{first.application}/conflict-checks", json={}, headers=header)
    two = world.intake.post(f"/applications/{other}/conflict-checks", json={}, headers=header)
    assert "Idempotency-Replayed" not in two.headers
    assert said(one, 201)["id"] != said(two, 201)["id"]
    again = world.intake.post(f"/applications/{other}/conflict-checks", json={}, headers=header)
    assert (again.headers["Idempotency-Replayed"], again.json()["id"]) == ("true", two.json()["id"])
