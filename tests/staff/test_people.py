"""Changing, suspending and taking back people: what one person does, what takes two, and what nobody may do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from app.access.model import AccountRole, Tie
from app.staff.actions import accounts, requests
from app.staff.model import RoleRequest
from tests.cases.stage import opened
from tests.story import said
from tests.world import NORTH, PASSWORD, SOUTH, Person, World


def view(world: World, who: str, by: str = "fund_admin") -> dict[str, Any]:
    found: dict[str, Any] = said(getattr(world, by).get(f"/staff/{world.people[who]}"))
    return found


def change(world: World, by: str, who: str, **what: object) -> Any:
    etag = world.auditor.get(f"/staff/{world.people[who]}").headers["ETag"]
    return getattr(world, by).patch(f"/staff/{world.people[who]}", json=what, headers={"If-Match": etag})


def asked(world: World, by: str, who: str, *roles: str) -> str:
    answer = said(change(world, by, who, roles=list(roles)))
    assert answer["waiting"] is not None
    return str(answer["waiting"]["id"])


def events(world: World, action: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said(world.auditor.get(f"/audit/events?action={action}"))["items"]
    return found


def test_a_role_of_a_partner_is_given_at_once_and_ends_the_sessions(world: World) -> None:
    assert world.colleague.get("/session").status_code == 200
    changed = said(change(world, "partner_admin", "colleague", roles=["attorney", "intake_worker"]))
    assert changed["roles"] == ["attorney", "intake_worker"]
    assert changed["waiting"] is None
    assert world.colleague.get("/session").status_code == 401
    (event,) = events(world, "staff.changed")
    assert event["details"] == {
        "roles_before": ["attorney"],
        "roles_after": ["attorney", "intake_worker"],
    }
    assert event["object"]["id"] == str(world.people["colleague"])


def test_a_partners_administrator_makes_no_second_one_alone(world: World) -> None:
    """Else one person would be both of the two that bring back a lost sign-in."""
    request = asked(world, "partner_admin", "colleague", "attorney", "partner_administrator")
    form = {"email": "me-too@example.org", "name": "Me Too", "roles": ["partner_administrator"],
        "partner_id": str(world.partners[NORTH])}  # fmt: skip
    made = said(world.partner_admin.post("/staff", json=form), 201)
    assert made["waits"] is True
    agreed = said(world.fund_admin.post(f"/staff/requests/{request}/approve"))
    assert agreed["roles"] == ["attorney", "partner_administrator"]
    own = form | {"email": "first@example.org"}
    assert said(world.fund_admin.post("/staff", json=own), 201)["waits"] is False


def test_a_name_alone_signs_nobody_out(world: World) -> None:
    assert said(change(world, "partner_admin", "colleague", name="Cleo"))["name"] == "Cleo"
    assert world.colleague.get("/session").status_code == 200


def test_an_administrators_role_takes_two(world: World) -> None:
    """Asked by one, agreed to by another, and nothing changes before."""
    request = asked(world, "fund_admin", "approver", "system_administrator")
    assert view(world, "approver")["roles"] == ["fund_administrator"]
    assert world.approver.get("/session").status_code == 200
    path = f"/staff/requests/{request}/approve"
    assert world.fund_admin.post(path).json()["code"] == "staff.second"
    assert world.approver.post(path).json()["code"] == "staff.self"
    for who in ("partner_admin", "auditor", "attorney"):
        assert getattr(world, who).post(path).status_code == 403
    with world.act_as("admin") as work:
        work.decided = True
        token = accounts.create_token(work, world.people["approver"], "test", 1)
    agreed = said(world.admin.post(path))
    old = world.stranger.get("/session", headers={"Authorization": f"Bearer {token}"})
    assert old.status_code == 401, "a token of before does not carry the new role"
    assert agreed["roles"] == ["system_administrator"]
    assert world.approver.get("/session").status_code == 401
    assert world.releaser.post(path).json()["code"] == "request.decided"
    (told,) = events(world, "staff.change_approved")
    assert told["subject"]["id"] == str(world.people["approver"])
    assert told["details"]["roles_after"] == ["system_administrator"]


def test_taking_an_administrators_role_takes_two(world: World) -> None:
    request = asked(world, "fund_admin", "auditor", "fund_administrator")
    assert view(world, "auditor")["roles"] == ["auditor"]
    assert said(world.admin.post(f"/staff/requests/{request}/reject"))["waiting"] is None
    assert world.auditor.get("/session").status_code == 200


def test_what_a_system_administrator_gives_takes_two(world: World) -> None:
    """Whoever runs the machine opens no client by making a colleague who may."""
    form = {
        "email": "quick@example.org",
        "name": "Quick",
        "roles": ["intake_worker"],
        "partner_id": str(world.partners["Intake Desk"]),
    }
    made = said(world.admin.post("/staff", json=form), 201)
    assert (made["waits"], made["link"]) == (True, None)
    (waiting,) = said(world.fund_admin.get("/staff/requests"))["items"]
    assert (waiting["name"], waiting["roles_after"], waiting["asked_by"]) == ("Quick", ["intake_worker"], "Admin")
    link = said(world.fund_admin.post(f"/staff/requests/{waiting['id']}/approve"))["link"]
    chosen = {"secret": link.split("#")[1], "password": "a sentence that nobody guesses"}
    assert world.stranger.post("/session/first-password", json=chosen).status_code == 204
    world.client.cookies.clear()
    signed = world.stranger.post("/session", json={"email": form["email"], "password": chosen["password"]})
    assert Person(world.client, None, signed.cookies["amparo"]).get("/applications").status_code == 200
    own = said(world.partner_admin.post("/staff", json=form | {"roles": ["attorney"], "email": "n@example.org",
        "partner_id": str(world.partners[NORTH])}), 201)  # fmt: skip
    assert own["waits"] is False


def test_an_address_taken_anywhere_is_refused_alike(world: World) -> None:
    """A partner's administrator does not see another organization's people, and is told no more than that."""
    form = {
        "name": "Once More",
        "roles": ["attorney"],
        "partner_id": str(world.partners[NORTH]),
    }
    for taken in ("colleague@example.org", "attorney2@example.org", "Auditor@example.org"):
        refused = said(world.partner_admin.post("/staff", json=form | {"email": taken}), 422)
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/email", "email.taken")]
    said(world.partner_admin.post("/staff", json=form | {"email": "once.more@example.org"}), 201)


def test_one_request_waits_at_a_time_and_can_be_taken_back(world: World) -> None:
    request = asked(world, "fund_admin", "approver", "auditor")
    again = change(world, "releaser", "approver", roles=["system_administrator"])
    assert (again.status_code, again.json()["code"]) == (409, "request.waiting")
    assert world.releaser.post(f"/staff/requests/{request}/withdraw").status_code == 404
    assert said(world.fund_admin.post(f"/staff/requests/{request}/withdraw"))["waiting"] is None
    assert said(change(world, "releaser", "approver", roles=["system_administrator"]))["waiting"]


def test_it_expires_after_two_weeks(world: World) -> None:
    request = asked(world, "fund_admin", "approver", "auditor")
    with world.services.database.writing() as connection:
        old = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(RoleRequest).values(ends_at=old))
    assert world.releaser.post(f"/staff/requests/{request}/approve").json()["code"] == "request.expired"
    assert view(world, "approver")["waiting"] is None
    assert asked(world, "fund_admin", "approver", "auditor") != request
    with world.services.database.engine.connect() as connection:
        statuses = list(connection.execute(select(col(RoleRequest.status)).order_by(col(RoleRequest.id))).scalars())
    assert statuses == ["expired", "waiting"]


def test_what_was_changed_meanwhile_is_not_agreed_to(world: World) -> None:
    request = asked(world, "fund_admin", "approver", "auditor")
    with world.services.database.writing() as connection:
        connection.execute(
            update(AccountRole)
            .where(col(AccountRole.account_id) == world.people["approver"])
            .values(role="system_administrator")
        )
    assert world.releaser.post(f"/staff/requests/{request}/approve").json()["code"] == "request.outdated"


@pytest.mark.parametrize(
    ("by", "who", "what", "code"),
    [
        ("fund_admin", "fund_admin", {"roles": ["auditor"]}, (403, "staff.self")),
        ("partner_admin", "colleague", {"roles": ["fund_administrator"], "partner_id": None}, (403, "staff.roles")),
        ("partner_admin", "colleague", {"partner_id": SOUTH}, (403, "staff.roles")),
        ("fund_admin", "approver", {"roles": ["auditor", "fund_administrator"]}, (422, "roles.apart")),
        ("fund_admin", "approver", {"roles": ["attorney"]}, (422, "partner_id.required")),
        ("fund_admin", "colleague", {"roles": ["auditor"]}, (422, "partner_id.unfit")),
        ("fund_admin", "colleague", {}, (422, "staff.nothing")),
    ],
)  # fmt: skip
def test_what_is_refused(world: World, by: str, who: str, what: dict[str, Any], code: tuple[int, str]) -> None:
    if what.get("partner_id"):
        what = what | {"partner_id": str(world.partners[what["partner_id"]])}
    answer = change(world, by, who, **what)
    said_code = answer.json()["errors"][0]["code"] if answer.status_code == 422 else answer.json()["code"]
    assert (answer.status_code, said_code) == code


def test_who_has_cases_stays_until_they_are_handed_over(world: World) -> None:
    made = opened(world)
    moved = change(world, "fund_admin", "attorney", partner_id=str(world.partners[SOUTH]))
    assert (moved.status_code, moved.json()["code"]) == (409, "staff.has_cases")
    assert change(world, "partner_admin", "attorney", roles=["intake_worker"]).json()["code"] == "staff.has_cases"
    assert world.attorney.get(made.path).status_code == 200
    # Nothing is lost by a suspension: the case is there for who gives it to somebody else.
    assert world.partner_admin.post(f"/staff/{world.people['attorney']}/suspend").status_code == 204
    assert world.attorney.get(made.path).status_code == 401
    assert said(world.partner_admin.get(made.path))["attorney"]["id"] == str(world.people["attorney"])
    back = said(world.partner_admin.post(f"/staff/{world.people['attorney']}/reinstate"))
    assert (back["status"], back["waiting"]) == ("active", None)
    world.client.cookies.clear()
    signed = world.stranger.post("/session", json={"email": "attorney@example.org", "password": PASSWORD})
    assert Person(world.client, None, signed.cookies["amparo"]).get(made.path).status_code == 200


def test_a_wall_does_not_hide_a_case_from_the_check(world: World) -> None:
    """Else the tie would wait behind the wall, and work again from another organization once the wall is lifted."""
    made = opened(world)
    wall = {"account_id": str(world.people["attorney"]), "reason": "family", "text": "A cousin of theirs."}
    said(world.fund_admin.post(f"{made.path}/walls", json=wall), 201)
    assert world.attorney.get(made.path).status_code == 404
    for by, what in (
        ("fund_admin", {"partner_id": str(world.partners[SOUTH])}),
        ("partner_admin", {"roles": ["intake_worker"]}),
    ):
        answer = change(world, by, "attorney", **what)
        assert (answer.status_code, answer.json()["code"]) == (409, "staff.has_cases")


def test_who_moves_leaves_no_tie_open(world: World) -> None:
    made = opened(world)
    colleague = world.people["colleague"]
    form = {"account_id": str(colleague), "hours": 1}
    said(world.attorney.post(f"{made.path}/helpers", json=form), 201)
    of_colleague = col(Tie.account_id) == colleague
    with world.services.database.writing() as connection:
        connection.execute(update(Tie).where(of_colleague).values(ends_at=datetime.now(UTC) - timedelta(minutes=1)))
    said(change(world, "fund_admin", "colleague", partner_id=str(world.partners[SOUTH])))
    with world.services.database.writing() as connection:
        assert None not in set(connection.execute(select(col(Tie.until_at)).where(of_colleague)).scalars())


def test_an_organization_is_left_for_another(world: World) -> None:
    moved = said(change(world, "fund_admin", "colleague", partner_id=str(world.partners[SOUTH])))
    assert moved["partner"]["name"] == SOUTH
    assert world.colleague.get("/session").status_code == 401
    assert world.partner_admin.get(f"/staff/{world.people['colleague']}").status_code == 404


def test_an_administrator_comes_back_by_two(world: World) -> None:
    path = f"/staff/{world.people['approver']}"
    assert world.fund_admin.post(f"{path}/suspend").status_code == 204
    waiting = said(world.fund_admin.post(f"{path}/reinstate"))
    assert (waiting["status"], waiting["waiting"]["reinstates"]) == ("suspended", True)
    back = said(world.releaser.post(f"/staff/requests/{waiting['waiting']['id']}/approve"))
    assert (back["status"], back["roles"]) == ("active", ["fund_administrator"])
    assert world.fund_admin.post(f"{path}/reinstate").json()["code"] == "staff.not_suspended"


def test_the_last_administrator_stays(world: World) -> None:
    last = change(world, "fund_admin", "admin", roles=["auditor"])
    assert (last.status_code, last.json()["code"]) == (409, "staff.last")
    assert world.fund_admin.post(f"/staff/{world.people['admin']}/suspend").json()["code"] == "staff.last"
    for who in ("approver", "releaser"):
        assert world.fund_admin.post(f"/staff/{world.people[who]}/suspend").status_code == 204
    assert world.admin.post(f"/staff/{world.people['fund_admin']}/suspend").json()["code"] == "staff.last"


def test_two_requests_do_not_empty_a_role_together(world: World) -> None:
    assert world.fund_admin.post(f"/staff/{world.people['releaser']}/suspend").status_code == 204
    first = asked(world, "admin", "fund_admin", "auditor")
    second = asked(world, "admin", "approver", "auditor")
    said(world.approver.post(f"/staff/requests/{first}/approve"))
    refused = world.approver.post(f"/staff/requests/{second}/approve")
    assert refused.status_code == 403
    with world.act_as("auditor") as work, pytest.raises(Exception, match="permission"):
        requests.approve(work, world.people["auditor"])
        work.finish()


def test_a_system_administrator_ends_sessions(world: World) -> None:
    path = f"/staff/{world.people['attorney']}/sessions"
    (one,) = said(world.admin.get(path))["items"]
    assert (one["browser"], one["this_one"]) == ("test", False)
    for who in ("partner_admin", "fund_admin", "auditor"):
        assert getattr(world, who).delete(path).status_code == 403
    assert world.admin.delete(path).status_code == 204
    assert world.attorney.get("/session").status_code == 401
    assert said(world.admin.get(path))["items"] == []
    assert len(events(world, "staff.sessions_ended")) == 1


def test_a_stale_page_changes_nothing(world: World) -> None:
    path = f"/staff/{world.people['colleague']}"
    assert world.fund_admin.patch(path, json={"name": "X"}).status_code == 428
    assert world.fund_admin.patch(path, json={"name": "X"}, headers={"If-Match": '"9"'}).status_code == 412
    assert world.partner_admin2.patch(path, json={"name": "X"}, headers={"If-Match": '"1"'}).status_code == 404
