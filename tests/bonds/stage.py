"""Bonds as tests need them: made and moved by the cast's own requests."""

from typing import Any
from uuid import UUID

from tests.cases.stage import opened
from tests.funds.stage import allocate, answered, fund, request_award
from tests.world import Person, World, key

PAPERS = ["irs_letter_947", "ss_4", "authorization_letter", "representative_id"]
FUND_ITSELF = {"holder": "fund", "kind": "nonprofit"}
#: A private obligor; every word of it is a canary.
NAME, ADDRESS = "Fulgencia Garante Ficticia", "77 Sample Road, Pueblo CO 81003"


def act(person: Person, bond: Any, verb: str, status: int = 200, **form: Any) -> Any:
    """One verb on a bond, by this person."""
    return answered(person.post(f"/bonds/{bond['id']}/{verb}", json=form, headers=key()), status)


def refused(person: Person, bond: Any, verb: str, status: int, **form: Any) -> str:
    """The code with which a verb is refused: of the refusal, or of its first problem."""
    said = act(person, bond, verb, status, **form)
    return str(said["errors"][0]["code"] if said.get("errors") else said["code"])


def bond_fund(world: World, amount: str = "500000.00", name: str = "Bond Fund") -> str:
    """A fund whose money is all for bonds; its id."""
    fund_id = str(fund(world, amount, name=name)["id"])
    allocate(world, fund_id, amount, "bond")
    return fund_id


def requested(world: World, amount: str = "5000.00", case_id: UUID | None = None, **more: Any) -> Any:
    """A bond that the attorney asked for, on an approved award."""
    fund_id = more.pop("fund_id", None) or bond_fund(world)
    case_id = case_id or opened(world).id
    award = request_award(world, case_id, fund_id, amount, category="bond")
    answered(world.fund_admin.post(f"/awards/{award['id']}/approve", json={}, headers=key()))
    form = {"award_id": award["id"], "kind": "delivery", "obligor": FUND_ITSELF} | more
    return answered(world.attorney.post("/bonds", json=form, headers=key()), 201)


def pay(world: World, bond: Any, method: str = "wire", amount: str | None = None) -> str:
    """A settled payment out of the bond's award, to the government; its id."""
    agency = {"kind": "agency", "name": "Department of Homeland Security"}
    payee = answered(world.fund_admin.post("/payees", json=agency, headers=key()), 201)
    form = {"award_id": bond["award_id"], "payee_id": payee["id"], "amount": amount or bond["amount"], "method": method}
    made = answered(world.attorney.post("/disbursements", json=form, headers=key()), 201)
    for who, verb in (
        ("attorney", "submit"),
        ("approver", "approve"),
        ("releaser", "release"),
        ("fund_admin", "settle"),
    ):
        person = getattr(world, who)
        answered(person.post(f"/disbursements/{made['id']}/{verb}", json={}, headers=key()))
    return str(made["id"])


def ready(world: World, amount: str = "5000.00", **more: Any) -> Any:
    """An approved bond of the fund itself: papers seen, contract signed, not paid."""
    bond = requested(world, amount, **more)
    bond = act(world.fund_admin, bond, "approve")
    if any(each["seen_on"] is None for each in bond["obligor"]["papers"]):
        act(world.fund_admin, bond, "papers", papers=PAPERS)
    return act(world.fund_admin, bond, "sign")


def posted(world: World, amount: str = "5000.00", **more: Any) -> Any:
    """A bond that is posted."""
    bond = more.pop("bond", None) or ready(world, amount, **more)
    pay(world, bond)
    return act(world.fund_admin, bond, "post", receipt_number="I305-900001")


def available(world: World, bond: Any) -> str:
    """What the bond's category has left in its fund."""
    found = answered(world.fund_admin.get(f"/funds/{bond['fund_id']}"))
    return str(next(each["balance"]["available"] for each in found["allocations"] if each["category"] == "bond"))
