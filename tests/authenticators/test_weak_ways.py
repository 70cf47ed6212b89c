"""What a session that proves too little, or a token, sees and changes of a person's ways to sign in: nothing."""

from dataclasses import replace

import pytest

from app.access.methods import Method
from app.authenticators import reads
from app.errors import Denied
from app.staff.actions import accounts
from tests.authenticators.hands import enrolled, renewed, signed_in
from tests.authenticators.test_strength import PASSKEYS, demanding
from tests.story import said
from tests.world import PASSWORD, World

SEED = "/account/ways/app"


def test_a_seed_that_waits_is_shown_to_its_owner_alone(world: World) -> None:
    with demanding(world, PASSKEYS) as strict:
        owner = signed_in(strict, "fund_admin")
        said(owner.post("/authenticator-app"), 201)
        assert owner.page(SEED).status_code == 200
        enrolled(owner)
        assert signed_in(strict, "fund_admin").page(SEED).status_code in (303, 403), "by the password alone"
    said(world.attorney.post("/authenticator-app"), 201)
    with world.act_as("admin") as work:
        work.decided = True
        token = accounts.create_token(work, world.people["attorney"], "test", 1)
    shown = world.stranger.page(SEED, headers={"Authorization": f"Bearer {token}"})
    assert shown.status_code in (303, 403)


def test_one_factor_of_an_organization_changes_nothing_where_there_is_a_password(world: World) -> None:
    with world.act_as("attorney") as work:
        reads.may_change(work)
        work.actor = replace(work.actor, methods=frozenset({Method.FEDERATED}))
        with pytest.raises(Denied) as refused:
            reads.may_change(work)
        assert "your password" in refused.value.message
        work.actor = replace(work.actor, methods=frozenset({Method.FEDERATED, Method.PASSWORD}))
        reads.may_change(work)
        work.recorded = 1


def test_a_password_renews_nothing_where_a_passkey_is_asked_for(world: World) -> None:
    """Who learned the password and sits at somebody's open session does not get past the question for a proof."""
    with demanding(world, PASSKEYS) as strict:
        person = signed_in(strict, "fund_admin")
        device = enrolled(person)
        options = said(person.post("/session/proof/challenge"), 200)
        strong = renewed(person.post("/session/proof/passkey", json={"credential": device.signed(options)}), person)
        refused = strong.post("/session/proof", json={"password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.weak")
        assert "amparo" not in refused.cookies
        assert strong.get("/funds").status_code == 200, "the session stays as it was"
        options = said(strong.post("/session/proof/challenge"), 200)
        assert strong.post("/session/proof/passkey", json={"credential": device.signed(options)}).status_code == 200
    attorney = signed_in(world, "attorney")
    assert attorney.post("/session/proof", json={"password": PASSWORD}).status_code == 200
