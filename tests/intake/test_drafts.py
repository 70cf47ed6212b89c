"""Drafts: nothing typed is lost, nothing is changed behind somebody's back, and nothing unknown is taken."""

from typing import Any

from tests.intake.stage import body, submitted, taken
from tests.world import World


def change(world: World, made: Any, sent: Any, version: int | None = None, who: str = "intake") -> Any:
    return getattr(world, who).patch(
        f"/applications/{made['id']}", json=sent, headers={"If-Match": f'"{version or made["version"]}"'}
    )


def test_what_is_only_half_typed_is_kept(world: World) -> None:
    half: dict[str, dict[str, Any]] = {
        "applicant": {"a_number": "A012 34", "date_of_birth": "1988-03-", "country_of_birth": "Guate"},
        "contact": {"phone": "303-55", "email": "ximena@", "address": {"postal_code": "802"}},
        "household": {"size": "fo", "annual_income": "31,3"},
        "immigration": {"next_hearing_on": "--06"},
    }
    made = taken(world, half)
    read = world.intake.get(f"/applications/{made['id']}").json()
    for section, answers in half.items():
        for name, typed in answers.items():
            shown = read[section][name]
            assert (shown if name != "address" else shown["postal_code"]) == (typed if name != "address" else "802")


def test_half_typed_numbers_are_found_as_soon_as_they_are_whole(world: World) -> None:
    made = taken(world, {"applicant": {"a_number": "A012 34"}})
    search = {"a_number": "A012345678"}
    assert world.intake.post("/applicants/search", json=search).json()["items"] == []
    assert change(world, made, {"applicant": {"a_number": "A012 345 678"}}).status_code == 200
    assert len(world.intake.post("/applicants/search", json=search).json()["items"]) == 1
    assert change(world, made, {"applicant": {"a_number": None}}, 2).status_code == 200
    assert world.intake.post("/applicants/search", json=search).json()["items"] == []


def test_a_change_touches_only_what_it_names(world: World) -> None:
    made = taken(world)
    answer = change(world, made, {"contact": {"address": {"city": "Aurora"}, "email": None}, "household": {"size": 5}})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert answer.headers["ETag"] == '"2"'
    expected = body(contact__address__city="Aurora", contact__email=None, household__size=5)
    expected["contact"]["email"] = None
    expected["household"]["incomes"] = None
    for section, answers in expected.items():
        assert changed[section] == answers, section


def test_null_removes_a_whole_section_and_a_whole_address(world: World) -> None:
    made = taken(world)
    emptied = change(world, made, {"household": None, "contact": {"address": None}, "consents": {"store": None}}).json()
    assert emptied["household"] == {"size": None, "incomes": None, "annual_income": None, "income_basis": None}
    assert emptied["contact"]["address"] is None
    assert emptied["contact"]["phone"] == "303-555-0142"
    assert emptied["consents"] == {"store": None, "share_with_partner": True}


def test_a_blank_is_no_answer(world: World) -> None:
    made = taken(world, {"applicant": {"given_names": "  ", "interpreter_needed": ""}, "household": {"size": ""}})
    assert made["applicant"]["given_names"] is None
    assert made["applicant"]["interpreter_needed"] is None
    assert made["household"]["size"] is None


def test_two_windows_do_not_overwrite_one_another(world: World) -> None:
    made = taken(world)
    assert change(world, made, {"household": {"size": 5}}).status_code == 200
    late = change(world, made, {"household": {"size": 6}})
    assert late.status_code == 412
    assert world.intake.get(f"/applications/{made['id']}").json()["household"]["size"] == 5


def test_a_change_needs_to_say_what_it_changes(world: World) -> None:
    made = taken(world)
    assert world.intake.patch(f"/applications/{made['id']}", json={}).status_code == 428


def test_a_change_of_nothing_changes_nothing(world: World) -> None:
    made = taken(world)
    answer = change(world, made, {"household": {"size": 4}, "contact": {"email": "Ximena.Zozobra@example.org"}})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_a_colleague_goes_on_with_a_draft(world: World) -> None:
    made = taken(world)
    assert change(world, made, {"household": {"size": 5}}, who="intake_colleague").status_code == 200
    answer = world.intake_colleague.post(f"/applications/{made['id']}/submit")
    assert answer.status_code == 200
    assert answer.json()["taken_by"] == "Intake"


def test_what_is_missing_is_said_all_at_once_and_the_draft_stays(world: World) -> None:
    made = taken(world, {"applicant": {"given_names": "Ana"}, "contact": {"phone": "12"}})
    answer = world.intake.post(f"/applications/{made['id']}/submit")
    assert answer.status_code == 422
    pointers = [each["pointer"] for each in answer.json()["errors"]]
    assert pointers[0] == "/applicant/preferred_language"
    assert "/contact/phone" in pointers
    assert "/applicant/given_names" not in pointers
    assert world.intake.get(f"/applications/{made['id']}").json()["status"] == "draft"


def test_a_refused_submission_at_once_makes_nothing(world: World) -> None:
    answer = world.intake.post("/applications", json=body(household__size=31) | {"submit": True})
    assert answer.status_code == 422
    assert world.intake.get("/applications").json()["items"] == []


def test_names_in_any_script(world: World) -> None:
    for name in ("王小明", "Nguyễn Văn Ân", "محمد", "Ο'Κόννορ", "Żółć-Ñandú", "ᐊᓕᓂ", "𐐀𐐁"):
        made = submitted(world, body(applicant__given_names=name, applicant__family_names=name))
        assert made["applicant"]["given_names"] == name


def test_a_name_has_one_spelling(world: World) -> None:
    made = taken(world, {"applicant": {"given_names": "Jose\u0301"}})
    assert made["applicant"]["given_names"] == "Jos\u00e9"


def test_the_list_is_paged_by_keyset_and_filtered(world: World) -> None:
    made = [taken(world, {"applicant": {"given_names": f"Person {at}"}})["id"] for at in range(5)]
    world.intake.post(f"/applications/{made[0]}/withdraw", json={"reason": "other"})
    first = world.intake.get("/applications?limit=2").json()
    assert [each["id"] for each in first["items"]] == [made[4], made[3]]
    taken(world, {})
    second = world.intake.get(f"/applications?limit=2&cursor={first['next']}").json()
    assert [each["id"] for each in second["items"]] == [made[2], made[1]]
    assert [each["name"] for each in second["items"]] == ["Person 2", "Person 1"]
    last = world.intake.get(f"/applications?limit=2&cursor={second['next']}").json()
    assert ([each["id"] for each in last["items"]], last["next"]) == ([made[0]], None)
    assert last["items"][0]["name"] is None, "the disposition ends the desk's reach"
    withdrawn = world.intake.get("/applications?status=withdrawn").json()["items"]
    assert [each["id"] for each in withdrawn] == [made[0]]
    for query in ("status=nothing", "limit=0", "limit=201", "limit=x", "cursor=x", "partner_id=x"):
        assert world.intake.get(f"/applications?{query}").status_code == 422, query
