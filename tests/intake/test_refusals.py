"""Every field of every route of the intake desk, wrong in at least three ways: 4xx, its pointer, never its value."""

from copy import deepcopy
from typing import Any

from tests.intake.stage import BODY, submitted, taken
from tests.world import NORTH, World

#: What no field takes, whatever its kind.
NEVER: tuple[Any, ...] = (["Canario7"], {"Canario7": "Canario7"})
TEXT: tuple[Any, ...] = (*NEVER, 7, True, "Canario7" * 40, "Cana\u0000rio7", "Cana\nrio7")
ANSWER: tuple[Any, ...] = (*NEVER, "maybe", True, 1, "YES")
CHOICE: tuple[Any, ...] = (*NEVER, "Canario7", 7, False)
FLAG: tuple[Any, ...] = (*NEVER, "yes", "true", 1, 0)

#: Kind by place, in a draft: types and lengths.
DRAFT: dict[str, tuple[Any, ...]] = {
    "/applicant/given_names": TEXT,
    "/applicant/family_names": TEXT,
    "/applicant/other_names": TEXT,
    "/applicant/date_of_birth": TEXT,
    "/applicant/country_of_birth": TEXT,
    "/applicant/a_number": TEXT,
    "/applicant/preferred_language": TEXT,
    "/applicant/interpreter_needed": ANSWER,
    "/contact/phone": TEXT,
    "/contact/phone_safe": ANSWER,
    "/contact/email": TEXT,
    "/contact/address": ("Canario7", 7, True, ["Canario7"]),
    "/contact/address/street": TEXT,
    "/contact/address/city": TEXT,
    "/contact/address/county": TEXT,
    "/contact/address/state": TEXT,
    "/contact/address/postal_code": TEXT,
    "/household/size": (*NEVER, True, 1.5, 10**30, "Canario7" * 3, "Cana\nrio7"),
    "/household/annual_income": TEXT,
    "/household/income_basis": CHOICE,
    "/immigration/status": CHOICE,
    "/immigration/in_removal_proceedings": ANSWER,
    "/immigration/custody": CHOICE,
    "/immigration/facility": TEXT,
    "/immigration/court": TEXT,
    "/immigration/next_hearing_on": TEXT,
    "/immigration/entered_on": TEXT,
    "/immigration/has_counsel": ANSWER,
    "/consents/store": FLAG,
    "/consents/share_with_partner": FLAG,
    "/applicant": ("Canario7", 7, ["Canario7"]),
    "/contact": ("Canario7", 7, ["Canario7"]),
    "/household": ("Canario7", 7, ["Canario7"]),
    "/immigration": ("Canario7", 7, ["Canario7"]),
    "/consents": ("Canario7", 7, ["Canario7"]),
}

#: What a draft keeps and a submission refuses.
SUBMITTED: dict[str, tuple[Any, ...]] = {
    "/applicant/given_names": (None, "", "   "),
    "/applicant/family_names": (None, "", "   "),
    "/applicant/date_of_birth": ("Canario7", "2188-03-04", "1888-03-04"),
    "/applicant/country_of_birth": ("Canario7", "ZZ", "gtm"),
    "/applicant/a_number": ("Canario7", "12", "A0123456789"),
    "/applicant/preferred_language": ("Canario7", "es", "unknown"),
    "/applicant/interpreter_needed": (None, "", "   "),
    "/contact/phone": ("Canario7", "12", "unknown"),
    "/contact/phone_safe": (None, "", "   "),
    "/contact/email": ("Canario7", "a@b", "a@b@c.org"),
    "/contact/address/state": ("Canario7", "ZZ", "MEX"),
    "/contact/address/postal_code": ("Canario7", "8020", "802044"),
    "/household/size": ("Canario7", 0, 31),
    "/household/annual_income": ("Canario7", "-5.00", "98765432100.00"),
    "/immigration/status": (None, "", "   "),
    "/immigration/in_removal_proceedings": (None, "", "   "),
    "/immigration/custody": (None, "", "   "),
    "/immigration/next_hearing_on": ("Canario7", "2188-03-04", "1888-03-04"),
    "/immigration/entered_on": ("Canario7", "2188-03-04", "1888-03-04"),
    "/immigration/has_counsel": (None, "", "   "),
    "/consents/store": (None, False, "yes"),
}


def put(pointer: str, value: Any) -> dict[str, Any]:
    """The complete body with one value in it."""
    made = deepcopy(BODY)
    *path, last = pointer[1:].split("/")
    here = made
    for step in path:
        here = here[step]
    here[last] = value
    return made


def must_refuse(answer: Any, pointer: str, what: Any) -> None:
    """4xx, with the field's own pointer and a sentence, and nothing of what was sent."""
    assert answer.status_code == 422, (pointer, what, answer.status_code, answer.text)
    document = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    pointers = [each["pointer"] for each in document["errors"]]
    assert any(each == pointer or each.startswith(f"{pointer}/") for each in pointers), (pointer, what, pointers)
    assert all(each["message"] and each["code"] for each in document["errors"])
    for canary in ("anario7", "Canario", "98765432100", "2188-03-04", "1888-03-04", "0123456789"):
        assert canary not in answer.text, (pointer, what)


def test_a_draft_refuses_what_has_the_wrong_type(world: World) -> None:
    for pointer, values in DRAFT.items():
        for value in values:
            must_refuse(world.intake.post("/applications", json=put(pointer, value)), pointer, value)
    assert world.intake.get("/applications").json()["items"] == []


