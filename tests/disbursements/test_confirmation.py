"""A passkey's confirmation is optional, and never taken without being checked."""

import pytest

from tests.story import Story
from tests.world import World, key


@pytest.mark.parametrize("verb", ["approve", "release", "settle"])
def test_a_confirmation_that_can_not_be_checked_is_refused(world: World, verb: str) -> None:
    story = Story(world).begin().apply().accept().assign().fund_it().draft()
    path = f"/disbursements/{story.disbursement}/{verb}"
    refused = world.approver.post(path, json={"confirmation": {"id": "credential"}}, headers=key())
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/confirmation"]
    assert "credential" not in refused.text
    without = world.approver.post(path, json={"confirmation": None}, headers=key())
    assert without.status_code == 409
