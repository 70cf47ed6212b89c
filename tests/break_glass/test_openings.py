"""Emergency openings: for the named, for a reason, for an hour, for three groups; told at once, reviewed by another."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.access.model import SignInSession
from app.break_glass.model import GlassOpening
from app.break_glass.rules import OpeningState, refuse_too_many, state
from app.errors import Conflict, Denied
from tests.story import Story, said
from tests.world import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def story(world: World) -> Story:
    made = Story(world).begin().apply().accept().assign()
    said(world.fund_admin.post("/break-glass/holders", json={"account_id": str(world.people["approver"])}), 201)
    return made


def opening(world: World, story: Story, who: str = "approver") -> Any:
    form = {"case_id": story.case, "reason": "danger", "text": "the shelter called"}
    return getattr(world, who).post("/break-glass", json=form)


def reveal(world: World, opening_id: str, group: str, who: str = "approver") -> Any:
    return getattr(world, who).post(f"/break-glass/{opening_id}/reveal", json={"group": group})


def review(world: World, opening_id: str, who: str, finding: str = "justified") -> Any:
    return getattr(world, who).post(f"/break-glass/{opening_id}/review", json={"finding": finding, "text": "I called"})


def later(world: World, opening_id: str, by: timedelta) -> None:
    """As if the opening had been made so much earlier."""
    moved = datetime.now(UTC) - by
    with world.services.database.writing() as connection:
        connection.execute(
            update(GlassOpening)
            .where(col(GlassOpening.id) == UUID(opening_id))
            .values(opened_at=moved, ends_at=moved + timedelta(minutes=60))
        )


def test_what_opens_and_what_never_does(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    ends, begun = (datetime.fromisoformat(opened[name]) for name in ("ends_at", "opened_at"))
    assert ends - begun == timedelta(minutes=60)
    assert said(reveal(world, opened["id"], "identity"))["family_names"] == "Ficticio"
    assert said(reveal(world, opened["id"], "contact"))["email"] == "ejemplo@demo.example"
    assert said(reveal(world, opened["id"], "immigration"))["a_number"]
    for group in ("criminal_history", "notes", "finances", "payee", "staff"):
        assert reveal(world, opened["id"], group).status_code == 422
    # The ordinary reveal and the case itself stay as closed as they were.
    ordinary = world.approver.post(
        f"/applicants/{story.applicant}/reveal", json={"group": "identity", "purpose": "intake"}
    )
    assert ordinary.status_code == 403
    assert said(world.approver.get(f"/cases/{story.case}"))["applicant"] is None


def test_only_the_named_and_only_their_own(world: World, story: Story) -> None:
    refused = opening(world, story, "releaser")
    assert (refused.status_code, refused.json()["code"]) == (403, "break_glass.not_named")
    for who in ("attorney", "partner_admin", "intake", "auditor", "admin"):
        assert opening(world, story, who).status_code == 403
    opened = said(opening(world, story), 201)
    other = reveal(world, opened["id"], "identity", "fund_admin")
    assert (other.status_code, other.json()["code"]) == (403, "break_glass.other")
    oneself = world.approver.post("/break-glass/holders", json={"account_id": str(world.people["approver"])})
    assert oneself.status_code == 403
    for stranger in ("attorney", "auditor", "admin"):
        form = {"account_id": str(world.people[stranger])}
        assert world.fund_admin.post("/break-glass/holders", json=form).status_code == 422


def test_it_is_over_after_an_hour(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    later(world, opened["id"], timedelta(minutes=60))
    over = reveal(world, opened["id"], "identity")
    assert (over.status_code, over.json()["code"]) == (409, "break_glass.over")


def test_those_concerned_see_it_at_once(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    for who in ("attorney", "fund_admin", "auditor"):
        home = getattr(world, who).page("/")
        assert f"/break-glass/{opened['id']}" in home.text, who
    for who in ("attorney2", "colleague", "partner_admin", "intake", "admin"):
        assert opened["id"] not in getattr(world, who).page("/").text
    seen = said(world.attorney.get(f"/break-glass/{opened['id']}"))
    assert (seen["person"]["name"], seen["text"], seen["review"]) == ("Approver", None, None)
    assert seen["event_id"] is not None
    said(reveal(world, opened["id"], "contact"))
    told = said(world.attorney.get(f"/cases/{story.case}/access"))["items"]
    assert [each["groups"] for each in told if each["action"] == "break_glass.revealed"] == [["contact"]]


def test_the_page_bears_a_mark(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    page = world.approver.page(f"/break-glass/{opened['id']}")
    event = said(world.approver.get(f"/break-glass/{opened['id']}"))
    assert page.text.count('class="mark"') == 4
    assert "Approver" in page.text
    assert str(event["event"] or event["event_id"]) in page.text
    assert 'class="mark"' not in world.fund_admin.page(f"/break-glass/{opened['id']}").text
    assert "Ficticio" not in page.text


def test_three_in_thirty_days(world: World, story: Story) -> None:
    for _ in range(3):
        said(opening(world, story), 201)
    fourth = opening(world, story)
    assert (fourth.status_code, fourth.json()["code"]) == (409, "break_glass.too_often")


def test_without_a_review_nothing_more_opens(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    assert review(world, opened["id"], "approver").status_code == 403
    later(world, opened["id"], timedelta(hours=72))
    closed = opening(world, story)
    assert (closed.status_code, closed.json()["code"]) == (403, "break_glass.closed")
    assert said(review(world, opened["id"], "fund_admin"))["finding"] == "justified"
    assert review(world, opened["id"], "releaser").json()["code"] == "break_glass.reviewed"
    said(opening(world, story), 201)


def test_what_was_not_needed_ends_it_all(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    said(review(world, opened["id"], "fund_admin", "not_justified"))
    assert reveal(world, opened["id"], "identity").status_code == 403
    assert opening(world, story).json()["code"] == "break_glass.not_named"
    assert said(world.fund_admin.get("/break-glass/holders"))["items"] == []


def test_a_wall_beats_it(world: World, story: Story) -> None:
    opened = said(opening(world, story), 201)
    form = {"account_id": str(world.people["approver"]), "reason": "adverse_party", "text": "x"}
    said(world.fund_admin.post(f"/cases/{story.case}/walls", json=form), 201)
    assert reveal(world, opened["id"], "identity").status_code == 404
    assert opening(world, story).status_code == 404
    assert world.approver.get(f"/break-glass/{opened['id']}").status_code == 404
    assert said(world.approver.get("/break-glass"))["items"] == []


def test_it_asks_who_one_is(world: World, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.services), "step_up", property(lambda _: timedelta(minutes=5)))
    with world.services.database.writing() as connection:
        connection.execute(update(SignInSession).values(created_at=NOON, proved_at=NOON - timedelta(days=300)))
    stale = [opening(world, story), review(world, story.case, "fund_admin")]
    stale.append(world.fund_admin.post("/break-glass/holders", json={"account_id": str(world.people["releaser"])}))
    assert [(each.status_code, each.json()["code"]) for each in stale] == [(403, "step_up")] * 3


def test_the_database_wants_a_second_person(world: World, story: Story) -> None:
    said(opening(world, story), 201)
    for statement in (
        "UPDATE glass_opening SET reviewed_by = account_id, reviewed_at = opened_at",
        "DELETE FROM glass_opening",
        "UPDATE glass_holder SET named_by = account_id",
        "DELETE FROM glass_holder",
    ):
        with pytest.raises(DBAPIError), world.services.database.writing() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("age", "reviewed", "found"),
    [
        (timedelta(0), False, OpeningState.OPEN),
        (timedelta(minutes=60) - timedelta(seconds=1), False, OpeningState.OPEN),
        (timedelta(minutes=60), False, OpeningState.TO_REVIEW),
        (timedelta(hours=72) - timedelta(seconds=1), False, OpeningState.TO_REVIEW),
        (timedelta(hours=72), False, OpeningState.OVERDUE),
        (timedelta(0), True, OpeningState.REVIEWED),
        (timedelta(days=9), True, OpeningState.REVIEWED),
    ],
)
def test_where_an_opening_stands(age: timedelta, reviewed: bool, found: OpeningState) -> None:
    assert state(NOON - age, reviewed, NOON) is found


def test_how_many() -> None:
    refuse_too_many(2, 0)
    with pytest.raises(Conflict):
        refuse_too_many(3, 0)
    with pytest.raises(Denied):
        refuse_too_many(0, 1)
