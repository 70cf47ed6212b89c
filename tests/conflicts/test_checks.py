"""The conflict check: asked across everybody, answered with one word, reviewed by a second person."""

from typing import Any

import pytest

from app.conflicts.rules import CheckResult, Resolution, refuse_outdated, refuse_unclear, result_of
from app.db import new_id
from app.errors import Conflict
from tests.intake.stage import BODY, acceptance, another, body, checked, open_fund, submitted, taken
from tests.world import World, key


def accept(world: World, made: Any, fund: str) -> tuple[int, str | None]:
    answer = world.intake.post(f"/applications/{made['id']}/accept", json=acceptance(world, fund))
    return answer.status_code, answer.json().get("code")


def resolve(world: World, check: Any, resolution: str, who: str = "fund_admin", **more: Any) -> Any:
    sent = {"resolution": resolution, "reason": "The same person came twice, says Canary"}
    return getattr(world, who).post(f"/conflict-checks/{check['id']}/resolve", json=sent, **more)


def test_nobody_in_common_is_clear(world: World) -> None:
    submitted(world, another())
    check = checked(world, submitted(world))
    assert (check["result"], check["resolution"]) == ("clear", None)


@pytest.mark.parametrize("kind", ["a_number", "phone", "email"])
def test_any_exact_identifier_of_anybody_is_found_from_a_draft(world: World, kind: str) -> None:
    shared: dict[str, dict[str, Any]] = {
        "a_number": {"applicant__a_number": "A 012-345-678"},
        "phone": {"contact__phone": "(303) 555 0142"},
        "email": {"contact__email": "XIMENA.zozobra@EXAMPLE.org"},
    }
    taken(world, another() | {"consents": {}}, who="other_intake")
    other = taken(world, body(**{**_apart(kind), **shared[kind]}), who="other_intake")
    mine = taken(world)
    check = checked(world, mine)
    assert check["result"] == "review"
    assert other["applicant_id"] not in str(check)
    review = world.fund_admin.get(f"/conflict-checks/{check['id']}").json()
    assert review["compared"] == ["a_number", "phone", "email"]
    assert [(each["applicant_id"], each["by"]) for each in review["matches"]] == [(other["applicant_id"], [kind])]
    assert review["matches"][0]["reference"].startswith("AP-")


def _apart(kind: str) -> dict[str, str]:
    """The other identifiers of somebody else."""
    apart = {
        "applicant__a_number": "A087654321", "contact__phone": "720-555-0199", "contact__email": "teo@example.net",
    }  # fmt: skip
    return {place: value for place, value in apart.items() if not place.endswith(kind)}


def test_nothing_to_compare_by_is_not_clear(world: World) -> None:
    made = submitted(world, body(applicant__a_number=None, contact__phone=None, contact__email=None))
    check = checked(world, made)
    assert check["result"] == "review"
    assert world.fund_admin.get(f"/conflict-checks/{check['id']}").json()["compared"] == []


def test_an_application_is_accepted_only_with_a_good_check(world: World) -> None:
    fund = open_fund(world)
    submitted(world, another(), who="other_intake")
    made = submitted(world, body(contact__phone="720-555-0199"))
    assert accept(world, made, fund) == (409, "conflict_check.missing")
    check = checked(world, made)
    assert check["result"] == "review"
    assert accept(world, made, fund) == (409, "conflict_check.review")
    assert resolve(world, check, "conflict").status_code == 200
    assert accept(world, made, fund) == (409, "conflict_check.conflict")
    again = checked(world, made)
    assert resolve(world, again, "no_conflict").status_code == 200
    assert accept(world, made, fund)[0] == 201


def test_somebody_who_appeared_after_the_check_is_checked_too(world: World) -> None:
    fund = open_fund(world)
    made = submitted(world)
    assert checked(world, made)["result"] == "clear"
    taken(world, BODY, who="other_intake")
    assert accept(world, made, fund) == (409, "conflict_check.outdated")
    assert resolve(world, checked(world, made), "no_conflict").status_code == 200
    assert accept(world, made, fund)[0] == 201


def test_who_asked_does_not_answer_and_does_not_see_whom_it_found(world: World) -> None:
    taken(world, BODY, who="other_intake")
    check = checked(world, taken(world))
    own = resolve(world, check, "no_conflict", who="intake")
    assert (own.status_code, own.json()["code"]) == (403, "segregation_of_duties")
    seen = world.intake.get(f"/conflict-checks/{check['id']}").json()
    assert (seen["matches"], seen["reason"]) == (None, None)
    assert [each["matches"] for each in world.intake.get("/conflict-checks").json()["items"]] == [None]
    colleague = resolve(world, check, "no_conflict", who="intake_colleague")
    assert colleague.status_code == 200
    assert colleague.json()["resolved_by"] == "Intake Colleague"
    assert len(colleague.json()["matches"]) == 1
    assert world.intake.get(f"/conflict-checks/{check['id']}").json()["reason"] is None


