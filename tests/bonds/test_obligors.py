"""Who an obligor is: sealed, shown to those on the case, followed through successions, gone with the person."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.bonds.actions import erasing
from app.bonds.model import Bond, Obligor
from app.funds.model import Payee
from tests.bonds.stage import ADDRESS, FUND_ITSELF, NAME, PAPERS, act, posted, ready, refused, requested
from tests.funds.stage import answered
from tests.world import World, key


def _private(world: World) -> dict[str, Any]:
    """A private obligor, entered by the attorney."""
    form = {"kind": "obligor", "name": NAME}
    payee = answered(world.attorney.post("/payees", json=form, headers=key()), 201)
    return {"holder": "payee", "kind": "citizen", "payee_id": payee["id"]}


def test_money_roles_see_a_reference_and_the_attorney_opens_the_name(world: World) -> None:
    bond = requested(world, obligor=_private(world))
    act(world.fund_admin, bond, "approve")
    assert refused(world.attorney, bond, "address", 422) == "address.required"
    act(world.attorney, bond, "address", address=ADDRESS)
    for who in ("fund_admin", "auditor", "partner_admin", "attorney"):
        person = getattr(world, who)
        for text in (person.get(f"/bonds/{bond['id']}").text, person.get("/bonds").text, person.page("/bonds").text):
            assert NAME not in text
            assert ADDRESS not in text
        shown = person.page(f"/bonds/{bond['id']}")
        assert (shown.status_code, person.page("/bonds").status_code) == (200, 200)
        assert NAME not in shown.text
        assert person.page(f"/cases/{bond['case_id']}").status_code == 200
    opened = act(world.attorney, bond, "obligor", purpose="representation")
    assert opened == {"name": NAME, "address": ADDRESS}
    assert world.fund_admin.post(f"/bonds/{bond['id']}/obligor", json={}, headers=key()).status_code == 403
    assert world.colleague.post(f"/bonds/{bond['id']}/obligor", json={}, headers=key()).status_code == 404
    events = answered(world.auditor.get("/audit/events", params={"action": "bond.obligor_opened"}))["items"]
    assert [event["action"] for event in events] == ["bond.obligor_opened"]


def test_another_obligor_comes_in_and_signs_anew(world: World) -> None:
    bond = ready(world)
    assert refused(world.fund_admin, bond, "substitute", 409, obligor=FUND_ITSELF) == "obligor.same"
    partner = {"holder": "partner", "kind": "nonprofit"}
    after = act(world.fund_admin, bond, "substitute", obligor=partner)
    assert (after["obligor"]["holder"], after["signed_on"]) == ("partner", None)
    assert refused(world.fund_admin, bond, "sign", 409) == "bond.papers_missing"
    assert refused(world.fund_admin, bond, "papers", 422, papers=["photo_id"]) == "papers.not_needed"
    act(world.fund_admin, bond, "papers", papers=PAPERS)
    assert refused(world.fund_admin, bond, "papers", 409, papers=PAPERS) == "papers.seen"
    again = act(world.fund_admin, bond, "substitute", obligor=FUND_ITSELF)
    # The fund's papers were seen before.
    assert all(each["seen_on"] for each in again["obligor"]["papers"])
    assert [step["verb"] for step in again["steps"]].count("substitute") == 2
    assert refused(world.attorney, bond, "address", 403) == "obligor.of_the_fund"


def test_an_organization_is_no_citizen_and_a_payee_is_needed_for_one(world: World) -> None:
    bond = ready(world)
    for wrong in ({"holder": "fund", "kind": "citizen"}, {"holder": "payee", "kind": "citizen"}):
        assert (
            world.fund_admin.post(f"/bonds/{bond['id']}/substitute", json={"obligor": wrong}, headers=key()).status_code
            == 422
        )


def test_an_erased_person_takes_the_private_obligor_along_and_leaves_the_money(world: World) -> None:
    bond = posted_with(world, _private(world))
    with world.act_as("fund_admin") as work:
        work.allow(Permission.FUND_READ)
        case_id = work.session.execute(select(col(Bond.case_id))).scalar_one()
        subjects = erasing.erase(work, [case_id])
        record(work, "fund.created")
    assert len(subjects) == 2
    with world.services.database.engine.connect() as connection:
        assert connection.execute(select(col(Obligor.address))).scalar_one() == b""
        kept = select(col(Payee.private_name)).where(col(Payee.kind) == "obligor")
        assert connection.execute(kept).scalar_one() == b""
    left = answered(world.fund_admin.get(f"/bonds/{bond['id']}"))
    assert (left["receipt_number"], left["money"]["outstanding"]) == (None, "5000.00")
    assert act(world.attorney, bond, "obligor", purpose="representation") == {"name": None, "address": None}


def posted_with(world: World, obligor: dict[str, Any]) -> Any:
    """A posted bond of a private obligor."""
    bond = requested(world, obligor=obligor)
    act(world.fund_admin, bond, "approve")
    act(world.attorney, bond, "address", address=ADDRESS)
    act(world.fund_admin, bond, "papers", papers=["photo_id", "status_proof"])
    return posted(world, bond=act(world.fund_admin, bond, "sign"))
