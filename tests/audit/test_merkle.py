"""The tree against another one: RFC 6962 written down a second time from its text, and answers that are known."""

import hashlib
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.rules import merkle_root
from app.audit.rules.merkle import (
    EMPTY,
    Growing,
    consistency_ranges,
    head_from,
    inclusion_ranges,
    is_consistent,
    leaf_hash,
    range_hash,
)

#: Leaves and heads that Certificate Transparency's own implementations are tested with.
KNOWN_LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_HEADS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def k_of(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    """MTH(D[n]) of RFC 6962, 2.1."""
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\x00" + d[0])
    k = k_of(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, 2.1.1."""
    if len(d) == 1:
        return []
    k = k_of(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2."""
    if m == len(d):
        return [] if whole else [mth(d)]
    k = k_of(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def ours(ranges: list[tuple[int, int]], leaves: list[bytes]) -> list[bytes]:
    def node(height: int, number: int) -> bytes:
        return mth(leaves[number << height : (number + 1) << height])

    return [range_hash(begin, end, node) for begin, end in ranges]


def grown(leaves: list[bytes]) -> bytes:
    tree = Growing()
    for each in leaves:
        tree.add(leaf_hash(each))
    return tree.head()


def numbered(size: int) -> list[bytes]:
    return [b"event %d" % i for i in range(size)]


def test_heads_that_are_known() -> None:
    assert EMPTY == mth([]) == grown([])
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, head in enumerate(KNOWN_HEADS, start=1):
        leaves = KNOWN_LEAVES[:size]
        assert {made(leaves).hex() for made in (mth, grown, merkle_root)} == {head}


def test_every_proof_of_small_trees_is_that_of_the_text() -> None:
    for size in range(1, 41):
        leaves = numbered(size)
        head = mth(leaves)
        for index in range(size):
            proof = ours(inclusion_ranges(index, size), leaves)
            assert proof == path(index, leaves)
            assert head_from(leaf_hash(leaves[index]), index, size, proof) == head
        for old in range(1, size + 1):
            proof = ours(consistency_ranges(old, size), leaves)
            assert proof == subproof(old, leaves, True)
            assert is_consistent(old, size, mth(leaves[:old]), head, proof)


def flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


@settings(max_examples=150, deadline=None)
@given(size=st.integers(1, 700), data=st.data())
def test_a_changed_inclusion_proof_never_holds(size: int, data: st.DataObject) -> None:
    leaves = numbered(size)
    index = data.draw(st.integers(0, size - 1))
    proof, leaf, head = path(index, leaves), leaf_hash(leaves[index]), mth(leaves)
    holds = partial(head_from, leaf)
    assert holds(index, size, proof) == head
    for i in range(len(proof)):
        assert holds(index, size, [*proof[:i], flipped(proof[i]), *proof[i + 1 :]]) != head
        assert holds(index, size, [*proof[:i], *proof[i + 1 :]]) != head
    assert holds(index, size, [*proof, sha(b"more")]) != head
    assert head_from(flipped(leaf), index, size, proof) != head
    other = data.draw(st.integers(-1, size))
    if other != index:
        assert holds(other, size, proof) != head


@settings(max_examples=150, deadline=None)
@given(new=st.integers(1, 700), data=st.data())
def test_a_changed_consistency_proof_never_holds(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    leaves = numbered(new)
    proof, was, now = subproof(old, leaves, True), mth(leaves[:old]), mth(leaves)
    assert is_consistent(old, new, was, now, proof)
    for i in range(len(proof)):
        assert not is_consistent(old, new, was, now, [*proof[:i], flipped(proof[i]), *proof[i + 1 :]])
        assert not is_consistent(old, new, was, now, [*proof[:i], *proof[i + 1 :]])
    assert not is_consistent(old, new, was, now, [*proof, sha(b"more")])
    assert not is_consistent(old, new, flipped(was), now, proof)
    assert not is_consistent(old, new, was, flipped(now), proof)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (-1, 3), (4, 3)])
def test_trees_that_can_not_be(old: int, new: int) -> None:
    assert not is_consistent(old, new, EMPTY, EMPTY, [])
    with pytest.raises(ValueError, match="no such"):
        consistency_ranges(old, new)
    with pytest.raises(ValueError, match="no such"):
        inclusion_ranges(new, new)
