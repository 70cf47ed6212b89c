"""Hearings and deadlines: entered by hand, by a day or by a moment, seen by those who work on the case."""

from datetime import UTC, datetime, timedelta

from tests.cases.stage import add_deadline, add_hearing, events, offered, opened
from tests.world import World, key, today


def test_a_hearing_is_entered_by_its_moment_by_its_day_or_by_its_day_and_hour(world: World) -> None:
    made = opened(world)
    year = today().year + 1
    by_moment = {"held_at": f"{year}-07-02T03:30:00Z", "kind": "master", "court": " AUR "}
    by_day = {"held_on": f"{year}-07-02", "kind": "individual"}
    by_hour = {"held_on": f"{year}-07-03", "time": "09:30", "kind": "custody"}
    answers = [world.attorney.post(f"{made.path}/hearings", json=body) for body in (by_moment, by_day, by_hour)]
    assert [each.status_code for each in answers] == [201, 201, 201]
    shown = [(each.json()["held_on"], each.json()["held_at"], each.json()["court"]) for each in answers]
    assert shown == [
        (f"{year}-07-01", f"{year}-07-02T03:30:00Z", "AUR"),  # the evening before, in Denver
        (f"{year}-07-02", None, None),
        (f"{year}-07-03", f"{year}-07-03T15:30:00Z", None),
    ]
    case = world.attorney.get(made.path).json()
    assert [each["held_on"] for each in case["hearings"]] == [f"{year}-07-0{day}" for day in (1, 2, 3)]
    assert case["next_hearing"]["id"] == answers[0].json()["id"]


def test_the_next_hearing_is_the_first_one_from_today_that_is_not_cancelled(world: World) -> None:
    made = opened(world, next_hearing_on=today() + timedelta(days=20))
    add_hearing(world, made, today() - timedelta(days=1))
    assert world.attorney.get(made.path).json()["next_hearing"]["kind"] == "other"
    soon = add_hearing(world, made, today())
    for path in (made.path, "/cases"):
        shown = world.attorney.get(path).json()
        found = shown if path == made.path else shown["items"][0]
        assert found["next_hearing"]["id"] == soon
    cancelled = world.attorney.post(f"/hearings/{soon}/cancel")
    assert cancelled.status_code == 200
    assert cancelled.json()["cancelled_at"] is not None
    assert world.attorney.post(f"/hearings/{soon}/cancel").json()["code"] == "hearing.cancelled"
    for path in (made.path, "/cases"):
        shown = world.attorney.get(path).json()
        found = shown if path == made.path else shown["items"][0]
        assert found["next_hearing"]["kind"] == "other"


def test_a_deadline_is_entered_and_completed(world: World) -> None:
    made = opened(world)
    late = add_deadline(world, made, today() - timedelta(days=1), "Letter to Canario")
    soon = add_deadline(world, made, today() + timedelta(days=14))
    later = add_deadline(world, made, today() + timedelta(days=15))
    shown = world.attorney.get(made.path).json()["deadlines"]
    assert [(each["id"], each["standing"]) for each in shown] == [(late, "overdue"), (soon, "soon"), (later, "later")]
    assert shown[0]["title"] == "Letter to Canario"
    assert world.attorney.get("/cases").json()["items"][0]["next_deadline"]["id"] == late
    done = world.attorney.post(f"/deadlines/{late}/complete")
    assert (done.status_code, done.json()["standing"]) == (200, "completed")
    assert world.attorney.post(f"/deadlines/{late}/complete").json()["code"] == "deadline.completed"
    assert world.attorney.get("/cases").json()["items"][0]["next_deadline"]["id"] == soon
    assert [each["id"] for each in world.attorney.get(made.path).json()["deadlines"]] == [soon, later, late]


