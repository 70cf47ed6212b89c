"""Offer, acceptance, decline, end: who sees what, from which moment until which."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access import ties
from app.access.grants import Role
from app.access.sights import OPERATOR
from app.cases.rules import AssignmentStatus
from tests.cases.stage import CANARIES, accept, ask, events, give_role, offered, opened, pointers
from tests.world import SOUTH, World, key


def test_an_offer_is_accepted_and_the_case_opens(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    assert world.partner_admin.get(made.path).json()["status"] == "offered"
    answer = world.attorney.post(f"/assignments/{assignment_id}/accept", json={"no_conflict": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    case = world.attorney.get(made.path).json()
    assert (case["status"], case["attorney"]["id"]) == ("open", str(world.people["attorney"]))
    assert case["applicant"]["identity"]["given_names"] == "Ixchel"
    assert case["opened_at"] is not None


@pytest.mark.parametrize("body", [{"no_conflict": False}, {}, {"no_conflict": None}, {"no_conflict": "yes"}])
def test_without_the_word_there_is_no_acceptance(world: World, body: dict[str, object]) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    refused = world.attorney.post(f"/assignments/{assignment_id}/accept", json=body)
    assert (refused.status_code, pointers(refused)) == (422, ["/no_conflict"])
    assert world.attorney.get(made.path).status_code == 404


def test_an_offer_says_nothing_of_the_person(world: World) -> None:
    made = offered(world)
    ask(world, made)
    shown = world.attorney.get("/assignments?status=offered")
    offer = shown.json()["items"][0]
    assert offer["reference"].startswith("CA-")
    assert (offer["case_type"], offer["custody"], offer["court"]) == ("asylum", "detained", "AUR")
    assert (offer["preferred_language"], offer["interpreter_needed"]) == ("mam", "yes")
    assert not any(canary in shown.text for canary in CANARIES)
    assert "applicant" not in offer
    assert world.attorney.get(made.path).status_code == 404
    assert world.attorney.get("/cases").json()["items"] == []
    assert world.attorney.get(f"{made.path}/timeline").status_code == 404
    reveal = {"group": "identity", "purpose": "representation"}
    assert world.attorney.post(f"/applicants/{made.applicant_id}/reveal", json=reveal).status_code == 404


def test_an_answered_offer_no_longer_shows_the_circumstances(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    assert world.attorney.post(f"/assignments/{assignment_id}/decline", json={"code": "capacity"}).status_code == 200
    mine = world.attorney.get("/assignments").json()["items"][0]
    assert (mine["status"], mine["decline_code"]) == ("declined", "capacity")
    circumstances = ("case_type", "custody", "court", "next_hearing", "preferred_language", "interpreter_needed")
    assert [mine[name] for name in circumstances] == [None] * 6


def test_only_the_attorney_who_was_asked_can_answer(world: World) -> None:
    assignment_id = ask(world, offered(world))
    for other in (world.colleague, world.attorney2):
        for verb, body in (("accept", {"no_conflict": True}), ("decline", {"code": "other"})):
            assert other.post(f"/assignments/{assignment_id}/{verb}", json=body).status_code == 404
            assert other.post(f"/assignments/{assignment_id}/{verb}", json={}).status_code == 404
    assert (
        world.partner_admin.post(f"/assignments/{assignment_id}/accept", json={"no_conflict": True}).status_code == 403
    )


def test_a_declined_case_waits_again_and_goes_to_somebody_else(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    body = {"code": "conflict", "note": "I represent the sister of Canario."}
    declined = world.attorney.post(f"/assignments/{assignment_id}/decline", json=body)
    assert (declined.json()["status"], declined.json()["decline_code"]) == ("declined", "conflict")
    assert world.partner_admin.get(made.path).json()["status"] == "offered"
    waiting = world.partner_admin.get("/cases?waiting=true").json()["items"]
    assert [each["id"] for each in waiting] == [str(made.id)]
    again = world.partner_admin.post(
        f"{made.path}/assignments", json={"attorney_id": str(world.people["attorney"]), "role": "primary"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "attorney.conflict")
    accept(world, ask(world, made, "colleague"), "colleague")
    assert world.attorney.get(made.path).status_code == 404
    notes = [each["decline_note"] for each in world.colleague.get(made.path).json()["assignments"]]
    assert notes == ["I represent the sister of Canario.", None]
    assert "Canario" not in world.partner_admin.get(made.path).text


def test_a_case_has_one_standing_attorney(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    body = {"attorney_id": str(world.people["colleague"]), "role": "primary"}
    while_asked = world.partner_admin.post(f"{made.path}/assignments", json=body)
    assert (while_asked.status_code, while_asked.json()["code"]) == (409, "assignment.standing")
    accept(world, assignment_id)
    while_taken = world.partner_admin.post(f"{made.path}/assignments", json=body)
    assert (while_taken.status_code, while_taken.json()["code"]) == (409, "assignment.standing")


def test_the_database_refuses_a_second_standing_primary_and_every_deletion(world: World) -> None:
    made = opened(world)
    copy = (
        "INSERT INTO assignment (id, case_id, attorney_id, role, status, offered_at, offered_by) "
        "SELECT case_id, case_id, attorney_id, role, status, offered_at, offered_by FROM assignment"
    )
    for statement in (copy, "DELETE FROM assignment"):
        with pytest.raises(DBAPIError, match=r"never deleted|unique|UNIQUE"), world.owning() as connection:
            connection.execute(text(statement))
    assert world.attorney.get(made.path).status_code == 200


@pytest.mark.parametrize("name", ["attorney2", "partner_admin", "intake", "fund_admin"])
def test_only_an_active_attorney_of_the_partner_can_be_asked(world: World, name: str) -> None:
    made = offered(world)
    refused = world.partner_admin.post(
        f"{made.path}/assignments", json={"attorney_id": str(world.people[name]), "role": "primary"}
    )
    assert (refused.status_code, pointers(refused)) == (422, ["/attorney_id"])


def test_a_suspended_attorney_can_not_be_asked(world: World) -> None:
    made = offered(world)
    attorney_id = world.people["colleague"]
    with world.services.database.writing() as connection:
        connection.execute(text("UPDATE account SET status = 'suspended' WHERE email LIKE 'colleague@%'"))
    refused = world.partner_admin.post(f"{made.path}/assignments", json={"attorney_id": str(attorney_id)})
    assert (refused.status_code, pointers(refused)) == (422, ["/attorney_id"])


def test_another_partner_has_no_such_case(world: World) -> None:
    made = offered(world, SOUTH)
    body = {"attorney_id": str(world.people["attorney2"]), "role": "primary"}
    assert world.partner_admin.post(f"{made.path}/assignments", json=body).status_code == 404
    assert world.partner_admin.post(f"{made.path}/assignments", json={"role": 7}).status_code == 404
    assert world.partner_admin2.post(f"{made.path}/assignments", json=body).status_code == 201


@pytest.mark.parametrize("ender", ["attorney", "partner_admin"])
def test_access_ends_with_the_assignment(world: World, ender: str) -> None:
    made = opened(world)
    assignment_id = world.attorney.get(made.path).json()["assignments"][0]["id"]
    reveal = {"group": "contact", "purpose": "representation"}
    assert world.attorney.post(f"/applicants/{made.applicant_id}/reveal", json=reveal).status_code == 200
    ended = getattr(world, ender).post(f"/assignments/{assignment_id}/end")
    assert (ended.status_code, ended.json()["status"]) == (200, "ended")
    for path in (made.path, f"{made.path}/timeline", f"{made.path}/notes"):
        assert world.attorney.get(path).status_code == 404, path
    assert world.attorney.post(f"{made.path}/notes", json={"body": "x"}).status_code == 404
    assert world.attorney.post(f"/applicants/{made.applicant_id}/reveal", json=reveal).status_code == 404
    assert world.attorney.get("/cases").json()["items"] == []
    assert world.attorney.get("/calendar").json()["items"] == []
    case = world.partner_admin.get(made.path).json()
    assert (case["status"], case["attorney"]) == ("open", None)
    assert len(world.partner_admin.get("/cases?waiting=true").json()["items"]) == 1
    again = getattr(world, ender).post(f"/assignments/{assignment_id}/end")
    assert (again.status_code, again.json()["code"]) == (409, "assignment.over")


def test_the_next_attorney_finds_the_case_open(world: World) -> None:
    made = opened(world)
    assignment_id = world.attorney.get(made.path).json()["assignments"][0]["id"]
    world.attorney.post(f"{made.path}/notes", json={"body": "Handed over."})
    world.attorney.post(f"/assignments/{assignment_id}/end")
    accept(world, ask(world, made, "colleague"), "colleague")
    case = world.colleague.get(made.path).json()
    assert case["status"] == "open"
    assert [note["body"] for note in case["notes"]] == ["Handed over."]


def test_an_offer_is_taken_back_by_the_partner_and_declined_by_the_attorney(world: World) -> None:
    made = offered(world)
    assignment_id = ask(world, made)
    own = world.attorney.post(f"/assignments/{assignment_id}/end")
    assert (own.status_code, own.json()["code"]) == (409, "assignment.decline")
    assert world.partner_admin2.post(f"/assignments/{assignment_id}/end").status_code == 404
    assert world.colleague.post(f"/assignments/{assignment_id}/end").status_code == 404
    assert world.partner_admin.post(f"/assignments/{assignment_id}/end").json()["status"] == "ended"
    late = world.attorney.post(f"/assignments/{assignment_id}/accept", json={"no_conflict": True})
    assert (late.status_code, late.json()["code"]) == (409, "assignment.answered")


def test_the_tie_to_the_person_lasts_while_another_case_of_theirs_does(world: World) -> None:
    first = opened(world)
    second = opened(world, applicant_id=first.applicant_id)
    reveal = {"group": "contact", "purpose": "representation"}
    for made, expected in ((first, 200), (second, 404)):
        assignment_id = world.attorney.get(made.path).json()["assignments"][0]["id"]
        assert world.attorney.post(f"/assignments/{assignment_id}/end").status_code == 200
        assert world.attorney.get(made.path).status_code == 404
        revealed = world.attorney.post(f"/applicants/{first.applicant_id}/reveal", json=reveal)
        assert revealed.status_code == expected


def test_a_repeated_acceptance_is_the_first_one(world: World) -> None:
    assignment_id = ask(world, offered(world))
    header = key()
    path, body = f"/assignments/{assignment_id}/accept", {"no_conflict": True}
    first = world.attorney.post(path, json=body, headers=header)
    again = world.attorney.post(path, json=body, headers=header)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.attorney.post(path, json=body, headers=key()).status_code == 409
    assert len(events(world, "assignment.accepted")) == 1


def test_every_step_is_on_record_without_a_word_of_the_client(world: World) -> None:
    made = offered(world)
    first = ask(world, made)
    world.attorney.post(f"/assignments/{first}/decline", json={"code": "means", "note": "Canario can pay."})
    accept(world, ask(world, made, "colleague"), "colleague")
    second = world.colleague.get(made.path).json()["assignments"][1]["id"]
    world.colleague.post(f"/assignments/{second}/end")
    for action, number in (
        ("case.offered", 1),
        ("assignment.offered", 2),
        ("assignment.declined", 1),
        ("assignment.accepted", 1),
        ("assignment.ended", 1),
    ):
        found = events(world, action)
        assert len(found) == number, action
        assert {each.subject_id for each in found} == {made.applicant_id}
        assert not any(canary in str(each) for each in found for canary in CANARIES)
    assert json.loads(events(world, "assignment.declined")[0].details)["code"] == "means"


def test_intake_loses_the_person_and_ties_hold_who_works_with_them(world: World) -> None:
    made = opened(world)
    attorney_id = world.people["attorney"]
    with world.act_as("intake", writes=False, sight=OPERATOR) as work:
        work.decided = True
        assert ties.is_tied(work.session, attorney_id, made.id)
        assert ties.is_tied(work.session, attorney_id, made.applicant_id)
        assert not ties.is_tied(work.session, world.people["colleague"], made.id)
    reveal = {"group": "identity", "purpose": "intake"}
    assert world.intake.post(f"/applicants/{made.applicant_id}/reveal", json=reveal).status_code == 404


def test_an_attorney_who_administers_too_opens_only_their_own(world: World) -> None:
    give_role(world, "attorney", Role.PARTNER_ADMINISTRATOR)
    own, others = opened(world), opened(world, "colleague")
    listed = {each["id"]: each["applicant"]["name"] for each in world.attorney.get("/cases").json()["items"]}
    assert listed == {str(own.id): "Ixchel Canario Quetzal", str(others.id): None}
    case = world.attorney.get(others.path).json()
    assert (case["notes"], case["applicant"]["identity"], case["custody"]) == (None, None, "detained")
    assert world.attorney.get(f"{others.path}/notes").status_code == 404


def test_intake_and_administration_in_one_person_open_no_case(world: World) -> None:
    made = opened(world)
    give_role(world, "partner_admin", Role.INTAKE_WORKER)
    answer = world.partner_admin.get(made.path)
    assert answer.json()["applicant"]["identity"] is None
    assert not any(canary in answer.text for canary in CANARIES)


def test_money_and_a_case_in_one_person_stay_apart(world: World) -> None:
    own, others = opened(world), opened(world, "colleague")
    give_role(world, "attorney", Role.FUND_ADMINISTRATOR)
    shown = {each["id"]: each for each in world.attorney.get("/cases").json()["items"]}
    assert (shown[str(own.id)]["custody"], shown[str(others.id)]["custody"]) == ("detained", None)
    assert shown[str(others.id)]["applicant"] is None
    case = world.attorney.get(others.path).json()
    assert (case["court"], case["hearings"], case["applicant"], case["notes"]) == (None, None, None, None)
    assert {each["case_id"] for each in world.attorney.get("/calendar").json()["items"]} <= {str(own.id)}


def test_assignments_are_listed_by_status(world: World) -> None:
    opened(world)
    ask(world, offered(world))
    for status in AssignmentStatus:
        found = world.attorney.get(f"/assignments?status={status}").json()["items"]
        assert [each["status"] for each in found] == ([status] if status in ("offered", "accepted") else [])
    assert world.colleague.get("/assignments").json() == {"items": [], "next": None}
    assert world.partner_admin.get("/assignments").status_code == 403
