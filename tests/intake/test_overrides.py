"""Exceptions: asked for by one person, decided by another, and good for what the rule said then."""

from typing import Any

from sqlalchemy import insert

from app.access.grants import Role
from app.access.model import AccountRole
from tests.intake.stage import acceptance, another, body, checked, open_fund, submitted, taken
from tests.world import World, key


def over_income(world: World) -> tuple[Any, str]:
    """An application over the income limit of the only fund, and the fund."""
    fund = open_fund(world)
    made = submitted(world, body(household__annual_income="87654.32"))
    checked(world, made)
    assert [each["verdict"] for each in made["screenings"]] == ["ineligible"]
    return made, fund


def ask(world: World, made: Any, fund: str, rule: str = "income", who: str = "intake") -> Any:
    sent = {"fund_id": fund, "rule": rule, "reason": "The wages ended last month"}
    return getattr(world, who).post(f"/applications/{made['id']}/overrides", json=sent)


def decide(world: World, made: Any, override: Any, verb: str = "approve", who: str = "approver", **more: Any) -> Any:
    return getattr(world, who).post(f"/applications/{made['id']}/overrides/{override['id']}/{verb}", **more)


def test_an_approved_exception_lets_the_fund_help(world: World) -> None:
    made, fund = over_income(world)
    path = f"/applications/{made['id']}/accept"
    refused = world.intake.post(path, json=acceptance(world, fund))
    assert (refused.status_code, refused.json()["code"]) == (409, "verdict.not_eligible")
    asked = ask(world, made, fund)
    assert (asked.status_code, asked.json()["status"]) == (201, "pending")
    assert world.intake.post(path, json=acceptance(world, fund)).status_code == 409
    approved = decide(world, made, asked.json())
    assert (approved.status_code, approved.json()["status"]) == (200, "approved"), approved.text
    shown = world.intake.get(f"/applications/{made['id']}").json()
    assert (shown["screenings"][0]["verdict"], shown["screenings"][0]["effective_verdict"]) == (
        "ineligible",
        "eligible",
    )
    assert [rule["overridden"] for rule in shown["screenings"][0]["rules"] if rule["rule"] == "income"] == [True]
    assert [each["decided_by"] for each in shown["overrides"]] == ["Approver"]
    assert world.intake.post(path, json=acceptance(world, fund)).status_code == 201


def test_a_rejected_exception_changes_nothing_and_may_be_asked_for_again(world: World) -> None:
    made, fund = over_income(world)
    asked = ask(world, made, fund).json()
    assert decide(world, made, asked, "reject").json()["status"] == "rejected"
    shown = world.intake.get(f"/applications/{made['id']}").json()
    assert shown["screenings"][0]["effective_verdict"] == "ineligible"
    assert world.intake.post(f"/applications/{made['id']}/accept", json=acceptance(world, fund)).status_code == 409
    assert decide(world, made, asked).json()["code"] == "override.decided"
    assert ask(world, made, fund).status_code == 201


def test_one_exception_does_not_stand_for_another_rule(world: World) -> None:
    fund = open_fund(world)
    made = submitted(world, body(household__annual_income="87654.32", immigration__has_counsel="yes"))
    checked(world, made)
    decide(world, made, ask(world, made, fund).json())
    refused = world.intake.post(f"/applications/{made['id']}/accept", json=acceptance(world, fund))
    assert refused.json()["code"] == "verdict.not_eligible"
    decide(world, made, ask(world, made, fund, "no_counsel").json())
    assert world.intake.post(f"/applications/{made['id']}/accept", json=acceptance(world, fund)).status_code == 201


def test_an_exception_holds_as_long_as_the_rule_says_the_same(world: World) -> None:
    made, fund = over_income(world)
    decide(world, made, ask(world, made, fund).json())
    path = f"/applications/{made['id']}"
    again = world.intake.post(f"{path}/screenings").json()
    assert again["screenings"][0]["effective_verdict"] == "eligible"
    asked = world.intake.post(f"{path}/needs-information", json={"missing": ["/household/annual_income"]}).json()
    world.intake.patch(
        path, json={"household": {"annual_income": "99000"}}, headers={"If-Match": f'"{asked["version"]}"'}
    )
    changed = world.intake.post(f"{path}/submit").json()
    assert changed["screenings"][0]["effective_verdict"] == "ineligible"
    assert world.intake.post(f"{path}/accept", json=acceptance(world, fund)).json()["code"] == "verdict.not_eligible"


def test_nobody_decides_about_their_own_request(world: World) -> None:
    made, fund = over_income(world)
    asked = ask(world, made, fund).json()
    assert decide(world, made, asked, who="intake").status_code == 403
    # Somebody who has both roles still is one person.
    both = {"account_id": world.people["intake"], "role": Role.FUND_ADMINISTRATOR}
    with world.services.database.writing() as connection:
        connection.execute(insert(AccountRole).values(both))
    own = decide(world, made, asked, who="intake")
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    assert decide(world, made, asked).status_code == 200


def test_an_exception_is_for_a_rule_that_stands_in_the_way(world: World) -> None:
    made, fund = over_income(world)
    met = ask(world, made, fund, "residence")
    assert (met.status_code, met.json()["code"]) == (409, "override.needless")
    unknown = ask(world, made, fund, "height")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/rule")
    assert ask(world, made, fund).status_code == 201
    assert ask(world, made, fund).json()["code"] == "override.standing"
    draft = taken(world, another())
    assert ask(world, draft, fund).json()["code"] == "application.draft"


def test_the_approver_sees_references_and_the_reason_and_nothing_else(world: World) -> None:
    made, fund = over_income(world)
    ask(world, made, fund)
    listed = world.approver.get("/overrides")
    assert listed.status_code == 200
    [item] = listed.json()["items"]
    assert (item["application"], item["fund"], item["rule"]) == (made["reference"], "Colorado fund", "income")
    assert item["title"] == "Household income"
    assert item["reason"] == "The wages ended last month"
    assert "87654" not in listed.text
    assert "87,654" not in listed.text
    assert "Ximena" not in listed.text
    for who in ("intake", "attorney", "partner_admin", "auditor", "admin"):
        assert getattr(world, who).get("/overrides").status_code == 403, who
    decide(world, made, item)
    assert world.approver.get("/overrides").json()["items"] == []
    assert len(world.approver.get("/overrides?status=approved").json()["items"]) == 1


def test_the_reason_closes_with_the_application(world: World) -> None:
    made, fund = over_income(world)
    ask(world, made, fund)
    path = f"/applications/{made['id']}"
    assert [each["reason"] for each in world.intake.get(path).json()["overrides"]] == ["The wages ended last month"]
    world.intake.post(f"{path}/decline", json={"reason": "over_income"})
    assert [each["reason"] for each in world.intake.get(path).json()["overrides"]] == [None]


def test_a_repeated_approval_gives_the_first_answer(world: World) -> None:
    made, fund = over_income(world)
    asked, header = ask(world, made, fund).json(), key()
    first = decide(world, made, asked, headers=header)
    again = decide(world, made, asked, headers=header)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_an_override_belongs_to_its_application(world: World) -> None:
    made, fund = over_income(world)
    asked = ask(world, made, fund).json()
    other = submitted(world, another())
    assert decide(world, other, asked).status_code == 404