def test_dates_are_changed_by_those_assigned_and_seen_without_words_by_their_partner(world: World) -> None:
    made = opened(world)
    hearing_id = add_hearing(world, made, today())
    deadline_id = add_deadline(world, made, today(), "Letter to Canario")
    seen = world.partner_admin.get(made.path)
    assert [each["id"] for each in seen.json()["hearings"]] == [hearing_id]
    assert [(each["id"], each["title"]) for each in seen.json()["deadlines"]] == [(deadline_id, None)]
    assert "Canario" not in seen.text + world.partner_admin.get("/calendar").text
    hearing = {"held_on": today().isoformat(), "kind": "master"}
    for other in (world.colleague, world.attorney2):
        assert other.post(f"{made.path}/hearings", json=hearing).status_code == 404
        assert other.post(f"{made.path}/hearings", json={}).status_code == 404
        assert other.post(f"{made.path}/deadlines", json={}).status_code == 404
        assert other.post(f"/hearings/{hearing_id}/cancel").status_code == 404
        assert other.post(f"/deadlines/{deadline_id}/complete").status_code == 404
    for other in (world.partner_admin, world.fund_admin, world.auditor, world.intake, world.admin):
        assert other.post(f"{made.path}/hearings", json=hearing).status_code == 403
        assert other.post(f"/deadlines/{deadline_id}/complete").status_code == 403


def test_a_repeated_entry_is_one_entry(world: World) -> None:
    made = opened(world)
    header = key()
    body = {"due_on": today().isoformat(), "kind": "motion", "title": "Motion"}
    first = world.attorney.post(f"{made.path}/deadlines", json=body, headers=header)
    again = world.attorney.post(f"{made.path}/deadlines", json=body, headers=header)
    assert first.json() == again.json()
    other = world.attorney.post(f"{made.path}/deadlines", json=body | {"title": "Other"}, headers=header)
    assert other.status_code == 422
    assert len(world.attorney.get(made.path).json()["deadlines"]) == 1
    assert len(events(world, "deadline.added")) == 1


def test_the_calendar_holds_hearings_and_open_deadlines_by_day(world: World) -> None:
    made, other = opened(world), opened(world, "colleague")
    offered(world)
    day = today() + timedelta(days=3)
    moment = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=18)
    deadline_id = add_deadline(world, made, day, "Bring papers")
    at_noon = world.attorney.post(
        f"{made.path}/hearings", json={"held_at": moment.isoformat().replace("+00:00", "Z"), "kind": "master"}
    ).json()["id"]
    without_hour = add_hearing(world, made, day)
    done = add_deadline(world, made, day, "Done")
    world.attorney.post(f"/deadlines/{done}/complete")
    add_hearing(world, made, day + timedelta(days=60))
    found = world.attorney.get("/calendar").json()
    assert (found["first_on"], found["complete"]) == (today().isoformat(), True)
    assert found["items"][0]["id"] == at_noon
    assert {each["id"] for each in found["items"]} == {at_noon, without_hour, deadline_id}
    assert {each["applicant"] for each in found["items"]} == {"Ixchel Canario Quetzal"}
    assert {each["title"] for each in found["items"]} == {"Bring papers", None}
    assert len(world.attorney.get(f"/calendar?from={day + timedelta(days=60)}").json()["items"]) == 1
    theirs = world.partner_admin.get("/calendar").json()["items"]
    assert {each["case_id"] for each in theirs} == {str(made.id)} != {str(other.id)}
    assert {each["applicant"] for each in theirs} == {None}
    for nobody in (world.colleague, world.attorney2):
        assert nobody.get("/calendar").json()["items"] == []
    for never in (world.fund_admin, world.auditor, world.intake):
        assert never.get("/calendar").status_code == never.page("/calendar").status_code == 403
    record = events(world, "calendar.read")
    assert (record[0].count, record[0].groups) == (3, "identity,notes")
    assert record[-1].count == 0


def test_a_calendar_has_limits(world: World) -> None:
    for query in ("from=2026-03-14&to=2026-03-13", "from=2026-01-01&to=2027-06-01"):
        refused = world.attorney.get(f"/calendar?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/to"), query
    for query in ("from=tomorrow", "from=5", "to=2026-02-30"):
        assert world.attorney.get(f"/calendar?{query}").status_code == 422, query
    assert world.attorney.get("/calendar?from=9999-12-30").json()["last_on"] == "9999-12-31"
    assert world.attorney.get("/calendar?from=0001-01-01").status_code == 200
