"""The way of an application, from a draft to its disposition."""

from concurrent.futures import ThreadPoolExecutor

from tests.intake.stage import BODY, acceptance, accepted, body, checked, open_fund, submitted, taken
from tests.world import INTAKE_DESK, NORTH, World, key


def test_a_draft_may_be_empty_and_comes_back(world: World) -> None:
    made = taken(world, {})
    assert (made["status"], made["version"], made["screenings"]) == ("draft", 1, [])
    read = world.intake.get(f"/applications/{made['id']}")
    assert read.status_code == 200
    assert read.headers["ETag"] == '"1"'
    assert read.json() == made


def test_submitting_screens_by_every_open_fund(world: World) -> None:
    colorado = open_fund(world)
    open_fund(world, "denver-dilsf", "Denver fund")
    made = submitted(world)
    assert made["status"] == "submitted"
    assert [(each["fund"], each["verdict"]) for each in made["screenings"]] == [
        ("Colorado fund", "eligible"),
        ("Denver fund", "eligible"),
    ]
    first = made["screenings"][0]
    assert first["fund_id"] == colorado
    assert first["ruleset"] == "colorado-ildf@2021-07"
    assert first["reference_data"] is not None
    income = next(rule for rule in first["rules"] if rule["rule"] == "income")
    assert income["verdict"] == "pass"
    assert "$31,337.42" in income["explanation"]
    assert "200 percent" in income["basis"]


def test_reasons_come_in_the_language_of_the_reader(world: World) -> None:
    open_fund(world)
    made = submitted(world)
    spanish = world.intake.get(f"/applications/{made['id']}", headers={"Accept-Language": "es"}).json()
    english = world.intake.get(f"/applications/{made['id']}").json()
    assert spanish["screenings"][0]["verdict"] == english["screenings"][0]["verdict"]
    for rule, regla in zip(english["screenings"][0]["rules"], spanish["screenings"][0]["rules"], strict=True):
        assert regla["rule"] == rule["rule"]
        for text in ("title", "explanation", "basis"):
            assert regla[text] != rule[text], (rule["rule"], text)
    income = next(each for each in spanish["screenings"][0]["rules"] if each["rule"] == "income")
    assert "$31,337.42" in income["explanation"]


def test_what_a_draft_has_is_what_was_typed(world: World) -> None:
    made = taken(world)
    for section in ("applicant", "contact", "immigration", "notes", "consents"):
        assert made[section] == BODY[section], section
    assert made["household"] == BODY["household"] | {"incomes": None}


def test_accepting_makes_a_case_and_ends_the_reach_of_intake(world: World) -> None:
    fund = open_fund(world)
    application, case = accepted(world, fund)
    assert case["status"] == "offered"
    assert case["reference"].startswith("CA-")
    assert case["partner"] == {"id": str(world.partners[NORTH]), "name": NORTH}
    assert case["fund_id"] == fund
    read = world.intake.get(f"/applications/{application['id']}").json()
    assert read["status"] == "accepted"
    assert read["case"]["reference"] == case["reference"]
    for section in ("applicant", "contact", "household", "immigration", "missing", "note", "referral"):
        assert read[section] is None, section
    assert [each["rules"] for each in read["screenings"]] == [None]
    assert read["acts"] == []
    reveal = {"group": "identity", "purpose": "intake"}
    assert world.intake.post(f"/applicants/{application['applicant_id']}/reveal", json=reveal).status_code == 404
    assert world.intake.get(f"/cases/{case['id']}").status_code == 403


def test_facts_of_the_court_go_with_the_case(world: World) -> None:
    fund = open_fund(world)
    _, case = accepted(world, fund)
    seen = world.partner_admin.get(f"/cases/{case['id']}").json()
    assert seen["custody"] == "never_detained"
    assert seen["court"] == "Denver"
    assert seen["next_hearing"]["held_on"] == "2027-05-06"


