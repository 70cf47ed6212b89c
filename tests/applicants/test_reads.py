"""Finding people and revealing what is sealed: who may, whom, which group, and what is left on record."""

import json
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.access import ties
from app.audit.actions import record
from app.audit.model import AuditEvent
from app.db import new_id
from tests.intake.stage import BODY, accepted, another, body, open_fund, taken
from tests.world import World

#: Roles that meet no applicant, and somebody who is not signed in.
OTHERS = (("partner_admin", 403), ("fund_admin", 403), ("auditor", 403), ("admin", 403), ("stranger", 401))


def find(world: World, who: str = "intake", **known: Any) -> list[dict[str, Any]]:
    answer = getattr(world, who).post("/applicants/search", json=known)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def reveal(world: World, applicant_id: str, group: str, who: str = "intake", purpose: str = "intake") -> Any:
    return getattr(world, who).post(f"/applicants/{applicant_id}/reveal", json={"group": group, "purpose": purpose})


def events(world: World, action: str) -> list[Any]:
    with world.act_as("auditor", writes=False) as work:
        work.decided = True
        rows = work.session.execute(
            select(col(AuditEvent.actor_id), col(AuditEvent.subject_id), col(AuditEvent.groups),
                   col(AuditEvent.purpose), col(AuditEvent.count), col(AuditEvent.details))
            .where(col(AuditEvent.action) == action)
            .order_by(col(AuditEvent.id))
        ).all()  # fmt: skip
    return list(rows)


def test_people_are_found_by_exact_identifiers_however_written(world: World) -> None:
    made = taken(world)
    taken(world, another())
    for known, matched in (
        ({"a_number": "12345678"}, ["a_number"]),
        ({"phone": "+1 (303) 555-0142"}, ["phone"]),
        ({"email": "ximena.zozobra@EXAMPLE.ORG"}, ["email"]),
        ({"a_number": "012345678", "phone": "303 555 0142"}, ["a_number", "phone"]),
    ):
        [found] = find(world, **known)
        assert (found["applicant_id"], found["matched"]) == (made["applicant_id"], matched)
        assert 0 < found["score"] <= 1
        assert found["reference"].startswith("AP-")
    assert find(world, a_number="A099999999") == []


def test_people_are_found_by_name_loosely_and_by_birth(world: World) -> None:
    made = taken(world)
    taken(world, another())
    for known, matched in (
        ({"name": "zozobra ximena"}, ["name"]),
        ({"name": "Jimena Sozobra"}, ["name"]),
        ({"name": "Ximena", "date_of_birth": "1988-03-04"}, ["name", "date_of_birth"]),
        ({"name": "chabela"}, ["name"]),
    ):
        [found] = find(world, **known)
        assert (found["applicant_id"], found["matched"]) == (made["applicant_id"], matched), known
    assert {each["matched"][0] for each in find(world, date_of_birth="1988-03-04")} == {"date_of_birth"}
    assert find(world, name="Wilhelmina") == []
    both = find(world, a_number="A012345678", name="Ximena Zozobra")[0]
    assert (both["score"], both["matched"]) == (1.0, ["a_number", "name"])


def test_a_search_ends_at_the_borders_of_the_desk(world: World) -> None:
    taken(world)
    assert find(world, "other_intake", a_number="A012345678") == []
    assert find(world, "other_intake", name="Ximena Zozobra") == []
    assert find(world, "attorney", a_number="A012345678") == []
    for who, status in (
        ("partner_admin", 403),
        ("fund_admin", 403),
        ("auditor", 403),
        ("admin", 403),
        ("stranger", 401),
    ):
        assert getattr(world, who).post("/applicants/search", json={"name": "x"}).status_code == status, who


def test_an_attorney_finds_and_opens_those_assigned_and_only_while_assigned(world: World) -> None:
    application, case = accepted(world, open_fund(world))
    subject = application["applicant_id"]
    assert find(world, "attorney", a_number="A012345678") == []
    assert reveal(world, subject, "identity", "attorney", "representation").status_code == 404
    answer = world.partner_admin.post(
        f"/cases/{case['id']}/assignments", json={"attorney_id": str(world.people["attorney"]), "role": "primary"}
    )
    assignment = answer.json()["id"]
    assert reveal(world, subject, "identity", "attorney", "representation").status_code == 404
    world.attorney.post(f"/assignments/{assignment}/accept", json={"no_conflict": True})
    assert len(find(world, "attorney", a_number="A012345678")) == 1
    for group in ("identity", "contact", "immigration", "finances", "criminal_history"):
        assert reveal(world, subject, group, "attorney", "representation").status_code == 200, group
    assert reveal(world, subject, "identity", "attorney2", "representation").status_code == 404
    assert reveal(world, subject, "identity", "colleague", "representation").status_code == 404
    world.attorney.post(f"/assignments/{assignment}/end")
    assert reveal(world, subject, "identity", "attorney", "representation").status_code == 404
    assert find(world, "attorney", a_number="A012345678") == []


