"""Ethical walls: for a walled person the matter does not exist, whatever their role, on no road at all."""

import re
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.access.grants import Role
from app.access.model import AccountRole
from app.cases.model import Wall
from app.main import API_DOORS, PAGE_DOORS
from tests.funds.stage import award
from tests.story import Story, said, whole_way
from tests.world import World, key

TEXT = "shared a flat with the other side"


def wall(world: World, story: Story, who: str, by: str = "fund_admin") -> str:
    form = {"account_id": str(world.people[who]), "reason": "family", "text": TEXT}
    made = said(getattr(world, by).post(f"/cases/{story.case}/walls", json=form), 201)
    return str(made["id"])


def lift(world: World, story: Story, wall_id: str, *people: str) -> None:
    for who in people:
        said(getattr(world, who).post(f"/cases/{story.case}/walls/{wall_id}/lift", json={}))


def addresses(story: Story, world: World) -> list[str]:
    """Every address that is read, of the API and of the pages, with the ids of this matter where it takes some."""
    ids = {
        "application_id": story.application,
        "applicant_id": story.applicant,
        "check_id": story.check,
        "case_id": story.case,
        "assignment_id": story.assignment,
        "award_id": story.award,
        "disbursement_id": story.disbursement,
        "fund_id": story.fund,
        "payee_id": story.payee,
        "partner_id": str(next(iter(world.partners.values()))),
        "account_id": str(world.people["attorney"]),
    }
    found = []
    for doors, base in ((API_DOORS, "/api/v1"), (PAGE_DOORS, "")):
        for door in doors:
            for route in door.routes():
                names = re.findall(r"{(\w+)}", route.path)
                if "GET" in (route.methods or ()) and all(name in ids for name in names):
                    found.append(base + route.path.format(**ids) + _QUESTIONS.get(route.path, ""))
    return found


_QUESTIONS = {
    "/reports/disbursements": "?from=2024-01-01&to=2030-12-31&details=true&group_by=fund",
    "/awards/{award_id}/parts": "?figure=paid",
    "/funds/{fund_id}/parts": "?figure=paid",
}


def names_of(story: Story) -> list[str]:
    """What tells that the matter exists: its ids and the letters of its references."""
    told = [story.application, story.applicant, story.check, story.case, story.assignment, story.award]
    return [*told, story.disbursement, story.reference]


def told(world: World, who: str, path: str, names: list[str]) -> list[str]:
    person = getattr(world, who)
    headers = {"Cookie": f"amparo={person.secret}", "Sec-Fetch-Site": "same-origin"}
    world.client.cookies.clear()
    answer = world.client.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code < 500, f"{path}: {answer.status_code}"
    asked = path  # what was asked for may stand in the answer: a link to itself, a form that comes back
    return [name for name in names if name in answer.text and name not in asked and answer.status_code < 400]


def test_behind_a_wall_nothing_is_told_on_any_road(world: World) -> None:
    story = whole_way(world)
    names, roads = names_of(story), addresses(story, world)
    assert len(roads) > 60
    for who in ("attorney", "partner_admin", "approver", "auditor", "intake"):
        assert [path for path in roads if told(world, who, path, names)], f"{who} saw something of it"
        wall(world, story, who)
        assert {path: found for path in roads if (found := told(world, who, path, names))} == {}
    assert said(world.fund_admin.get(f"/cases/{story.case}"))["id"] == story.case


def test_absent_and_walled_are_answered_alike(world: World) -> None:
    story = whole_way(world)
    wall(world, story, "attorney")
    for path in ("/cases/{}", "/cases/{}/timeline", "/cases/{}/notes", "/cases/{}/access"):
        walled = world.attorney.get(path.format(story.case))
        absent = world.attorney.get(path.format("0190d5e2-0000-7000-8000-000000000000"))
        assert walled.status_code == absent.status_code == 404
        assert walled.json() | {"request_id": ""} == absent.json() | {"request_id": ""}


