"""One case's whole way, on both engines."""

from tests.story import said, whole_way
from tests.world import World


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
