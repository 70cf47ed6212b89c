"""Programs: what they are given, what they can never do, and that what they do is on record as theirs."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.access import machines
from app.access.actor import Actor
from app.access.grants import GRANTS, Permission, Reach, Role
from app.audit.model import AuditEvent
from app.clients.rules import ROLES
from app.crypto import Group
from app.db import new_id
from app.web import gate
from app.web.scopes import SCOPES
from tests.clients.clients import Program, program
from tests.story import BODY, Story, said
from tests.world import INTAKE_DESK, NORTH, SOUTH, World, key

DESK = ["application.create", "application.read", "application.change", "conflict.check", "applicant.search"]


def machine(role: Role, scopes: frozenset[Permission] | None = None) -> Actor:
    return Actor(
        id=new_id(),
        email="",
        name="Program",
        roles=frozenset({role}),
        partner_id=new_id(),
        partner_name=None,
        language=None,
        time_zone="UTC",
        session_id=None,
        scopes=scopes,
        machine=True,
    )


def test_a_program_hands_in_an_application_and_is_on_record_for_it(world: World) -> None:
    desk = program(world, "intake_worker", DESK, INTAKE_DESK).enter()
    taken = said(desk.post("/applications", json=BODY | {"submit": True}), 201)
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(
            select(col(AuditEvent.action), col(AuditEvent.actor_id)).where(col(AuditEvent.actor_id).is_not(None))
        ).all()
    assert ("application.created", desk.id) in {(row.action, str(row.actor_id)) for row in rows}
    assert said(world.intake.get(f"/applications/{taken['id']}"))["id"] == taken["id"]


def test_a_program_sees_no_sealed_part_without_a_purpose(world: World) -> None:
    story = Story(world).begin().apply()
    seen = said(world.intake.get(f"/applications/{story.application}"))
    assert BODY["applicant"]["family_names"] in str(seen)
    for scopes in (DESK, [*DESK, "applicant.reveal"]):
        desk = program(world, "intake_worker", scopes, INTAKE_DESK).enter()
        for path in (f"/applications/{story.application}", "/applications"):
            answer = desk.get(path)
            assert answer.status_code == 200, answer.text
            assert BODY["applicant"]["family_names"] not in answer.text
        form = {"group": "identity", "purpose": "intake"}
        opened = desk.post(f"/applicants/{story.applicant}/reveal", json=form)
        assert opened.status_code == (200 if "applicant.reveal" in scopes else 403)
        assert (BODY["applicant"]["family_names"] in opened.text) is ("applicant.reveal" in scopes)


def test_a_program_reaches_its_own_organization_only(world: World) -> None:
    story = Story(world).begin().apply()
    strange = program(world, "intake_worker", DESK, SOUTH).enter()
    assert strange.get(f"/applications/{story.application}").status_code == 404
    assert said(strange.get("/applications"))["items"] == []
    story.accept(NORTH).assign().fund_it().pay()
    north, south = (
        program(world, "partner_administrator", ["case.read", "disbursement.read", "payee.read"], name).enter()
        for name in (NORTH, SOUTH)
    )
    for path in (f"/cases/{story.case}", f"/disbursements/{story.disbursement}", f"/payees/{story.payee}"):
        assert (north.get(path).status_code, south.get(path).status_code) == (200, 404)


@pytest.mark.parametrize("role", ROLES)
def test_every_scope_narrows_to_itself(role: Role) -> None:
    for scope in Permission:
        actor = machine(role, frozenset({scope}))
        allowed = {each for each in Permission if actor.reach(each) is not None}
        assert allowed == {scope} & machines.offered(role)
        assert actor.permissions == allowed


def test_no_program_decides_settles_or_manages() -> None:
    never = {
        *("award.decide", "disbursement.approve", "disbursement.release", "disbursement.settle", "override.approve"),
        *("application.decide", "conflict.resolve", "fund.manage", "staff.manage", "partner.manage", "client.manage"),
        *("account.own", "assignment.answer", "assignment.end", "assignment.offer", "case.change", "case.notes"),
    }
    assert never <= set(Permission)
    for role in Role:
        actor = machine(role)
        assert not actor.permissions & never
        assert not any(reach < Reach.PARTNER for each in actor.permissions if (reach := actor.reach(each)))
        for permission in Permission:
            if permission not in machines.MAY or GRANTS[role].get(permission, Reach.OWN) < Reach.PARTNER:
                assert actor.reach(permission) is None


def test_a_program_opens_for_a_purpose_only_and_never_by_an_assignment() -> None:
    for group in Group:
        for scopes in (None, frozenset({Permission.APPLICATION_READ})):
            assert machine(Role.INTAKE_WORKER, scopes).opens(group) is None
    assert machine(Role.INTAKE_WORKER).purposeful().opens(Group.IDENTITY) is Reach.PARTNER
    assert machine(Role.ATTORNEY).purposeful().opens(Group.IDENTITY) is None


def test_every_scope_has_its_words_and_no_word_is_dead() -> None:
    assert set(SCOPES) == machines.MAY
    assert frozenset().union(*(machines.offered(role) for role in ROLES)) == machines.MAY


#: What is changed in a form that is well, and the code of the refusal.
UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"role": "attorney"}, "role.unfit"),
    ({"role": "system_administrator"}, "role.unfit"),
    ({"scopes": ["disbursement.approve"]}, "scopes.unfit"),
    ({"scopes": ["audit.read"]}, "scopes.unfit"),
    ({"scopes": []}, "scopes.too_few"),
    ({"partner_id": None}, "partner_id.required"),
    ({"role": "auditor", "scopes": ["audit.read"]}, "partner_id.unfit"),
    ({"days": 367}, "days.too_large"),
]


def test_what_a_program_can_not_have(world: World) -> None:
    well = {"name": "Desk", "role": "intake_worker", "scopes": ["application.read"]}
    well |= {"partner_id": str(world.partners[INTAKE_DESK])}
    for change, code in UNFIT:
        answer = world.admin.post("/clients", json=well | change)
        assert answer.status_code == 422
        assert [each["code"] for each in answer.json()["errors"]] == [code]


def test_a_program_is_no_person(world: World) -> None:
    desk = program(world, "intake_worker", [*DESK, "partner.read"], INTAKE_DESK).enter()
    assert desk.id not in {each["id"] for each in said(world.admin.get("/staff"))["items"]}
    assert world.admin.get(f"/staff/{desk.id}").status_code == 404
    assert world.admin.post(f"/staff/{desk.id}/suspend").status_code == 404
    for path in ("/session", "/session/all", "/tokens", "/clients", "/staff"):
        assert desk.get(path).status_code == 403
    assert desk.post("/tokens", json={"name": "mine"}).status_code == 403
    assert desk.get("/partners").status_code == 200


def test_a_program_proves_nothing_also_where_nobody_is_asked(world: World) -> None:
    services = world.services
    assert services.step_up is None
    assert gate._fresh(world.actor("admin"), services)
    assert not gate._fresh(machine(Role.FUND_ADMINISTRATOR), services)


def test_ending_a_secret_or_a_program_ends_its_tokens_at_once(world: World) -> None:
    desk = program(world, "intake_worker", ["partner.read"], INTAKE_DESK).enter()
    shown = said(world.admin.get(f"/clients/{desk.id}"))
    assert world.admin.delete(f"/clients/{desk.id}/secrets/{shown['secrets'][0]['id']}").status_code == 204
    assert desk.get("/partners").status_code == 401
    assert desk.ask().status_code == 401
    secret = said(world.admin.post(f"/clients/{desk.id}/secrets", json={"days": 1}, headers=key()), 201)["secret"]
    again = Program(world.client, desk.id, secret).enter()
    assert again.get("/partners").status_code == 200
    assert world.admin.delete(f"/clients/{desk.id}").status_code == 204
    assert again.get("/partners").status_code == 401
    assert again.ask().status_code == 401
    assert world.admin.delete(f"/clients/{desk.id}").status_code == 409
    assert world.admin.post(f"/clients/{desk.id}/secrets", json={}).status_code == 409


def test_two_secrets_are_good_at_once_and_a_third_is_refused(world: World) -> None:
    desk = program(world, "intake_worker", ["partner.read"], INTAKE_DESK)
    second = said(world.admin.post(f"/clients/{desk.id}/secrets", json={}, headers=key()), 201)["secret"]
    for secret in (desk.secret, second):
        assert Program(world.client, desk.id, secret).enter().get("/partners").status_code == 200
    assert world.admin.post(f"/clients/{desk.id}/secrets", json={}).status_code == 409


def test_a_secret_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    form = {"name": "Desk", "role": "auditor", "scopes": ["audit.read"]}
    headers = key()
    first = said(world.admin.post("/clients", json=form, headers=headers), 201)
    again = said(world.admin.post("/clients", json=form, headers=headers), 201)
    assert (again["id"], again["secret"]) == (first["id"], None)
    assert len(first["secret"]) == 43
    assert first["secret"] not in world.admin.get("/clients").text
    assert first["secret"] not in world.admin.page("/clients").text
