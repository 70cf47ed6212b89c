"""What waits for whom: the order, who may, what keeps one from it, what is left; and that words and picture agree."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup, Tag

from app.disbursements.reads.acts import acts
from app.disbursements.reads.disbursements import disbursements
from app.disbursements.reads.filter import DisbursementFilter
from app.disbursements.reads.waiting import WaitingFilter, waiting
from app.disbursements.rules import WAITS_FOR
from tests.funds.stage import answered, award, disbursement, draft, payee, request_award, step
from tests.world import World, key

#: A payment waits in each of these; in the others its way is over.
OPEN = ("draft", "submitted", "approved", "released")
OVER = ("settled", "rejected", "returned", "reversed")


def listed(world: World, person: str, query: str = "") -> Any:
    return answered(getattr(world, person).get(f"/disbursements/waiting{query}"))


@pytest.fixture
def award_id(world: World) -> str:
    return str(award(world, "1000.00")["id"])


def test_what_waits_stands_oldest_first_with_what_is_left(world: World, award_id: str) -> None:
    made = [disbursement(world, status, "10.00", award_id) for status in (*OPEN[::-1], *OVER)]
    found = listed(world, "fund_admin")
    assert [each["disbursement"]["id"] for each in found["items"]] == [each["id"] for each in made[:4]]
    assert [each["waits_for"] for each in found["items"]] == ["settle", "release", "approve", "submit"]
    assert [(each["verb"], each["count"], each["amount"]) for each in found["steps"]] == [
        (verb, 1, "10.00") for verb in ("submit", "approve", "release", "settle")
    ]
    # Forty are under way and ten are settled; what was rejected or came back is free again.
    assert {each["left_on_award"] for each in found["items"]} == {"950.00"}
    assert {each["left_in_category"] for each in found["items"]} == {"49000.00"}
    assert {each["days"] for each in found["items"]} == {0}


def test_pages_of_the_queue_leave_none_out(world: World, award_id: str) -> None:
    made = [disbursement(world, "submitted", "1.00", award_id)["id"] for _ in range(5)]
    found, cursor = [], ""
    while True:
        page = listed(world, "auditor", f"?limit=2{cursor}")
        found += [each["disbursement"]["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == made


def test_who_may_take_the_next_step(world: World, award_id: str) -> None:
    submitted = disbursement(world, "submitted", "1.00", award_id)["id"]
    (found,) = listed(world, "approver")["items"]
    assert [each["name"] for each in found["may"]] == ["Approver", "Fund Admin", "Releaser"]
    step(world, submitted, "approve")
    (found,) = listed(world, "approver")["items"]
    assert [each["name"] for each in found["may"]] == ["Fund Admin", "Releaser"]
    assert [(each["verb"], each["bar"]) for each in found["acts"]] == [("release", "took_part"), ("reject", None)]
    step(world, submitted, "release")
    (found,) = listed(world, "auditor")["items"]
    assert [each["name"] for each in found["may"]] == ["Fund Admin"]
    assert found["acts"] == []
    # The fund's people and what a fund has are nothing for those on the case.
    (found,) = listed(world, "attorney")["items"]
    assert (found["may"], found["left_in_category"], found["left_on_award"]) == (None, None, "999.00")
    for person in ("attorney2", "colleague", "partner_admin2"):
        assert listed(world, person)["items"] == []
        assert sum(each["count"] for each in listed(world, person)["steps"]) == 0


def test_mine_are_those_that_i_may_move_on(world: World, award_id: str) -> None:
    """The condition of the list and the rule that refuses agree for every person and every payment."""
    for status in OPEN:
        for _ in range(2):
            disbursement(world, status, "1.00", award_id)
    drafted = draft(world, award_id, payee(world, name="Another")["id"], "1.00", by="partner_admin")["id"]
    step(world, drafted, "submit", by="partner_admin")
    people = ("fund_admin", "approver", "releaser", "auditor", "attorney", "partner_admin", "attorney2")
    seen = 0
    for person in people:
        with world.act_as(person, writes=False) as work:
            every = disbursements(work, DisbursementFilter()).items
            able = acts(work, every)
            free = {
                each.id
                for each in every
                if any(act.verb is WAITS_FOR.get(each.status) and act.bar is None for act in able[each.id])
            }
            mine = {each.disbursement.id for each in waiting(work, WaitingFilter(mine=True)).items}
        assert mine == free, person
        seen += len(mine)
        named = {
            UUID(each["disbursement"]["id"])
            for each in listed(world, "auditor")["items"]
            if str(world.people[person]) in [may["id"] for may in each["may"]]
        }
        submitting = {each.id for each in every if each.status.value == "draft"}
        assert named == free - submitting, person
    assert seen > 10


def test_age_is_counted_from_the_last_step(world: World, award_id: str) -> None:
    disbursement(world, "submitted", "1.00", award_id)
    with world.act_as("auditor", writes=False, now=datetime.now(UTC) + timedelta(days=9)) as work:
        (found,) = waiting(work, WaitingFilter()).items
    assert found.days == 9
    assert found.since == found.disbursement.steps[-1].at


def test_filters(world: World, award_id: str) -> None:
    made = disbursement(world, "submitted", "1.00", award_id)
    north, south = (str(world.partners[name]) for name in ("North Legal Aid", "South Legal Aid"))
    for query, count in (
        ("?step=approve", 1),
        ("?step=release", 0),
        (f"?fund_id={made['fund_id']}", 1),
        (f"?fund_id={UUID(int=7)}", 0),
        (f"?partner_id={north}", 1),
        (f"?partner_id={south}", 0),
    ):
        assert len(listed(world, "approver", query)["items"]) == count, query
    for reference in (made["reference"], made["award_reference"].lower(), made["case_reference"].replace("-", " ")):
        assert len(answered(world.approver.get(f"/disbursements?reference={reference}"))["items"]) == 1, reference
    assert answered(world.approver.get("/disbursements?reference=Xochitl"))["items"] == []
    assert answered(world.attorney2.get(f"/disbursements?reference={made['reference']}"))["items"] == []
    assert answered(world.approver.get(f"/disbursements?partner_id={south}"))["items"] == []


def page(world: World, person: str, path: str) -> BeautifulSoup:
    answer = getattr(world, person).page(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def text(found: Tag | None) -> str:
    assert found is not None
    return " ".join(found.stripped_strings)


def test_the_queue_on_a_page(world: World, award_id: str) -> None:
    assert "No payment waits for anybody" in text(page(world, "approver", "/disbursements/waiting"))
    made = disbursement(world, "approved", "12.00", award_id)
    row = text(page(world, "approver", "/disbursements/waiting").select_one("table.waiting tbody tr"))
    people = ("Drafted Attorney", "Approved Approver", "By Fund Admin, Releaser", "You had a part in it already")
    for words in (made["reference"], "$12.00", "To release", "Since today", "Award: $988.00", "$49,000.00", *people):
        assert words in row, words
    request_award(world, UUID(made["case_id"]), made["fund_id"], "70.00")
    stops = page(world, "approver", "/disbursements").select("nav.stops a")
    assert [text(stop) for stop in stops] == [
        "Awards to decide on 1 award · $70.00", "To submit 0 payments · $0.00", "To approve 0 payments · $0.00",
        "To release 1 payment · $12.00", "To settle 0 payments · $0.00",
    ]  # fmt: skip
    assert "You may: Release" in text(page(world, "releaser", "/disbursements/waiting").select_one("table.waiting"))
    assert "fits this filter" in text(page(world, "approver", "/disbursements/waiting?mine=yes"))
    assert "fits this filter" in text(page(world, "approver", "/disbursements/waiting?step=settle&fund_id=zebra"))
    attorney = text(page(world, "attorney", "/disbursements/waiting").select_one("table.waiting tbody tr"))
    assert "Somebody else does this." in attorney
    assert "Releaser" not in attorney


@pytest.mark.parametrize("status", [*OPEN, *OVER])
def test_the_line_of_a_life_says_what_the_steps_say(world: World, award_id: str, status: str) -> None:
    made = disbursement(world, status, "1.00", award_id)
    stops = page(world, "fund_admin", f"/disbursements/{made['id']}").select("ol.life li")
    verbs = {"create": "Drafted", "submit": "Submitted", "approve": "Approved", "release": "Released",
             "settle": "Settled", "reject": "Rejected", "return": "Returned", "reverse": "Reversed"}  # fmt: skip
    behind, ahead = stops[: len(made["steps"])], stops[len(made["steps"]) :]
    for stop, taken in zip(behind, made["steps"], strict=True):
        assert text(stop).startswith(f"{verbs[taken['verb']]} {taken['by']['name']}")
        ended = taken["verb"] in ("reject", "return", "reverse")
        assert stop["class"] == ["life-ended" if ended else "life-done"]
        moment = stop.select_one("time")
        assert moment is not None
        assert datetime.fromisoformat(str(moment["datetime"])).replace(microsecond=0) == datetime.fromisoformat(
            taken["at"]
        )
    assert [stop.get("aria-current") for stop in stops] == [None] * (len(behind) - 1) + ["step"] + [None] * len(ahead)
    left = {"draft": 4, "submitted": 3, "approved": 2, "released": 1}.get(status, 0)
    assert [text(stop.select_one("strong")) for stop in ahead] == ["Submitted", "Approved", "Released", "Settled"][
        4 - left :
    ]
    assert all(stop["class"] == ["life-to-come"] for stop in ahead)


def test_lists_find_by_reference_partner_and_own_part(world: World, award_id: str) -> None:
    made = disbursement(world, "approved", "1.00", award_id)
    asked = request_award(world, UUID(made["case_id"]), made["fund_id"])
    for path, reference in (("/disbursements", made["reference"]), ("/awards", asked["reference"])):
        assert reference in text(page(world, "approver", f"{path}?reference={reference.lower()}").select_one("tbody"))
        missing = page(world, "approver", f"{path}?reference=ZZ-0000-0000")
        assert "Check how it is written" in text(missing.select_one(".empty"))
        south = page(world, "approver", f"{path}?partner_id={world.partners['South Legal Aid']}")
        assert "fits this filter" in text(south.select_one(".empty"))
    assert made["reference"] in text(page(world, "approver", "/disbursements?mine=yes"))
    assert "fits this filter" in text(page(world, "releaser", "/disbursements?mine=yes").select_one(".empty"))
    assert asked["reference"] in text(page(world, "attorney", "/awards?mine=yes"))
    assert "fits this filter" in text(page(world, "approver", "/awards?mine=yes").select_one(".empty"))


def test_what_will_happen_is_named(world: World, award_id: str) -> None:
    """Every question before an act names the amount, the payee and the fund."""
    case_id, fund_id = (answered(world.auditor.get(f"/awards/{award_id}"))[name] for name in ("case_id", "fund_id"))
    for status, person in (("draft", "attorney"), ("submitted", "approver"), ("approved", "releaser"),
                           ("released", "fund_admin"), ("settled", "fund_admin")):  # fmt: skip
        made = disbursement(world, status, "12.34", award_id)
        dialogs = page(world, person, f"/disbursements/{made['id']}").select("main dialog[id^=confirm-]")
        assert dialogs
        for dialog in dialogs:
            asked = text(dialog)
            assert all(words in asked for words in ("$12.34", "North Legal Aid", "Fondo Uno")), asked
    asked_for = request_award(world, UUID(case_id), fund_id, "77.00")
    found = page(world, "approver", f"/awards/{asked_for['id']}")
    for dialog in found.select("main dialog[id^=confirm-]"):
        assert all(words in text(dialog) for words in ("$77.00", "Fondo Uno")), text(dialog)
    answered(world.approver.post(f"/awards/{asked_for['id']}/approve", headers=key()))
