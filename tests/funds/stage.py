"""Money as tests need it: funds, awards and disbursements made by the cast's own requests."""

from typing import Any
from uuid import UUID

from tests.cases.stage import Made, opened
from tests.world import Person, World, key

#: Fictional accounts; each number is a canary. The routing number is a made-up one whose check digit holds.
ROUTING = "102000995"
ACCOUNT = "900055501427"


def answered(response: Any, status: int = 200) -> Any:
    """The JSON of a response that must have this status."""
    assert response.status_code == status, response.text
    return response.json()


def fund(world: World, total: str = "100000.00", **more: Any) -> Any:
    """A fund in its term."""
    body = {
        "name": "Fondo Uno",
        "giver": "City of Example",
        "starts_on": "2020-01-01",
        "ends_on": "2099-12-31",
        "awarded_total": total,
    } | more
    return answered(world.fund_admin.post("/funds", json=body), 201)


def allocate(world: World, fund_id: str, amount: str = "50000.00", category: str = "representation") -> Any:
    return answered(
        world.fund_admin.post(f"/funds/{fund_id}/allocations", json={"category": category, "amount": amount}), 201
    )


def payee(world: World, by: str = "attorney", **more: Any) -> Any:
    """A partner organization to pay, with an account."""
    body = {
        "kind": "partner",
        "name": "North Legal Aid",
        "account": {"routing_number": ROUTING, "account_number": ACCOUNT},
    } | more
    return answered(getattr(world, by).post("/payees", json=body), 201)


def request_award(
    world: World, case_id: UUID, fund_id: str, amount: str = "1000.00", by: str = "attorney", **more: Any
) -> Any:
    body = {"case_id": str(case_id), "fund_id": fund_id, "category": "representation", "amount": amount} | more
    return answered(getattr(world, by).post("/awards", json=body, headers=key()), 201)


def award(world: World, amount: str = "1000.00", case: Made | None = None, fund_id: str | None = None) -> Any:
    """An approved award on an open case of the attorney's."""
    case = case or opened(world)
    if fund_id is None:
        fund_id = fund(world)["id"]
        allocate(world, fund_id)
    asked = request_award(world, case.id, fund_id, amount)
    return answered(world.fund_admin.post(f"/awards/{asked['id']}/approve", headers=key()))


def draft(world: World, award_id: str, payee_id: str, amount: str = "100.00", by: str = "attorney", **more: Any) -> Any:
    body = {"award_id": award_id, "payee_id": payee_id, "amount": amount, "method": "ach"} | more
    return answered(getattr(world, by).post("/disbursements", json=body, headers=key()), 201)


#: Who takes which step in the tests: four different people.
STEPS = {
    "submit": "attorney",
    "approve": "approver",
    "release": "releaser",
    "settle": "fund_admin",
    "reject": "approver",
    "return": "fund_admin",
    "reverse": "fund_admin",
}
REASON = {"reason": "The invoice names Xochitl Canario twice.", "code": "duplicate"}


def step(world: World, disbursement_id: str, verb: str, by: str | None = None, **body: Any) -> Any:
    """The response to one step, taken by the person whose step it is unless another is named."""
    person: Person = getattr(world, by or STEPS[verb])
    if verb in ("reject", "return", "reverse"):
        body = REASON | body
    return person.post(f"/disbursements/{disbursement_id}/{verb}", json=body, headers=key())


def disbursement(world: World, status: str = "settled", amount: str = "100.00", award_id: str | None = None) -> Any:
    """A disbursement brought to a status by four people."""
    award_id = award_id or award(world)["id"]
    made = draft(world, award_id, payee(world)["id"], amount)
    ways = {
        "draft": (),
        "submitted": ("submit",),
        "approved": ("submit", "approve"),
        "released": ("submit", "approve", "release"),
        "settled": ("submit", "approve", "release", "settle"),
        "rejected": ("submit", "reject"),
        "returned": ("submit", "approve", "release", "return"),
        "reversed": ("submit", "approve", "release", "settle", "reverse"),
    }
    for verb in ways[status]:
        made = answered(step(world, made["id"], verb))
    assert made["status"] == status
    return made
