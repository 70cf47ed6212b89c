"""Lists of cases: whose, filtered how, page by page, with which names; notes; changed facts."""

from datetime import timedelta

from sqlalchemy import event

from tests.cases.stage import CANARIES, add_deadline, add_hearing, ask, close, events, offered, opened, pointers
from tests.world import SOUTH, Person, World, today


def references(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["reference"] for each in answer["items"]]


def test_everybody_lists_their_own(world: World) -> None:
    mine, theirs, free, south = opened(world), opened(world, "colleague"), offered(world), offered(world, SOUTH)
    expected = {
        "attorney": [mine],
        "colleague": [theirs],
        "attorney2": [],
        "partner_admin": [free, theirs, mine],
        "partner_admin2": [south],
        "fund_admin": [south, free, theirs, mine],
        "auditor": [south, free, theirs, mine],
    }
    for name, cases in expected.items():
        answer = getattr(world, name).get("/cases")
        assert answer.status_code == 200, name
        assert [each["id"] for each in answer.json()["items"]] == [str(made.id) for made in cases], name
        opens = name in ("attorney", "colleague")
        assert any(canary in answer.text for canary in CANARIES) == opens, name
    for name in ("intake", "admin"):
        assert getattr(world, name).get("/cases").status_code == 403
    record = events(world, "case.listed")
    assert [(each.count, each.groups) for each in record][:4] == [(1, "identity"), (1, "identity"), (0, ""), (3, "")]


def test_money_roles_see_references_and_nothing_of_the_circumstances(world: World) -> None:
    made = opened(world)
    for who in (world.fund_admin, world.auditor):
        item = who.get("/cases").json()["items"][0]
        case = who.get(made.path).json()
        closed = ("case_type", "custody", "court", "outcome", "next_hearing", "applicant")
        assert [item[name] for name in (*closed, "next_deadline")] == [None] * 7
        assert [case[name] for name in (*closed, "hearings", "deadlines", "notes")] == [None] * 9
        assert item["reference"] == case["reference"]
        assert case["representation"] == "full"
        assert who.get(f"{made.path}/notes").status_code == 403


def test_lists_are_filtered(world: World) -> None:
    mine, closed, free = opened(world), opened(world, "colleague"), offered(world)
    asked = offered(world)
    ask(world, asked)
    body = {"outcome": "terminated", "reason": "Dismissed."}
    assert world.colleague.post(f"{closed.path}/close", json=body).status_code == 200
    reference = world.partner_admin.get(mine.path).json()["reference"]
    attorney_id = world.people["attorney"]
    for query, found in {
        "status=open": [mine],
        "status=closed": [closed],
        "status=offered": [asked, free],
        "waiting=true": [free],
        f"attorney_id={attorney_id}": [mine],
        f"attorney_id={attorney_id}&status=closed": [],
        f"reference={reference.lower().replace('-', '')}": [mine],
        f"attorney_id={free.id}": [],
    }.items():
        items = world.partner_admin.get(f"/cases?{query}").json()["items"]
        assert [each["id"] for each in items] == [str(made.id) for made in found], query
    offered_to = world.partner_admin.get("/cases?status=offered").json()["items"][0]
    assert (offered_to["attorney"], offered_to["offered_to"]["id"]) == (None, str(attorney_id))
    for query in ("status=lost", "limit=0", "limit=201", "limit=x", "cursor=x", "attorney_id=7", "reference=CA-1"):
        refused = world.partner_admin.get(f"/cases?{query}")
        assert (refused.status_code, pointers(refused)) == (422, [f"/{query.split('=')[0]}"]), query


def test_pages_follow_one_another_while_cases_are_added(world: World) -> None:
    made = [opened(world) for _ in range(5)]
    first = world.attorney.get("/cases?limit=2").json()
    opened(world)
    second = world.attorney.get(f"/cases?limit=2&cursor={first['next']}").json()
    third = world.attorney.get(f"/cases?limit=2&cursor={second['next']}").json()
    found = [each["id"] for page in (first, second, third) for each in page["items"]]
    assert found == [str(each.id) for each in reversed(made)]
    assert third["next"] is None


