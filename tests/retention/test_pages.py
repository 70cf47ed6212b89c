"""The pages of holds and erasures, for everybody who may open them, in every state there is."""

import json
from hashlib import sha256

from app.retention.rules import ErasureCause
from tests.retention.stage import closed_story, declined
from tests.retention.ways import erase, held_and_asked, lift, put_on_hold
from tests.story import Story, said
from tests.world import World

SECRET = "A demand came by mail."


def test_every_state_has_its_page(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    ids = held_and_asked(world, story.case)
    page = world.approver.page("/retention").text
    assert "Ask to lift it" in page
    assert f"/api/v1/retention/erasures/{ids['erasure_id']}/approve" in page
    own = world.fund_admin.page("/retention").text
    assert f"/api/v1/retention/erasures/{ids['erasure_id']}/approve" not in own, "asked for it"
    for who in ("attorney", "partner_admin", "auditor"):
        assert "Ask to lift it" not in getattr(world, who).page("/retention").text
    assert world.intake.page("/retention").status_code == 403
    assert "On legal hold since" in world.attorney.page(f"/cases/{story.case}").text
    assert "Erasures to approve" in world.approver.page("/").text
    said(world.approver.post(f"/holds/{ids['hold_id']}/lift", json={}))
    assert "Agree to lift it" in world.releaser.page("/retention").text
    assert "Agree to lift it" not in world.approver.page(f"/holds/{ids['hold_id']}").text
    said(world.releaser.post(f"/holds/{ids['hold_id']}/lift", json={}))
    assert "On legal hold since" not in world.attorney.page(f"/cases/{story.case}").text


def test_why_there_is_a_hold_is_for_those_who_may_know(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    hold = put_on_hold(world, case_id=story.case)
    for who, knows in (("fund_admin", True), ("approver", True), ("attorney", False), ("auditor", False)):
        view = said(getattr(world, who).get(f"/holds/{hold}"))
        assert view["reason"] == (SECRET if knows else None), who
        assert (SECRET in getattr(world, who).page(f"/holds/{hold}").text) == knows, who
    assert world.attorney2.get(f"/holds/{hold}").status_code == 404
    assert SECRET not in world.fund_admin.get("/holds").text
    everything = {"everything": True, "reason_code": "audit", "reason": "All of it."}
    assert world.attorney.post("/holds", json=everything).json()["code"] == "hold.everything"
    said(world.attorney.post("/holds", json={"case_id": story.case, "reason_code": "other", "reason": "Mine."}), 201)
    other = {"case_id": story.case, "reason_code": "other", "reason": "Not mine."}
    assert world.attorney2.post("/holds", json=other).status_code == 404
    none = world.fund_admin.post("/holds", json={"reason_code": "other", "reason": "Of what?"})
    assert none.status_code == 422
    wrong = world.fund_admin.post("/holds", json={"reference": "Garcia", "reason_code": "other", "reason": "Who?"})
    assert wrong.status_code == 422
    assert "Garcia" not in wrong.text


def test_a_reference_of_any_kind_names_the_person(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    application = said(world.intake.get(f"/applications/{story.application}"))["reference"]
    applicant = said(world.attorney.get(f"/cases/{story.case}"))["applicant"]["reference"]
    for reference, scope in ((story.reference, "case"), (application, "applicant"), (applicant, "applicant")):
        form = {"reference": reference.lower(), "reason_code": "audit", "reason": "x"}
        made = said(world.fund_admin.post("/holds", json=form), 201)
        assert (made["scope"], made["applicant_id"]) == (scope, story.applicant)
        lift(world, made["id"])


def test_the_certificate_proves_itself(world: World) -> None:
    story = closed_story(world)
    erasure_id = erase(world, story.applicant)
    page = world.auditor.page(f"/retention/erasures/{erasure_id}/certificate")
    for who in ("auditor", "partner_admin", "fund_admin"):
        page = getattr(world, who).page(f"/retention/erasures/{erasure_id}/certificate")
        assert page.status_code == 200, who
    proof = said(world.auditor.get(f"/retention/erasures/{erasure_id}/certificate"))
    assert proof["digest"] in page.text
    assert story.applicant not in page.text
    digest = proof.pop("digest")
    plain = json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sha256(plain.encode()).hexdigest() == digest
    assert world.attorney2.get(f"/retention/erasures/{erasure_id}/certificate").status_code == 404
    assert "was erased on" in world.fund_admin.page(f"/cases/{story.case}").text
    assert said(world.admin.get("/retention/waiting")) == {
        "noticed": 0,
        "approved": 0,
        "keys_left": 0,
        "epochs_left": 0,
    }


def test_what_was_asked_for_can_be_taken_back(world: World) -> None:
    applicant = declined(world)
    form = {"applicant_id": applicant, "cause": ErasureCause.PERSON_ASKED.value}
    made = said(world.fund_admin.post("/retention/erasures", json=form), 201)
    assert world.fund_admin.post("/retention/erasures", json=form).json()["code"] == "erasure.asked"
    said(world.fund_admin.post(f"/retention/erasures/{made['id']}/withdraw", json={}))
    again = said(world.fund_admin.post("/retention/erasures", json=form), 201)
    assert again["id"] != made["id"]
    assert world.approver.post(f"/retention/erasures/{made['id']}/approve", json={}).status_code == 409


def test_the_desk_sees_that_somebody_is_on_hold_and_not_why(world: World) -> None:
    story = Story(world).begin().apply()
    page = f"/applications/{story.application}"
    assert "On legal hold" not in world.intake.page(page).text
    hold = put_on_hold(world, applicant_id=story.applicant)
    shown = world.intake.page(page).text
    assert "On legal hold since" in shown
    assert "demand" not in shown.lower(), "the reason is not the desk's"
    lift(world, hold)
    assert "On legal hold" not in world.intake.page(page).text
    put_on_hold(world)
    assert "On legal hold since" in world.intake.page(page).text, "a hold on everything is one on them"