def test_advice_that_was_given_closes_the_case_at_once(world: World) -> None:
    fund = open_fund(world)
    application = submitted(world)
    checked(world, application)
    path = f"/applications/{application['id']}/accept"
    refused = world.intake.post(path, json=acceptance(world, fund, close=True))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/close"
    advice = acceptance(world, fund, close=True, representation="brief_advice", summary="Explained the notice.")
    answer = world.intake.post(path, json=advice)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "closed"
    assert answer.json()["representation"] == "brief_advice"


def test_only_the_first_of_two_decisions_counts(world: World) -> None:
    fund = open_fund(world)
    application, case = accepted(world, fund)
    path = f"/applications/{application['id']}"
    for verb, sent in (
        ("accept", acceptance(world, fund)),
        ("decline", {"reason": "capacity"}),
        ("waitlist", {"reason": "capacity"}),
        ("withdraw", {"reason": "other"}),
        ("needs-information", {"missing": ["/household/size"]}),
        ("submit", None),
        ("screenings", None),
        ("conflict-checks", None),
    ):
        answer = world.intake.post(f"{path}/{verb}", **({"json": sent} if sent else {}))
        assert (answer.status_code, answer.json()["code"]) == (409, "application.decided"), verb
    assert world.intake.get(path).json()["case"]["id"] == case["id"]


def test_the_same_key_gives_the_same_case(world: World) -> None:
    fund = open_fund(world)
    application = submitted(world)
    checked(world, application)
    path, header = f"/applications/{application['id']}/accept", key()
    first = world.intake.post(path, json=acceptance(world, fund), headers=header)
    again = world.intake.post(path, json=acceptance(world, fund), headers=header)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_same_key_makes_one_application(world: World) -> None:
    header = key()
    first = world.intake.post("/applications", json=BODY, headers=header)
    again = world.intake.post("/applications", json=BODY, headers=header)
    assert first.json()["id"] == again.json()["id"]
    assert len(world.intake.get("/applications").json()["items"]) == 1
    other = world.intake.post("/applications", json=body(household__size=5), headers=header)
    assert other.status_code == 422


def test_submitting_twice_with_one_key_screens_once(world: World) -> None:
    open_fund(world)
    made = taken(world)
    header = key()
    first = world.intake.post(f"/applications/{made['id']}/submit", headers=header)
    again = world.intake.post(f"/applications/{made['id']}/submit", headers=header)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["screenings"] == again.json()["screenings"]
    third = world.intake.post(f"/applications/{made['id']}/submit")
    assert (third.status_code, third.json()["code"]) == (409, "application.submitted")


def test_a_declined_person_is_counted_by_reason_and_the_referral_is_sealed(world: World) -> None:
    made = submitted(world)
    answer = world.intake.post(
        f"/applications/{made['id']}/decline", json={"reason": "over_income", "referral": "The clinic on Canary Street"}
    )
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reason"]) == ("declined", "over_income")
    assert "Canary Street" not in answer.text


def test_the_waiting_list_stays_open_to_the_desk(world: World) -> None:
    fund = open_fund(world)
    made = submitted(world)
    checked(world, made)
    path = f"/applications/{made['id']}"
    waiting = world.intake.post(f"{path}/waitlist", json={"reason": "capacity", "referral": "Call in May"}).json()
    assert (waiting["status"], waiting["reason"], waiting["referral"]) == ("waitlisted", "capacity", "Call in May")
    assert waiting["contact"]["phone"] == "303-555-0142"
    assert world.intake.post(f"{path}/accept", json=acceptance(world, fund)).status_code == 201


def test_a_draft_can_be_discarded(world: World) -> None:
    made = taken(world)
    answer = world.intake.post(f"/applications/{made['id']}/withdraw", json={"reason": "other"})
    assert (answer.status_code, answer.json()["status"], answer.json()["applicant"]) == (200, "withdrawn", None)