def test_verbs_end_too(world: World) -> None:
    story = Story(world).begin().apply().accept().assign().fund_it().draft()
    wall(world, story, "attorney")
    wall(world, story, "approver")
    refused = [
        world.attorney.post(f"/cases/{story.case}/notes", json={"body": "x"}),
        world.attorney.post(f"/assignments/{story.assignment}/end", json={}),
        world.attorney.post(f"/disbursements/{story.disbursement}/submit", json={}, headers=key()),
        world.approver.post(f"/awards/{story.award}/close", json={}, headers=key()),
        world.attorney.post(f"/applicants/{story.applicant}/reveal", json={"group": "identity", "purpose": "intake"}),
    ]
    assert [answer.status_code for answer in refused] == [404] * 5


def test_a_client_as_a_payee_is_behind_the_wall_too(world: World) -> None:
    """In the list, by its address, in the record, and when somebody would have it paid."""
    story = whole_way(world)
    client = {"kind": "person", "case_id": story.case}
    payee = said(world.attorney.post("/payees", json=client, headers=key()), 201)["id"]
    before = {who: _payees(world, who) for who in ("attorney", "partner_admin", "approver", "auditor")}
    for who, seen in before.items():
        assert payee in seen
        wall(world, story, who)
        assert _payees(world, who) == seen - {payee}
        assert getattr(world, who).get(f"/payees/{payee}").status_code == 404
    created = "/audit/events?action=payee.created"
    assert payee not in [each["object"]["id"] for each in said(world.auditor.get(created))["items"]]
    form = {"award_id": award(world)["id"], "payee_id": payee, "amount": "1.00", "method": "ach"}
    refused = said(world.attorney.post("/disbursements", json=form, headers=key()), 422)
    assert [each["code"] for each in refused["errors"]] == ["payee_id.unknown"]
    assert payee in _payees(world, "fund_admin")


def _payees(world: World, who: str) -> set[str]:
    return {each["id"] for each in said(getattr(world, who).get("/payees"))["items"]}


def test_figures_stay_whole_and_lose_the_name(world: World) -> None:
    story = whole_way(world)
    asked = "/reports/disbursements?from=2024-01-01&to=2030-12-31&details=true&group_by=fund"
    before = said(world.approver.get(asked))
    wall(world, story, "approver")
    after = said(world.approver.get(asked))
    assert (after["totals"], after["rows"]) == (before["totals"], before["rows"])
    assert [(line["case"], line["disbursement"]) for line in after["lines"]] == [("", "")]
    assert after["lines"][0]["amount"] == before["lines"][0]["amount"]


