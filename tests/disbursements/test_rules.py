"""Pure decisions about a disbursement's life."""

from itertools import pairwise, product
from typing import Any
from uuid import uuid4

import pytest

from app.access.grants import GRANTS
from app.disbursements.rules import (
    DUTIES,
    MOVES,
    NEEDS,
    STATUS_MOVES,
    STRAIGHT_WAY,
    Bar,
    DisbursementStatus,
    Duty,
    Standing,
    Verb,
    barred,
    entries_of,
)
from app.funds.rules import FLOWS, AccountKind, EntryKind

S = DisbursementStatus
ENDS = {S.RETURNED, S.REVERSED, S.REJECTED, S.EXPIRED}


def test_the_allowed_moves_are_these_and_no_others() -> None:
    assert {(old.value, new.value) for old, new in STATUS_MOVES} == {
        ("draft", "draft"),
        ("submitted", "draft"),
        ("approved", "draft"),
        ("draft", "submitted"),
        ("draft", "rejected"),
        ("draft", "expired"),
        ("submitted", "approved"),
        ("submitted", "rejected"),
        ("submitted", "expired"),
        ("approved", "released"),
        ("approved", "rejected"),
        ("approved", "expired"),
        ("released", "settled"),
        ("released", "returned"),
        ("settled", "returned"),
        ("settled", "reversed"),
    }


def test_an_end_is_an_end_and_everything_else_goes_on() -> None:
    assert {old for old, _ in STATUS_MOVES} == set(S) - ENDS
    assert all((old, new) in STATUS_MOVES for old, new in pairwise(STRAIGHT_WAY))


def test_every_verb_but_expiry_needs_a_permission_that_somebody_has() -> None:
    assert set(NEEDS) == set(Verb) - {Verb.EXPIRE}
    assert set(MOVES) == set(Verb) - {Verb.CREATE}
    for permission in NEEDS.values():
        assert any(permission in granted for granted in GRANTS.values())


@pytest.mark.parametrize(("status", "was_settled"), list(product(S, (False, True))))
def test_entries_leave_the_money_where_the_status_says(status: DisbursementStatus, was_settled: bool) -> None:
    at = dict.fromkeys(AccountKind, 0)
    for kind in entries_of(status, was_settled):
        at[FLOWS[kind].to] += 1
        at[FLOWS[kind].source] -= 1
    if status in ENDS:
        assert not any(at.values())
    elif status is S.SETTLED:
        assert at[AccountKind.PAID] == 1
        assert at[AccountKind.RESERVED] == 0
    else:
        assert at[AccountKind.RESERVED] == 1


def test_what_was_settled_is_reversed_and_what_was_not_is_freed() -> None:
    assert EntryKind.FREED in entries_of(S.RETURNED, was_settled=False)
    assert EntryKind.REVERSED in entries_of(S.RETURNED, was_settled=True)


def _standing(**more: Any) -> Standing:
    nothing = {"took_part": False, "on_the_case": False, "partner_id": None, "payee_partner_id": None}
    return Standing(**(nothing | more))


PAYING = [duty for duty in Duty if duty is not Duty.REQUESTER]


@pytest.mark.parametrize("duty", PAYING)
def test_who_takes_no_part_in_paying(duty: Duty) -> None:
    partner = uuid4()
    assert barred(duty, _standing()) is None
    assert barred(duty, _standing(took_part=True)) is Bar.TOOK_PART
    assert barred(duty, _standing(on_the_case=True)) is Bar.ON_THE_CASE
    assert barred(duty, _standing(partner_id=partner, payee_partner_id=partner)) is Bar.OF_THE_PAYEE
    assert barred(duty, _standing(partner_id=partner, payee_partner_id=uuid4())) is None
    # Nobody's organization is not the same organization.
    assert barred(duty, _standing(partner_id=None, payee_partner_id=None)) is None


def test_the_one_who_asked_may_submit() -> None:
    standing = _standing(took_part=True, on_the_case=True)
    assert barred(DUTIES[Verb.SUBMIT], standing) is None
    assert barred(DUTIES.get(Verb.REJECT), standing) is None