def test_missing_information_opens_the_answers_again(world: World) -> None:
    fund = open_fund(world)
    made = submitted(world, body(household__annual_income="unknown"))
    assert made["screenings"][0]["verdict"] == "needs_information"
    path = f"/applications/{made['id']}"
    locked = world.intake.patch(path, json={}, headers={"If-Match": f'"{made["version"]}"'})
    assert (locked.status_code, locked.json()["code"]) == (409, "application.submitted")
    asked = world.intake.post(
        f"{path}/needs-information", json={"missing": ["/household/annual_income"], "note": "Brings pay stubs"}
    ).json()
    assert (asked["status"], asked["missing"], asked["note"]) == (
        "needs_information", ["/household/annual_income"], "Brings pay stubs",
    )  # fmt: skip
    changed = world.intake.patch(
        path, json={"household": {"annual_income": "20000"}}, headers={"If-Match": f'"{asked["version"]}"'}
    )
    assert changed.status_code == 200, changed.text
    early = world.intake.post(f"{path}/accept", json=acceptance(world, fund))
    assert (early.status_code, early.json()["code"]) == (409, "application.needs_information")
    again = world.intake.post(f"{path}/submit").json()
    assert (again["status"], again["missing"], again["note"]) == ("submitted", [], None)
    assert again["screenings"][0]["verdict"] == "eligible"
    assert again["submitted_at"] == made["submitted_at"]


def test_screening_again_keeps_the_old_snapshot(world: World) -> None:
    open_fund(world)
    made = submitted(world)
    open_fund(world, "filing-fees-example", "Fees")
    again = world.intake.post(f"/applications/{made['id']}/screenings")
    assert again.status_code == 201
    assert len(again.json()["screenings"]) == 2
    before = {each["id"] for each in made["screenings"]}
    assert before.isdisjoint(each["id"] for each in again.json()["screenings"])
    with world.act_as("auditor") as work:
        work.decided = True
        count = work.session.connection().exec_driver_sql("SELECT count(*) FROM screening").scalar_one()
    assert count == 3


def test_answers_go_to_a_partner_only_with_consent(world: World) -> None:
    fund = open_fund(world)
    for consent in (None, False):
        made = submitted(world, body(consents__share_with_partner=consent))
        check = checked(world, made)
        if check["result"] == "review":
            review = {"resolution": "no_conflict", "reason": "The same person again"}
            world.fund_admin.post(f"/conflict-checks/{check['id']}/resolve", json=review)
        path = f"/applications/{made['id']}/accept"
        refused = world.intake.post(path, json=acceptance(world, fund))
        assert (refused.status_code, refused.json()["code"]) == (409, "consent.share"), consent
        assert world.intake.post(path, json=acceptance(world, fund, INTAKE_DESK)).status_code == 201


def test_an_application_becomes_one_case_however_many_decide_at_once(world: World) -> None:
    fund = open_fund(world)
    made = submitted(world)
    checked(world, made)

    def decide(verb: str) -> int:
        sent = acceptance(world, fund) if verb == "accept" else {"reason": "capacity"}
        return int(world.intake.post(f"/applications/{made['id']}/{verb}", json=sent).status_code)

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(decide, ["accept", "decline"] * 6))
    assert sorted(answers)[:2] in ([200, 409], [201, 409])
    assert set(answers) <= {200, 201, 409}
    with world.services.database.engine.connect() as connection:
        cases = connection.exec_driver_sql('SELECT count(*) FROM "case"').scalar_one()
    status = world.intake.get(f"/applications/{made['id']}").json()["status"]
    assert (status, cases) in (("accepted", 1), ("declined", 0))


def test_a_draft_that_two_people_hand_in_at_once_is_screened_once(world: World) -> None:
    open_fund(world)
    made = taken(world)
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(
            lambda who: getattr(world, who).post(f"/applications/{made['id']}/submit").status_code,
            ["intake", "intake_colleague"] * 3,
        ))  # fmt: skip
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    with world.services.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM screening").scalar_one() == 1