def test_two_people_lift_a_wall_and_never_oneself(world: World) -> None:
    story = whole_way(world)
    own = {"account_id": str(world.people["partner_admin"]), "reason": "other", "text": "x"}
    answer = world.partner_admin.post(f"/cases/{story.case}/walls", json=own)
    assert (answer.status_code, answer.json()["code"]) == (403, "wall.oneself")
    wall_id = wall(world, story, "attorney", by="partner_admin")
    again = world.fund_admin.post(
        f"/cases/{story.case}/walls", json={"account_id": str(world.people["attorney"]), "reason": "other", "text": "x"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "wall.stands")
    lift(world, story, wall_id, "partner_admin")
    assert world.attorney.get(f"/cases/{story.case}").status_code == 404
    alone = world.partner_admin.post(f"/cases/{story.case}/walls/{wall_id}/lift", json={})
    assert (alone.status_code, alone.json()["code"]) == (403, "segregation_of_duties")
    lift(world, story, wall_id, "fund_admin")
    assert said(world.attorney.get(f"/cases/{story.case}"))["id"] == story.case
    over = world.fund_admin.post(f"/cases/{story.case}/walls/{wall_id}/lift", json={})
    assert (over.status_code, over.json()["code"]) == (409, "wall.lifted")


def test_a_conflict_officer_does_not_lift_their_own(world: World) -> None:
    story = whole_way(world)
    wall_id = wall(world, story, "approver")
    assert world.approver.get(f"/cases/{story.case}/walls").status_code == 404
    assert world.approver.post(f"/cases/{story.case}/walls/{wall_id}/lift", json={}).status_code == 404


def test_who_reads_of_walls(world: World) -> None:
    story = whole_way(world)
    wall(world, story, "colleague", by="partner_admin")
    for who, text_of in (("partner_admin", TEXT), ("fund_admin", TEXT), ("auditor", None)):
        found = said(getattr(world, who).get(f"/cases/{story.case}/walls"))["items"]
        assert [(each["person"]["name"], each["reason"], each["text"]) for each in found] == [
            ("Colleague", "family", text_of)
        ]
    assert world.attorney.get(f"/cases/{story.case}/walls").status_code == 403
    assert world.partner_admin2.get(f"/cases/{story.case}/walls").status_code == 404
    assert "Colleague" in world.fund_admin.page(f"/cases/{story.case}/walls").text
    # Reading why somebody is kept away opens words of staff; the page of who opened the case takes them as they come.
    assert world.attorney.page(f"/cases/{story.case}/access").status_code == 200


def test_a_partner_walls_off_its_own_people_only(world: World) -> None:
    story = whole_way(world)
    form = {"account_id": str(world.people["approver"]), "reason": "other", "text": "x"}
    answer = world.partner_admin.post(f"/cases/{story.case}/walls", json=form)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "person.unknown"


def test_the_walled_are_not_asked_to_take_the_case(world: World) -> None:
    story = Story(world).begin().apply().accept()
    wall(world, story, "colleague", by="partner_admin")
    form = {"attorney_id": str(world.people["colleague"]), "role": "primary"}
    answer = world.partner_admin.post(f"/cases/{story.case}/assignments", json=form)
    assert answer.json()["errors"][0]["code"] == "person.walled"


def test_a_check_that_found_somebody_behind_a_wall_is_for_others(world: World) -> None:
    first = Story(world).begin().apply().accept().assign()
    second = Story(world, fund=first.fund).apply()
    assert said(world.fund_admin.get(f"/conflict-checks/{second.check}"))["matches"]
    wall(world, first, "approver")
    assert world.approver.get(f"/conflict-checks/{second.check}").status_code == 404
    resolving: Any = {"resolution": "no_conflict", "reason": "x"}
    assert world.approver.post(f"/conflict-checks/{second.check}/resolve", json=resolving).status_code == 404
    assert second.check not in {each["id"] for each in said(world.approver.get("/conflict-checks"))["items"]}
    assert second.check in {each["id"] for each in said(world.fund_admin.get("/conflict-checks"))["items"]}


def test_the_database_refuses_a_wall_lifted_by_one_and_one_deleted(world: World) -> None:
    story = whole_way(world)
    wall_id = wall(world, story, "colleague")
    for statement in (
        "UPDATE wall SET lifted_by = set_by, lifted_at = set_at",
        "UPDATE wall SET lift_asked_by = set_by, lift_asked_at = set_at, lifted_by = set_by, lifted_at = set_at",
        "DELETE FROM wall",
        "DELETE FROM walled",
    ):
        with pytest.raises(DBAPIError), world.services.database.writing() as connection:
            connection.execute(text(statement))
    with world.services.database.engine.connect() as connection:
        assert str(connection.execute(select(col(Wall.id))).scalar_one()) == wall_id


@pytest.mark.parametrize(
    ("has", "gets", "fits"),
    [
        (Role.SYSTEM_ADMINISTRATOR, Role.FUND_ADMINISTRATOR, False),
        (Role.FUND_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, False),
        *((Role.AUDITOR, role, False) for role in Role if role is not Role.AUDITOR),
        *((role, Role.AUDITOR, False) for role in Role if role is not Role.AUDITOR),
        (Role.ATTORNEY, Role.PARTNER_ADMINISTRATOR, True),
        (Role.INTAKE_WORKER, Role.ATTORNEY, True),
    ],
)
def test_the_database_keeps_roles_apart(world: World, has: Role, gets: Role, fits: bool) -> None:
    with world.services.database.engine.connect() as connection:
        person = connection.execute(select(col(AccountRole.account_id)).where(col(AccountRole.role) == has)).scalars()
        account_id = person.first()
    assert account_id is not None
    giving = insert(AccountRole).values(account_id=account_id, role=gets)
    if fits:
        with world.services.database.writing() as connection:
            connection.execute(giving)
        return
    with pytest.raises(DBAPIError), world.services.database.writing() as connection:
        connection.execute(giving)