def test_every_group_opens_as_it_was_given(world: World) -> None:
    made = taken(world)
    subject = made["applicant_id"]
    immigration = reveal(world, subject, "immigration").json()
    assert immigration["a_number"] == BODY["applicant"]["a_number"]
    assert immigration["country_of_birth"] == "GT"
    assert immigration["receipt_numbers"] == []
    assert {name: immigration[name] for name in BODY["immigration"]} == BODY["immigration"]
    contact = reveal(world, subject, "contact").json()
    assert {name: contact[name] for name in BODY["contact"]} == BODY["contact"]
    assert reveal(world, subject, "finances").json() == BODY["household"] | {"incomes": None}
    assert reveal(world, subject, "notes").json() == BODY["notes"]
    identity = reveal(world, subject, "identity").json()
    assert identity == {name: BODY["applicant"][name] for name in identity}


def test_a_group_that_no_role_opens_stays_closed(world: World) -> None:
    made = taken(world)
    answer = reveal(world, made["applicant_id"], "criminal_history")
    assert (answer.status_code, answer.json()["code"]) == (403, "group.closed")
    for who, status in (
        ("partner_admin", 403),
        ("fund_admin", 403),
        ("auditor", 403),
        ("admin", 403),
        ("stranger", 401),
    ):
        assert reveal(world, made["applicant_id"], "identity", who).status_code == status, who
    assert reveal(world, made["applicant_id"], "identity", "other_intake").status_code == 404
    assert reveal(world, str(new_id()), "identity").status_code == 404


def test_both_roles_in_one_person_reach_what_either_reaches(world: World) -> None:
    """An intake worker who is also an attorney keeps an assigned case after the disposition."""
    made = taken(world)
    world.intake.post(f"/applications/{made['id']}/withdraw", json={"reason": "other"})
    assert reveal(world, made["applicant_id"], "identity").status_code == 404
    with world.act_as("intake") as work:
        work.decided = True
        ties.tie_person(work.session, world.people["intake"], [work.actor.id.__class__(made["applicant_id"])], work.now)
        record(work, "tie.opened")
    assert reveal(world, made["applicant_id"], "identity").status_code == 200


def test_every_opening_and_search_is_on_record_without_a_value(world: World) -> None:
    made = taken(world)
    reveal(world, made["applicant_id"], "immigration", purpose="legal_demand")
    find(world, a_number="A012345678", name="Ximena")
    [revealed] = events(world, "applicant.revealed")
    assert str(revealed.subject_id) == made["applicant_id"]
    assert (revealed.groups, revealed.purpose, revealed.actor_id) == (
        "immigration", "legal_demand", world.people["intake"],
    )  # fmt: skip
    [searched] = events(world, "applicant.searched")
    assert (searched.count, json.loads(searched.details)) == (1, {"by": ["a_number", "name"]})


def test_a_search_or_reveal_says_what_is_wrong_with_it(world: World) -> None:
    made = taken(world)
    searches: dict[str, tuple[Any, ...]] = {
        "a_number": ("Canario7", "12", 7, ["Canario7"], "A0123456789"),
        "phone": ("Canario7", "12", 7, ["Canario7"]),
        "email": ("Canario7", "a@b", 7, ["Canario7"]),
        "name": ("...", 7, ["Canario7"], "Canario7" * 40),
        "date_of_birth": ("Canario7", "1988-3-4", 7, "1988-02-30"),
        "unknown": ("Canario7", 7, None),
    }
    for field, values in searches.items():
        for value in values:
            answer = world.intake.post("/applicants/search", json={field: value})
            assert answer.status_code == 422, (field, value, answer.text)
            assert answer.json()["errors"][0]["pointer"] == f"/{field}", (field, value)
            assert "anario7" not in answer.text
    assert world.intake.post("/applicants/search", json={}).json()["errors"][0]["code"] == "search.empty"
    good = {"group": "identity", "purpose": "intake"}
    reveals: dict[str, tuple[Any, ...]] = {
        "group": ("Canario7", "staff", None, 7),
        "purpose": ("Canario7", "curiosity", None, 7),
        "unknown": ("Canario7", 7, None),
    }
    path = f"/applicants/{made['applicant_id']}/reveal"
    for field, values in reveals.items():
        for value in values:
            answer = world.intake.post(path, json={**good, field: value})
            assert answer.status_code == 422, (field, value)
            assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{field}"]
            assert "anario7" not in answer.text
    assert world.other_intake.post(path, json={"Canario7": 1}).status_code == 404


def test_unknown_birth_is_nobody_s_birthday(world: World) -> None:
    taken(world, body(applicant__date_of_birth="unknown"))
    assert world.intake.post("/applicants/search", json={"date_of_birth": "unknown"}).status_code == 422
    assert find(world, date_of_birth="1988-03-04") == []
