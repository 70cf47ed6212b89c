"""Budgets: what opens sealed fields is refused, and shows nothing, when it was done more often than any work needs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import event_row, insert_events, record
from app.audit.model import AuditEvent
from app.audit.rules import Outcome
from app.audit.rules.budgets import BUDGETS, Budget
from app.audit.rules.registry import ACTIONS
from app.errors import OverBudget
from tests.story import Story
from tests.world import World

EVERY = [(action, budget) for action, budgets in BUDGETS.items() for budget in budgets]


def did(world: World, who: str, action: str, times: int, ago: timedelta) -> None:
    """The traces of having done something that often, that long ago."""
    at = datetime.now(UTC) - ago
    rows = [event_row(world.services.vault, at, action, Outcome.DONE, actor_id=world.people[who]) for _ in range(times)]
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), rows)


@pytest.mark.parametrize(("action", "budget"), EVERY, ids=lambda value: str(value).replace(" ", ""))
def test_the_last_one_is_taken_and_the_next_is_not(world: World, action: str, budget: Budget) -> None:
    did(world, "attorney", action, budget.times - 1, min(budget.within / 2, timedelta(minutes=59)))
    did(world, "attorney2", action, budget.times, timedelta(0))
    with world.act_as("attorney") as work:
        work.allow(Permission.ACCOUNT_OWN)
        record(work, action)
    did(world, "attorney", action, 1, timedelta(seconds=1))
    with world.act_as("attorney") as work, pytest.raises(OverBudget) as refused:
        work.allow(Permission.ACCOUNT_OWN)
        record(work, action)
    assert 0 < refused.value.seconds <= budget.within.total_seconds()


def test_what_lies_before_the_stretch_does_not_count(world: World) -> None:
    did(world, "attorney", "applicant.revealed", 60, timedelta(seconds=61))
    with world.act_as("attorney") as work:
        work.allow(Permission.ACCOUNT_OWN)
        record(work, "applicant.revealed")


def test_an_installation_may_allow_more(world: World) -> None:
    did(world, "attorney", "applicant.revealed", 60, timedelta(seconds=1))
    with world.act_as("attorney") as work:
        work.allow(Permission.ACCOUNT_OWN)
        work.budget_factor = 2
        record(work, "applicant.revealed")


def test_a_reveal_over_budget_shows_nothing_and_is_on_record(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    address, asked = f"/applicants/{story.applicant}/reveal", {"group": "immigration", "purpose": "representation"}
    shown = world.attorney.post(address, json=asked)
    assert shown.status_code == 200, shown.text
    did(world, "attorney", "applicant.revealed", 59, timedelta(seconds=1))
    answer = world.attorney.post(address, json=asked)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["code"] == "budget"
    assert set(answer.json()) == {"type", "title", "status", "detail", "code", "request_id"}
    with world.services.database.engine.connect() as connection:
        last = connection.execute(
            select(col(AuditEvent.action), col(AuditEvent.details)).order_by(col(AuditEvent.id).desc()).limit(1)
        ).one()
    assert last.action == "access.refused"
    assert '"code":"budget"' in last.details


def test_every_budget_is_of_an_action_there_is() -> None:
    assert set(BUDGETS) <= set(ACTIONS)
