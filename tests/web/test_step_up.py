"""A sensitive act asks for a fresh proof of who one is: at the gate, after the permission and before the body."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.actor import Actor
from app.access.grants import Permission, Role
from app.access.methods import Method, as_words, from_words
from app.config import Environment, Settings, UnsafeSettings
from app.db import new_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _actor(*, session: bool, proved_at: datetime | None, scopes: frozenset[Permission] | None = None) -> Actor:
    return Actor(
        id=new_id(),
        email="fund@example.org",
        name="Fund",
        roles=frozenset({Role.FUND_ADMINISTRATOR}),
        partner_id=None,
        partner_name=None,
        language=None,
        time_zone="UTC",
        session_id=new_id() if session else None,
        proved_at=proved_at,
        scopes=scopes,
    )


@pytest.mark.parametrize(
    ("session", "proved_at", "fresh"),
    [
        (True, NOW, True),
        (True, NOW - timedelta(minutes=5), True),
        (True, NOW - timedelta(minutes=5, microseconds=1), False),
        (True, None, False),
        (False, NOW, False),
    ],
)
def test_a_proof_is_fresh_for_its_minutes_and_only_in_a_session(
    session: bool, proved_at: datetime | None, fresh: bool
) -> None:
    actor = _actor(session=session, proved_at=proved_at)
    assert actor.proved_since(NOW - timedelta(minutes=5)) is fresh


def test_scopes_narrow_what_roles_allow_and_never_widen_it() -> None:
    narrow = _actor(session=False, proved_at=None, scopes=frozenset({Permission.FUND_READ, Permission.CLIENT_MANAGE}))
    assert narrow.permissions == {Permission.FUND_READ}
    assert narrow.reach(Permission.FUND_READ) is not None
    assert narrow.reach(Permission.AWARD_DECIDE) is None
    assert narrow.reach(Permission.CLIENT_MANAGE) is None


def test_methods_are_kept_as_words_and_unknown_words_prove_nothing() -> None:
    methods = frozenset({Method.PASSWORD, Method.ONE_TIME_CODE})
    assert from_words(as_words(methods)) == methods
    assert from_words("pwd telepathy") == {Method.PASSWORD}
    assert from_words("") == frozenset()


@pytest.mark.parametrize(
    ("environment", "minutes", "expected"),
    [
        (Environment.PRODUCTION, None, timedelta(minutes=5)),
        (Environment.PRODUCTION, 10, timedelta(minutes=10)),
        (Environment.DEMO, None, None),
        (Environment.DEMO, 5, timedelta(minutes=5)),
        (Environment.TEST, 0, None),
    ],
)
def test_how_old_a_proof_may_be(environment: Environment, minutes: int | None, expected: timedelta | None) -> None:
    assert Settings(environment=environment, step_up_minutes=minutes).step_up == expected


def test_production_always_asks() -> None:
    with pytest.raises(UnsafeSettings, match="AMPARO_STEP_UP_MINUTES"):
        Settings(environment=Environment.PRODUCTION, step_up_minutes=0).check()
