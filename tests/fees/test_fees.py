"""Schedules by two people, quotes, waivers and notices over HTTP, and what is shown of them to whom."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.access.sights import OPERATOR
from app.fees.actions import propose_at_the_machine
from app.fees.model import FeeNotice, FeeQuote, FeeSchedule, FeeWaiver
from app.fees.reads.schedules import shipped
from app.machine import working
from tests.fees.files import dearer, written
from tests.retention.ways import erase
from tests.story import Story, said
from tests.world import World, key, today

PERMIT, FIRST = "uscis-i-765-general-online-2024", "uscis-i-765-first-humanitarian-fy2026"


def case_of(world: World) -> Story:
    """A case at work, and a fund with money for filing fees."""
    story = Story(world).begin().apply().accept().assign()
    money = {"category": "filing_fees", "amount": "2000.00"}
    said(world.fund_admin.post(f"/funds/{story.fund}/allocations", json=money, headers=key()), 201)
    return story


def propose(world: World, content: str) -> Any:
    return said(world.fund_admin.post("/fees/schedules", json={"content": content}), 201)


def codes(answer: Any) -> list[str]:
    return [each["code"] for each in said(answer, 422)["errors"]]


def test_a_schedule_is_handed_in_by_one_and_put_in_force_by_another(world: World) -> None:
    before = said(world.attorney.get("/fees?as_of=2026-11-23&form=i-589 annual"))
    assert [(each["agency"], each["amount"]) for each in before["items"]] == [("eoir", "100.00"), ("uscis", "102.00")]
    assert [each["amount"] for each in before["reported"]] == ["105.00"]
    assert before["schedule"] == 0
    found = propose(world, dearer())
    assert [each["after"]["id"] for each in found["changes"]] == ["uscis-aaf-2026", "uscis-aaf-reported-2026"]
    confirm = f"/fees/schedules/{found['id']}/confirm"
    assert said(world.fund_admin.post(confirm), 403)["code"] == "fees.second_person"
    assert said(world.approver.post(confirm))["schedule"]["status"] == "in_force"
    assert said(world.releaser.post(confirm), 409)["code"] == "fees.decided"
    after = said(world.attorney.get("/fees?as_of=2026-11-23&form=I-589"))
    assert "105.00" in [each["amount"] for each in after["items"]]
    assert said(world.attorney.get("/fees?as_of=2026-10-15&form=I-589"))["schedule"] == 1
    listed = said(world.auditor.get("/fees/schedules"))["items"]
    assert [(each["number"], each["status"]) for each in listed] == [(1, "in_force"), (0, "ended")]
    assert world.attorney.get("/fees/content").text == dearer()
    third = propose(world, shipped())
    said(world.approver.post(f"/fees/schedules/{third['id']}/confirm"))
    then = said(world.attorney.get(f"/fees?as_of=2026-11-23&form=I-589&schedule_id={found['id']}"))
    assert "105.00" in [each["amount"] for each in then["items"]]


def test_a_bad_file_names_its_lines_and_leaves_nothing(world: World) -> None:
    bad = {"content": written({"amount": "x"}, {"id": "second", "form": "I-91", "waivable": "perhaps"})}
    for path in ("/fees/schedules", "/fees/schedules/check"):
        told = said(world.fund_admin.post(path, json=bad), 422)["errors"]
        assert [each["message"] for each in told] == [
            "Line 2, amount: write an amount in dollars, like 1250.00.",
            "Line 3, waivable: write yes or no.",
        ]
    assert len(said(world.fund_admin.get("/fees/schedules"))["items"]) == 1
    assert said(world.fund_admin.post("/fees/schedules", json={"content": shipped()}), 409)["code"] == "fees.same"
    checked = said(world.fund_admin.post("/fees/schedules/check", json={"content": dearer()}))
    assert len(checked["changes"]) == 2


def test_the_machines_operator_hands_in_and_somebody_of_the_fund_confirms(world: World) -> None:
    with working(world.services) as work:
        schedule_id = propose_at_the_machine(work, dearer())
    taken = said(world.fund_admin.post(f"/fees/schedules/{schedule_id}/withdraw"))["schedule"]
    assert (taken["status"], taken["loaded_by"]) == ("withdrawn", None)


def test_a_schedule_stays_as_it_was_and_is_never_deleted(world: World) -> None:
    found = propose(world, dearer())
    for statement in (update(FeeSchedule).values(content="x"), delete(FeeSchedule)):
        with pytest.raises(DBAPIError), world.services.database.writing(OPERATOR) as connection:
            connection.execute(statement)
    assert (
        said(world.fund_admin.get(f"/fees/schedules/{found['id']}"))["schedule"]["digest"]
        == found["schedule"]["digest"]
    )


def test_a_quote_stays_what_it_was_and_a_granted_waiver_drops_its_line(world: World) -> None:
    story = case_of(world)
    path = f"/cases/{story.case}"
    asked = {"filed_on": "2026-11-23", "fees": [PERMIT, FIRST]}
    first = said(world.attorney.post(f"{path}/fee-quotes", json=asked), 201)
    assert (first["total"], first["firm"]) == ("1030.00", True)
    assert [each["instruments"][0]["form"] for each in first["payments"]] == ["G-1650", "G-1650"]
    waiver = {"agency": "uscis", "form": "i-765", "state": "pending", "basis": "income", "filed_on": "2026-10-01"}
    made = said(world.attorney.post(f"{path}/fee-waivers", json=waiver), 201)
    assert (made["form"], made["eoir_code"], made["asked_by_form"]) == ("I-765", "P", "I-912")
    at = f"{path}/fee-waivers/{made['id']}"
    grant = {"state": "granted", "decided_on": "2026-10-20"}
    assert said(world.attorney.patch(at, json=grant), 428)
    assert said(world.attorney.patch(at, json=grant, headers={"If-Match": '"1"'}))["basis"] == "income"
    assert said(world.attorney.patch(at, json=grant, headers={"If-Match": '"1"'}), 412)
    assert said(world.attorney.patch(at, json=grant, headers={"If-Match": '"2"'}), 409)["code"] == "waiver.state"
    second = said(world.partner_admin.post(f"{path}/fee-quotes", json=asked), 201)
    assert (second["total"], second["waived"]) == ("560.00", "470.00")
    assert said(world.attorney.get(f"{path}/fee-quotes/{first['id']}")) == first
    with pytest.raises(DBAPIError), world.services.database.writing(OPERATOR) as connection:
        connection.execute(update(FeeQuote).values(total=1))


def test_what_is_missing_or_can_not_be_waived_is_told(world: World) -> None:
    story = case_of(world)
    path = f"/cases/{story.case}/fee-waivers"
    bad = {"agency": "uscis", "form": "I-765", "state": "granted"}
    assert codes(world.attorney.post(path, json=bad)) == ["waiver.basis", "waiver.filed", "waiver.decided"]
    assert codes(world.attorney.post(path, json={"agency": "uscis", "form": "I-589"})) == ["waiver.never"]
    assert codes(world.attorney.post(path, json={"agency": "uscis", "form": "X-1"})) == ["waiver.no_fee"]
    said(world.attorney.post(path, json={"agency": "uscis", "form": "I-90"}), 201)
    assert said(world.attorney.post(path, json={"agency": "uscis", "form": "I-90"}), 409)["code"] == "waiver.there"
    quote = {"filed_on": "2026-11-23", "fees": ["uscis-i-589-asylum-fy2025"]}
    assert codes(world.attorney.post(f"/cases/{story.case}/fee-quotes", json=quote)) == ["fees.no_price"]


def test_the_income_is_told_as_an_answer_only_and_to_its_attorney_only(world: World) -> None:
    story = case_of(world)
    path = f"/cases/{story.case}/income-for-waiver"
    # 38,000 dollars for four in Colorado: below 150 percent of 33,000.
    assert said(world.attorney.get(path)) == {"within": "yes", "percent": "150"}
    assert [getattr(world, who).get(path).status_code for who in ("partner_admin", "attorney2", "fund_admin")] == [
        403,
        404,
        403,
    ]


def test_a_notice_opens_a_clock_and_the_short_way_asks_for_the_money(world: World) -> None:
    story = case_of(world)
    path = f"/cases/{story.case}/fee-notices"
    noticed = today() - timedelta(days=3)
    tomorrow = {"noticed_on": (today() + timedelta(days=1)).isoformat()}
    assert codes(world.attorney.post(path, json=tomorrow)) == ["fee_notice.later"]
    assert codes(world.attorney.post(path, json={"noticed_on": "2026-03-01"})) == ["fee_notice.no_clock"]
    same = key()
    made = said(world.attorney.post(path, json={"noticed_on": noticed.isoformat()}, headers=same), 201)
    assert said(world.attorney.post(path, json={"noticed_on": noticed.isoformat()}, headers=same), 201) == made
    assert (made["due_on"], made["days_left"], made["amount"]) == (str(noticed + timedelta(days=30)), 27, "102.00")
    deadline = said(world.attorney.get(f"/cases/{story.case}"))["deadlines"][0]
    assert (deadline["kind"], deadline["due_on"]) == ("annual_asylum_fee", made["due_on"])
    assert "Annual Asylum Fee" in world.attorney.page("/").text
    ask, form = f"{path}/{made['id']}/request", {"fund_id": story.fund}
    assert said(world.attorney.post(ask, json=form), 428)
    asked = said(world.attorney.post(ask, json=form, headers=same), 201)
    assert said(world.attorney.post(ask, json=form, headers=same), 201) == asked
    award = said(world.fund_admin.get(f"/awards/{asked['award_id']}"))
    assert (award["amount"], award["category"], award["status"]) == ("102.00", "filing_fees", "requested")
    assert said(world.attorney.post(ask, json=form, headers=key()), 409)["code"] == "fee_notice.asked"
    home = world.fund_admin.page("/").text
    assert "Fee due: 27 days left" in home
    assert "Asylum" not in home
    paid = {"paid_on": today().isoformat()}
    assert said(world.attorney.post(f"{path}/{made['id']}/paid", json=paid))["open"] is False
    assert said(world.attorney.get(f"/cases/{story.case}"))["deadlines"][0]["standing"] == "completed"
    assert "Fee due" not in world.fund_admin.page("/").text
    assert said(world.attorney.post(f"{path}/{made['id']}/paid", json=paid), 409)["code"] == "fee_notice.over"


def test_no_money_is_asked_for_by_an_example(world: World) -> None:
    story = case_of(world)
    example = dearer().replace("official", "example")
    said(world.approver.post(f"/fees/schedules/{propose(world, example)['id']}/confirm"))
    path = f"/cases/{story.case}/fee-notices"
    made = said(world.attorney.post(path, json={"noticed_on": today().isoformat()}), 201)
    refused = world.attorney.post(f"{path}/{made['id']}/request", json={"fund_id": story.fund}, headers=key())
    assert said(refused, 409)["code"] == "fees.example"
    assert said(world.attorney.get(f"/cases/{story.case}/fee-quotes"))["items"] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_say_what_the_rows_say(world: World, language: str) -> None:
    story = case_of(world)
    found = propose(world, dearer())
    said(world.attorney.post(f"/cases/{story.case}/fee-notices", json={"noticed_on": today().isoformat()}), 201)
    asked = {"filed_on": "2026-11-23", "fees": [PERMIT, FIRST, "eoir-eoir-26-appeal-2025"]}
    said(world.attorney.post(f"/cases/{story.case}/fee-quotes", json=asked), 201)
    said(world.attorney.post(f"/cases/{story.case}/fee-waivers", json={"agency": "uscis", "form": "I-765"}), 201)
    for who in ("attorney", "fund_admin", "approver"):
        said(getattr(world, who).patch("/session", json={"language": language}))
    of_case = world.attorney.page(f"/cases/{story.case}/fees").text
    assert "$2,040.00" in of_case
    assert "G-1650" in of_case
    assert "$102.00" in world.attorney.page("/fees?as_of=2026-11-23").text
    assert "uscis-aaf-2026" in world.approver.page(f"/fees/schedules/{found['id']}").text
    assert world.fund_admin.page("/fees/new").status_code == 200


def test_an_erased_person_leaves_no_form_behind(world: World) -> None:
    story = case_of(world)
    said(world.attorney.post(f"/cases/{story.case}/fee-notices", json={"noticed_on": today().isoformat()}), 201)
    said(world.attorney.post(f"/cases/{story.case}/fee-waivers", json={"agency": "uscis", "form": "I-765"}), 201)
    said(world.attorney.post(f"/cases/{story.case}/fee-quotes", json={"filed_on": "2026-11-23", "fees": [PERMIT]}), 201)
    closing = {"outcome": "services_completed", "reason": "done"}
    said(world.attorney.post(f"/cases/{story.case}/close", json=closing))
    erase(world, story.applicant)
    with world.services.database.connect(OPERATOR) as connection:
        for table in (FeeNotice, FeeQuote, FeeWaiver):
            assert connection.execute(select(col(table.id))).all() == []
