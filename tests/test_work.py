"""The Work's tripwires, and the claim of an Idempotency-Key."""

import json

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.model import AuditEvent
from app.db import new_id
from app.errors import Denied, Stale
from app.partners.model import Partner
from app.partners.rules import PartnerKind
from app.work import Undecided, Work, etag
from tests.world import World


def add_partner(work: Work) -> None:
    row = {
        "id": new_id(),
        "name": "East",
        "kind": PartnerKind.INTAKE,
        "active": True,
        "created_at": work.now,
        "version": 1,
    }
    work.session.execute(insert(Partner).values(**row))


def count(world: World, model: type[Partner] | type[AuditEvent]) -> int:
    with world.services.database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_work_that_asked_nothing_is_refused(world: World) -> None:
    with pytest.raises(Undecided), world.act_as("fund_admin"):
        pass


def test_a_work_that_changed_and_recorded_nothing_is_refused(world: World) -> None:
    before = count(world, Partner)
    unrecorded = world.act_as("fund_admin")
    work = unrecorded.__enter__()
    work.allow(Permission.PARTNER_MANAGE)
    add_partner(work)
    with pytest.raises(Undecided):
        unrecorded.__exit__(None, None, None)
    assert count(world, Partner) == before


def test_change_and_record_are_committed_together(world: World) -> None:
    partners, events = count(world, Partner), count(world, AuditEvent)
    with world.act_as("fund_admin") as work:
        work.allow(Permission.PARTNER_MANAGE)
        add_partner(work)
        record(work, "partner.created", object_type="partner")
    assert (count(world, Partner), count(world, AuditEvent)) == (partners + 1, events + 1)


def test_what_is_not_granted_is_denied(world: World) -> None:
    with world.act_as("auditor", writes=False) as work:
        work.allow(Permission.AUDIT_READ)
        with pytest.raises(Denied):
            work.allow(Permission.PARTNER_MANAGE)


def test_a_stale_version_is_refused(world: World) -> None:
    with world.act_as("fund_admin", writes=False) as work:
        work.allow(Permission.PARTNER_READ)
        work.if_match = etag(3)
        work.expect(3)
        with pytest.raises(Stale):
            work.expect(4)


def test_a_refusal_is_on_record(world: World) -> None:
    assert world.auditor.post("/partners", json={"name": "East"}).status_code == 403
    with world.services.database.engine.connect() as connection:
        row = connection.execute(
            select(col(AuditEvent.action), col(AuditEvent.actor_id), col(AuditEvent.details))
            .order_by(col(AuditEvent.id).desc())
            .limit(1)
        ).one()
    assert row.action == "access.refused"
    assert row.actor_id == world.people["auditor"]
    assert json.loads(row.details) == {"route": "POST /api/v1/partners", "code": "permission"}