def test_a_check_is_reviewed_once(world: World) -> None:
    taken(world, BODY, who="other_intake")
    made = taken(world)
    check, header = checked(world, made), key()
    first = resolve(world, check, "no_conflict", headers=header)
    again = resolve(world, check, "no_conflict", headers=header)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert resolve(world, check, "conflict").json()["code"] == "conflict_check.resolved"
    assert world.intake.get(f"/applications/{made['id']}").json()["conflict_check"]["resolution"] == "no_conflict"


def test_there_is_nothing_to_review_in_a_clear_check(world: World) -> None:
    check = checked(world, taken(world))
    assert resolve(world, check, "no_conflict").json()["code"] == "conflict_check.clear"
    assert world.fund_admin.get("/conflict-checks").json()["items"] == []


def test_other_desks_and_other_roles_review_nothing(world: World) -> None:
    taken(world, BODY, who="other_intake")
    check = checked(world, taken(world))
    for who, status in (
        ("other_intake", 404), ("attorney", 403), ("partner_admin", 403), ("auditor", 403), ("admin", 403),
        ("stranger", 401),
    ):  # fmt: skip
        assert resolve(world, check, "no_conflict", who=who).status_code == status, who
        assert getattr(world, who).get(f"/conflict-checks/{check['id']}").status_code == status, who
    assert world.other_intake.get("/conflict-checks").json()["items"] == []


def test_a_review_says_what_is_wrong_with_it(world: World) -> None:
    taken(world, BODY, who="other_intake")
    check = checked(world, taken(world))
    good = {"resolution": "no_conflict", "reason": "Because"}
    for field, values in {
        "resolution": ("Canario7", None, 7, ["Canario7"], True),
        "reason": ("", "  ", None, 7, "Canario7" * 400, ["Canario7"]),
        "unknown": ("Canario7", 1, None),
    }.items():
        for value in values:
            answer = world.fund_admin.post(f"/conflict-checks/{check['id']}/resolve", json={**good, field: value})
            assert answer.status_code == 422, (field, value)
            assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{field}"]
            assert "anario7" not in answer.text
    for query in ("limit=0", "limit=x", "cursor=x", "open_only=x"):
        assert world.fund_admin.get(f"/conflict-checks?{query}").status_code == 422, query
    absent = world.fund_admin.post(f"/conflict-checks/{new_id()}/resolve", json={"Canario7": 1})
    assert absent.status_code == 404


def test_the_database_refuses_an_asker_who_answers(world: World) -> None:
    taken(world, BODY, who="other_intake")
    check = checked(world, taken(world))
    with pytest.raises(Exception, match=r"(?i)second_person|constraint"), world.act_as("intake") as work:
        work.session.connection().exec_driver_sql(
            "UPDATE conflict_check SET resolution = 'no_conflict', resolved_by_id = checked_by_id,"
            " resolved_at = checked_at, reason_sealed = matches IS NOT NULL WHERE result = 'review'"
            if world.services.database.is_sqlite
            else "UPDATE conflict_check SET resolution = 'no_conflict', resolved_by_id = checked_by_id,"
            " resolved_at = checked_at, reason_sealed = 'x'::bytea WHERE result = 'review'"
        )
    assert world.fund_admin.get(f"/conflict-checks/{check['id']}").json()["resolution"] is None


def test_clear_needs_something_compared_and_nobody_found() -> None:
    assert result_of(["a_number"], []) is CheckResult.CLEAR
    assert result_of(["a_number"], ["somebody"]) is CheckResult.REVIEW
    assert result_of([], []) is CheckResult.REVIEW


def test_what_stands_in_the_way() -> None:
    refuse_unclear(CheckResult.CLEAR, None)
    refuse_unclear(CheckResult.REVIEW, Resolution.NO_CONFLICT)
    for result, resolution in (
        (None, None), (CheckResult.REVIEW, None), (CheckResult.REVIEW, Resolution.CONFLICT),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            refuse_unclear(result, resolution)
    known, new = new_id(), new_id()
    refuse_outdated([known], [])
    refuse_outdated([known], [known])
    with pytest.raises(Conflict):
        refuse_outdated([known], [known, new])
