"""Which funds may pay for a case: by name and category, in their term, not turned away by their own rules."""

from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Role
from app.eligibility.rules import Outcome
from app.intake.model import Override
from app.intake.rules import OverrideStatus
from tests.cases.stage import close, give_role, offered, opened
from tests.funds.stage import allocate, fund
from tests.story import BODY, Story, said
from tests.world import World

ELSEWHERE = BODY["contact"]["address"] | {"city": "Greeley", "county": "Weld"}


def payers(world: World, case: object, who: str = "attorney") -> dict[str, list[str]]:
    items = said(getattr(world, who).get(f"/cases/{case}/funds"))["items"]
    return {each["name"]: each["categories"] for each in items}


def test_every_fund_with_money_for_something_is_offered_the_accepting_one_first(world: World) -> None:
    other = fund(world, name="A fund for travel")["id"]
    allocate(world, other, "500.00", "travel")
    allocate(world, other, "500.00", "expert")
    fund(world, name="Nothing allocated")
    past = fund(world, name="Over", starts_on="2020-01-01", ends_on="2020-12-31")["id"]
    allocate(world, past, "500.00")
    story = Story(world).begin().apply().accept().assign()
    for who in ("attorney", "partner_admin"):
        found = payers(world, story.case, who)
        assert list(found.items()) == [("Denver Fund", ["representation"]), ("A fund for travel", ["travel", "expert"])]
    text = world.attorney.get(f"/cases/{story.case}/funds").text
    assert not any(word in text for word in ("500", "balance", "budget", "awarded", "giver")), "balances are not told"
    page = world.attorney.page(f"/cases/{story.case}").text
    assert "A fund for travel" in page
    assert "500.00" not in page
    body = {"case_id": story.case, "fund_id": other, "category": "expert", "amount": "20.00"}
    said(world.attorney.post("/awards", json=body, headers={"Idempotency-Key": "one"}), 201)


def test_a_fund_whose_rules_did_not_fit_is_left_out_unless_an_exception_was_approved(world: World) -> None:
    open_to_all = fund(world, name="State Fund", ruleset="colorado-ildf")["id"]
    allocate(world, open_to_all)
    story = Story(world).begin().apply(contact=BODY["contact"] | {"address": ELSEWHERE})
    screened = said(world.intake.get(f"/applications/{story.application}"))["screenings"]
    verdicts = {each["fund"]: each["verdict"] for each in screened}
    assert verdicts == {"Denver Fund": Outcome.INELIGIBLE, "State Fund": Outcome.ELIGIBLE}
    denver, story.fund = story.fund, open_to_all
    asked = {"fund_id": denver, "rule": "residence", "reason": "lives with family in the city"}
    said(world.intake.post(f"/applications/{story.application}/overrides", json=asked), 201)
    story.accept().assign()
    assert list(payers(world, story.case)) == ["State Fund"], "a wish for an exception is not one"
    with world.services.database.writing() as connection:
        decided = {"status": OverrideStatus.APPROVED, "decided_by_id": world.people["approver"]}
        connection.execute(update(Override).where(col(Override.id).is_not(None)).values(**decided))
    assert list(payers(world, story.case)) == ["State Fund", "Denver Fund"]


def test_only_open_cases_within_reach_can_be_paid_for(world: World) -> None:
    allocate(world, fund(world)["id"])
    made, waiting = opened(world), offered(world)
    assert list(payers(world, made.id)) == ["Fondo Uno"]
    assert payers(world, waiting.id, "partner_admin") == {}
    for who in ("colleague", "attorney2", "partner_admin2"):
        assert getattr(world, who).get(f"{made.path}/funds").status_code == 404
    for who in ("fund_admin", "auditor", "intake", "admin"):
        assert getattr(world, who).get(f"{made.path}/funds").status_code == 403
    close(world, made)
    assert payers(world, made.id, "partner_admin") == {}


def test_a_person_of_two_roles_sees_the_page_of_a_case_they_may_not_ask_money_for(world: World) -> None:
    allocate(world, fund(world)["id"])
    made = opened(world)
    give_role(world, "colleague", Role.FUND_ADMINISTRATOR)
    page = world.colleague.page(made.path)
    assert page.status_code == 200
    assert "Ask for money" not in page.text
    assert "Ask for money" in world.attorney.page(made.path).text


def test_why_a_fund_can_not_pay_is_said_on_the_case(world: World) -> None:
    case = opened(world)
    restricted = {
        "Other kinds": ({"case_types": ["naturalization"]}, ["case_type"]),
        "Closing": ({"status": "closing", "custodies": ["declined"]}, ["status", "custody"]),
    }
    for name, (terms, _) in restricted.items():
        made = fund(world, name=name)["id"]
        allocate(world, made)
        said(world.fund_admin.post(f"/funds/{made}/terms", json=terms))
    fund(world, name="Nothing allocated")
    for name, ends in (("Later", "2098-01-01"), ("Sooner", "2097-01-01")):
        allocate(world, fund(world, name=name, ends_on=ends)["id"])
    found = said(world.attorney.get(f"/cases/{case.id}/funds"))
    assert [each["name"] for each in found["items"]] == ["Sooner", "Later"]
    because = {each["name"]: each["because"] for each in found["unavailable"]}
    assert because == {name: codes for name, (_, codes) in restricted.items()} | {"Nothing allocated": ["category"]}
    page = world.attorney.page(f"/cases/{case.id}").text
    assert "It pays for other kinds of case." in page
