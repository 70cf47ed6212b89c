"""Closing: the outcome stays, everybody's access but the administrators' ends."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.access.model import Account
from app.cases import actions as cases
from app.errors import NotFound
from tests.cases.stage import CANARIES, add_hearing, ask, close, events, offered, opened, pointers
from tests.world import NORTH, SOUTH, World, key, today

REASON = "The judge granted Canario asylum."


def test_a_case_is_closed_with_its_outcome(world: World) -> None:
    made = opened(world)
    add_hearing(world, made, today())
    body = {"outcome": "relief_granted", "reason": REASON}
    closed = world.attorney.post(f"{made.path}/close", json=body)
    assert closed.status_code == 200, closed.text
    assert {name: closed.json()[name] for name in ("id", "status", "outcome", "closed_on")} == {
        "id": str(made.id),
        "status": "closed",
        "outcome": "relief_granted",
        "closed_on": today().isoformat(),
    }
    for path in (made.path, f"{made.path}/timeline", f"{made.path}/notes"):
        assert world.attorney.get(path).status_code == 404
    reveal = {"group": "identity", "purpose": "representation"}
    assert world.attorney.post(f"/applicants/{made.applicant_id}/reveal", json=reveal).status_code == 404
    assert world.attorney.get("/cases?status=closed").json()["items"] == []
    assert world.attorney.get("/assignments").json()["items"][0]["status"] == "ended"
    assert world.partner_admin.get("/calendar").json()["items"] == []
    assert world.partner_admin.get("/cases?waiting=true").json()["items"] == []
    seen = world.partner_admin.get(made.path)
    assert (seen.json()["status"], seen.json()["outcome"]) == ("closed", "relief_granted")
    assert not any(word in seen.text for word in (*CANARIES, "judge"))
    money = world.fund_admin.get(made.path).json()
    assert (money["status"], money["outcome"], money["closed_on"]) == ("closed", None, today().isoformat())
    assert "judge" not in str(events(world, "case.closed"))


def test_why_a_case_was_closed_opens_for_who_wrote_it(world: World) -> None:
    made = opened(world)
    path = f"{made.path}/closing"
    assert world.attorney.get(path).status_code == 404, "an open case has no closing"
    body = {"outcome": "relief_granted", "reason": REASON}
    assert world.attorney.post(f"{made.path}/close", json=body).status_code == 200
    answer = world.attorney.get(path).json()
    assert (answer["reason"], answer["outcome"], answer["closed_on"]) == (REASON, "relief_granted", today().isoformat())
    [event] = events(world, "case.closing_read")
    assert (event.object_id, event.subject_id, event.groups) == (made.id, made.applicant_id, "notes")
    for who in (world.colleague, world.attorney2):
        assert who.get(path).status_code == 404
    for who in (world.partner_admin, world.fund_admin, world.auditor, world.intake):
        assert who.get(path).status_code == 403
    page = world.attorney.page(path)
    assert page.status_code == 200
    assert REASON in page.text
    assert world.colleague.page(path).status_code == 404
    with world.services.database.writing() as connection:
        here = col(Account.id) == world.people["attorney"]
        connection.execute(update(Account).where(here).values(partner_id=world.partners[SOUTH]))
    assert world.attorney.get(path).status_code == 404, "they work elsewhere now"


def test_a_repeated_close_is_the_first_one_and_another_is_refused(world: World) -> None:
    made = opened(world)
    body = {"outcome": "terminated", "reason": REASON}
    header = key()
    first = world.attorney.post(f"{made.path}/close", json=body, headers=header)
    again = world.attorney.post(f"{made.path}/close", json=body, headers=header)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = world.attorney.post(f"{made.path}/close", json=body, headers=key())
    assert (other.status_code, other.json()["code"]) == (409, "case.closed")
    assert world.colleague.post(f"{made.path}/close", json=body).status_code == 404
    assert world.partner_admin.post(f"{made.path}/close", json=body).status_code == 403
    asked = world.partner_admin.post(f"{made.path}/assignments", json={"attorney_id": str(world.people["attorney"])})
    assert (asked.status_code, asked.json()["code"]) == (409, "case.closed")
    assert len(events(world, "case.closed")) == 1


def test_the_day_of_closing_lies_between_the_offer_and_today(world: World) -> None:
    made = opened(world)
    for day in (today() + timedelta(days=1), today() - timedelta(days=1), date(1990, 1, 1)):
        body = {"outcome": "withdrawn", "reason": REASON, "closed_on": day.isoformat()}
        refused = world.attorney.post(f"{made.path}/close", json=body)
        assert (refused.status_code, pointers(refused)) == (422, ["/closed_on"]), day
    assert world.attorney.get(made.path).json()["status"] == "open"
    close(world, made)


def test_who_was_only_asked_can_not_close(world: World) -> None:
    made = offered(world)
    ask(world, made)
    body = {"outcome": "withdrawn", "reason": REASON}
    assert world.attorney.post(f"{made.path}/close", json=body).status_code == 404


def test_intake_closes_at_once_only_what_it_has_just_made(world: World) -> None:
    made = offered(world)
    with pytest.raises(NotFound), world.act_as("intake") as work:
        cases.close_at_once(work, made.id, reason=REASON)
    with world.act_as("intake") as work:
        again = cases.open_offered(
            work,
            application_id=made.id,
            applicant_id=made.applicant_id,
            partner_id=world.partners[NORTH],
            fund_id=made.id,
            representation="brief_advice",  # type: ignore[arg-type]  # a StrEnum's value is as good
            case_type=None,
            custody="unknown",  # type: ignore[arg-type]  # as above
            court=None,
            next_hearing_on=None,
        )
        cases.close_at_once(work, again, reason=REASON)
    seen = world.partner_admin.get(f"/cases/{again}").json()
    assert (seen["status"], seen["outcome"], seen["assignments"]) == ("closed", "services_completed", [])
    assert (seen["case_type"], seen["custody"]) == (None, "unknown")
