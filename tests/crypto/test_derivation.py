"""Each purpose has a key of its own, for ever the same."""

from itertools import chain

import pytest

from app.crypto import Group, IndexKind, MacPurpose
from app.crypto.derivation import Purpose, derive, info, joined
from tests.crypto import reference

PURPOSES: list[Purpose] = list(chain[Purpose](Group, IndexKind, MacPurpose))

#: What is sealed, indexed and authenticated today depends on these names: they may be added to, never changed.
RELEASED = {
    b"field-group/1": "identity contact immigration finances criminal_history notes payee staff",
    b"blind-index/1": "a_number phone email",
    b"mac/1": "audit row idempotency cursor token throttle password_pepper",
}


def test_no_two_purposes_share_an_info() -> None:
    assert len({info(purpose) for purpose in PURPOSES}) == len(PURPOSES) == 20


def test_the_released_infos_stay() -> None:
    known = {info(purpose) for purpose in PURPOSES}
    for family, names in RELEASED.items():
        assert {reference.prefixed(family, name.encode()) for name in names.split()} <= known


def test_no_two_purposes_share_a_key() -> None:
    assert len({derive(bytes(32), purpose) for purpose in PURPOSES}) == len(PURPOSES)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: f"{type(purpose).__name__}-{purpose}")
def test_a_key_is_hkdf_expand(purpose: Purpose) -> None:
    assert derive(b"k" * 32, purpose) == reference.expand(b"k" * 32, info(purpose))


def test_parts_can_not_run_into_each_other() -> None:
    assert joined(b"ab", b"c") != joined(b"a", b"bc") != joined(b"abc") != joined(b"abc", b"")