def test_a_change_refuses_what_has_the_wrong_type(world: World) -> None:
    path = f"/applications/{taken(world)['id']}"
    for pointer, values in DRAFT.items():
        for value in values:
            answer = world.intake.patch(path, json=put(pointer, value), headers={"If-Match": '"1"'})
            must_refuse(answer, pointer, value)
    assert world.intake.get(path).json()["version"] == 1


def test_a_submission_refuses_what_a_draft_keeps(world: World) -> None:
    for pointer, values in SUBMITTED.items():
        for value in values:
            must_refuse(world.intake.post("/applications", json=put(pointer, value) | {"submit": True}), pointer, value)
            if value not in (None, "yes"):
                draft = taken(world, put(pointer, value))
                must_refuse(world.intake.post(f"/applications/{draft['id']}/submit"), pointer, value)
    assert world.intake.get("/applications?status=submitted").json()["items"] == []


def test_every_answer_is_tried() -> None:
    assert {*DRAFT} >= {*SUBMITTED}


def test_a_field_that_does_not_exist_is_refused(world: World) -> None:
    for place in ("", "/applicant", "/contact", "/contact/address", "/household", "/immigration", "/consents"):
        for name in ("role", "id", "given_name", "status2"):
            pointer = f"{place}/{name}"
            must_refuse(world.intake.post("/applications", json=put(pointer, "Canario7")), pointer, name)


def test_submit_is_true_or_false(world: World) -> None:
    for value in ("true", 1, None, "Canario7"):
        must_refuse(world.intake.post("/applications", json={**BODY, "submit": value}), "/submit", value)


def test_a_body_that_is_no_object_of_ours_is_refused(world: World) -> None:
    half_a_pair = ('{"applicant": {"given_names": "\\ud800"}}', '{"\\ud800": 1}', '{"household": {"size": "\\udfff"}}')
    for sent in ("", "{", "[]", "7", '"Canario7"', "null", '{"household": {"size": NaN}}', *half_a_pair):
        answer = world.intake.post("/applications", content=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (sent, answer.text)
        assert "Canario7" not in answer.text


UNKNOWN_ID = "00000000-0000-7000-8000-000000000000"
ID: tuple[Any, ...] = (*NEVER, "Canario7", 7, None)
WRITTEN: tuple[Any, ...] = (*NEVER, 7, True, "Canario7" * 400)

#: The other bodies: verb, a body that would do, and what is wrong with each field.
VERBS: dict[str, tuple[dict[str, Any], dict[str, tuple[Any, ...]]]] = {
    "accept": (
        {"fund_id": UNKNOWN_ID, "partner_id": UNKNOWN_ID, "representation": "full"},
        {
            "/fund_id": ID,
            "/partner_id": (*ID, UNKNOWN_ID),
            "/representation": (*CHOICE, None),
            "/case_type": CHOICE,
            "/close": (*FLAG, True),
            "/summary": WRITTEN,
            "/unknown": ("Canario7", 1, None),
        },
    ),
    **{
        verb: (
            {"reason": "capacity"},
            {"/reason": (*CHOICE, None), "/referral": WRITTEN, "/unknown": ("Canario7", 1, None)},
        )
        for verb in ("decline", "waitlist", "withdraw")
    },
    "needs-information": (
        {"missing": ["/household/size"]},
        {
            "/missing": ([], "Canario7", ["Canario7"], [7], ["/household/size"] * 40, ["/household"], None),
            "/note": WRITTEN,
            "/unknown": ("Canario7", 1, None),
        },
    ),
    "overrides": (
        {"fund_id": UNKNOWN_ID, "rule": "income", "reason": "Because"},
        {
            "/fund_id": (*ID, UNKNOWN_ID),
            "/rule": (*NEVER, "", None, "Canario7" * 20),
            "/reason": (*WRITTEN, "", "   ", None),
            "/unknown": ("Canario7", 1, None),
        },
    ),
}


def test_a_decision_refuses_what_it_does_not_know(world: World) -> None:
    made = submitted(world)
    for verb, (good, wrong) in VERBS.items():
        for pointer, values in wrong.items():
            for value in values:
                answer = world.intake.post(f"/applications/{made['id']}/{verb}", json={**good, pointer[1:]: value})
                must_refuse(answer, pointer, (verb, value))
    assert world.intake.get(f"/applications/{made['id']}").json()["status"] == "submitted"


def test_what_does_not_exist_is_404_before_its_body_is_judged(world: World) -> None:
    for verb in (*VERBS, "submit", "screenings", "conflict-checks"):
        for sent in ({}, {"Canario7": 1}, ["Canario7"]):
            answer = world.intake.post(f"/applications/{UNKNOWN_ID}/{verb}", json=sent)
            assert answer.status_code == 404, (verb, sent, answer.text)
        assert world.intake.post(f"/applications/nonsense/{verb}", json={}).status_code == 404


def test_a_case_is_offered_to_a_partner_that_is_there(world: World) -> None:
    made = submitted(world)
    answer = world.intake.post(
        f"/applications/{made['id']}/accept",
        json={"fund_id": UNKNOWN_ID, "partner_id": str(world.partners[NORTH]), "representation": "full"},
    )
    must_refuse(answer, "/fund_id", UNKNOWN_ID)