def test_notes_are_read_by_those_assigned(world: World) -> None:
    made = opened(world)
    for number in range(22):
        written = world.attorney.post(f"{made.path}/notes", json={"body": f"Note {number}\nQuetzal"})
        assert written.status_code == 201, written.text
    on_the_case = world.attorney.get(made.path).json()["notes"]
    assert {note["author"]["id"] for note in on_the_case} == {str(world.people["attorney"])}
    assert [note["body"] for note in on_the_case] == [f"Note {number}\nQuetzal" for number in range(21, 1, -1)]
    page = world.attorney.get(f"{made.path}/notes?limit=20").json()
    rest = world.attorney.get(f"{made.path}/notes?limit=20&cursor={page['next']}").json()
    assert [note["body"] for note in rest["items"]] == ["Note 1\nQuetzal", "Note 0\nQuetzal"]
    for name, status in {"colleague": 404, "attorney2": 404, "partner_admin": 403, "fund_admin": 403}.items():
        other = getattr(world, name)
        assert other.get(f"{made.path}/notes").status_code == status
        assert other.post(f"{made.path}/notes", json={"body": "x"}).status_code == status
        assert other.post(f"{made.path}/notes", json={}).status_code == status
    assert "Quetzal" not in world.partner_admin.get(made.path).text
    with world.services.database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT body FROM case_note").all()
    assert len(stored) == 22
    assert not any(b"Quetzal" in bytes(row.body) for row in stored)
    assert [(each.groups, each.count) for each in events(world, "note.listed")] == [("notes", 20), ("notes", 2)]


def test_facts_are_changed_with_the_version_that_was_read(world: World) -> None:
    made = opened(world)
    etag = world.attorney.get(made.path).headers["ETag"]
    body = {"custody": "released", "court": "DEN"}
    assert world.attorney.patch(made.path, json=body).status_code == 428
    changed = world.attorney.patch(made.path, json=body, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] != etag
    facts = {name: changed.json()[name] for name in ("custody", "court", "case_type", "representation")}
    assert facts == {"custody": "released", "court": "DEN", "case_type": "asylum", "representation": "full"}
    stale = world.attorney.patch(made.path, json={"custody": "detained"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    now = {"If-Match": changed.headers["ETag"]}
    cleared = world.attorney.patch(made.path, json={"court": None, "case_type": None}, headers=now).json()
    assert (cleared["court"], cleared["case_type"], cleared["custody"]) == (None, None, "released")
    for other in (world.colleague, world.attorney2):
        assert other.patch(made.path, json=body, headers=now).status_code == 404
        assert other.patch(made.path, json=body).status_code == 404
        assert other.patch(made.path, json={"custody": 7}).status_code == 404
    assert world.partner_admin.patch(made.path, json=body, headers=now).status_code == 403
    details = events(world, "case.changed")[0].details
    assert "custody" in details
    assert "released" not in details


def test_a_case_opens_in_few_statements(world: World) -> None:
    made = opened(world)
    counted: list[str] = []
    engine = world.services.database.engine

    def count(_c: object, _u: object, statement: str, *_more: object) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    for path, limit in ((made.path, 4), ("/cases", 2)):
        counted.clear()
        assert world.attorney.get(path).status_code == 200
        assert len(counted) <= limit, [each[:80] for each in counted]  # one of them asks who is there
    event.remove(engine, "before_cursor_execute", count)


def test_a_closed_case_stays_in_the_partners_list(world: World) -> None:
    made = opened(world)
    close(world, made)
    found = world.partner_admin.get("/cases").json()
    assert [each["status"] for each in found["items"]] == ["closed"]
    assert found["items"][0]["next_deadline"] is None
    assert references(found) == [world.partner_admin.get(made.path).json()["reference"]]


def test_lists_are_narrowed_by_what_comes_next(world: World) -> None:
    soon, late, overdue, bare, free = (opened(world), opened(world), opened(world), opened(world), offered(world))
    add_hearing(world, soon, today() + timedelta(days=14))
    add_hearing(world, late, today() + timedelta(days=15))
    over = opened(world, "colleague")
    body = {"held_on": str(today()), "kind": "master"}
    assert world.colleague.post(f"{over.path}/hearings", json=body).status_code == 201
    ending = {"outcome": "terminated", "reason": "Dismissed."}
    assert world.colleague.post(f"{over.path}/close", json=ending).status_code == 200
    past = add_hearing(world, bare, today() - timedelta(days=1))
    add_deadline(world, overdue, today() - timedelta(days=3))
    done = add_deadline(world, bare, today())
    assert past
    assert world.attorney.post(f"/deadlines/{done}/complete").status_code == 200

    def found(who: Person, query: str) -> list[str]:
        return [each["id"] for each in who.get(f"/cases?{query}").json()["items"]]

    expected = {
        "hearing=soon": [soon],
        "hearing=none": [bare, overdue],
        "stepless=true": [bare],
        "hearing=none&status=closed": [],
    }
    for query, wanted in expected.items():
        assert found(world.attorney, query) == [str(made.id) for made in wanted], query
    assert found(world.partner_admin, "hearing=soon") == [str(soon.id)], "a closed case has nothing ahead"
    assert found(world.partner_admin, "hearing=none") == [str(made.id) for made in (free, bare, overdue)]
    assert found(world.partner_admin, "stepless=true") == [str(bare.id)], "an offered case needs an attorney first"
    for query in expected:
        for who in (world.fund_admin, world.auditor, world.attorney2):
            assert found(who, query) == [], query
    assert world.attorney.get("/cases?hearing=tomorrow").status_code == 422
