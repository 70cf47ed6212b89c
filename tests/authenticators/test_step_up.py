"""Proving again who one is: a new cookie for the same session, throttled and on record like a sign-in."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlmodel import col

from app.access.model import SignInSession
from app.audit.model import AuditEvent
from app.errors import NotSignedIn
from app.staff.actions import accounts, proving
from tests.authenticators.hands import renewed, signed_in
from tests.world import PASSWORD, Person, World

PROOF = "/session/proof"


def session_of(world: World, person: Person) -> Any:
    with world.services.database.engine.connect() as connection:
        columns = (col(SignInSession.id), col(SignInSession.proved_at), col(SignInSession.ends_at))
        return connection.execute(select(*columns).where(col(SignInSession.account_id) == person.id)).one()


def test_a_proof_renews_the_cookie_and_keeps_the_session(world: World) -> None:
    before = session_of(world, world.attorney)
    answer = world.attorney.post(PROOF, json={"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    after = session_of(world, world.attorney)
    assert (after.id, after.ends_at) == (before.id, before.ends_at)
    assert before.proved_at is None
    assert after.proved_at is not None
    assert world.attorney.get("/session").status_code == 401, "the old cookie still lets in"
    assert renewed(answer, world.attorney).get("/session").status_code == 200


def test_a_proof_is_on_record(world: World) -> None:
    world.attorney.post(PROOF, json={"password": PASSWORD})
    with world.services.database.engine.connect() as connection:
        actions = select(col(AuditEvent.actor_id)).where(col(AuditEvent.action) == "session.proved")
        assert connection.execute(actions).scalars().all() == [world.people["attorney"]]


def test_wrong_proofs_change_nothing_and_make_the_next_wait(world: World) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        person = signed_in(world, "colleague")
        for _ in range(5):
            wrong = person.post(PROOF, json={"password": "not the one at all"})
            assert wrong.status_code == 422
            assert wrong.json()["errors"][0]["code"] == "proof.wrong"
            assert "amparo" not in wrong.cookies
        assert person.post(PROOF, json={"password": PASSWORD}).status_code == 429
        clock.shift(timedelta(seconds=1))
        assert person.post(PROOF, json={"password": PASSWORD}).status_code == 200


def test_a_token_proves_nothing(world: World) -> None:
    with world.act_as("admin") as work:
        work.decided = True
        token = accounts.create_token(work, world.people["attorney"], "test", 1)
    answer = world.stranger.post(PROOF, json={"password": PASSWORD}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "proof.session"


def test_a_session_that_ended_meanwhile_is_not_revived(world: World) -> None:
    with pytest.raises(NotSignedIn), world.act_as("attorney") as work:
        proving.prove(work, proving.Proof(password=PASSWORD), address="")
        work.session.execute(
            SignInSession.__table__.update()  # type: ignore[attr-defined]  # SQLModel adds it to every table class
            .where(col(SignInSession.account_id) == work.actor.id)
            .values(ended_at=work.now)
        )
