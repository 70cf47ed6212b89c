"""What can not be recorded does not happen: no reveal, no list, no change, when the record takes no event."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import col

from app.audit.model import AuditEvent
from app.intake.model import Application
from tests.story import BODY, Story, said
from tests.world import World, key

#: What stands sealed in the story's application, in the forms in which an answer could give it.
SECRETS = ("Ejemplo", "Ficticio", "900000017", "900-000-017", "900 000 017", "555-0142", "5550142", "ejemplo@",
           "Example Street", "1990-02-28", "38000")  # fmt: skip


@contextmanager
def no_event_can_be_written(world: World) -> Iterator[None]:
    """The database refuses every new event, as it would when its disk is full."""
    database = world.services.database
    if database.is_sqlite:
        made = ["CREATE TRIGGER full_disk BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END"]
        ended = ["DROP TRIGGER full_disk"]
    else:
        made = [
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION full_disk()",
        ]
        ended = ["DROP TRIGGER full_disk ON audit_event", "DROP FUNCTION full_disk()"]
    _say(world, made)
    yield
    _say(world, ended)


def _say(world: World, statements: list[str]) -> None:
    with world.owning() as connection:
        for each in statements:
            connection.execute(text(each))


def counts(world: World) -> tuple[int, int]:
    """How many events and applications there are."""
    with world.services.database.engine.connect() as connection:
        events = connection.execute(select(func.count(col(AuditEvent.id)))).scalar_one()
        applications = connection.execute(select(func.count(col(Application.id)))).scalar_one()
    return events, applications


def assert_silent(answer: Any) -> None:
    """The answer is a failure that shows nothing of the client."""
    assert answer.status_code in (500, 503), answer.text
    assert [secret for secret in SECRETS if secret in answer.text] == []


def test_what_can_not_be_recorded_is_not_shown_and_not_done(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    reveal = f"/applicants/{story.applicant}/reveal"
    question = {"group": "identity", "purpose": "representation"}
    note = {"body": "Canary note"}
    before = counts(world)
    with no_event_can_be_written(world):
        assert_silent(world.attorney.post(reveal, json=question))
        assert_silent(world.attorney.get(f"/cases/{story.case}"))
        assert_silent(world.attorney.get("/cases"))
        assert_silent(world.attorney.page(f"/cases/{story.case}"))
        assert_silent(world.intake.get("/applications"))
        assert_silent(world.intake.post("/applicants/search", json={"a_number": "A900000017"}))
        assert_silent(world.intake.post("/applications", json=BODY))
        assert_silent(world.attorney.post(f"/cases/{story.case}/notes", json=note))
        assert_silent(world.fund_admin.post("/partners", json={"name": "Unrecorded"}, headers=key()))
        assert_silent(world.auditor.get("/audit/events"))
        # A refusal that can not be recorded is still none the more allowed.
        refused = world.fund_admin.post(reveal, json=question)
        assert refused.status_code in (403, 500, 503)
        assert [secret for secret in SECRETS if secret in refused.text] == []
    assert counts(world) == before
    assert "Unrecorded" not in world.fund_admin.get("/partners").text
    assert said(world.attorney.get(f"/cases/{story.case}/notes"))["items"] == []
    # The same requests succeed when there is room again: it was the record that refused them.
    assert "Ejemplo" in world.attorney.post(reveal, json=question).text
    assert world.intake.get("/applications").status_code == 200
    assert counts(world)[0] > before[0]
