"""The next step, the receipt that tells nothing, the drafts one goes on with, and a person's own words afterwards."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.audit.model import AuditEvent
from app.conflicts.rules import CheckResult, Resolution
from app.eligibility.rules import Outcome
from app.intake.rules import ApplicationStatus, Next, next_step
from tests.intake.stage import CANARIES, another, body, checked, open_fund, submitted, taken
from tests.story import Story
from tests.world import World

YES, NO, OPEN = Outcome.ELIGIBLE, Outcome.INELIGIBLE, Outcome.NEEDS_INFORMATION
CLEAR, REVIEW = CheckResult.CLEAR, CheckResult.REVIEW


@pytest.mark.parametrize(
    ("verdicts", "result", "resolution", "step"),
    [
        ({YES, NO}, None, None, Next.CHECK),
        ({YES, OPEN}, CLEAR, None, Next.ACCEPT),
        ({YES}, REVIEW, None, Next.WAIT_FOR_REVIEW),
        ({YES}, REVIEW, Resolution.NO_CONFLICT, Next.ACCEPT),
        ({YES}, REVIEW, Resolution.CONFLICT, Next.TURN_AWAY),
        ({NO, OPEN}, None, None, Next.ASK),
        ({NO}, CLEAR, None, Next.TURN_AWAY),
        (set(), None, None, Next.TURN_AWAY),
    ],
)
def test_one_step_brings_a_submitted_application_further(
    verdicts: set[Outcome], result: CheckResult | None, resolution: Resolution | None, step: Next
) -> None:
    assert next_step(ApplicationStatus.SUBMITTED, verdicts, result, resolution) is step


def test_every_status_has_its_next_step() -> None:
    steps = {status: next_step(status, {OPEN}, None, None) for status in ApplicationStatus}
    assert steps == {
        ApplicationStatus.DRAFT: Next.GO_ON,
        ApplicationStatus.SUBMITTED: Next.ASK,
        ApplicationStatus.NEEDS_INFORMATION: Next.ADD_ANSWERS,
        ApplicationStatus.WAITLISTED: Next.WAIT_FOR_HELP,
        ApplicationStatus.ACCEPTED: Next.NOTHING,
        ApplicationStatus.DECLINED: Next.NOTHING,
        ApplicationStatus.WITHDRAWN: Next.NOTHING,
    }


def test_the_page_offers_the_step_and_leads_to_the_missing_field(world: World) -> None:
    open_fund(world)
    made = submitted(world, body(household__annual_income="unknown"))
    assert made["next_step"] == "ask"
    page = world.intake.page(f"/applications/{made['id']}").text
    assert 'data-next="/applications/{id}/edit#/household/annual_income"' in page
    asked = world.intake.post(
        f"/applications/{made['id']}/needs-information", json={"missing": ["/household/annual_income"]}
    ).json()
    assert asked["next_step"] == "add_answers"
    assert (
        f'href="/applications/{made["id"]}/edit#/household/annual_income"'
        in world.intake.page(f"/applications/{made['id']}").text
    )
    ready = submitted(world, another())
    assert ready["next_step"] == "check"
    checked(world, ready)
    assert world.intake.get(f"/applications/{ready['id']}").json()["next_step"] == "accept"


def test_a_receipt_tells_nothing_in_every_language(world: World) -> None:
    phone = "303-555-0100"
    made = submitted(world)
    receipt = world.intake.get(f"/applications/{made['id']}/receipt").json()
    assert set(receipt) == {"id", "reference", "day", "decided", "call"}
    assert (receipt["reference"], receipt["decided"], receipt["call"]) == (made["reference"], False, None)
    partner = world.fund_admin.post("/partners", json={"name": "East Legal Aid", "phone": phone}).json()
    assert partner["phone"] == phone
    page = world.intake.page(f"/applications/{made['id']}/receipt").text
    shown = page[page.index("<main") : page.index("</main>")]
    assert made["reference"] in re.sub(r"<[^>]+>", "", shown)
    for words in ("What happens next", "Qué sigue", "Whom to call", "A quién llamar", 'lang="es"', 'lang="en"'):
        assert words in shown
    for word in (*CANARIES, "Intake Desk", "mmigra", "nmigra", "legal", "fund", "fondo", "status"):
        assert word.lower() not in shown.lower(), word
    assert world.other_intake.get(f"/applications/{made['id']}/receipt").status_code == 404
    with world.services.database.engine.connect() as connection:
        opened: Any = connection.execute(select(col(AuditEvent.groups)).order_by(col(AuditEvent.id).desc())).scalars()
        assert opened.first() == "", "nothing sealed was opened for it"


@pytest.mark.parametrize("phone", ["call me", "1", "<b>303-555-0100</b>"])
def test_a_partners_phone_is_a_number(world: World, phone: str) -> None:
    refused = world.fund_admin.post("/partners", json={"name": "East Legal Aid", "phone": phone})
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/phone"]


def test_drafts_of_ones_own_are_offered_to_go_on_with(world: World) -> None:
    mine = taken(world)
    taken(world, another(), who="intake_colleague")
    submitted(world, body(applicant__a_number=None))
    listed = world.intake.get("/applications?mine=true&status=draft").json()["items"]
    assert [each["id"] for each in listed] == [mine["id"]]
    page = world.intake.page("/applications/new").text
    assert "1 draft that you began" in page
    assert f"/applications/{mine['id']}/edit" in page
    assert "Teodoro" not in page
    assert "Only mine" in world.intake.page("/applications?mine=true").text
    edited = world.intake.page(f"/applications/{mine['id']}/edit").text
    assert "draft that you began" not in edited


def test_own_words_go_with_the_case_and_leave_the_desk(world: World) -> None:
    words = "I am afraid.\nThey took my brother."
    story = Story(world).begin().apply(notes={"own_words": words})
    reveal = {"group": "notes", "purpose": "representation"}
    path = f"/applicants/{story.applicant}/reveal"
    assert world.intake.post(path, json=reveal).json() == {"own_words": words}
    assert world.attorney.post(path, json=reveal).status_code == 404
    story.accept().assign()
    assert world.attorney.post(path, json=reveal).json() == {"own_words": words}
    for other in (world.intake, world.intake_colleague, world.colleague):
        assert other.post(path, json=reveal).status_code == 404
    assert world.partner_admin.post(path, json=reveal).status_code == 403
    assert world.intake.get(f"/applications/{story.application}").json()["notes"] is None
