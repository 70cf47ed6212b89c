"""Tokens of a person's own: ended by themselves, by hand, and with their person; never more than the person may."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from app.access.grants import Permission, Reach, Role
from app.access.sights import of_person
from app.web.gate import NOBODY
from tests.story import Story, said
from tests.world import API, World, key


def bearer(world: World, token: str, path: str, method: str = "GET", **more: Any) -> Any:
    world.client.cookies.clear()
    return world.client.request(method, API + path, headers={"Authorization": f"Bearer {token}"}, **more)


def make(world: World, who: str, **more: Any) -> dict[str, Any]:
    form = {"name": "script"} | more
    made: dict[str, Any] = said(getattr(world, who).post("/tokens", json=form, headers=key()), 201)
    return made


def test_a_token_speaks_for_its_person_until_it_ends(world: World) -> None:
    made = make(world, "fund_admin")
    assert bearer(world, made["token"], "/funds").status_code == 200
    assert [each["id"] for each in said(world.fund_admin.get("/tokens"))["items"]] == [made["id"]]
    assert world.attorney.delete(f"/tokens/{made['id']}").status_code == 404
    assert world.fund_admin.delete(f"/tokens/{made['id']}").status_code == 204
    assert bearer(world, made["token"], "/funds").status_code == 401
    assert said(world.fund_admin.get("/tokens"))["items"] == []
    assert world.fund_admin.delete(f"/tokens/{made['id']}").status_code == 404


def test_it_ends_by_itself(world: World) -> None:
    began = datetime.now(UTC)
    made = make(world, "auditor", days=2)
    with time_machine.travel(began + timedelta(days=2, seconds=-5), tick=False) as clock:
        assert bearer(world, made["token"], "/funds").status_code == 200
        clock.shift(timedelta(seconds=65))
        assert bearer(world, made["token"], "/funds").status_code == 401


def test_it_ends_with_its_person(world: World) -> None:
    token = make(world, "attorney")["token"]
    assert bearer(world, token, "/cases").status_code == 200
    assert world.partner_admin.post(f"/staff/{world.people['attorney']}/suspend").status_code == 204
    assert bearer(world, token, "/cases").status_code == 401


def test_at_most_ninety_days(world: World) -> None:
    for days in (0, 91, -1, "x"):
        assert world.attorney.post("/tokens", json={"name": "script", "days": days}).status_code == 422


def test_scopes_narrow_and_never_go_beyond(world: World) -> None:
    beyond = world.attorney.post("/tokens", json={"name": "script", "scopes": ["award.decide"]})
    assert beyond.json()["errors"][0]["code"] == "scopes.beyond"
    story = Story(world).begin().apply().accept().assign()
    token = make(world, "attorney", scopes=["case.read"])["token"]
    seen = bearer(world, token, f"/cases/{story.case}")
    assert seen.status_code == 200
    names = said(world.attorney.get(f"/cases/{story.case}"))
    assert str(names) != str(seen.json()), "names are open to the attorney and not to the token"
    for path in ("/calendar", "/awards", "/tokens", "/session/all"):
        assert bearer(world, token, path).status_code == 403
    reveal = {"group": "identity", "purpose": "representation"}
    answer = bearer(world, token, f"/applicants/{story.applicant}/reveal", "POST", json=reveal)
    assert answer.status_code == 403


def test_a_token_with_one_scope_has_exactly_that() -> None:
    for role in Role:
        person = replace(NOBODY, roles=frozenset({role}), session_id=None)
        for scope in Permission:
            narrowed = replace(person, scopes=frozenset({scope}))
            held = {each for each in Permission if narrowed.reach(each) is not None}
            assert held == narrowed.permissions == {scope} & person.permissions


#: Not about one organization's records: people, programs, the log, what everybody may look up, and one's own.
NO_RECORDS = {
    "access", "account", "audit", "break_glass", "calendar", "client", "fee", "identity_provider", "partner", "staff",
}  # fmt: skip


def test_a_token_for_one_kind_of_record_finds_what_its_person_finds() -> None:
    """The second wall stands as far for one scope as for all: else the first would offer what nobody is shown."""
    kinds = {each.partition(".")[0] for each in Permission}
    assert kinds >= NO_RECORDS
    for role in Role:
        person = replace(NOBODY, roles=frozenset({role}), session_id=None)
        for scope in sorted(person.permissions - {Permission.RETENTION_RUN}):
            told = of_person(replace(person, scopes=frozenset({scope}))).sees.split()
            everywhere = person.reach(scope) is Reach.ALL and scope.partition(".")[0] not in NO_RECORDS
            assert ("records" in told) is everywhere, f"{role} {scope}"


def test_a_token_makes_no_tokens(world: World) -> None:
    token = make(world, "attorney")["token"]
    answer = bearer(world, token, "/tokens", "POST", json={"name": "more"})
    assert (answer.status_code, answer.json()["code"]) == (403, "token.by_token")


def test_one_person_keeps_twenty(world: World) -> None:
    for _ in range(20):
        make(world, "auditor", days=1)
    assert world.auditor.post("/tokens", json={"name": "more"}).status_code == 409
    assert "<form" in world.auditor.page("/account/tokens").text


def test_the_page_shows_no_token(world: World) -> None:
    made = make(world, "attorney", scopes=["case.read"])
    page = world.attorney.page("/account/tokens").text
    assert made["token"] not in page
    assert "See cases" in page
    assert Role.ATTORNEY not in made["token"]
