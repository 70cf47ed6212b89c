"""Who reads what of the record, what somebody reaches and why, an organization's page, and the review of access."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from app.access.model import Account, SignInSession
from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome
from app.db import new_id
from app.oversight.reads.names import SOURCES
from app.oversight.scope import LOOKED_UP
from tests.cases.stage import offered, opened
from tests.story import said, whole_way
from tests.world import INTAKE_DESK, NORTH, SOUTH, World


def did(world: World, who: str, at: datetime | None = None, **columns: Any) -> str:
    row = event_row(
        world.services.vault, at or datetime.now(UTC), "case.read", Outcome.DONE, actor_id=world.people[who], **columns
    )
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), [row])
    return str(row["id"])


def seen(world: World, who: str, **query: object) -> list[str]:
    items = said(getattr(world, who).get("/audit/events", params={"action": "case.read", **query}))["items"]
    return [each["id"] for each in items]


def test_a_partners_administrator_reads_of_own_people(world: World) -> None:
    own, colleague, other = did(world, "attorney"), did(world, "colleague"), did(world, "attorney2")
    assert seen(world, "partner_admin") == [colleague, own]
    assert seen(world, "partner_admin2") == [other]
    assert seen(world, "partner_admin", actor_id=world.people["attorney2"]) == []
    assert set(seen(world, "fund_admin")) >= {own, colleague, other}
    for who in ("partner_admin", "admin", "intake"):
        assert getattr(world, who).get("/audit/checkpoints").status_code == 403
    page = world.partner_admin.page("/audit")
    assert page.status_code == 200
    assert "people of your own organization" in page.text
    assert "Sealed events" not in page.text


def test_what_was_done_for_another_organization_is_not_told(world: World) -> None:
    now = datetime.now(UTC)
    before, after = did(world, "attorney2", now - timedelta(days=2)), did(world, "attorney2", now)
    with world.services.database.writing() as connection:
        moved = {"partner_id": world.partners[NORTH], "partner_since": now - timedelta(days=1)}
        connection.execute(update(Account).where(col(Account.id) == world.people["attorney2"]).values(**moved))
    assert seen(world, "partner_admin") == [after]
    assert before not in seen(world, "partner_admin2")


def test_purpose_outcome_and_what_it_is_about_narrow(world: World) -> None:
    about = new_id()
    one = did(world, "attorney", object_id=about, purpose="representation")
    two = did(world, "attorney", subject_id=about)
    assert seen(world, "auditor", about_id=about) == [two, one]
    assert seen(world, "auditor", about_id=about, purpose="representation") == [one]
    assert seen(world, "auditor", about_id=about, outcome="refused") == []
    page = world.auditor.page(f"/audit?about_id={about}&purpose=representation&outcome=done")
    assert page.text.count("<time ") >= 1
    assert "Only events about one record are shown." in page.text


def test_a_reference_is_looked_up_by_a_body(world: World) -> None:
    story = whole_way(world)
    found = said(world.auditor.post("/audit/subjects", json={"reference": story.reference.replace("-", "").lower()}))
    assert found == {"id": story.case, "type": "case"}
    for wrong in ("CA-0000-0000", "Maria", "x"):
        answer = world.auditor.post("/audit/subjects", json={"reference": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reference")
        assert wrong not in answer.text
    (looked,) = said(world.auditor.get("/audit/events?action=audit.looked_up"))["items"]
    assert looked["subject"]["id"] == story.case
    assert len(said(world.auditor.get("/audit/events?action=access.refused"))["items"]) == 3


def test_a_reference_out_of_reach_names_nothing(world: World) -> None:
    """Behind a wall, or of another organization, is answered like a reference that no record has."""
    story = whole_way(world)
    with world.services.database.engine.connect() as connection:
        references = {kind: connection.execute(select(SOURCES[kind][1])).scalar_one() for kind in LOOKED_UP}

    def found(who: str) -> set[str]:
        kinds = set()
        for kind, reference in references.items():
            answer = getattr(world, who).post("/audit/subjects", json={"reference": reference})
            if answer.status_code == 200:
                kinds.add(kind)
            else:
                assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "reference.unknown")
        return kinds

    assert found("auditor") == found("fund_admin") == found("partner_admin") == set(LOOKED_UP)
    assert found("partner_admin2") == set()
    for who in ("auditor", "partner_admin"):
        wall = {"account_id": str(world.people[who]), "reason": "other", "text": "x"}
        said(world.fund_admin.post(f"/cases/{story.case}/walls", json=wall), 201)
        assert found(who) == {"payee"}, "a vendor is of no matter"


def reach(world: World, who: str, by: str) -> dict[str, Any]:
    found: dict[str, Any] = said(getattr(world, by).get(f"/staff/{world.people[who]}/access"))
    return found


def test_what_an_attorney_reaches_is_what_opens_to_them(world: World) -> None:
    """By the very scopes that answer the person themselves: each named case opens, and no other does."""
    made, offer = opened(world), offered(world)
    found = reach(world, "attorney", "auditor")
    assert [(each["id"], each["why"]) for each in found["cases"]["items"]] == [(str(made.id), "assignment")]
    assert world.attorney.get(made.path).status_code == 200
    assert world.attorney.get(offer.path).status_code == 404
    assert found["applicants"]["count"] == 1
    assert {"name": "case.notes", "reach": "assigned"} in found["permissions"]
    assert {"name": "criminal_history", "reach": "assigned"} in found["groups"]
    assert reach(world, "colleague", "auditor")["cases"] == {"count": 0, "items": []}
    own = reach(world, "partner_admin", "partner_admin")
    assert {each["why"] for each in own["cases"]["items"]} == {"organization"}
    assert own["cases"]["count"] == len(said(world.partner_admin.get("/cases"))["items"])
    fund = reach(world, "approver", "fund_admin")
    assert {each["why"] for each in fund["cases"]["items"]} == {"role"}
    assert fund["groups"] == []


def test_help_and_walls_are_told(world: World) -> None:
    made = opened(world)
    said(
        world.attorney.post(f"{made.path}/helpers", json={"account_id": str(world.people["colleague"]), "hours": 2}),
        201,
    )
    (helped,) = reach(world, "colleague", "partner_admin")["cases"]["items"]
    assert helped["why"] == "help"
    assert helped["until"] is not None
    wall = {"account_id": str(world.people["colleague"]), "reason": "other", "text": "x"}
    said(world.partner_admin.post(f"{made.path}/walls", json=wall), 201)
    after = reach(world, "colleague", "partner_admin")
    assert after["cases"]["count"] == 0
    assert [each["id"] for each in after["walled"]["items"]] == [str(made.id)]
    wall["account_id"] = str(world.people["partner_admin"])
    said(world.fund_admin.post(f"{made.path}/walls", json=wall), 201)
    assert reach(world, "partner_admin", "fund_admin")["walled"]["count"] == 1
    assert reach(world, "partner_admin", "partner_admin")["walled"] == {"count": 0, "items": []}


def test_a_system_administrator_sees_how_many_and_not_which(world: World) -> None:
    made = opened(world)
    found = reach(world, "attorney", "admin")
    assert (found["cases"]["count"], found["cases"]["items"]) == (1, [])
    assert (found["applicants"]["count"], found["applicants"]["items"]) == (1, [])
    text = world.admin.page(f"/staff/{world.people['attorney']}/access").text
    assert str(made.id) not in text
    assert "Ejemplo" not in world.auditor.page(f"/staff/{world.people['attorney']}/access").text
    assert world.partner_admin2.get(f"/staff/{world.people['attorney']}/access").status_code == 404
    assert len(said(world.auditor.get("/audit/events?action=staff.access_read"))["items"]) == 3


def test_a_persons_page_lists_what_they_leave_behind(world: World) -> None:
    made = opened(world)
    path = f"/staff/{world.people['attorney']}"
    assert world.partner_admin.post(f"{path}/suspend").status_code == 204
    page = world.partner_admin.page(path).text
    assert "1 case needs another attorney" in page
    assert f'href="{made.path}"' in page
    assert made.path not in world.admin.page(path).text
    assert "Sign out everywhere" not in page
    assert world.partner_admin2.page(path).status_code == 404
    assert world.attorney2.page(path).status_code == 403


def test_an_organizations_page_tells_by_role(world: World) -> None:
    offer = offered(world)
    path = f"/partners/{world.partners[NORTH]}"
    fund = world.fund_admin.page(path).text
    assert "Suspend this organization" in fund
    assert f'href="{offer.path}"' in fund
    own = world.partner_admin.page(path).text
    assert "Suspend this organization" not in own
    assert f'href="{offer.path}"' in own
    assert "Colleague" in own
    intake = world.intake.page(path).text
    assert "Colleague" not in intake
    assert offer.path not in intake
    assert offer.path not in world.admin.page(path).text
    assert world.partner_admin2.page(path).status_code == 404
    assert world.partner_admin.page(f"/partners/{world.partners[SOUTH]}").status_code == 404
    assert world.partner_admin.page(f"/partners/{world.partners[INTAKE_DESK]}").status_code == 404


def test_the_review_finds_what_to_ask_about(world: World) -> None:
    old = datetime.now(UTC) - timedelta(days=91)
    with world.services.database.writing() as connection:
        connection.execute(
            update(SignInSession).where(col(SignInSession.account_id) == world.people["colleague"]).values(seen_at=old)
        )
    form = {
        "email": "slow@example.org",
        "name": "Slow",
        "roles": ["attorney"],
        "partner_id": str(world.partners[NORTH]),
    }
    slow = said(world.partner_admin.post("/staff", json=form), 201)["id"]
    with world.services.database.writing() as connection:
        long_ago = {"created_at": datetime.now(UTC) - timedelta(hours=73)}
        connection.execute(update(Account).where(col(Account.email) == "slow@example.org").values(**long_ago))
    listed = said(world.auditor.get("/access-reviews"))
    by_name = {each["name"]: each for each in listed["items"]}
    assert [name for name, each in by_name.items() if each["dormant"]] == ["Colleague"]
    assert not by_name["Slow"]["stale_invitation"], "its link is new"
    assert by_name["Slow"]["id"] == slow
    assert listed["dormant"] == 1
    assert "Not used for 90 days" in world.admin.page("/access-review").text
    assert world.fund_admin.page("/access-review").status_code == 403


def test_a_review_is_confirmed_as_it_was_seen(world: World) -> None:
    seen_list = said(world.auditor.get("/access-reviews"))
    changed = {"roles": ["attorney", "partner_administrator"]}
    path = f"/staff/{world.people['colleague']}"
    said(world.fund_admin.patch(path, json=changed, headers={"If-Match": '"1"'}))
    stale = world.auditor.post("/access-reviews", json={"digest": seen_list["digest"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "review.changed")
    now = said(world.auditor.get("/access-reviews"))
    said(world.auditor.post("/access-reviews", json={"digest": now["digest"]}), 201)
    (review,) = said(world.admin.get("/access-reviews"))["reviews"]
    assert (review["reviewed_by"], review["people"], review["digest"]) == ("Auditor", 13, now["digest"])
    assert review["quarter"] == now["quarter"]
    assert len(said(world.auditor.get("/audit/events?action=access.reviewed"))["items"]) == 1


def test_the_review_as_a_file(world: World) -> None:
    answer = world.admin.get("/access-reviews/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 13 + 1
    assert rows[-1] == ["digest", said(world.admin.get("/access-reviews"))["digest"]]
