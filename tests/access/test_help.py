"""A colleague's help: for some hours, for one case, ending by itself, and with the assignment that gave it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from app.access.model import Tie
from app.main import API_DOORS
from tests.story import Story, said
from tests.world import World, key


@pytest.fixture
def story(world: World) -> Story:
    return Story(world).begin().apply().accept().assign().fund_it().draft()


def lend(world: World, story: Story, hours: int = 4, by: str = "attorney") -> str:
    form = {"account_id": str(world.people["colleague"]), "hours": hours}
    return str(said(getattr(world, by).post(f"/cases/{story.case}/helpers", json=form), 201)["id"])


def test_a_colleague_comes_in_and_goes_by_themselves(world: World, story: Story) -> None:
    assert world.colleague.get(f"/cases/{story.case}").status_code == 404
    lend(world, story)
    assert said(world.colleague.get(f"/cases/{story.case}"))["applicant"]["identity"]["family_names"] == "Ficticio"
    reveal = {"group": "immigration", "purpose": "representation"}
    said(world.colleague.post(f"/applicants/{story.applicant}/reveal", json=reveal))
    shown = said(world.attorney.get(f"/cases/{story.case}/access"))["can_open"]
    assert [(each["person"]["name"], each["until"] is not None) for each in shown] == [
        ("Attorney", False),
        ("Colleague", True),
    ]
    with world.services.database.writing() as connection:  # the hour strikes; no job comes by
        now = datetime.now(UTC)
        connection.execute(update(Tie).where(col(Tie.help_id).is_not(None)).values(ends_at=now))
    assert world.colleague.get(f"/cases/{story.case}").status_code == 404
    assert said(world.colleague.get("/cases"))["items"] == []
    again = world.colleague.post(f"/applicants/{story.applicant}/reveal", json=reveal)
    assert again.status_code == 404
    assert len(said(world.attorney.get(f"/cases/{story.case}/access"))["can_open"]) == 1


@pytest.mark.parametrize(("hours", "status"), [(0, 422), (11, 422), (10, 201), (1, 201)])
def test_ten_hours_at_most(world: World, story: Story, hours: int, status: int) -> None:
    form = {"account_id": str(world.people["colleague"]), "hours": hours}
    answer = world.partner_admin.post(f"/cases/{story.case}/helpers", json=form)
    assert answer.status_code == status
    if status == 201:
        given, ends = (datetime.fromisoformat(answer.json()[name]) for name in ("given_at", "ends_at"))
        assert ends - given == timedelta(hours=hours)


def test_it_is_ended_at_once_and_leaves_what_else_ties(world: World, story: Story) -> None:
    help_id = lend(world, story)
    said(world.partner_admin.post(f"/cases/{story.case}/helpers/{help_id}/end", json={}))
    assert world.colleague.get(f"/cases/{story.case}").status_code == 404
    over = world.attorney.post(f"/cases/{story.case}/helpers/{help_id}/end", json={})
    assert (over.status_code, over.json()["code"]) == (409, "help.over")
    assert said(world.attorney.get(f"/cases/{story.case}"))["id"] == story.case


@pytest.mark.parametrize("how", ["end", "close"])
def test_it_ends_with_the_assignment_and_with_the_case(world: World, story: Story, how: str) -> None:
    lend(world, story)
    if how == "end":
        said(world.partner_admin.post(f"/assignments/{story.assignment}/end", json={}))
    else:
        said(world.attorney.post(f"/disbursements/{story.disbursement}/reject", json={}, headers=key()), 403)
        closing = {"outcome": "services_completed", "reason": "done"}
        said(world.attorney.post(f"/cases/{story.case}/close", json=closing))
    assert world.colleague.get(f"/cases/{story.case}").status_code == 404


def test_helpers_and_strangers_let_nobody_in(world: World, story: Story) -> None:
    lend(world, story)
    onward = {"account_id": str(world.people["attorney"]), "hours": 1}
    answer = world.colleague.post(f"/cases/{story.case}/helpers", json=onward)
    assert (answer.status_code, answer.json()["code"]) == (403, "help.primary")
    assert world.attorney2.post(f"/cases/{story.case}/helpers", json=onward).status_code == 404
    for who, code in (("attorney2", "attorney.unavailable"), ("partner_admin", "attorney.unavailable")):
        form = {"account_id": str(world.people[who]), "hours": 1}
        refused = world.attorney.post(f"/cases/{story.case}/helpers", json=form)
        assert refused.json()["errors"][0]["code"] == code
    twice = {"account_id": str(world.people["colleague"]), "hours": 1}
    assert world.attorney.post(f"/cases/{story.case}/helpers", json=twice).json()["code"] == "help.stands"


def test_a_wall_beats_help(world: World, story: Story) -> None:
    lend(world, story)
    form = {"account_id": str(world.people["colleague"]), "reason": "family", "text": "x"}
    said(world.partner_admin.post(f"/cases/{story.case}/walls", json=form), 201)
    assert world.colleague.get(f"/cases/{story.case}").status_code == 404
    again = world.attorney.post(
        f"/cases/{story.case}/helpers", json={"account_id": str(world.people["colleague"]), "hours": 1}
    )
    assert again.json()["errors"][0]["code"] == "person.walled"


def test_access_ends_with_the_assignment_on_every_road(world: World, story: Story) -> None:
    """Every address that takes an id of the case or of its applicant: before and after the assignment's end."""
    ids = {"case_id": story.case, "assignment_id": story.assignment, "award_id": story.award}
    ids |= {"disbursement_id": story.disbursement, "applicant_id": story.applicant}
    roads = [
        (method, route.path.format(**ids) + ("?figure=paid" if route.path.endswith("parts") else ""))
        for door in API_DOORS
        for route in door.routes()
        for method in route.methods or ()
        if "{" in route.path and all(f"{{{name}}}" in _with(ids) for name in route.param_convertors)
    ]
    assert len(roads) > 30

    def answers() -> dict[tuple[str, str], int]:
        found = {}
        for method, path in roads:
            more = {} if method == "GET" else {"json": {"no_such_field": 1}, "headers": key() | {"If-Match": '"1"'}}
            found[method, path] = world.attorney.request(method, path, **more).status_code
        return found

    reached = {road for road, status in answers().items() if status in (200, 412, 422)}
    assert len(reached) > 15
    said(world.partner_admin.post(f"/assignments/{story.assignment}/end", json={}))
    # One's own assignment is told as ended; nothing of the case is in it.
    own = {("POST", f"/assignments/{story.assignment}/{verb}") for verb in ("accept", "decline", "end")}
    still = {road: status for road, status in answers().items() if road in reached - own and status != 404}
    assert still == {}


def _with(ids: dict[str, str]) -> set[str]:
    return {f"{{{name}}}" for name in ids}


def test_the_database_knows_no_endless_help(world: World, story: Story) -> None:
    lend(world, story)
    with world.services.database.engine.connect() as connection:
        ends = connection.execute(text("SELECT count(*) FROM tie WHERE help_id IS NOT NULL AND ends_at IS NULL"))
        assert ends.scalar_one() == 0
